import Kernel

/// Messages that arrive twice, as after a sender's retransmission.
struct Duplicate: Fault {
  static let name = "duplicate"
  static let summary = "delivers a share of the calls twice"
  static let scope = FaultScope.calls
  static let outcomes: Set<Reason> = [.notFound]
  static let parameters = [FaultParameter.percent()]

  let share: Double

  init(_ values: [Double]) { share = values[0] }

  func judge(_ passage: inout Passage, _ chance: inout Random) {
    if share > 0, chance.unit() < share { passage.isDuplicated = true }
  }
}
