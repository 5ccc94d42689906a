/// How the whole fares when its parts fail, lag or are full.
extension Term {
  static let ofTheWhole: [Term] = [
    Term(
      "availability", ["slo", "sla", "sli", "error budget", "nines", "uptime"],
      "The share of requests that are answered well. An objective (SLO) says how high it must be; "
        + "what is left of 100 % is the error budget: with 99.9 % it is 43 minutes a month. Whatever "
        + "needs three parts of 99 % each has 97 %; two copies of such a part, either of which will "
        + "do, have 99.99 %, if they fail apart.",
      "The SRE book's SLI, SLO and error budget; an SLA is what a contract promises.",
      "at 3s { fail gateway-1 }; load 100rps for 10s; show load.success-rate"),
    Term(
      "single-point-of-failure", ["spof", "redundancy", "redundant"],
      "A node without which nothing works, as there is no second one. Here it is the load balancer "
        + "for all requests, the queue for tasks, and a primary for writes until a replica is "
        + "promoted.",
      "Real load balancers run in pairs behind one address (VRRP, anycast) or are a service of the "
        + "cloud.",
      "fail load-balancer-1; send GET /orders/42; why"),
    Term(
      "cascading-failure", ["cascade", "failure cascade", "domino effect"],
      "One part stops or slows down, and whoever waits for it keeps a worker slot, a connection or a "
        + "place meanwhile, until none is left for requests that do not need that part at all. So it "
        + "climbs from the database to the user. Limits on waiting stop it: timeouts, bulkheads, "
        + "circuit breakers.",
      "The SRE book, chapter 22; Release It!: cascading failures, blocked threads.",
      "inject blackhole on database-a; load 400rps for 20s --orders 100%; why"),
    Term(
      "eventual-consistency",
      ["consistency", "strong consistency", "linearizability", "cap", "cap theorem", "pacelc"],
      "Caches and replicas hear of a write later than its writer. Without further writes all are "
        + "alike in the end; till then a reader may get an old row. Reading the primary alone avoids "
        + "it, and costs latency and load. While a partition lasts one can't have both (CAP): either "
        + "some requests fail, or some see what is old or write what is lost.",
      "DynamoDB's eventually and strongly consistent reads; Cassandra's ONE and QUORUM.",
      "partition database-a-1 database-a-2; enable read-replicas; send PUT /orders/1; "
        + "send GET /orders/2; send GET /orders/1; why"),
    Term(
      "bottleneck", ["constraint", "amdahl's law", "amdahl"],
      "The tier that is busiest. The whole does no more than it does: more of any other part "
        + "changes nothing, and mending it moves the bottleneck elsewhere.",
      "The theory of constraints; Amdahl's law; the USE method finds it.",
      "set service-a.slots 1; forecast 400rps; load 400rps for 10s; metrics"),
  ]
}
