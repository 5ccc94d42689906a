/// The words of the shell itself: what is deployed, how its time goes, how one experiments with it.
extension Term {
  static let ofShell: [Term] = [
    Term(
      "tier", ["tiers", "instance", "instances", "node"],
      "A role in the architecture, such as gateway; its instances, gateway-1 and gateway-2, do the "
        + "same work. A node is any one instance. What is done to a tier is done to all of them.",
      "A Kubernetes Deployment and its pods; an auto scaling group and its machines.",
      "nodes gateway; scale gateway 3; nodes gateway"),
    Term(
      "degraded", ["up", "down"],
      "Of a tier: some of its instances are down, others still work. With all of them down it is "
        + "down.",
      "HAProxy's UP and DOWN; the degraded state of a RAID.",
      "fail service-a-1; map; show service-a.state"),
    Term(
      "virtual-time", ["virtual time", "simulated time", "time"],
      "The clock of the deployment. It stands still between commands and moves only when one moves "
        + "it: 'send', 'run', 'load'. An hour of it may take a second.",
      "Discrete-event simulation; the simulated clocks of FoundationDB and TigerBeetle.",
      "show time; run 10s; show time"),
    Term(
      "seed", ["chance", "randomness", "deterministic", "determinism"],
      "The number from which all chance is drawn. The same seed and the same commands give the same "
        + "output, to the last digit; another seed gives other latencies.",
      "Deterministic simulation testing; the seed of a property-based test.",
      "show seed; reset --seed 7; send GET /orders/42"),
    Term(
      "checkpoint", ["rewind", "undo", "redo", "snapshot"],
      "A named moment of the whole deployment, rows and clock included, to which 'rewind' goes back. "
        + "'undo' goes back by commands.",
      "A snapshot of a virtual machine; a savepoint.",
      "checkpoint before; fail database-a; rewind before; map"),
    Term(
      "journal", ["kept", "history of requests"],
      "What the deployment remembers of its requests and of what was done to it; 'trace', 'why' and "
        + "'traces' read it. After a long load only the latest requests are kept.",
      "Sampled traces (Jaeger, Tempo); an audit log.",
      "send GET /orders/42; traces"),
    Term(
      "steady-state", ["steady state", "hypothesis", "chaos engineering"],
      "What holds as long as all is well, such as an empty queue. A chaos experiment checks it, does "
        + "something harmful, and checks it again.",
      "The steady-state hypothesis of Chaos Toolkit; Principles of Chaos Engineering.",
      "hypothesis queue.depth == 0 : { fail worker-1; send GET /orders/42; settle }"),
    Term(
      "proof", ["quiz", "prove"],
      "Commands that show the answer of a quiz question. They run on a copy of the deployment; "
        + "yours stays as it is.",
      "An assertion; a doctest.", "quiz start; quiz answer A; quiz proof"),
  ]
}
