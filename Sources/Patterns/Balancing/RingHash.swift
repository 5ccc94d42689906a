import Kernel

/// Puts members on a ring at many points each; a key belongs to the next point clockwise.
///
/// Karger et al., "Consistent Hashing and Random Trees" (1997), with ketama's 160 points for each
/// member: when a member comes or goes, only its own share of the keys moves, 1/n of them.
public struct RingHash: Hashable, Sendable {
  private struct Point: Hashable, Sendable {
    let position: UInt64
    let member: UInt8
  }

  public static let pointsPerMember = 160
  private var points: ContiguousArray<Point> = []
  public private(set) var count = 0

  public init(count: Int = 0) { resize(to: count) }

  /// A ring of the members 0 ..< count. A member's points depend on its number alone.
  public mutating func resize(to count: Int) {
    guard count != self.count else { return }
    self.count = count
    points = []
    for member in 0..<count {
      for replica in 0..<Self.pointsPerMember {
        points.append(
          Point(position: Self.hash(UInt64(member) << 32 | UInt64(replica)), member: UInt8(member)))
      }
    }
    points.sort { ($0.position, $0.member) < ($1.position, $1.member) }
  }

  /// The member that a key belongs to: the first one clockwise that is available; nil if none is.
  public func member(for key: UInt64, where isAvailable: (Int) -> Bool = { _ in true }) -> Int? {
    guard !points.isEmpty else { return nil }
    let position = Self.hash(key ^ 0xA5A5_A5A5_0F0F_F0F0)
    var (low, high) = (0, points.count)
    while low < high {
      let middle = (low + high) / 2
      if points[middle].position < position { low = middle + 1 } else { high = middle }
    }
    for step in points.indices {
      let member = Int(points[(low + step) % points.count].member)
      if isAvailable(member) { return member }
    }
    return nil
  }

  private static func hash(_ key: UInt64) -> UInt64 {
    var digest = Digest()
    digest.mix(key)
    return digest.value
  }
}
