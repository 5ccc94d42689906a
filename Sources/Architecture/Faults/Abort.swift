import Kernel

/// Calls answered with an error before they arrive, as Envoy's fault filter does (flag FI).
/// Health checks pass: they ask whether a node lives, not whether it works.
struct Abort: Fault {
  static let name = "abort"
  static let summary = "answers a share of the calls with an HTTP status instead"
  static let scope = FaultScope.calls
  static let outcomes: Set<Reason> = .ofFailures.union([.faultInjected])
  static let parameters = [
    FaultParameter(name: "status", unit: .status, range: 400...599, standard: 503),
    FaultParameter.percent(),
  ]

  let status: UInt16
  let share: Double

  init(_ values: [Double]) { (status, share) = (UInt16(values[0]), values[1]) }

  func judge(_ passage: inout Passage, _ chance: inout Random) {
    guard passage.verb.needsSlot, share > 0, chance.unit() < share else { return }
    passage.abortStatus = status
  }
}
