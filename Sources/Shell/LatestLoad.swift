import Architecture
import Kernel

/// What the latest load asked for, and what came of it.
struct LatestLoad {
  var mix = Workload.Mix()
  /// Requests sent a second.
  var rate = 0.0
  /// How long it lasted, in seconds; not how long its last answers took.
  var seconds = 0.0
  /// Requests answered well in that time.
  var succeededInTime = 0
  /// Set if it goes on, or went on, beside other commands (`load … --async`).
  var beside: Beside?

  /// Requests answered well, a second.
  var throughput: Double { seconds > 0 ? Double(succeededInTime) / seconds : 0 }

  /// The figures of a load at its end, when its last answers may be still to come, or so far.
  init(_ plan: LoadPlan, since baseline: LoadBaseline, in world: World, beside: Beside? = nil) {
    mix = plan.mix
    seconds = min((world.clock - baseline.start).seconds, plan.duration.seconds)
    let load = world.journal.load
    rate = seconds > 0 ? Double(load.sent) / seconds : 0
    succeededInTime = load.succeeded
    self.beside = beside
  }

  /// None yet.
  init() {}

  /// A load beside which commands are run.
  struct Beside {
    var plan: LoadPlan
    var baseline: LoadBaseline

    /// When it ends, or ended.
    var end: Instant { baseline.closedAt ?? baseline.start + plan.duration }
    var isOver: Bool { baseline.closedAt != nil }

    /// From now on it is as if it had begun now.
    mutating func restart(_ world: World) {
      guard !isOver else { return }
      plan.duration = end - world.clock
      baseline = LoadBaseline(world)
    }
  }
}
