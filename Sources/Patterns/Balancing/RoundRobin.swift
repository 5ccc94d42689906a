/// Takes the members of a group in turn, passing over those that may not be taken.
public struct RoundRobin: Hashable, Sendable {
  private var next: Int

  /// Several balancers before one group begin at different members, or all would hit the first.
  public init(startingAt start: Int = 0) { next = start }

  /// The index, below `count`, whose turn it is among those that `isAvailable`; nil if none is.
  public mutating func pick(of count: Int, where isAvailable: (Int) -> Bool) -> Int? {
    for step in 0..<count {
      let index = (next + step) % count
      if isAvailable(index) {
        next = (index + 1) % count
        return index
      }
    }
    return nil
  }

  /// How many turns were taken, modulo the group: the state of the policy.
  public var position: Int { next }
}
