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
      : ["last.status", "last.reason", "last.latency", "last.hops"]
    let measure = isLoad ? "load.p99" : "last.latency"
    let bars = outcomes.map { $0.values[measure]?.plain ?? 0 }
    let most = max(bars.max() ?? 0, 1e-12)
    let known = names.filter { name in outcomes.allSatisfy { $0.values[name] != nil } }
    var table = TextTable(
      [.init("value")] + known.map { .init(String($0.drop { $0 != "." }.dropFirst()), right: true) }
        + [.init(measure)])
    let mark = session.options.isPlain ? "#" : "█"
    for (outcome, bar) in zip(outcomes, bars) {
      let length = max(Int((bar / most * 10).rounded()), bar > 0 ? 1 : 0)
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
}
