/// What a caller does about a dependency that fails or is slow.
extension Term {
  static let ofResilience: [Term] = [
    Term(
      "timeouts", ["timeout", "patience", "per-try-timeout"],
      "Whoever waits stops waiting some time, and what the waiting held is free again. What the "
        + "other side did by then is unknown: a write may have happened. A proxy's timeout is that of "
        + "all attempts together, per-try-timeout that of one.",
      costs: "Too short, it cuts off what was merely slow; too long, the caller fails too.",
      "Envoy route timeout 15 s, nginx proxy_read_timeout 60 s.",
      "send GET /orders/42 --timeout 20ms; why"),
    Term(
      "deadlines", ["deadline", "deadline propagation"],
      "The time that is left travels with the request. Whoever gets it asks nobody in vain, and "
        + "drops from its queue what nobody waits for any more: an overload ends sooner.",
      costs: "Every hop has to pass it on and to heed it.",
      "gRPC deadlines (grpc-timeout: remaining time); Go's context; Finagle.",
      "enable deadlines; inject slow on service-a 100; send GET /orders/42 --timeout 60ms; trace"),
    Term(
      "retry", ["retries", "max-attempts", "attempt"],
      "Tries again what failed in a way that another attempt may mend: a refused or broken "
        + "connection, 502, 503, 504. Hides failures that are rare and short. Only what may be done "
        + "twice is sent twice (GET, PUT, DELETE).",
      costs: "More load, and that just when something fails; in several layers it multiplies: four "
        + "layers of three attempts are 81. See 'explain retry-storm'.",
      "Envoy retry_on, num_retries; AWS SDK max_attempts 3; Polly 3 retries, which are 4 attempts.",
      "inject abort on service-b 503 30%; enable retry; load 50rps for 10s --products 100%; "
        + "show gateway.retries"),
    Term(
      "backoff", ["exponential backoff", "jitter", "full jitter", "decorrelated jitter"],
      "The pause before the next attempt, doubled each time up to a cap; jitter spreads it by "
        + "chance, so that all who failed together do not come back together.",
      costs: "The user waits.",
      "Envoy 25 ms to 250 ms; AWS: full U(0,v), equal v/2+U(0,v/2), decorrelated U(base,3·before).",
      "enable retry; settings gateway.retry.jitter; set gateway.retry.jitter decorrelated"),
    Term(
      "retry-budget", ["retry budget", "retry throttling", "budget"],
      "At most a share of the requests under way may be in a retry, and a few at least, so that "
        + "retries can't multiply a heavy load.",
      costs: "Some failures stay visible that a retry would have hidden.",
      "Envoy retry_budget: 20 %, min_retry_concurrency 3; gRPC retryThrottling; AWS SDK quota 500.",
      "inject abort on service-b 503; enable retry; enable retry-budget; "
        + "load 200rps for 10s --products 100%; show gateway.retries"),
    Term(
      "retry-storm", ["metastable", "metastable failure", "retry storm"],
      "A short fault fills a queue, the waiting ones time out and are sent again, and that load "
        + "keeps the queue full when the fault is long gone. Only less load ends it: a budget, "
        + "shedding, or switching the retries off.",
      "Metastable failures (Bronson et al., HotOS 2021); the SRE book's cascading failures.",
      "set service-a.slots 2; set gateway.retry.per-try-timeout 50ms; enable retry; "
        + "at 2s { inject slow on service-a 10 for 2s }; load 600rps for 9s --products 0%; faults"),
    Term(
      "circuit-breaker", ["breaker", "half-open", "open", "closed"],
      "Counts how calls to a dependency end. Too many failures, and it opens: calls are refused at "
        + "once. After a while it lets a few through (half-open) and closes if they succeed. Saves "
        + "the caller from waiting, and the dependency from being asked.",
      costs: "As long as it is open it refuses what might have worked.",
      "resilience4j: 50 % of 100 calls, open for 60 s, 10 calls half-open; Polly; Hystrix. What "
        + "Envoy calls circuit breakers is a bulkhead.",
      "enable circuit-breaker; set service-a.circuit-breaker.window-size 10; fail database-a; "
        + "send PUT /orders/42 --count 30; show service-a-1.circuit-breaker.state"),
    Term(
      "bulkhead", ["max-requests", "semaphore"],
      "Bounds how many calls to one dependency may be under way: a slow one can't take all of the "
        + "caller's capacity with it, as a ship's bulkhead keeps the water in one part.",
      costs: "It refuses at peaks, with nothing wrong.",
      "resilience4j bulkhead 25; Envoy circuit_breakers max_requests 1024; Hystrix pool 10.",
      "enable bulkhead on service-a; set service-a.bulkhead.max-concurrent 8; "
        + "inject blackhole on database-a; load 100rps for 10s --products 0%"),
    Term(
      "hedging", ["hedge", "hedged requests", "tail at scale"],
      "Asks a second instance when the first has not answered for a while, and takes the first "
        + "answer. Cuts the tail, for both must be slow. Only for reads.",
      costs:
        "Second requests; with a delay near the p95 they are few, below the median they double "
        + "the load. In two layers they multiply.",
      "Dean and Barroso, The Tail at Scale; gRPC hedgingPolicy; Polly 2 s; Envoy "
        + "hedge_on_per_try_timeout.",
      "inject reorder on gateway..service-b 5% 400ms; enable hedging; "
        + "set gateway.hedging.delay 15ms; load 50rps for 10s --products 100%; show gateway.p99"),
    Term(
      "connection-pool", ["pool", "connection pool"],
      "Keeps connections to the database open and lends them out: no time for opening them, and a "
        + "bound on what the database has to bear.",
      costs: "When it is small there is a line before it, while the database may be idle.",
      "HikariCP maximumPoolSize 10, connectionTimeout 30 s; pgbouncer.",
      "disable connection-pool; send GET /orders/42; enable connection-pool; send GET /orders/43"),
    Term(
      "fallback", ["degraded answer", "placeholder"],
      "When a row can't be had, answers a placeholder rather than an error, where half an answer "
        + "is better than none.",
      costs: "A 200 without the row: whoever takes it for the truth is misled.",
      "Hystrix getFallback; Envoy custom responses; resilience4j recover.",
      "enable fallback; fail database-b; send GET /products/7"),
  ]
}
