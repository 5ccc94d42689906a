import Architecture
import Kernel
import Language
import Patterns

/// RED of what answers (rate, errors, duration) and USE of what is used (utilization, saturation,
/// errors), over a window.
enum MetricsText {
  static func report(
    _ groups: [(name: String, nodes: [NodeID])], areTiers: Bool, since before: Courses.Snapshot?,
    _ start: Instant, _ now: Courses.Snapshot, _ session: Session
  ) -> Report {
    let seconds = max((now.at - start).seconds, 1e-9)
    var table = TextTable([
      .init("node"), .init("rate", right: true), .init("errors", right: true),
      .init("p50", right: true), .init("p99", right: true), .init("utilization", right: true),
      .init("queue", right: true), .init("rejected", right: true),
    ])
    var objects: [JSON] = []
    for group in groups {
      // What those have done that were taken away meanwhile is of the tier's, too.
      let tier = areTiers ? group.nodes.first.map { session.world.tier(of: $0) } : nil
      let all = tier.map { session.world.directory.everyInstance(of: $0) } ?? group.nodes
      let row = Row(group.nodes, all, before, now, seconds, session.world)
      let quantiles = [0.5, 0.99].map { row.latency.quantile($0)?.nanoseconds ?? 0 }
      table.add([
        group.name, NumberText.fixed(row.rate, decimals: 1) + "/s",
        row.rate > 0 ? NumberText.percent((row.errorShare * 1000).rounded() / 1000) : "–",
        row.latency.isEmpty ? "–" : DurationText.format(nanoseconds: quantiles[0]),
        row.latency.isEmpty ? "–" : DurationText.format(nanoseconds: quantiles[1]),
        row.utilization.map { NumberText.percent(($0 * 1000).rounded() / 1000) } ?? "–",
        row.queue.map { NumberText.grouped($0) } ?? "–",
        row.utilization == nil ? "–" : NumberText.grouped(row.rejected),
      ])
      objects.append(
        .object([
          ("node", .string(group.name)), ("rate", .number(row.rate)),
          ("errorShare", .number(row.errorShare)), ("p50Ms", .number(Double(quantiles[0]) / 1e6)),
          ("p99Ms", .number(Double(quantiles[1]) / 1e6)),
          ("utilization", row.utilization.map { .number($0) } ?? .null),
          ("queueLength", .integer(row.queue ?? 0)), ("rejected", .integer(row.rejected)),
        ]))
    }
    let window =
      "over \(DurationText.format(nanoseconds: (now.at - start).nanoseconds)), to "
      + "\(DurationText.format(nanoseconds: now.at.nanoseconds))"
    let rendered = table.render(width: session.options.width).lines
    return Report(
      [session.style.quiet(rendered[0])] + rendered.dropFirst() + [session.style.quiet(window)],
      .object([
        ("fromMs", .number(start.milliseconds)), ("toMs", .number(now.at.milliseconds)),
        ("nodes", .array(objects)),
      ]))
  }

  /// The figures of some nodes between two snapshots.
  private struct Row {
    let rate: Double
    let errorShare: Double
    let latency: Histogram
    /// Nil without worker slots.
    let utilization: Double?
    /// Calls that wait for a slot, or tasks for a worker; nil where nothing can wait.
    let queue: Int?
    let rejected: Int

    init(
      _ nodes: [NodeID], _ all: [NodeID], _ before: Courses.Snapshot?, _ now: Courses.Snapshot,
      _ seconds: Double, _ world: World
    ) {
      func growth(_ read: (Courses.State) -> Int) -> Int {
        all.reduce(0) { sum, node in
          let (then, now) = (before?.state(of: node), now.state(of: node))
          return sum + (now.map(read) ?? 0) - (then.map(read) ?? 0)
        }
      }
      let requests = growth(\.requests)
      rate = Double(requests) / seconds
      errorShare = requests > 0 ? min(Double(growth(\.errors)) / Double(requests), 1) : 0
      latency = Courses.latency(now, before, all)
      rejected = growth(\.rejected)
      // The slots of a while before the window, in which nothing happened, are not its own.
      let outside = (now.at - (before?.at ?? .zero)).seconds / seconds
      utilization = Courses.utilization(of: nodes, now, before, world).map {
        min($0 * outside, 1)
      }
      let tasks = nodes.compactMap { world.messageQueue($0)?.depth }
      let calls = nodes.reduce(0) { $0 + world.slots(at: $1).queueLength }
      queue = !tasks.isEmpty ? tasks.reduce(0, +) : utilization == nil ? nil : calls
    }
  }
}
