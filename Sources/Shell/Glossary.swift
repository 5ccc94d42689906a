import Architecture
import Language

/// What `explain` knows: every component, and every pattern that the deployment uses.
struct Term: Sendable {
  let name: String
  let aliases: [String]
  /// What it is and why it is there.
  let meaning: String
  /// What real systems call it, with their defaults.
  let elsewhere: String
  /// What to type to see it.
  let tryIt: String

  init(
    _ name: String, _ aliases: [String] = [], _ meaning: String, _ elsewhere: String,
    _ tryIt: String
  ) {
    self.name = name
    self.aliases = aliases
    self.meaning = meaning
    self.elsewhere = elsewhere
    self.tryIt = tryIt
  }

  static func find(_ text: String) -> Term? {
    let key = normalize(text)
    return all.first { term in
      normalize(term.name) == key || term.aliases.contains { normalize($0) == key }
    }
  }

  /// Without blanks, hyphens and a plural's s.
  private static func normalize(_ text: String) -> String {
    let letters = text.lowercased().filter { $0.isLetter || $0.isNumber }
    return letters.count > 3 && letters.hasSuffix("s") ? String(letters.dropLast()) : letters
  }

  static let all = components + patterns

  static let components: [Term] = [
    Term(
      "user", ["client"],
      "Initiates requests. A request carries a bearer token that says who sends it.",
      "HTTP client, browser, mobile app.", "send GET /orders/42; trace"),
    Term(
      "load-balancer", ["lb", "load balancer", "load balancing"],
      "Stands before the API gateways and gives each the next request in turn, so that none is "
        + "overloaded and any of them may die. It checks their health and passes over the dead.",
      "nginx upstream, HAProxy, Envoy, AWS ALB. Health checks as HAProxy: inter 2 s, fall 3, rise 2.",
      "repeat 4 { send GET /products/7 }; nodes gateway"),
    Term(
      "gateway", ["gw", "api-gateway", "api gateway"],
      "The one door to all services: finds the route of a path, checks the bearer token, refuses "
        + "what may not pass, and stops waiting for a service after a timeout.",
      "Kong, Envoy, AWS API Gateway, Spring Cloud Gateway. Envoy's route timeout: 15 s.",
      "send GET /orders/42 --as none; why"),
    Term(
      "service-a", ["svc-a", "service a", "service", "service-b", "svc-b", "service b"],
      "Business logic of one part of the data: Service A owns /orders, Service B /products. Keeps "
        + "a cache aside, and has a bounded number of worker slots.",
      "A microservice; the slots are a thread pool (Tomcat, HikariCP) or Envoy's max_requests.",
      "show service-a-1"),
    Term(
      "cache-a", ["cache", "cache a", "cache-b", "cache b"],
      "Holds copies of rows that were read lately, so that most reads need no database. What it "
        + "holds may be outdated: fresh for a while (TTL), then only a fallback.",
      "Redis, Memcached, Varnish. Metrics: get_hits, get_misses, evictions.",
      "send GET /orders/42; send GET /orders/42; show cache-a"),
    Term(
      "database-a", ["db-a", "database", "database a", "database-b", "db-b", "database b", "db"],
      "Keeps rows for good. One instance is primary and takes writes; replicas follow its log.",
      "PostgreSQL streaming replication with Patroni; MySQL with Orchestrator.",
      "sql database-a \"select status, count(*) from orders group by status\""),
    Term(
      "queue", ["mq", "message-queue", "message queue"],
      "Takes tasks that need not be done before the user has an answer, and keeps each until a "
        + "worker has acknowledged it. It levels load and outlives the workers' failures.",
      "Amazon SQS, RabbitMQ, NATS JetStream.", "send PUT /orders/42; show queue"),
    Term(
      "worker", ["worker-service", "worker service", "workers"],
      "Takes tasks from the queue, does them, records the result in Database A, acknowledges.",
      "Celery, Sidekiq, an SQS consumer.", "send GET /orders/42; show worker-1"),
  ]

  static let patterns: [Term] = [
    Term(
      "round-robin", ["round robin"],
      "Takes the instances in turn. Fair when requests cost about the same.",
      "nginx's and Envoy's default (ROUND_ROBIN).",
      "repeat 4 { send GET /products/7 }; nodes gateway"),
    Term(
      "health-check", ["active health check", "health"],
      "Asks each instance at intervals whether it lives. Some failures in a row put it out, some "
        + "successes bring it back; until the verdict, requests still go there and fail.",
      "HAProxy check inter 2s fall 3 rise 2; AWS ALB 30 s, 2/5.",
      "fail gateway-1; send GET /orders/42; run 10s; send GET /orders/42"),
    Term(
      "cache-aside", ["cache aside", "lazy loading"],
      "The service asks the cache first, on a miss the database, and fills the cache itself. A "
        + "write goes to the database and invalidates the copy.",
      "The usual way to use Redis or Memcached.", "send GET /orders/42; trace"),
    Term(
      "ttl", ["time to live", "expiry", "freshness"],
      "How long a copy counts as fresh. Long: more hits, older data. 60 s here.",
      "Redis EXPIRE, HTTP max-age.", "send GET /orders/42; run 61s; send GET /orders/42"),
    Term(
      "lru", ["least recently used", "eviction"],
      "When the cache is full, the copy not used for longest goes.",
      "Redis allkeys-lru, Memcached's default.", "show cache-a"),
    Term(
      "invalidation", ["invalidate"],
      "After a write the cached copy is removed, so that the next read fetches the new row.",
      "Memcached delete, Redis DEL.", "send GET /orders/42; send PUT /orders/42; trace"),
    Term(
      "stale-if-error", ["stale"],
      "If the database fails, a copy past its TTL is served rather than an error, for up to an "
        + "hour, and says how old it is.",
      "RFC 5861, Varnish grace mode, Cloudflare Always Online.",
      "send GET /orders/42; fail database-a; send GET /orders/42; why"),
    Term(
      "timeout", ["deadline", "patience"],
      "Whoever waits stops waiting some time. What the other side did by then is unknown: a write "
        + "may have happened.",
      "Envoy route timeout 15 s, nginx proxy_read_timeout 60 s.",
      "send GET /orders/42 --timeout 20ms; why"),
    Term(
      "bearer-token", ["authentication", "token", "auth"],
      "A signed statement of who may do what until when. 401: no valid identity; 403: a valid one "
        + "that may not do this.",
      "RFC 6750, JWT.", "send DELETE /orders/42 --as reader; send GET /orders/42 --as expired"),
    Term(
      "worker-slots", ["slots", "bounded queue", "thread pool", "concurrency limit"],
      "A node works on a bounded number of calls; a bounded number may wait; the rest is turned "
        + "away at once with 503, which is kinder than a queue without end.",
      "Tomcat maxThreads and acceptCount; Envoy circuit breaker max_requests (flag UO).",
      "show service-a-1"),
    Term(
      "replication", ["asynchronous replication", "replica", "lag"],
      "Replicas fetch the primary's log and apply it. Asynchronous: the primary does not wait, so "
        + "writes are fast and the latest of them can be lost in a failover.",
      "PostgreSQL synchronous_commit = local; replay lag.", "send PUT /orders/42; nodes database-a"),
    Term(
      "failover", ["promotion"],
      "Makes a replica the primary when the primary is gone, in a new epoch.",
      "Patroni failover (ttl 30, loop_wait 10), Redis Sentinel (down-after 30 s).",
      "fail database-a; failover database-a"),
    Term(
      "epoch", ["fencing", "term", "split brain"],
      "A number that grows with every promotion. Storage refuses writes of another epoch, so an "
        + "old primary that comes back can't take writes: it is fenced, and follows.",
      "Raft term, Kafka leader epoch, fencing token.",
      "fail database-a; failover database-a; restore database-a-1; nodes database-a"),
    Term(
      "at-least-once", ["redelivery", "acknowledgement", "ack", "visibility-timeout"],
      "A task handed out is hidden for 30 s. Without an acknowledgement by then it is offered "
        + "again: nothing is lost, and something may be done twice.",
      "SQS visibility timeout 30 s; RabbitMQ consumer acknowledgements; NATS AckWait 30 s.",
      "fail database-a; send GET /products/1; show queue"),
    Term(
      "idempotency", ["idempotent", "idempotency key"],
      "Doing it twice has the effect of doing it once: a task's number is the key of what it "
        + "writes, so a second delivery changes nothing.",
      "Stripe's Idempotency-Key; SQS FIFO deduplication.",
      "send GET /orders/42; sql database-a \"select * from activity\""),
    Term(
      "competing-consumers", ["competing consumers", "prefetch"],
      "Several workers take from one queue; each task goes to one of them, and more workers do "
        + "more tasks.",
      "RabbitMQ prefetch, SQS consumers.", "repeat 6 { send GET /orders/42 }; nodes worker"),
    Term(
      "hop", ["14 hops", "hops", "trace"],
      "One message from one node to another. A read with a cold cache takes 14: 11 until the user "
        + "has an answer, 3 more in the background. Pure confirmations are not numbered.",
      "A span of a distributed trace (OpenTelemetry, Zipkin).", "send GET /orders/42; trace --acks"),
  ]
}
