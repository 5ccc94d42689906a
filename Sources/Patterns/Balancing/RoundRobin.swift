/// Takes the members of a group in turn, passing over those that may not be taken.
public struct RoundRobin: Hashable, Sendable {
  private var next: Int

  /// Several balancers before one group begin at different members, or all would hit the first.
  public init(startingAt start: Int = 0) { next = start }

  /// The index, below `count`, whose turn it is among those that `isAvailable`; nil if none is.
  public mutating func pick(of count: Int, where isAvailable: (Int) -> Bool) -> Int? {
    var index = next < count ? next : next % max(count, 1)
    for _ in 0..<count {
      let following = index + 1 < count ? index + 1 : 0
      if isAvailable(index) {
        next = following
        return index
      }
      index = following
    }
    return nil
  }

  /// The same for a group of up to 64, of whom `available` has a bit each.
  public mutating func pick(of count: Int, among available: UInt64) -> Int? {
    guard available != 0, count > 0 else { return nil }
    let start = next < count ? next : next % count
    let ahead = available >> UInt64(start)
    let index =
      ahead != 0 ? start + ahead.trailingZeroBitCount : available.trailingZeroBitCount
    next = index + 1 < count ? index + 1 : 0
    return index
  }

  /// Whose turn is next, by index: the state of the policy.
  public var position: Int { next }
}
