import Kernel
import Patterns

/// One value of a component that may be changed while the deployment runs.
public struct Setting: Sendable {
  public enum Unit: Sendable { case duration, count, bytes }

  /// The name after the tier's, as in `cache-a.ttl`.
  public let name: String
  public let kind: Tier.Kind
  public let unit: Unit
  /// In nanoseconds, or a plain number.
  public let range: ClosedRange<Int64>
  public let summary: String
  /// The real system that the name or the default comes from.
  public let source: String
  let read: @Sendable (World, NodeID) -> Int64
  let write: @Sendable (inout World, NodeID, Int64) -> Void

  public func value(in world: World, at node: NodeID) -> Int64 { read(world, node) }

  /// Changes it at every instance of a tier; the value must be in the range.
  public func set(_ value: Int64, on tier: Tier, in world: inout World) {
    precondition(range.contains(value), "\(name) is out of its range")
    for node in world.directory.instances(of: tier) { write(&world, node, value) }
  }

  public static func of(_ kind: Tier.Kind) -> [Setting] { all.filter { $0.kind == kind } }
}

extension Setting {
  private static let hour: Int64 = 3_600_000_000_000
  private static let millisecond: Int64 = 1_000_000

  private static func duration<Part>(
    _ name: String, _ kind: Tier.Kind, _ path: WritableKeyPath<Part, Duration> & Sendable,
    in parts: WritableKeyPath<World, ContiguousArray<Part>> & Sendable,
    from lowest: Int64 = millisecond, _ summary: String, _ source: String
  ) -> Setting {
    Setting(
      name: name, kind: kind, unit: .duration, range: lowest...24 * hour, summary: summary,
      source: source,
      read: { $0[keyPath: parts][$0.place(of: $1)][keyPath: path].nanoseconds },
      write: { $0[keyPath: parts][$0.place(of: $1)][keyPath: path] = .nanoseconds($2) })
  }

  private static func count<Part>(
    _ name: String, _ kind: Tier.Kind, _ path: WritableKeyPath<Part, Int> & Sendable,
    in parts: WritableKeyPath<World, ContiguousArray<Part>> & Sendable,
    unit: Unit = .count, range: ClosedRange<Int64>, _ summary: String, _ source: String
  ) -> Setting {
    Setting(
      name: name, kind: kind, unit: unit, range: range, summary: summary, source: source,
      read: { Int64($0[keyPath: parts][$0.place(of: $1)][keyPath: path]) },
      write: { $0[keyPath: parts][$0.place(of: $1)][keyPath: path] = Int($2) })
  }

  private static func slots(_ kind: Tier.Kind) -> [Setting] {
    [
      Setting(
        name: "slots", kind: kind, unit: .count, range: 1...10_000,
        summary: "calls that are worked on at once", source: "Tomcat maxThreads",
        read: { Int64($0.slots(at: $1).capacity ?? 0) },
        write: { $0.setSlots(Int($2), at: $1) }),
      Setting(
        name: "queue-limit", kind: kind, unit: .count, range: 0...100_000,
        summary: "calls that may wait for a slot; more are answered 503",
        source: "Tomcat acceptCount",
        read: { Int64($0.slots(at: $1).queueLimit) },
        write: { $0.setQueueLimit(Int($2), at: $1) }),
    ]
  }

  /// Every setting, by the order of the diagram.
  public static let all: [Setting] =
    [
      duration(
        "timeout", .client, \User.patience, in: \.users,
        "how long a user waits before giving up", "curl --max-time"),
      duration(
        "timeout", .loadBalancer, \LoadBalancer.timeout, in: \.loadBalancers,
        "how long a gateway may take", "nginx proxy_read_timeout 60s"),
      duration(
        "health-interval", .loadBalancer, \LoadBalancer.healthInterval, in: \.loadBalancers,
        from: 10 * millisecond, "time between two health checks", "HAProxy inter 2s"),
      count(
        "fall", .loadBalancer, \LoadBalancer.gateways.fall, in: \.loadBalancers, range: 1...100,
        "failed checks in a row that put a gateway out", "HAProxy fall 3"),
      count(
        "rise", .loadBalancer, \LoadBalancer.gateways.rise, in: \.loadBalancers, range: 1...100,
        "good checks in a row that bring it back", "HAProxy rise 2"),
      duration(
        "timeout", .gateway, \Gateway.timeout, in: \.gateways,
        "how long a service may take before the answer is 504", "Envoy route timeout 15s"),
      duration(
        "health-interval", .gateway, \Gateway.healthInterval, in: \.gateways,
        from: 10 * millisecond, "time between two health checks", "HAProxy inter 2s"),
      count(
        "body-limit", .gateway, \Gateway.bodyLimit, in: \.gateways, unit: .bytes,
        range: 0...1_048_576, "largest body let through; a larger one is answered 413",
        "nginx client_max_body_size"),
      duration(
        "cache-timeout", .service, \Service.cacheTimeout, in: \.services,
        "how long the cache may take", "a client's socket timeout"),
      duration(
        "database-timeout", .service, \Service.databaseTimeout, in: \.services,
        "how long the database may take", "PostgreSQL statement_timeout"),
      duration(
        "publish-timeout", .service, \Service.publishTimeout, in: \.services,
        "how long the queue may take to confirm", "RabbitMQ publisher confirms"),
      duration(
        "ttl", .cache, \Cache.freshness.timeToLive, in: \.caches, from: 0,
        "how long a copy counts as fresh", "Redis EXPIRE"),
      duration(
        "stale-if-error", .cache, \Cache.freshness.staleIfError, in: \.caches, from: 0,
        "how long after that it may stand in for a failing database", "RFC 5861"),
      duration(
        "heartbeat", .database, \Database.heartbeat, in: \.databases, from: 10 * millisecond,
        "how long a replica's question waits for news", "wal_receiver_status_interval 10s"),
      duration(
        "visibility-timeout", .messageQueue, \MessageQueue.visibilityTimeout, in: \.queues,
        "how long a task handed out is hidden", "SQS visibility timeout 30s"),
      count(
        "prefetch", .messageQueue, \MessageQueue.prefetch, in: \.queues, range: 1...10_000,
        "tasks that a worker may hold at once", "RabbitMQ prefetch"),
      duration(
        "database-timeout", .worker, \Worker.databaseTimeout, in: \.workers,
        "how long the database may take", "PostgreSQL statement_timeout"),
    ] + slots(.service) + slots(.database) + slots(.worker)
}

extension World {
  fileprivate func place(of node: NodeID) -> Int { directory[node].place }

  /// More slots take up waiting calls as soon as one of those at work is done.
  fileprivate mutating func setSlots(_ count: Int, at node: NodeID) {
    nodes[node.index].slots.capacity = count
  }

  fileprivate mutating func setQueueLimit(_ count: Int, at node: NodeID) {
    nodes[node.index].slots.queueLimit = count
  }
}
