/// Draws ranks 0 ..< count with probability proportional to 1 / (rank + 1)^exponent, in constant
/// time by Vose's alias method (1991).
public struct Zipf: Hashable, Sendable {
  private let threshold: ContiguousArray<Double>
  private let alias: ContiguousArray<Int32>

  /// An exponent of 0 gives the uniform distribution. `count` must be above zero.
  public init(count: Int, exponent: Double) {
    precondition(count > 0, "a choice needs something to choose from")
    var weight = ContiguousArray((1...count).map { Zipf.weight(rank: $0, exponent: exponent) })
    let scale = Double(count) / weight.reduce(0, +)
    for i in weight.indices { weight[i] *= scale }
    var alias = ContiguousArray<Int32>(repeating: 0, count: count)
    var small = weight.indices.filter { weight[$0] < 1 }
    var large = weight.indices.filter { weight[$0] >= 1 }
    while let poor = small.last, let rich = large.last {
      small.removeLast()
      alias[poor] = Int32(rich)
      weight[rich] -= 1 - weight[poor]
      if weight[rich] < 1 {
        large.removeLast()
        small.append(rich)
      }
    }
    for i in small + large { weight[i] = 1 }
    threshold = weight
    self.alias = alias
  }

  private static func weight(rank: Int, exponent: Double) -> Double {
    exponent == 1 ? 1 / Double(rank) : power(Double(rank), -exponent)
  }

  public func sample(_ random: inout Random) -> Int {
    let column = random.below(threshold.count)
    return random.unit() < threshold[column] ? column : Int(alias[column])
  }
}
