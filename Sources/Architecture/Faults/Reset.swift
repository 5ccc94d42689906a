import Kernel

/// Connections that break: a TCP reset tells the caller at once.
struct Reset: Fault {
  static let name = "reset"
  static let summary = "breaks the connection of each call, and says so at once"
  static let scope = FaultScope.calls
  static let outcomes: Set<Reason> = .ofFailures.union([.connectionReset])
  static let parameters = [FaultParameter.percent()]

  let share: Double

  init(_ values: [Double]) { share = values[0] }

  func judge(_ passage: inout Passage, _ chance: inout Random) {
    if share > 0, chance.unit() < share { passage.isReset = true }
  }
}
