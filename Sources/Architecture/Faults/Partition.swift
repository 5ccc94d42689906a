import Kernel

/// A network that has fallen in two: nothing passes between the groups.
struct Partition: Fault {
  static let name = "partition"
  static let summary = "drops all messages between two groups of nodes"
  static let scope = FaultScope.traffic
  static let outcomes: Set<Reason> = .ofSlowness.union(Set<Reason>.ofIgnorance)

  init(_ values: [Double]) {}

  func judge(_ passage: inout Passage, _ chance: inout Random) { passage.isLost = true }
  let letsNothingPass = true
}
