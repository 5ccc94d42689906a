import Architecture
import Kernel
import Language

/// Several futures of one moment: each changes something in a copy of the deployment, and then all
/// meet the same workload with the same chance.
struct Futures {
  /// What one future was begun with, and what was measured at its end.
  struct Outcome {
    let label: String
    /// By name, as `Growth` tells them: what happened during the workload.
    let values: [String: Quantity]
    /// Of latencies at some quantile: between which values it lies, given how many were counted.
    var bands: [String: ClosedRange<Double>] = [:]
    /// Settings that were to be watched, and belong to a pattern that is off at the end.
    var idle: [IdleSetting] = []
    let failure: CommandError?

    /// Whether the workload sent anything.
    var hasSent: Bool { count("load.sent") > 0 || count("sent") > 0 }
    var hasLoad: Bool { count("load.sent") > 0 }

    func count(_ name: String) -> Double { values[name]?.plain ?? 0 }

    /// The share of requests that succeeded; nil when none was sent.
    var success: Double? {
      if hasLoad { return count("load.success-rate") }
      return count("sent") > 0 ? count("succeeded") / count("sent") : nil
    }

    /// The share of calls that a tier answered without a server error; nil when none came.
    func success(of tier: String) -> Double? {
      let requests = count(tier + ".requests")
      return requests > 0 ? 1 - count(tier + ".errors") / requests : nil
    }
  }

  /// One future: a name, and the commands that make the difference.
  struct Start {
    let label: String
    let block: Block
  }

  let starts: [Start]
  let workload: Block
  /// Settings of which the end should tell whether their pattern is on.
  var watched: [SettingPath] = []

  /// Runs them from the present moment, on all processors; `seed` gives another chance.
  func run(_ session: Session, seeds: [UInt64?] = [nil]) throws(CommandError) -> [[Outcome]] {
    let base = session.world
    let sessions = seeds.flatMap { seed in
      starts.map { start in
        let fork = session.fork()
        fork.write = { _ in }
        fork.writeError = { _ in }
        fork.options.isJSON = false
        fork.world.detach()
        fork.beginAnew()
        if let seed { fork.world.reseed(seed) }
        return (start, fork)
      }
    }
    let (workload, watched) = (workload, watched)
    let outcomes = Parallel.map(sessions) { start, fork in
      Self.live(start, workload, fork, since: base, watching: watched)
    }
    guard !session.isInterrupted() else {
      throw CommandError("interrupted; futures of different lengths tell nothing", .interrupted)
    }
    if let failure = outcomes.lazy.compactMap(\.failure).first { throw failure }
    return seeds.indices.map { index in
      Array(outcomes[index * starts.count..<(index + 1) * starts.count])
    }
  }

  private static func live(
    _ start: Start, _ workload: Block, _ session: Session, since fork: World,
    watching paths: [SettingPath]
  ) -> Outcome {
    var growth = Growth(fork: fork, start: fork, lastRequest: session.lastRequest)
    do throws(CommandError) {
      try session.run(start.block)
      session.beginAnew()
      growth = Growth(fork: fork, start: session.world, lastRequest: session.lastRequest)
      try session.run(workload)
      guard !session.wantsToQuit else { throw .usage("a future can't quit") }
    } catch {
      let place = start.label.isEmpty ? "" : "in '\(start.label)': "
      return Outcome(
        label: start.label, values: [:],
        failure: CommandError(place + error.message, error.kind, line: error.line))
    }
    return Outcome(
      label: start.label, values: growth.values(session), bands: growth.bands(session.world),
      idle: IdleSetting.among(paths, in: session.world), failure: nil)
  }
}

extension Session {
  /// The load of before is no part of any future.
  fileprivate func beginAnew() {
    world.forgetLoad()
    notedLoad.beside?.restart(world)
  }
}
