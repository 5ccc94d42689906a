import Architecture
import Kernel
import Language
import Patterns

/// The course of the observables over time: one sample for each second of virtual time in which
/// something happened. A value, so that it goes back with `undo` and into every fork.
struct Courses {
  /// What one curve shows.
  enum Unit: Equatable {
    case number, perSecond, duration, share, utilization

    /// Whether it tells of what happened, so that a second in which nothing did has no value.
    var isOfEvents: Bool { self == .duration || self == .share }
  }

  /// One observable of one node or tier, and how its course is read.
  struct Series: Sendable {
    let name: String
    let observable: Observable
    let nodes: [NodeID]

    var unit: Unit {
      switch observable.course {
      case .gauge: .number
      case .counter: .perSecond
      case .latency: .duration
      case .share: .share
      case .utilization: .utilization
      }
    }
  }

  /// The counters and latencies of one node, and of the load, up to a moment.
  struct State {
    let requests: Int
    let errors: Int
    let rejected: Int
    let use: SlotUse
    let latency: Histogram
  }

  struct Snapshot {
    let at: Instant
    /// By the place of the node in the directory.
    var nodes: [State] = []
    var load = LoadStatistics()
    /// The counters, by the plan's order.
    var counts: [Double] = []

    /// The state of a node; nil when it was not there yet.
    func state(of node: NodeID) -> State? {
      let place = Int(node.rawValue)
      return place < nodes.count ? nodes[place] : nil
    }
  }

  /// What a second had, or NaN where it had nothing to tell: no share of none, no latency of nobody.
  struct Sample {
    let at: Instant
    /// By the plan's order.
    let values: [Double]
    /// Of the load: p50, p90, p99, success rate, throughput, offered, hit ratio.
    let load: [Double]
  }

  static let interval = Duration.seconds(1)
  static let limit = 600
  private static let snapshotLimit = 61

  private(set) var samples: [Sample] = []
  /// For `metrics`: the latest states, the oldest first.
  private(set) var snapshots: [Snapshot] = []
  private var plan: [Series] = []
  /// The places of the names in the plan.
  private var places: [String: Int] = [:]
  private var instances: [NodeID] = []
  private var messages = 0

  /// The curves of the load, by name.
  static let ofLoad: [(name: String, unit: Unit)] = [
    ("load.p50", .duration), ("load.p90", .duration), ("load.p99", .duration),
    ("load.success-rate", .share), ("load.throughput", .perSecond), ("load.sent", .perSecond),
    ("load.hit-ratio", .share), ("load.failed", .perSecond),
  ]

  /// The next moment at which to look.
  static func boundary(after now: Instant) -> Instant {
    let step = interval.nanoseconds
    return Instant(nanoseconds: (now.nanoseconds / step + 1) * step)
  }

  // MARK: Sampling

  /// Looks at a deployment whose clock is at a boundary.
  mutating func sample(_ world: World) {
    replan(world)
    guard messages != world.journal.messages || samples.isEmpty else { return }
    messages = world.journal.messages
    let snapshot = snapshot(of: world)
    let before = snapshots.last
    samples.append(
      Sample(
        at: world.clock, values: values(snapshot, since: before, world),
        load: Self.load(snapshot, since: before)))
    snapshots.append(snapshot)
    if samples.count > Self.limit { samples.removeFirst() }
    if snapshots.count > Self.snapshotLimit { snapshots.removeFirst() }
  }

  /// The list of curves, when who is there has changed.
  private mutating func replan(_ world: World) {
    guard world.directory.nodes != instances else { return }
    instances = world.directory.nodes
    plan = Tier.allCases.flatMap { tier -> [Series] in
      let (nodes, all) = (
        world.directory.instances(of: tier), world.directory.everyInstance(of: tier)
      )
      let observables = Observable.of(tier.kind).filter(\.isPlotted)
      let ofTier = observables.map {
        Series(name: "\(tier.name).\($0.name)", observable: $0, nodes: $0.isHistory ? all : nodes)
      }
      let ofInstances = all.flatMap { node in
        observables.map {
          Series(name: "\(world.name(of: node)).\($0.name)", observable: $0, nodes: [node])
        }
      }
      return ofTier + ofInstances
    }
    let oldPlaces = places
    // The user's tier and its only instance have one name, and the same figures.
    places = Dictionary(plan.enumerated().map { ($1.name, $0) }) { first, _ in first }
    keepHistory(oldPlaces)
  }

  /// Puts what was seen so far into the order of the plan. Who was not there yet has done nothing.
  private mutating func keepHistory(_ places: [String: Int]) {
    func moved(_ values: [Double]) -> [Double] {
      plan.map { places[$0.name].map { values[$0] } ?? ($0.unit.isOfEvents ? .nan : 0) }
    }
    samples = samples.map { Sample(at: $0.at, values: moved($0.values), load: $0.load) }
    for index in snapshots.indices { snapshots[index].counts = moved(snapshots[index].counts) }
  }

  func snapshot(of world: World) -> Snapshot {
    var snapshot = Snapshot(at: world.clock)
    snapshot.nodes = world.directory.entries.indices.map { index in
      let node = NodeID(rawValue: UInt8(index))
      let slots = world.slots(at: node)
      return State(
        requests: world.requests(at: node), errors: world.errors(at: node),
        rejected: slots.rejected, use: slots.use(at: world.clock),
        latency: world.latency(at: node))
    }
    snapshot.load = world.journal.load
    snapshot.counts = plan.map { series in
      switch series.observable.course {
      case .gauge, .counter: series.observable.read(world, series.nodes).plain ?? 0
      default: 0
      }
    }
    return snapshot
  }

  /// What of its slots a node has used between two moments.
  static func use(of node: NodeID, _ now: Snapshot, _ before: Snapshot?) -> SlotUse {
    (now.state(of: node)?.use ?? SlotUse()) - (before?.state(of: node)?.use ?? SlotUse())
  }

  /// The share of its slots that a tier has used between two moments; of databases that of the
  /// busiest instance, as nobody can write to another one.
  static func utilization(
    of nodes: [NodeID], _ now: Snapshot, _ before: Snapshot?, _ world: World
  ) -> Double? {
    let uses = nodes.map { use(of: $0, now, before) }
    if let node = nodes.first, world.tier(of: node).kind == .database {
      return uses.compactMap(\.share).max()
    }
    return uses.reduce(SlotUse()) { $0 + $1 }.share
  }

  private func values(_ now: Snapshot, since before: Snapshot?, _ world: World) -> [Double] {
    let seconds = Self.interval.seconds
    return plan.indices.map { index in
      let series = plan[index]
      switch series.observable.course {
      case .gauge: return now.counts[index]
      case .counter: return max(now.counts[index] - (before?.counts[index] ?? 0), 0) / seconds
      case .latency(let quantile):
        return Self.latency(now, before, series.nodes).quantile(quantile)?.seconds ?? .nan
      case .utilization:
        return Self.utilization(of: series.nodes, now, before, world) ?? 0
      case .share(let part, let whole):
        let total = whole.reduce(0) { $0 + growth(of: $1, series, now, before) }
        return total > 0 ? growth(of: part, series, now, before) / total : .nan
      }
    }
  }

  /// How much a counter of the same nodes has grown.
  private func growth(
    of name: String, _ series: Series, _ now: Snapshot, _ before: Snapshot?
  ) -> Double {
    let prefix = series.name.dropLast(series.observable.name.count)
    guard let index = places[prefix + name] else { return 0 }
    return now.counts[index] - (before?.counts[index] ?? 0)
  }

  /// The latencies of some nodes' calls between two snapshots.
  static func latency(_ now: Snapshot, _ before: Snapshot?, _ nodes: [NodeID]) -> Histogram {
    var sum = Histogram()
    for node in nodes {
      guard let latency = now.state(of: node)?.latency else { continue }
      let then = before?.state(of: node)?.latency
      sum.merge(then.map { latency.subtracting($0) } ?? latency)
    }
    return sum
  }

  private static func load(_ now: Snapshot, since before: Snapshot?) -> [Double] {
    let (a, seconds) = (now.load, interval.seconds)
    // A new load begins its figures anew.
    let b = (before?.load).flatMap { $0.sent <= a.sent ? $0 : nil } ?? LoadStatistics()
    let latency = a.latency.subtracting(b.latency)
    let (answered, succeeded) = (a.answered - b.answered, a.succeeded - b.succeeded)
    let reads = a.reads - b.reads
    let quantiles = [0.5, 0.9, 0.99].map { latency.quantile($0)?.seconds ?? .nan }
    let success = answered > 0 ? Double(succeeded) / Double(answered) : .nan
    let hits = reads > 0 ? Double(a.count(.hit) - b.count(.hit)) / Double(reads) : .nan
    let failed = Double(answered - succeeded) / seconds
    return quantiles + [
      success, Double(succeeded) / seconds, Double(a.sent - b.sent) / seconds, hits, failed,
    ]
  }

  // MARK: Reading

  /// One curve: a point for each sampled second that had a value; nil when there is no curve of that
  /// name.
  func curve(_ name: String) -> (points: [(at: Instant, value: Double)], unit: Unit)? {
    if let index = Self.ofLoad.firstIndex(where: { $0.name == name }) {
      return (points { $0.load[index] }, Self.ofLoad[index].unit)
    }
    guard let index = places[name] else { return nil }
    return (points { $0.values[index] }, plan[index].unit)
  }

  private func points(_ value: (Sample) -> Double) -> [(at: Instant, value: Double)] {
    samples.map { ($0.at, value($0)) }.filter { !$0.1.isNaN }
  }

  var names: [String] { Self.ofLoad.map(\.name) + plan.map(\.name) }

  /// The state a while before now: the latest snapshot that is not younger.
  func snapshot(before moment: Instant) -> Snapshot? { snapshots.last { $0.at <= moment } }

  /// Up to when the state was that of a snapshot, but no later than a moment: none is kept of seconds
  /// in which nothing happened.
  func end(of snapshot: Snapshot, notAfter moment: Instant, _ world: World) -> Instant {
    let next = snapshots.first { $0.at > snapshot.at }?.at
    let isQuiet = next == nil && messages == world.journal.messages
    let last = next.map { Instant(nanoseconds: $0.nanoseconds - Self.interval.nanoseconds) }
    return isQuiet ? moment : max(min(last ?? snapshot.at, moment), snapshot.at)
  }
}

extension Observable {
  /// Whether its course is kept: whatever is a number and cheap to read.
  fileprivate var isPlotted: Bool {
    // Rows are counted by SQLite, one by one.
    ![
      "state", "primary", "role", "rows", "repeated-tasks", "capacity",
      "circuit-breaker.state",
    ].contains(name)
  }
}

extension Quantity {
  /// The bare number: seconds of a duration, a share of one.
  var plain: Double? {
    switch self {
    case .number(let value), .rate(let value), .percent(let value): value
    case .duration(let nanoseconds): Double(nanoseconds) / 1e9
    case .word, .absent: nil
    }
  }
}
