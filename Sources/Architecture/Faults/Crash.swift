/// A node that dies: connections are refused at once. `fail` does the same.
struct Crash: Fault {
  static let name = "crash"
  static let summary = "the node dies; its callers are refused at once (as 'fail' does)"
  static let scope = FaultScope.node(only: nil)
  static let outcomes: Set<Reason> = .ofFailures.union([.connectionRefused, .connectionReset])

  init(_ values: [Double]) {}
}
