/// A disk that says that a write is safe while it is still in a volatile cache: nobody notices until
/// the machine goes down.
struct FsyncLie: Fault {
  static let name = "fsync-lie"
  static let summary = "commits are confirmed and not on disk; a crash loses them"
  static let scope = FaultScope.node(only: [.database])
  static let outcomes: Set<Reason> = [.notFound]

  init(_ values: [Double]) {}

  func afflict(_ condition: inout Condition) { condition.fsyncLies = true }
}
