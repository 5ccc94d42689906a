/// A replica that takes nothing from its primary (MySQL's STOP REPLICA): its lag grows meanwhile.
struct ReplicationPause: Fault {
  static let name = "replication-pause"
  static let summary = "a replica stops following its primary; the lag grows"
  static let scope = FaultScope.node(only: [.database])
  static let outcomes: Set<Reason> = [
    .notFound, .upstreamTimeout, .clientTimeout, .deadlineExceeded,
  ]

  init(_ values: [Double]) {}

  func afflict(_ condition: inout Condition) { condition.replicationIsPaused = true }
}
