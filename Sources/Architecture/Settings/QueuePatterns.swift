import Patterns

/// What is done so that work can wait, and is done all the same.
extension Pattern {
  static let ofQueues: [Pattern] = [
    of(
      .service, \.services, "queue-load-levelling", flag: \Service.usesQueue, .scalability,
      buys: "a peak of tasks waits, and users do not", costs: "the result comes later"),
    of(
      .messageQueue, \.queues, "competing-consumers", flag: \MessageQueue.hasCompetingConsumers,
      .scalability, buys: "tasks are done as fast as there are workers",
      costs: "their order is lost"),
    of(
      .messageQueue, \.queues, "acknowledgements", flag: \MessageQueue.awaitsAcknowledgements,
      buys: "a task outlives its worker (at-least-once)", costs: "a task may be done twice"),
    of(
      .messageQueue, \.queues, "dead-letters", \MessageQueue.deadLettering,
      buys: "a task that can't be done does not come back for ever",
      costs: "somebody has to look at them"),
    of(
      .worker, \.workers, "idempotency", flag: \Worker.isIdempotent,
      buys: "a task done twice counts once", costs: "a key to keep for each task"),
    of(
      .messageQueue, \.queues, "backpressure", \MessageQueue.bound,
      buys: "a full queue slows its producers down", costs: "requests are refused"),
    Pattern(
      name: "outbox", challenge: .faultTolerance, kinds: [.service], standard: [.service],
      buys: "no event of a committed write is lost",
      costs: "a relay that reads the log, and an event that may come twice",
      isOn: { $0.usesOutbox($1) }, turn: { $0.turnOutbox(on: $2, at: $1) }),
  ]
}

extension Setting {
  static let ofQueues: [Setting] = [
    duration(
      .messageQueue, \.queues, "visibility-timeout", \MessageQueue.visibilityTimeout,
      "how long a task handed out is hidden", "SQS visibility timeout 30s"),
    of(
      .messageQueue, \.queues, "prefetch", \MessageQueue.prefetch, .count, 1...10_000,
      "tasks that a worker may hold at once", "RabbitMQ prefetch"),
    of(
      .messageQueue, \.queues, \.deadLettering, "dead-letters.delivery-limit", \.limit, .count,
      1...1000, "how often a task is handed out before it is given up",
      "RabbitMQ delivery-limit 20; SQS maxReceiveCount"),
    of(
      .messageQueue, \.queues, \.bound, "backpressure.max-length", \.maximumLength, .count,
      1...1_000_000, "tasks kept at most", "RabbitMQ max-length, overflow reject-publish"),
  ]
}
