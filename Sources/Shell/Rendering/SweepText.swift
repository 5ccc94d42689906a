import Architecture
import Kernel
import Language

/// The table of a sweep, with a bar for each value.
enum SweepText {
  static func report(
    _ path: String, _ outcomes: [Futures.Outcome], _ session: Session
  ) -> Report {
    let isLoad = outcomes.contains(where: \.hasLoad)
    let names =
      isLoad
      ? ["load.throughput", "load.success-rate", "load.p50", "load.p99", "load.hit-ratio"]
        + own(path, session.world)
      : ["last.status", "last.reason", "last.latency", "last.hops"]
    let known = names.filter { name in outcomes.allSatisfy { $0.values[name] != nil } }
    let measure = telling(known, outcomes) ?? (isLoad ? "load.p99" : "last.latency")
    let bars = outcomes.map { $0.values[measure]?.plain ?? 0 }
    let most = max(bars.max() ?? 0, 1e-12)
    let mark = session.options.isPlain ? "#" : "█"
    var table = TextTable(
      [.init("value")] + known.map { .init(title(of: $0), right: true) }
        + [.init(measure.hasPrefix("load.") ? "\(mark) \(title(of: measure))" : "")])
    // Long values leave less room for the bars.
    let labels = outcomes.map { DisplayWidth.of($0.label) }.max() ?? 0
    let room = Double(min(max(session.options.width - 66 - labels, 3), 10))
    for (outcome, bar) in zip(outcomes, bars) {
      let length = max(Int((bar / most * room).rounded()), bar > 0 ? 1 : 0)
      table.add(
        [outcome.label] + known.map { outcome.values[$0]?.rounded ?? "" }
          + [String(repeating: mark, count: length)])
    }
    let rendered = table.render(width: session.options.width).lines
    let runs = outcomes.map { outcome in
      JSON.object([
        ("value", .string(outcome.label)),
        (
          "observables",
          .object(known.map { ($0, outcome.values[$0]?.json ?? .null) })
        ),
      ])
    }
    let isIdle = outcomes.allSatisfy { !$0.idle.isEmpty }
    let note = isIdle ? IdleSetting.text(outcomes[0].idle) : nil
    return Report(
      session.wrap("\(path), each value in a copy of the deployment:")
        + [session.style.quiet(rendered[0])] + rendered.dropFirst()
        + (note.map { session.wrap(session.style.quiet($0)) } ?? []),
      .object([("path", .string(path)), ("runs", .array(runs))]))
  }

  /// The name of a column, which must be short.
  private static func title(of name: String) -> String {
    let own = String(name.drop { $0 != "." }.dropFirst())
    return own == "success-rate" ? "success" : own
  }

  /// What the tier that is changed tells of itself.
  private static func own(_ path: String, _ world: World) -> [String] {
    let name = path.replacing("scale.", with: "").prefix { $0 != "." }
    guard let target = NodeNames.find(String(name), in: world) else { return [] }
    let tier =
      switch target {
      case .node(let node): world.tier(of: node)
      case .tier(let tier): tier
      }
    switch tier.kind {
    case .cache: return ["\(tier.name).misses"]
    case .messageQueue: return ["\(tier.name).depth"]
    case .client, .loadBalancer, .gateway: return []  // no worker slots
    default: return ["\(tier.name).utilization"]
    }
  }

  /// The one that differs most, which gets the bars; nil when none does.
  private static func telling(_ names: [String], _ outcomes: [Futures.Outcome]) -> String? {
    let spreads = names.map { name -> Double in
      let numbers = outcomes.compactMap { $0.values[name]?.plain }
      guard numbers.count == outcomes.count, let most = numbers.max(), let least = numbers.min(),
        most > 0
      else { return 0 }
      return (most - least) / most
    }
    guard let most = spreads.max(), most > 0.05 else { return nil }
    return names[spreads.firstIndex(of: most)!]
  }
}
