import Kernel

/// A slow network: each call takes longer to arrive, by a delay that varies around its mean.
struct Latency: Fault {
  static let name = "latency"
  static let summary = "each call arrives later, by the delay ± a random part of the jitter"
  static let scope = FaultScope.calls
  static let outcomes: Set<Reason> = .ofSlowness
  static let parameters = [
    FaultParameter(name: "delay", unit: .duration, range: 0...3600e9, standard: nil),
    FaultParameter(name: "jitter", unit: .duration, range: 0...3600e9, standard: 0),
  ]

  let delay: Double
  let jitter: Double

  init(_ values: [Double]) { (delay, jitter) = (values[0], values[1]) }

  func judge(_ passage: inout Passage, _ chance: inout Random) {
    let variation = jitter > 0 ? jitter * (chance.unit() * 2 - 1) : 0
    let total = Duration(nanoseconds: Int64(max(delay + variation, 0)))
    passage.delay = passage.delay + total
  }
}
