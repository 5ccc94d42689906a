/// What patterns buy against parts that fail.
extension PatternExperiment {
  static let ofFaultTolerance: [PatternExperiment] = [
    PatternExperiment(
      "health-checks",
      without: "disable health-checks",
      workload: "fail gateway-1; load 100rps for 20s",
      gain: "load.success-rate"),
    PatternExperiment(
      "outlier-detection",
      given: "inject abort on service-b-1 503; set "
        + "gateway.outlier-detection.max-ejection-percent 50%",
      with: "enable outlier-detection",
      workload: "load 100rps for 20s --products 100%",
      gain: "load.success-rate"),
    PatternExperiment(
      "panic-threshold",
      given: "scale service-a 3; set service-a.slots 2; set gateway.health-interval "
        + "20ms; inject latency on service-a-2,service-a-3 30ms; run 1s",
      with: "enable panic-threshold on gateway",
      workload: "load 600rps for 10s --products 0%",
      gain: "load.p50"),
    PatternExperiment(
      "slow-start",
      given: "set service-a.slots 4; fail service-a-2; run 10s",
      with: "enable slow-start on gateway",
      workload: "restore service-a-2; inject slow on service-a-2 20 for 30s; run 4s; "
        + "load 200rps for 20s --products 0%",
      gain: "load.success-rate"),
    PatternExperiment(
      "synchronous-replication",
      given: "inject latency on database-b-2..database-b-1 500ms; run 11s",
      with: "enable synchronous-replication on database-b",
      workload: "load 30rps for 10s --products 100% --writes 50%; fail database-b; "
        + "failover database-b",
      gain: "database-b.lost-writes", price: "load.p99"),
    PatternExperiment(
      "automatic-failover",
      given: "set database-b.automatic-failover.ttl 10s; set "
        + "database-b.automatic-failover.loop-wait 2s",
      with: "enable automatic-failover on database-b",
      workload: "fail database-b; load 50rps for 30s --products 100%",
      gain: "load.success-rate"),
    PatternExperiment(
      "fencing",
      given: "set gateway.timeout 1s",
      without: "disable fencing on database-b",
      workload: "partition database-b-1,service-b-1,gateway-1 "
        + "database-b-2,service-b-2,gateway-2; failover database-b; load 50rps "
        + "for 20s --products 100% --writes 100%; heal; run 5s",
      gain: "database-b.lost-writes", price: "load.success-rate"),
    PatternExperiment(
      "acknowledgements",
      given: "inject slow on worker 500",
      without: "disable acknowledgements",
      workload: "at 500ms { fail worker-1 }; load 5rps for 2s --products 0%; run 2m",
      gain: "worker.processed"),
    PatternExperiment(
      "dead-letters",
      given: "set queue.visibility-timeout 1s; inject slow on worker 30; set "
        + "queue.dead-letters.delivery-limit 3",
      with: "enable dead-letters",
      workload: "send PUT /orders/42 poison --count 50; run 10s; load 80rps for 30s "
        + "--products 0%",
      gain: "queue.oldest-age", price: "queue.dead-letters"),
    PatternExperiment(
      "idempotency",
      given: "set queue.visibility-timeout 1s; inject loss on queue..worker 20%",
      without: "disable idempotency",
      workload: "load 10rps for 10s --products 0%; until queue.depth == 0 within 2m",
      gain: "database-a.repeated-tasks"),
    PatternExperiment(
      "backpressure",
      given: "set queue.backpressure.max-length 300; inject slow on worker 20",
      with: "enable backpressure",
      workload: "load 200rps for 60s --products 0%",
      gain: "queue.oldest-age", price: "load.success-rate"),
    PatternExperiment(
      "outbox",
      with: "enable outbox",
      workload: "fail queue; load 50rps for 5s --products 0% --writes 100%; restore "
        + "queue; run 20s",
      gain: "service-a.tasks-lost"),
    PatternExperiment(
      "stale-if-error",
      given: "set cache-b.ttl 10s",
      without: "disable stale-if-error",
      workload: "load 100rps for 30s --products 100% --writes 0%; run 11s; fail "
        + "database-b; load 100rps for 10s --products 100% --writes 0%",
      gain: "load.success-rate"),
    PatternExperiment(
      "fallback",
      with: "enable fallback",
      workload: "fail database-b; load 100rps for 10s --products 100% --writes 0%",
      gain: "load.success-rate"),
    PatternExperiment(
      "timeouts",
      without: "set service-b.database-timeout 1h; set gateway.timeout 1h",
      workload: "at 2s { inject blackhole on database-b for 5s }; load 50rps for 60s "
        + "--products 100% --writes 0%",
      gain: "load.success-rate"),
    PatternExperiment(
      "retry",
      given: "inject abort on service-b 503 30%",
      with: "enable retry",
      workload: "load 50rps for 10s --products 100%",
      gain: "load.success-rate"),
    PatternExperiment(
      "retry-budget",
      given: "set service-a.slots 2; set gateway.timeout 400ms; "
        + "set gateway.retry.per-try-timeout 100ms; enable retry",
      with: "enable retry-budget",
      workload: "at 5s { inject slow on service-a 5 for 2s }; load 900rps for 30s --products 0%",
      gain: "load.success-rate"),
    PatternExperiment(
      "circuit-breaker",
      given: "load 300rps for 20s --products 0%; set "
        + "service-a.circuit-breaker.window-size 10; set "
        + "service-a.circuit-breaker.open-duration 10s",
      with: "enable circuit-breaker on service-a",
      workload: "at 5s { inject blackhole on database-a for 30s }; load 100rps for "
        + "60s --products 0%",
      gain: "load.success-rate"),
    PatternExperiment(
      "bulkhead",
      given: "load 300rps for 20s --products 0%; set "
        + "service-a.bulkhead.max-concurrent 8",
      with: "enable bulkhead on service-a",
      workload: "inject blackhole on database-a; load 100rps for 20s --products 0%",
      gain: "load.success-rate"),
    PatternExperiment(
      "rate-limit",
      given: "set service-a.slots 2; set service-a.queue-limit 2000; set gateway.timeout 300ms; "
        + "set gateway.rate-limit.max-tokens 50; set gateway.rate-limit.tokens-per-fill 50; "
        + "set gateway.rate-limit.fill-interval 100ms",
      with: "enable rate-limit",
      workload: "load 1500rps for 5s --products 0%",
      gain: "load.success-rate"),
    PatternExperiment(
      "load-shedding",
      given: "set service-a.slots 1; set gateway.timeout 100ms",
      with: "enable load-shedding",
      workload: "load 900rps for 5s --products 0%",
      gain: "load.success-rate"),
    PatternExperiment(
      "adaptive-concurrency",
      given: "set service-a.slots 2; set service-a.queue-limit 2000; set "
        + "gateway.timeout 500ms",
      with: "enable adaptive-concurrency",
      workload: "load 1600rps for 5s --products 0%",
      gain: "load.success-rate"),
  ]
}
