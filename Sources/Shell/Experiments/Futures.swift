import Architecture
import Kernel
import Language

/// Several futures of one moment: each changes something in a copy of the deployment, and then all
/// meet the same workload with the same chance.
struct Futures {
  /// What one future was begun with, and what was measured at its end.
  struct Outcome {
    let label: String
    /// By name; counts are what came to them in this future.
    let values: [String: Quantity]
    let failure: CommandError?
  }

  /// One future: a name, and the commands that make the difference.
  struct Start {
    let label: String
    let block: Block
  }

  let starts: [Start]
  let workload: Block

  /// Runs them from the present moment, on all processors; `seed` gives another chance.
  func run(_ session: Session, seeds: [UInt64?] = [nil]) throws(CommandError) -> [[Outcome]] {
    let base = Self.measure(session)
    let sessions = seeds.flatMap { seed in
      starts.map { start in
        let fork = session.fork()
        fork.write = { _ in }
        fork.writeError = { _ in }
        fork.options.isJSON = false
        fork.world.detach()
        if let seed { fork.world.reseed(seed) }
        return (start, fork)
      }
    }
    let workload = workload
    let outcomes = Parallel.map(sessions) { start, fork in
      Self.live(start, workload, fork, since: base)
    }
    if let failure = outcomes.lazy.compactMap(\.failure).first { throw failure }
    return seeds.indices.map { index in
      Array(outcomes[index * starts.count..<(index + 1) * starts.count])
    }
  }

  private static func live(
    _ start: Start, _ workload: Block, _ session: Session, since base: [String: Quantity]
  ) -> Outcome {
    do throws(CommandError) {
      try session.run(start.block)
      try session.run(workload)
      guard !session.wantsToQuit else { throw .usage("a future can't quit") }
    } catch {
      let place = start.label.isEmpty ? "" : "in '\(start.label)': "
      return Outcome(
        label: start.label, values: [:],
        failure: CommandError(place + error.message, error.kind, line: error.line))
    }
    return Outcome(label: start.label, values: growth(measure(session), since: base), failure: nil)
  }

  /// All that can be compared: the load or the last request, and what each tier shows.
  static func measure(_ session: Session) -> [String: Quantity] {
    var values: [String: Quantity] = [:]
    for whole in WholeObservable.all where !["hash", "seed"].contains(whole.name) {
      values[whole.name] = whole.read(session)
    }
    let world = session.world
    for tier in Tier.allCases {
      for observable in Observable.of(tier.kind) {
        let name = "\(tier.name).\(observable.name)"
        values[name] = session.observe(name)
      }
    }
    values["time"] = .duration(nanoseconds: world.clock.nanoseconds)
    return values
  }

  /// Counts begin at the fork; the rest is what it is.
  private static func growth(
    _ values: [String: Quantity], since base: [String: Quantity]
  ) -> [String: Quantity] {
    var result = values
    for (name, value) in values {
      guard isCounter(name), case .number(let now) = value, case .number(let then)? = base[name]
      else { continue }
      result[name] = .number(now - then)
    }
    return result
  }

  private static func isCounter(_ name: String) -> Bool {
    if ["sent", "succeeded", "failed"].contains(name) { return true }
    guard let dot = name.firstIndex(of: "."), !name.hasPrefix("load."), !name.hasPrefix("last.")
    else { return false }
    let suffix = name[name.index(after: dot)...]
    return Observable.all.contains { $0.name == suffix && $0.course == .counter }
  }
}

/// Which way an observable should go.
enum Preference {
  case higher, lower, neither

  static func of(_ name: String) -> Preference {
    let suffix = name.split(separator: ".", maxSplits: 1).last.map(String.init) ?? name
    if rising.contains(suffix) { return .higher }
    return falling.contains(suffix) ? .lower : .neither
  }

  private static let rising: Set = [
    "success-rate", "throughput", "hit-ratio", "hits", "processed", "succeeded",
  ]
  private static let falling: Set = [
    "p50", "p90", "p99", "p999", "max", "latency", "errors", "failed", "queue-length", "rejected",
    "utilization", "lag", "depth", "oldest-age", "dead-letters", "lost-writes", "tasks-lost",
    "connection-pool.timeouts", "connection-pool.waiting", "failures", "redeliveries",
    "waiting-for-standbys", "held-writes",
  ]
}
