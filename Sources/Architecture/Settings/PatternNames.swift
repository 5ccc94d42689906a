/// The names that patterns go by.
extension Pattern {
  /// By its name or another one that people type, with blanks or not, in the singular or the plural.
  public static func find(_ name: String) -> Pattern? {
    let words = name.lowercased().split { $0 == "_" || $0 == " " || $0 == "-" }
    let name = words.joined(separator: "-")
    for spelling in [name, String(name.dropLast(name.hasSuffix("s") ? 1 : 0)), name + "s"] {
      if let pattern = all.first(where: { $0.name == aliases[spelling] ?? spelling }) {
        return pattern
      }
    }
    return nil
  }

  /// Those that are about the same data wherever they are put: which of the tiers that keep it does it
  /// is no matter.
  public static let ofData: Set = [
    "read-replicas", "cache-aside", "read-through", "write-through", "write-behind",
    "stale-if-error", "stale-while-revalidate", "ttl-jitter", "idempotency", "dead-letters",
    "queue-load-levelling", "competing-consumers", "outbox", "acknowledgements",
  ]

  /// Several patterns of which a component has one, by the name of what they are ways of.
  public static func family(_ name: String) -> [Pattern]? {
    let words = name.lowercased().split { $0 == "_" || $0 == " " || $0 == "-" }
    return switch words.joined(separator: "-") {
    case "load-balancing", "balancing":
      all.filter { ["round-robin", "least-request", "random", "ring-hash"].contains($0.name) }
    case "eviction", "eviction-policies": all.filter { $0.name.hasPrefix("eviction-") }
    default: nil
    }
  }

  /// What to do instead of switching on what goes by a name, but is no switch.
  public static let advice = [
    "load-balancing": "'round-robin', 'least-request', 'random' and 'ring-hash' are its policies",
    "asynchronous-replication": "it is what there is without 'synchronous-replication'",
    "eviction-policies": "there are 'eviction-lru', 'eviction-lfu' and more",
    "eviction": "there are 'eviction-lru', 'eviction-lfu' and more",
    "backoff": "it belongs to 'retry': 'settings gateway.retry'",
    "jitter": "there are 'ttl-jitter' and the settings of 'retry'",
    "epochs": "they are what 'fencing' goes by",
  ]

  /// Other names that people type.
  private static let aliases = [
    "retries": "retry", "p2c": "least-request", "ratelimit": "rate-limit",
    "rate-limiter": "rate-limit", "throttling": "rate-limit", "redelivery": "acknowledgements",
    "at-least-once-delivery": "acknowledgements", "acknowledgments": "acknowledgements",
    "load-leveling": "queue-load-levelling", "queue-load-leveling": "queue-load-levelling",
    "queue-based-load-leveling": "queue-load-levelling", "load-shedder": "load-shedding",
    "breaker": "circuit-breaker", "circuitbreaker": "circuit-breaker",
    "outlier": "outlier-detection", "outlier-ejection": "outlier-detection",
    "panic": "panic-threshold", "panic-routing": "panic-threshold", "hedge": "hedging",
    "hedged-requests": "hedging", "deadline": "deadlines", "health-check": "health-checks",
    "pool": "connection-pool", "connection-pools": "connection-pool",
    "rate-limiting": "rate-limit", "admission-control": "load-shedding",
    "concurrency-limit": "adaptive-concurrency",
    "ttl-with-jitter": "ttl-jitter", "singleflight": "single-flight",
    "request-coalescing": "single-flight",
    "swr": "stale-while-revalidate", "negative-cache": "negative-caching", "lru": "eviction-lru",
    "lfu": "eviction-lfu", "sieve": "eviction-sieve", "tinylfu": "eviction-w-tinylfu",
    "w-tinylfu": "eviction-w-tinylfu", "write-back": "write-behind",
    "read-replica": "read-replicas", "shards": "sharding", "failover": "automatic-failover",
    "auto-failover": "automatic-failover", "replication": "synchronous-replication",
    "sync-replication": "synchronous-replication",
    "acks": "acknowledgements", "at-least-once": "acknowledgements", "dead-letter": "dead-letters",
    "dlq": "dead-letters", "dead-letter-queue": "dead-letters", "delivery-limit": "dead-letters",
    "idempotency-keys": "idempotency",
    "transactional-outbox": "outbox", "load-levelling": "queue-load-levelling",
    "queue-based-load-levelling": "queue-load-levelling", "queue-bounds": "backpressure",
    "timeout": "timeouts",
    "power-of-two-choices": "least-request", "horizontal-scaling": "autoscaling",
  ]
}
