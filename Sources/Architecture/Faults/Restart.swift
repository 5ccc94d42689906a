/// A process that dies and starts again at once: its connections break, its memory is gone.
struct Restart: Fault {
  static let name = "restart"
  static let summary = "the process dies and starts again at once"
  static let scope = FaultScope.node(only: nil)
  static let outcomes: Set<Reason> = .ofFailures.union([.connectionRefused, .connectionReset])

  init(_ values: [Double]) {}
}
