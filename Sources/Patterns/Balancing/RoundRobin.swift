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

  /// How many turns were taken, modulo the group: the state of the policy.
  public var position: Int { next }
}
