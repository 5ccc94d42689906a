/// What patterns buy against time that users wait.
extension PatternExperiment {
  /// Somebody reads every row once, as for a report; then the hit ratio of the usual readers.
  private static let afterAScan =
    "load 200rps for 20s --products 100% --writes 0%; load 400rps for 1s --products 100% "
    + "--zipf 0 --writes 0%; load 200rps for 1s --products 100% --writes 0%"

  static let ofLatency: [PatternExperiment] = [
    PatternExperiment(
      "cache-aside",
      without: "disable cache-aside",
      workload: "load 100rps for 10s --products 100% --zipf 2",
      gain: "database-b.reads"),
    PatternExperiment(
      "read-through",
      given: "partition service-b database-b",
      with: "enable read-through on cache-b",
      workload: "load 50rps for 10s --products 100% --writes 0%",
      gain: "load.success-rate"),
    PatternExperiment(
      "write-through",
      with: "enable write-through",
      workload: "load 100rps for 10s --products 100% --writes 30%",
      gain: "load.hit-ratio", price: "cache-b.p99"),
    PatternExperiment(
      "write-behind",
      given: "inject slow on database-b 20",
      with: "enable write-behind on service-b",
      workload: "load 100rps for 10s --products 100% --writes 50%",
      gain: "load.p99", price: "cache-b.held-writes"),
    PatternExperiment(
      "ttl-jitter",
      given: "set database-b.slots 1",
      with: "enable ttl-jitter on cache-b",
      workload: "load 1000rps for 3s --products 100% --writes 0% --zipf 0; inject "
        + "slow on database-b 20; run 50s; load 300rps for 17s --products 100% "
        + "--writes 0% --zipf 0",
      gain: "load.p99"),
    PatternExperiment(
      "eviction-lru",
      given: "set cache-b.capacity 50; set cache-b.ttl 5s",
      without: "enable eviction-lfu on cache-b",
      workload: "load 200rps for 20s --products 100%; load 200rps for 20s --products "
        + "100% --keys 40",
      gain: "load.hit-ratio"),
    PatternExperiment(
      "eviction-lfu",
      given: "set cache-b.capacity 100",
      with: "enable eviction-lfu on cache-b",
      workload: afterAScan,
      gain: "load.hit-ratio"),
    PatternExperiment(
      "eviction-sieve",
      given: "set cache-b.capacity 100",
      with: "enable eviction-sieve on cache-b",
      workload: afterAScan,
      gain: "load.hit-ratio"),
    PatternExperiment(
      "eviction-w-tinylfu",
      given: "set cache-b.capacity 100",
      with: "enable eviction-w-tinylfu on cache-b",
      workload: afterAScan,
      gain: "load.hit-ratio"),
    PatternExperiment(
      "single-flight",
      given: "set cache-b.ttl 1s; inject latency on database-b 200ms",
      with: "enable single-flight on service-b",
      workload: "load 400rps for 10s --products 100% --zipf 3 --writes 0%",
      gain: "load.p99", price: "load.hit-ratio"),
    PatternExperiment(
      "stale-while-revalidate",
      given: "set cache-b.ttl 1s; inject latency on database-b 200ms",
      with: "enable stale-while-revalidate on cache-b",
      workload: "load 200rps for 20s --products 100% --zipf 3 --writes 0%",
      gain: "load.p99", price: "load.stale"),
    PatternExperiment(
      "negative-caching",
      with: "enable negative-caching",
      workload: "send GET /products/4200 --count 30",
      gain: "cache-b.hits"),
    PatternExperiment(
      "hedging",
      given: "inject reorder on gateway..service-b 2% 400ms; set "
        + "gateway.hedging.delay 15ms",
      with: "enable hedging",
      workload: "load 100rps for 20s --products 100%",
      gain: "load.p99"),
    PatternExperiment(
      "deadlines",
      given: "set service-a.slots 2; set service-a.queue-limit 2000; set "
        + "user.timeout 500ms",
      with: "enable deadlines",
      workload: "at 10s { inject slow on service-a 20 for 5s }; load 800rps for 40s "
        + "--products 0%",
      gain: "load.success-rate"),
    PatternExperiment(
      "connection-pool",
      without: "disable connection-pool",
      workload: "load 400rps for 15s --products 100%",
      gain: "service-b.p99"),
  ]
}
