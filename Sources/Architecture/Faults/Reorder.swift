import Kernel

/// Messages that are overtaken by later ones: a share of them is held back for a while.
struct Reorder: Fault {
  static let name = "reorder"
  static let summary = "a share of the messages is held back for a while, so that others overtake"
  static let scope = FaultScope.traffic
  static let outcomes: Set<Reason> = .ofSlowness
  static let parameters = [
    FaultParameter.percent(),
    FaultParameter(name: "delay", unit: .duration, range: 0...3600e9, standard: 20e6),
  ]

  let share: Double
  let delay: Double

  init(_ values: [Double]) { (share, delay) = (values[0], values[1]) }

  func judge(_ passage: inout Passage, _ chance: inout Random) {
    guard share > 0, chance.unit() < share else { return }
    passage.delay = passage.delay + Duration(nanoseconds: Int64(delay * chance.unit()))
  }
}
