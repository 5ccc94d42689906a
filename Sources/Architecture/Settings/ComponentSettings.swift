import Kernel
import Patterns

/// What can be set of the components themselves.
extension Setting {
  static let ofComponents: [Setting] =
    [
      duration(
        .client, \.users, "timeout", \User.patience,
        "how long a user waits before giving up", "curl --max-time"),
      Setting(
        name: "latency", kinds: [.client], unit: .duration, range: 0...hour,
        summary:
          "there and back to the load balancer: each way has a median of half, and a p99 of twice that",
        source: "a user on the internet 30ms",
        read: { world, _ in world.latencies.userRoundTrip.setting },
        write: { world, _, value in world.latencies.userRoundTrip = Duration(setting: value) }),
      duration(
        .loadBalancer, \.loadBalancers, "timeout", \LoadBalancer.timeout,
        "how long a gateway may take", "nginx proxy_read_timeout 60s"),
      duration(
        .loadBalancer, \.loadBalancers, "health-interval", \LoadBalancer.healthInterval,
        from: 10 * millisecond, "time between two health checks", "HAProxy inter 2s"),
      duration(
        .gateway, \.gateways, "timeout", \Gateway.timeout,
        "how long a service may take before the answer is 504", "Envoy route timeout 15s"),
      duration(
        .gateway, \.gateways, "health-interval", \Gateway.healthInterval, from: 10 * millisecond,
        "time between two health checks", "HAProxy inter 2s"),
      of(
        .gateway, \.gateways, "body-limit", \Gateway.bodyLimit, .bytes, 0...1_048_576,
        "largest body let through; a larger one is answered 413", "nginx client_max_body_size"),
    ] + ofClusters + ofCaches + ofDatabases + ofQueues + [
      duration(
        .service, \.services, "cache-timeout", \Service.cacheTimeout,
        "how long the cache may take", "a client's socket timeout"),
      duration(
        .service, \.services, "database-timeout", \Service.databaseTimeout,
        "how long the database may take", "PostgreSQL statement_timeout"),
      duration(
        .service, \.services, "publish-timeout", \Service.publishTimeout,
        "how long the queue may take to confirm", "RabbitMQ publisher confirms"),
      duration(
        .worker, \.workers, "database-timeout", \Worker.databaseTimeout,
        "how long the database may take", "PostgreSQL statement_timeout"),
    ] + ofSlots

  /// How long copies live, and which of them have to go.
  private static let ofCaches: [Setting] = [
    duration(
      .cache, \.caches, "ttl", \Cache.copies.freshness.timeToLive, from: 0,
      "how long a copy counts as fresh", "Redis EXPIRE"),
    duration(
      .cache, \.caches, "stale-if-error", \Cache.copies.freshness.staleIfError, from: 0,
      "how long after that it may stand in for a failing database", "RFC 5861"),
    of(
      .cache, \.caches, "capacity", \Cache.copies.capacity, .count, 1...100_000,
      "copies at most; then one has to go for each new one", "Redis maxmemory"),
    of(
      .cache, \.caches, "eviction", \Cache.copies.policy,
      .choice(["lru", "lfu", "sieve", "w-tinylfu"]), 0...3, "which copy has to go",
      "Redis maxmemory-policy; Caffeine"),
    of(
      .cache, \.caches, "ttl-jitter.percent", \Cache.copies.freshness.jitter, .share, 0...10_000,
      "how much the time to live of each copy differs by chance, either way", "usually 10%"),
    duration(
      .cache, \.caches, "stale-while-revalidate.window",
      \Cache.copies.freshness.staleWhileRevalidate,
      "how long after its time a copy is served while it is renewed", "RFC 5861"),
    duration(
      .cache, \.caches, "negative-caching.ttl", \Cache.copies.freshness.absence,
      "how long it is remembered that a row is not there", "RFC 2308; nginx proxy_cache_valid 404"),
    duration(
      .cache, \.caches, "write-behind.delay", \Cache.writeDelay,
      "how long a write is held before it goes to the database", "Redis Write-Behind, Hazelcast 1s"),
    duration(
      .cache, \.caches, "database-timeout", \Cache.databaseTimeout,
      "how long the database may take, when the cache asks it", "PostgreSQL statement_timeout"),
  ]

  /// How a proxy deals with the hosts behind it.
  private static let ofClusters: [Setting] = [
    ofHosts(
      "fall", \.fall, .count, 1...100, "failed checks in a row that put an instance out",
      "HAProxy fall 3"),
    ofHosts(
      "rise", \.rise, .count, 1...100, "good checks in a row that bring it back",
      "HAProxy rise 2"),
    ofHosts(
      "least-request.choice-count", \.choiceCount, .count, 2...64,
      "how many instances it compares", "Envoy choice_count 2"),
    ofHosts(
      "ring-hash.hash-balance-factor", \.hashBalanceFactor, .count, 0...10_000,
      "how busy an instance may be, in percent of its share; 0 is no bound",
      "Envoy hash_balance_factor, typically 120 to 200"),
    ofHosts(
      "policy", \.policy, .choice(Upstreams.Policy.names), 0...4, "how the next instance is chosen",
      "Envoy lb_policy"),
    Setting(
      name: "weight", kinds: [.gateway, .service], unit: .count, range: 1...256,
      summary: "its share under the policy 'weighted'", source: "nginx weight", isOfInstances: true,
      read: { world, node in
        Int64(world.weight(of: node))
      },
      write: { world, node, value in world.setWeight(Int(value), of: node) }),
  ]

  private static func ofHosts<Value: SettingValue>(
    _ name: String, _ path: WritableKeyPath<Upstreams, Value> & Sendable, _ unit: Unit,
    _ range: ClosedRange<Int64>, _ summary: String, _ source: String
  ) -> Setting {
    Setting(
      name: name, kinds: [.loadBalancer, .gateway], unit: unit, range: range, summary: summary,
      source: source,
      read: { $0.clusters(of: $1)[0].hosts[keyPath: path].setting },
      write: { world, node, value in
        world.changeClusters(of: node) { $0.hosts[keyPath: path] = Value(setting: value) }
      })
  }

  private static let ofSlots: [Setting] = [
    Setting(
      name: "slots", kinds: [.service, .database, .worker], unit: .count, range: 1...10_000,
      summary: "calls that are worked on at once", source: "Tomcat maxThreads",
      read: { Int64($0.slots(at: $1).capacity ?? 0) },
      write: { $0.resizeSlots(of: $1, to: Int($2)) }),
    Setting(
      name: "queue-limit", kinds: [.service, .database, .worker], unit: .count, range: 0...100_000,
      summary: "calls that may wait for a slot; more are answered 503",
      source: "Tomcat acceptCount",
      read: { Int64($0.slots(at: $1).queueLimit) },
      write: { $0.nodes[$1.index].slots.queueLimit = Int($2) }),
  ]
}

extension Upstreams.Policy {
  /// As Envoy and nginx write them.
  static let names = ["round-robin", "weighted", "random", "least-request", "ring-hash"]
}
