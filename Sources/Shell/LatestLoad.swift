import Architecture

/// What the latest load asked for, and what came of it.
struct LatestLoad {
  var mix = Workload.Mix()
  /// Requests sent a second.
  var rate = 0.0
  /// How long it lasted, in seconds; not how long its last answers took.
  var seconds = 0.0
  /// Requests answered well in that time.
  var succeededInTime = 0

  /// Requests answered well, a second.
  var throughput: Double { seconds > 0 ? Double(succeededInTime) / seconds : 0 }
}
