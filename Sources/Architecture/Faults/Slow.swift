/// A machine that has become slow, for whatever reason: all its work takes longer.
struct Slow: Fault {
  static let name = "slow"
  static let summary = "all its work takes so many times as long"
  static let scope = FaultScope.node(only: nil)
  static let outcomes: Set<Reason> = .ofSlowness
  static let parameters = [
    FaultParameter(name: "factor", unit: .factor, range: 1...10_000, standard: nil)
  ]

  let factor: Double

  init(_ values: [Double]) { factor = values[0] }

  func afflict(_ condition: inout Condition) { condition.workFactor *= factor }
}
