import Kernel

/// A firewall that drops what passes: callers learn of it only when their patience ends.
struct Blackhole: Fault {
  static let name = "blackhole"
  static let summary = "drops all messages to and from it; callers wait until their timeout"
  static let scope = FaultScope.traffic
  static let outcomes: Set<Reason> = .ofSlowness.union(Set<Reason>.ofIgnorance)

  init(_ values: [Double]) {}

  func judge(_ passage: inout Passage, _ chance: inout Random) { passage.isLost = true }
  let letsNothingPass = true
}
