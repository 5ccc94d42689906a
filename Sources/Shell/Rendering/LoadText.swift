import Architecture
import Kernel
import Language
import Patterns

/// The report of a load.
enum LoadText {
  static func report(
    _ plan: LoadPlan, since baseline: LoadBaseline, _ session: Session
  ) -> Report {
    let (world, load) = (session.world, session.world.journal.load)
    func text(_ quantile: Double) -> String {
      DurationText.format(nanoseconds: load.latency.quantile(quantile)?.nanoseconds ?? 0)
    }
    let achieved = session.latestLoad.throughput
    let quantiles = [("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p99.9", 0.999), ("max", 1.0)]
    var lines =
      DisplayWidth.wrap(
        words: [
          "sent \(NumberText.grouped(load.sent)) \(pace(plan));",
          "answered well \(NumberText.fixed(achieved, decimals: 1))rps;",
          "success \(successText(load, session.style))",
        ], separator: "  ", indent: 9, session.options.width) + [
        "latency  " + quantiles.map { "\($0.0) \(text($0.1))" }.joined(separator: "  ")
      ]
    if load.answered == 0 {
      lines = ["sent \(NumberText.grouped(load.sent)) \(pace(plan));  nothing is answered yet"]
    }
    if load.failed > 0 {
      let reasons = load.failuresByReason.map {
        "\($0.reason.title) \(NumberText.grouped($0.count))"
      }
      lines += row("failed", reasons, session)
      if load.failed * 10 > load.answered {
        lines.append(session.style.quiet("         latencies are of all answers, failures too"))
      }
    }
    if let ratio = hitRatio(load), load.reads > load.count(.bypass) {
      lines.append(
        "cache    \(NumberText.percent(ratio)) hits of \(NumberText.counted(load.reads, "read"))")
    }
    let degraded = [
      (load.count(.stale), "\(NumberText.counted(load.count(.stale), "read")) got a stale copy"),
      (load.placeholders, "\(NumberText.grouped(load.placeholders)) got a placeholder"),
    ].filter { $0.0 > 0 }.map(\.1)
    if !degraded.isEmpty { lines += row("degraded", degraded, session) }
    if session.world.tasksWaiting >= 100 {
      let waiting = NumberText.grouped(session.world.tasksWaiting)
      lines.append("queue    \(waiting) tasks wait for the workers")
    }
    let patterns = baseline.patternCounts(in: world)
    if !patterns.isEmpty {
      let counts = patterns.map { "\($0.name) \(NumberText.grouped($0.count))" }
      lines += row("patterns", counts, session)
    }
    let busiest = busiest(world, since: baseline)
    if let (node, share) = busiest {
      lines.append(
        "busiest  \(world.name(of: node)), \(NumberText.percent(share)) of its worker slots in use")
    }
    let kept = world.journal.requestIDs.count
    if load.sent > kept {
      let dropped = NumberText.grouped(load.sent - kept)
      let text =
        "keeps the latest \(NumberText.grouped(kept)) requests; \(dropped) older ones are counted only"
      lines += row(
        "journal", text.split(separator: " ").map(String.init), separatedBy: " ", session
      )
      .map { session.style.quiet($0) }
    }
    return Report(lines, json(plan, busiest, patterns, session))
  }

  /// A line with a label, or several below one another; none is broken within an item.
  private static func row(
    _ label: String, _ items: [String], separatedBy separator: String = ", ", _ session: Session
  ) -> [String] {
    let gap = String(repeating: " ", count: 9 - label.count)
    let first = label + gap + (items.first ?? "")
    return DisplayWidth.wrap(
      words: [first] + items.dropFirst(), separator: separator, indent: 9, session.options.width)
  }

  /// How the load came.
  private static func pace(_ plan: LoadPlan) -> String {
    switch plan.pace {
    case .open(let first, let last, _) where first == last:
      "at \(NumberText.plain(first))rps\(spike(plan))"
    case .open(let first, let last, _):
      "at \(NumberText.plain(first)) to \(NumberText.plain(last))rps\(spike(plan))"
    case .closed(let users, _): "by \(NumberText.counted(users, "user"))"
    }
  }

  /// `, 10x at 20s for 5s`, as it was or would have been.
  private static func spike(_ plan: LoadPlan) -> String {
    guard let spike = plan.spike else { return "" }
    func text(_ duration: Kernel.Duration) -> String {
      DurationText.typed(nanoseconds: duration.nanoseconds)
    }
    return ", \(NumberText.plain(spike.factor))x at \(text(spike.start)) for \(text(spike.length))"
  }

  private static func successText(_ load: LoadStatistics, _ style: Style) -> String {
    let text = NumberText.percent(successRate(load))
    return load.failed == 0 ? style.good(text) : style.bad(text)
  }

  static func successRate(_ load: LoadStatistics) -> Double {
    load.answered == 0 ? 0 : Double(load.succeeded) / Double(load.answered)
  }

  /// The share of its reads that found a fresh copy; nil when there were none.
  static func hitRatio(_ load: LoadStatistics) -> Double? {
    load.reads == 0 ? nil : Double(load.count(.hit)) / Double(load.reads)
  }

  /// The node with the largest share of its slots in use during the load.
  private static func busiest(
    _ world: World, since baseline: LoadBaseline
  ) -> (NodeID, Double)? {
    var best: (NodeID, Double)?
    for node in world.directory.nodes {
      let share = baseline.use(of: node, in: world).share ?? 0
      if share > best?.1 ?? 0 { best = (node, share) }
    }
    return best
  }

  private static func json(
    _ plan: LoadPlan, _ busiest: (NodeID, Double)?, _ patterns: [(name: String, count: Int)],
    _ session: Session
  ) -> JSON {
    let load = session.world.journal.load
    func milliseconds(_ quantile: Double) -> JSON {
      load.latency.quantile(quantile).map { .number($0.milliseconds) } ?? .null
    }
    return .object([
      ("sent", .integer(load.sent)), ("answered", .integer(load.answered)),
      ("succeeded", .integer(load.succeeded)), ("failed", .integer(load.failed)),
      (
        "offeredRps", .number(session.latestLoad.rate)
      ), ("throughputRps", .number(session.latestLoad.throughput)),
      ("successRate", load.answered == 0 ? .null : .number(successRate(load))),
      ("stale", .integer(load.count(.stale))), ("placeholders", .integer(load.placeholders)),
      ("hitRatio", .number(hitRatio(load) ?? 0)),
      ("busiest", busiest.map { .string(session.world.name(of: $0.0)) } ?? .null),
      ("busiestUtilization", busiest.map { .number($0.1) } ?? .null), ("p50Ms", milliseconds(0.5)),
      ("p90Ms", milliseconds(0.9)), ("p99Ms", milliseconds(0.99)),
      ("p999Ms", milliseconds(0.999)), ("maxMs", milliseconds(1)),
      (
        "reasons",
        .object(load.failuresByReason.map { ($0.reason.name, .integer($0.count)) })
      ),
      ("patterns", .object(patterns.map { ($0.name, .integer($0.count)) })),
    ])
  }
}
