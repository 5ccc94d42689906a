import Architecture
import Kernel
import Language
import Patterns

/// What happened from a moment on: counts and busy time as they grew since then, latencies and
/// shares of what came since then, and the rest as it is now. What did not happen has no value.
struct Growth {
  /// The deployment when the future began, and when its workload began.
  let fork: World
  let start: World
  /// The last request when its workload began: it is no part of what happened since.
  var lastRequest: UInt32?

  /// All that can be compared: the load or the last request, and what each tier shows.
  func values(_ session: Session) -> [String: Quantity] {
    var values: [String: Quantity] = [:]
    for whole in WholeObservable.all where !["hash", "seed"].contains(whole.name) {
      values[whole.name] = whole.read(session)
    }
    let world = session.world
    // After a 'reset' nothing is left that could have grown.
    let base = world.journal.sent >= start.journal.sent && world.clock >= start.clock ? start : nil
    if session.lastRequest == lastRequest, base != nil {
      for name in values.keys where name.hasPrefix("last.") { values[name] = .absent }
    }
    for (name, count) in [
      ("sent", \Journal.sent), ("succeeded", \.succeeded), ("failed", \.failed),
    ] {
      let before = base?.journal[keyPath: count] ?? 0
      values[name] = .number(Double(world.journal[keyPath: count] - before))
    }
    for tier in Tier.allCases {
      for observable in Observable.of(tier.kind) {
        let nodes = observable.nodes(of: tier, in: world)
        let base = Self.losses.contains(observable.name) ? base.map { _ in fork } : base
        values["\(tier.name).\(observable.name)"] = Self.growth(
          of: observable, nodes, world, since: base)
      }
      forgetUnasked(tier, &values)
    }
    return values
  }

  /// What the commands that begin a future lose by themselves belongs to it, too.
  private static let losses: Set = ["lost-writes", "tasks-lost"]

  /// The parts of a whole that is nothing say nothing: no hits where nothing was looked up.
  private func forgetUnasked(_ tier: Tier, _ values: inout [String: Quantity]) {
    for observable in Observable.of(tier.kind) {
      guard case .share(_, let parts) = observable.course,
        values["\(tier.name).\(observable.name)"] == .absent
      else { continue }
      for part in parts { values["\(tier.name).\(part)"] = .absent }
    }
  }

  /// Between which values each latency lies at its quantile, with 95 % confidence: a sample of it
  /// is as good as it is large.
  func bands(_ world: World) -> [String: ClosedRange<Double>] {
    var bands: [String: ClosedRange<Double>] = [:]
    for (name, quantile) in [("p50", 0.5), ("p90", 0.9), ("p95", 0.95), ("p99", 0.99)] {
      bands["load.\(name)"] = world.journal.load.latency.band(quantile)
    }
    let base = world.clock >= start.clock ? start : nil
    for tier in Tier.allCases {
      for observable in Observable.of(tier.kind) {
        guard case .latency(let quantile) = observable.course else { continue }
        let nodes = observable.nodes(of: tier, in: world)
        let name = "\(tier.name).\(observable.name)"
        bands[name] = Self.latency(nodes, world, since: base).band(quantile)
      }
    }
    return bands
  }

  private static func latency(_ nodes: [NodeID], _ world: World, since base: World?) -> Histogram {
    var all = Histogram()
    for node in nodes {
      let before = base.flatMap { $0.has(node) ? $0.latency(at: node) : nil } ?? Histogram()
      all.merge(world.latency(at: node).subtracting(before))
    }
    return all
  }

  private static func growth(
    of observable: Observable, _ nodes: [NodeID], _ world: World, since base: World?
  ) -> Quantity {
    switch observable.course {
    case .gauge: return observable.read(world, nodes)
    case .counter: return .number(count(observable, nodes, world, since: base))
    case .latency(let quantile):
      let all = latency(nodes, world, since: base)
      return all.quantile(quantile).map { .duration(nanoseconds: $0.nanoseconds) } ?? .absent
    case .share(let part, let parts):
      let kind = world.tier(of: nodes[0]).kind
      let counts = Observable.of(kind).filter { parts.contains($0.name) }.map {
        (name: $0.name, growth: count($0, nodes, world, since: base))
      }
      let total = counts.reduce(0) { $0 + $1.growth }
      let own = counts.first { $0.name == part }?.growth ?? 0
      return total > 0 ? .percent(own / total) : .absent
    case .utilization: return utilization(nodes, world, since: base)
    }
  }

  private static func count(
    _ observable: Observable, _ nodes: [NodeID], _ world: World, since base: World?
  ) -> Double {
    let now = observable.read(world, nodes).plain ?? 0
    guard let base else { return now }
    let there = nodes.filter { base.has($0) }
    let before = there.isEmpty ? 0 : observable.read(base, there).plain ?? 0
    return max(now - before, 0)
  }

  private static func utilization(
    _ nodes: [NodeID], _ world: World, since base: World?
  ) -> Quantity {
    guard world.clock > base?.clock ?? .zero else { return .absent }
    let shares = nodes.map { node -> Double in
      let before = base.flatMap { $0.has(node) ? $0.slots(at: node).use(at: $0.clock) : nil }
      return (world.slots(at: node).use(at: world.clock) - (before ?? SlotUse())).share ?? 0
    }
    return .percent(shares.reduce(0, +) / Double(max(shares.count, 1)))
  }
}

extension Histogram {
  /// Between which values, in nanoseconds, a quantile lies with 95 % confidence: the order statistics
  /// whose ranks are 1.96 standard deviations of a binomial count away (David and Nagaraja,
  /// *Order Statistics*, section 7.1). Nil when nothing was counted.
  fileprivate func band(_ quantile: Double) -> ClosedRange<Double>? {
    guard !isEmpty else { return nil }
    let margin = 1.96 * (quantile * (1 - quantile) / Double(count)).squareRoot()
    let low = self.quantile(max(quantile - margin, 0)) ?? minimum
    let high = quantile + margin >= 1 ? maximum : self.quantile(quantile + margin) ?? maximum
    return Double(low.nanoseconds)...Double(max(low, high).nanoseconds)
  }
}

extension World {
  /// Whether there was such a node by then.
  fileprivate func has(_ node: NodeID) -> Bool { Int(node.rawValue) < directory.entries.count }
}
