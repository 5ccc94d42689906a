import Architecture
import Kernel
import Language

/// A named value of nodes and tiers that `show`, `expect`, `until`, `plot`, `compare` and `--json`
/// share: one registry.
struct Observable: Sendable {
  /// What its course over time is.
  enum Course: Sendable, Equatable {
    /// A value that goes up and down.
    case gauge
    /// A count that only grows: its course is its growth a second.
    case counter
    /// A quantile of latencies: its course is that of the calls answered meanwhile.
    case latency(Double)
    /// The growth of one counter as a share of that of several.
    case share(of: String, among: [String])
    /// The share of the slots in use.
    case utilization
  }

  let name: String
  let summary: String
  /// The kinds of nodes that have it; nil for all.
  var kinds: Set<Tier.Kind>?
  var course = Course.gauge
  /// Over one instance or all of a tier; `absent` when there is nothing to tell yet.
  let read: @Sendable (World, [NodeID]) -> Quantity

  /// A value that is summed over instances.
  static func count(
    _ name: String, _ summary: String, _ kinds: Set<Tier.Kind>? = nil, course: Course = .gauge,
    _ read: @escaping @Sendable (World, NodeID) -> Int
  ) -> Observable {
    Observable(name: name, summary: summary, kinds: kinds, course: course) { world, nodes in
      .number(Double(nodes.reduce(0) { $0 + read(world, $1) }))
    }
  }

  /// A count that only grows.
  static func tally(
    _ name: String, _ summary: String, _ kinds: Set<Tier.Kind>? = nil,
    _ read: @escaping @Sendable (World, NodeID) -> Int
  ) -> Observable {
    count(name, summary, kinds, course: .counter, read)
  }

  static func latency(_ name: String, _ quantile: Double) -> Observable {
    Observable(
      name: name, summary: "time from a call's arrival to its answer, \(name)",
      course: .latency(quantile)
    ) { world, nodes in
      var all = Histogram()
      for node in nodes { all.merge(world.latency(at: node)) }
      return all.quantile(quantile).map { .duration(nanoseconds: $0.nanoseconds) } ?? .absent
    }
  }

  /// Whether it tells what was done, rather than what is.
  var isHistory: Bool { course != .gauge && course != .utilization }

  /// The instances over which it is told of a tier: of a database mostly its primaries, one for
  /// each shard, but all of them where it counts what was asked of it.
  func nodes(of tier: Tier, in world: World) -> [NodeID] {
    let directory = world.directory
    let ofAll: Set = [
      "instances", "lost-writes", "reads", "requests", "errors", "rejected",
    ]
    if tier.kind == .database && !ofAll.contains(name) {
      return directory.sharding(of: tier).shards.map(\.primary)
    }
    return isHistory ? directory.everyInstance(of: tier) : directory.instances(of: tier)
  }

  static let all = ofEveryNode + ofSomeKinds + ofPatterns

  static func of(_ kind: Tier.Kind) -> [Observable] {
    all.filter { $0.kinds?.contains(kind) ?? true }
  }
}
