/// What patterns buy against more load than one machine takes.
extension PatternExperiment {
  static let ofScalability: [PatternExperiment] = [
    PatternExperiment(
      "round-robin",
      given: "set service-b.slots 1",
      without: "enable random on gateway",
      workload: "load 400rps for 10s --products 100%",
      gain: "service-b.p99"),
    PatternExperiment(
      "weighted",
      given: "set service-a.slots 4; inject slow on service-a-1 8",
      with: "set service-a-2.weight 8; enable weighted on gateway",
      workload: "load 300rps for 10s --products 0%",
      gain: "load.p99"),
    PatternExperiment(
      "random",
      given: "set service-a.slots 2; set service-a.queue-limit 20",
      without: "enable ring-hash on gateway",
      with: "enable random on gateway",
      workload: "load 900rps for 10s --products 0% --zipf 2",
      gain: "load.success-rate"),
    PatternExperiment(
      "least-request",
      given: "set service-a.slots 4; inject slow on service-a-1 10",
      with: "enable least-request on gateway",
      workload: "load 300rps for 10s --products 0%",
      gain: "load.p99"),
    PatternExperiment(
      "ring-hash",
      given: "scale service-b 6; enable single-flight on service-b; set cache-b.ttl "
        + "1s; inject latency on database-b 200ms",
      with: "enable ring-hash on gateway",
      workload: "load 600rps for 10s --products 100% --zipf 2 --writes 0%",
      gain: "service-b.utilization", price: "service-b.rejected"),
    PatternExperiment(
      "read-replicas",
      given: "set database-a.slots 1; disable cache-aside on service-a",
      with: "enable read-replicas",
      workload: "load 700rps for 10s --products 0%",
      gain: "load.p99"),
    PatternExperiment(
      "sharding",
      given: "set database-b.slots 1; scale database-b 4",
      with: "enable sharding on database-b; run 10s",
      workload: "load 1200rps for 5s --products 100% --writes 80%",
      gain: "load.success-rate"),
    PatternExperiment(
      "queue-load-levelling",
      given: "inject slow on worker 30",
      without: "disable queue-load-levelling",
      workload: "load 100rps for 10s --products 0%",
      gain: "load.p99", price: "queue.oldest-age"),
    PatternExperiment(
      "competing-consumers",
      given: "inject slow on worker 20; scale worker 3",
      without: "disable competing-consumers",
      workload: "load 100rps for 10s --products 0%",
      gain: "queue.oldest-age"),
    PatternExperiment(
      "autoscaling",
      given: "set service-a.slots 1; set service-a.autoscaling.period 2s",
      with: "enable autoscaling on service-a",
      workload: "load 700rps for 10s --products 0%",
      gain: "load.success-rate"),
    PatternExperiment(
      "consistent-hashing",
      given: "scale cache-a 4",
      without: "disable consistent-hashing",
      workload: "load 300rps for 10s --products 0%; scale cache-a 5; load 300rps for "
        + "5s --products 0%",
      gain: "load.hit-ratio"),
  ]
}
