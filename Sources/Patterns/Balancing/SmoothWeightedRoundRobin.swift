/// Takes members in proportion to their weights, evenly mixed: {5, 1, 1} gives a a b a c a a.
///
/// nginx's algorithm: before each pick every member's current weight grows by its own weight; the
/// largest is taken and gives up the sum of all weights.
public struct SmoothWeightedRoundRobin: Hashable, Sendable {
  private var current: [Double] = []

  public init() {}

  /// The index, below `count`, of the member to take; nil if none has a weight above zero.
  public mutating func pick(of count: Int, weight: (Int) -> Double) -> Int? {
    while current.count < count { current.append(0) }
    var best: Int?
    var total = 0.0
    for index in 0..<count {
      let own = weight(index)
      guard own > 0 else { continue }
      total += own
      current[index] += own
      if best.map({ current[index] > current[$0] }) ?? true { best = index }
    }
    if let best { current[best] -= total }
    return best
  }

  /// The state of the policy.
  public var weights: [Double] { current }
}
