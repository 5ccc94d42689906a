/// The components of the architecture.
extension Term {
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
}
