/// A disk without room: what is there can be read, nothing can be written.
struct DiskFull: Fault {
  static let name = "disk-full"
  static let summary = "reads work, writes are refused"
  static let scope = FaultScope.node(only: [.database, .messageQueue])
  static let outcomes: Set<Reason> = .ofFailures.union([.diskFull])

  init(_ values: [Double]) {}

  func afflict(_ condition: inout Condition) { condition.diskIsFull = true }
}
