import Kernel

/// Messages that vanish at random, in both directions.
struct Loss: Fault {
  static let name = "loss"
  static let summary = "loses a share of the messages, answers included"
  static let scope = FaultScope.traffic
  static let outcomes: Set<Reason> = .ofSlowness.union(Set<Reason>.ofIgnorance)
  static let parameters = [FaultParameter.percent(standard: nil)]

  let share: Double

  init(_ values: [Double]) { share = values[0] }

  var letsNothingPass: Bool { share >= 1 }

  func judge(_ passage: inout Passage, _ chance: inout Random) {
    if share > 0, chance.unit() < share { passage.isLost = true }
  }
}
