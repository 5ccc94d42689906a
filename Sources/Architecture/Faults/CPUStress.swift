/// Something else takes a share of the processor (stress-ng --cpu): what is left does the work.
struct CPUStress: Fault {
  static let name = "cpu"
  static let summary = "something else takes a share of its processor"
  static let scope = FaultScope.node(only: nil)
  static let outcomes: Set<Reason> = .ofSlowness
  static let parameters = [
    FaultParameter(name: "percent", unit: .percent, range: 0...0.99, standard: nil)
  ]

  let share: Double

  init(_ values: [Double]) { share = values[0] }

  func afflict(_ condition: inout Condition) { condition.workFactor *= 1 / (1 - share) }
}
