/// A grey failure: the process is stopped (SIGSTOP), its connections stay open, and nothing answers.
/// What reaches it meanwhile is handled when it goes on.
struct Pause: Fault {
  static let name = "pause"
  static let summary = "accepts messages and never answers, until it goes on (grey failure)"
  static let scope = FaultScope.node(only: nil)
  static let outcomes: Set<Reason> = .ofSlowness.union(Set<Reason>.ofIgnorance)

  init(_ values: [Double]) {}

  func afflict(_ condition: inout Condition) { condition.isPaused = true }
}
