extension Question {
  /// The three questions of the architecture.
  public static let architecture: [Question] = [loadBalancer, caches, queue]

  static let loadBalancer = Question(
    id: "load-balancer",
    text: "Why does the system use a load balancer before the API Gateway?",
    choices: [
      Choice(
        text: "To evenly distribute incoming requests and avoid overloading a single API Gateway "
          + "instance",
        explanation: "It gives each gateway the next request in turn, and passes over one that its "
          + "health checks found dead."),
      Choice(
        text: "To store frequently accessed data for faster responses",
        explanation: "That is what the caches do, beside the services. The load balancer keeps no "
          + "data."),
      Choice(
        text: "To queue background tasks for asynchronous processing",
        explanation: "That is the message queue's part. The load balancer passes requests on at "
          + "once."),
      Choice(
        text: "To directly connect users to the database",
        explanation: "Nobody outside reaches a database: between them stand the gateway, which "
          + "checks who asks, and the service that owns the rows."),
    ],
    key: 0,
    proof: Proof(
      says: "Eight requests: each gateway gets four. Then one gateway dies, and after the health "
        + "checks have noticed, requests go on being answered.",
      commands: [
        "reset", "send GET /products/7 --count 8", "expect gateway-1.requests == 4",
        "expect gateway-2.requests == 4", "fail gateway-1", "run 10s",
        "send GET /products/7 --count 4", "expect last.status == 200",
        "expect gateway-2.requests == 8 and failed == 0",
      ]))

  static let caches = Question(
    id: "caches",
    text: "What are the caches for, and what do they cost when Database A fails?",
    choices: [
      Choice(
        text: "They keep a second copy of every row, so that nothing is lost when the database "
          + "fails",
        explanation:
          "They hold only what was read lately, and in memory. A row that nobody read is "
          + "not there; keeping everything is the replica's task."),
      Choice(
        text: "They take writes while the database is down and store them later",
        explanation: "A write goes to the database, and fails with it. With cache-aside the cache "
          + "never takes one."),
      Choice(
        text: "They answer frequent reads without the database; when it fails they still answer "
          + "what they hold, but that may be stale",
        explanation: "Reads of cached rows stay fast and available, marked with their age. What "
          + "is not cached fails, and so does every write."),
      Choice(
        text: "They spread requests evenly over the databases",
        explanation: "Spreading requests is load balancing. A cache keeps them away from the "
          + "database."),
    ],
    key: 2,
    proof: Proof(
      says: "A row is read, then Database A fails: the cached row is served as stale, an uncached "
        + "one and a write are answered 503.",
      commands: [
        "reset", "send GET /orders/42", "expect last.cache == miss", "send GET /orders/42",
        "expect last.cache == hit and database-a.reads == 1", "fail database-a",
        "send GET /orders/42", "expect last.status == 200 and last.cache == stale",
        "send GET /orders/43", "expect last.status == 503", "send PUT /orders/42",
        "expect last.status == 503",
      ]))

  static let queue = Question(
    id: "queue",
    text: "Why does Service A send work through the message queue instead of doing it itself?",
    choices: [
      Choice(
        text: "Because the worker gives the user the answer to the request",
        explanation: "The user's answer comes from the service, at hop 11. The worker goes on in "
          + "the background, at hops 12 to 14."),
      Choice(
        text: "So that the user need not wait for it, and so that it survives when its consumers "
          + "or the database fail for a while",
        explanation: "The queue keeps each task until a worker has acknowledged it. Peaks and "
          + "outages make it longer; nothing is lost."),
      Choice(
        text: "Because the queue makes sure that each task is delivered exactly once",
        explanation: "Delivery is at least once: after a visibility timeout a task is offered "
          + "again. That it takes effect once is the work of the idempotency key."),
      Choice(
        text: "So that reads of the same order are answered from memory",
        explanation: "That is the cache's part."),
    ],
    key: 1,
    proof: Proof(
      says: "Both workers die: the request is still answered, and its task waits. When one comes "
        + "back, it is done.",
      commands: [
        "reset", "fail worker-1", "fail worker-2", "send GET /orders/42",
        "expect last.status == 200 and queue.depth == 1 and worker.processed == 0",
        "restore worker-1", "run 1s", "expect queue.depth == 0 and worker.processed == 1",
      ]))
}
