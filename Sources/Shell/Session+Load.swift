import Architecture
import Kernel

/// Loads: one that a command waits for, or one that goes on beside other commands.
extension Session {
  /// What the latest load asked for, and what has come of it so far.
  var latestLoad: LatestLoad {
    guard let load = loadUnderWay else { return notedLoad }
    return LatestLoad(load.plan, since: load.baseline, in: world, beside: load)
  }

  /// The load that goes on beside other commands.
  var loadUnderWay: LatestLoad.Beside? {
    guard let load = notedLoad.beside, !load.isOver else { return nil }
    return load
  }

  /// Lets virtual users begin.
  func begin(_ plan: LoadPlan) -> LoadBaseline {
    endLoadUnderWay()  // its users have gone, at this very moment
    var workload = world.makeWorkload(plan.pace, plan.mix, for: plan.duration)
    workload.spike = plan.spike
    world.begin(workload)
    return LoadBaseline(world)
  }

  /// The time of the load beside is over, or somebody ends it: who would come later comes no more.
  func endLoadUnderWay() {
    guard var load = loadUnderWay else { return }
    load.baseline.close(world)
    notedLoad = LatestLoad(load.plan, since: load.baseline, in: world, beside: load)
    world.endWorkload()
  }
}
