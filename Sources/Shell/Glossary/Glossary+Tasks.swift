/// Work that need not be done before the user has an answer.
extension Term {
  static let ofTasks: [Term] = [
    Term(
      "task", ["tasks", "background", "publish"],
      "Work that a request leaves behind and no user waits for: Service A publishes it to the queue, "
        + "a worker does it and records it in Database A (hops 12 to 14).",
      "A job (Sidekiq, Celery), a message (SQS).", "send GET /orders/42; trace"),
    Term(
      "depth", ["queue depth", "waiting tasks"],
      "How many tasks wait in the queue. A depth that grows says that more come in than the workers "
        + "do.",
      "SQS ApproximateNumberOfMessagesVisible; RabbitMQ messages_ready.",
      "fail worker-1; fail worker-2; send GET /orders/42 --count 3; show queue.depth"),
    Term(
      "queue-load-levelling", ["queue-based load levelling", "load levelling", "backlog"],
      "A queue takes in peaks that workers do later, at their own pace: users do not wait for it, "
        + "and nobody is turned away. Watch the age of the oldest task.",
      costs: "The result comes later; and a backlog that only grows hides that there are too few "
        + "workers.",
      "Azure's Queue-Based Load Leveling; SQS ApproximateAgeOfOldestMessage.",
      "scale worker 1; inject slow on worker-1 20; load 300rps for 5s --products 0%; "
        + "show queue.oldest-age"),
    Term(
      "competing-consumers", ["competing consumers", "prefetch"],
      "Several workers take from one queue; each task goes to one of them, and more workers do "
        + "more tasks.",
      costs: "The order of the tasks is lost.",
      "RabbitMQ prefetch, SQS consumers.", "send GET /orders/42 --count 6; nodes worker"),
    Term(
      "acknowledgements", ["redelivery", "ack"],
      "A task handed out is hidden for 30 s. Without an acknowledgement by then it is offered "
        + "again: it outlives its worker, and is done at least once.",
      costs: "It may be done twice: see 'explain idempotency'.",
      "SQS visibility timeout 30 s; RabbitMQ consumer acknowledgements; NATS AckWait 30 s.",
      "fail database-a; send GET /orders/1; show queue"),
    Term(
      "dead-letters", ["dead letter queue", "dlq", "delivery limit", "delivery-limit"],
      "A task that was handed out so many times in vain is put aside, so that one that can't be "
        + "done does not come back for ever and keep the workers from the others.",
      costs: "Somebody has to look at them; and a long outage makes dead letters of good tasks.",
      "SQS maxReceiveCount; RabbitMQ delivery-limit 20; NATS MaxDeliver.",
      "enable dead-letters; settings queue.dead-letters.delivery-limit; show queue.dead-letters"),
    Term(
      "idempotency", ["idempotent"],
      "Doing it twice has the effect of doing it once: the number of the request that a task "
        + "is of is the key of what it writes, so a second delivery changes nothing.",
      costs: "The key has to be kept as long as a second delivery can come.",
      "Stripe's Idempotency-Key; SQS FIFO deduplication.",
      "send GET /orders/42; sql database-a \"select * from activity\""),
    Term(
      "backpressure", ["bounded buffer", "max-length", "queue bounds"],
      "A queue that is full refuses what comes, and so slows its producers down: better told early "
        + "than a backlog that nobody can ever work off.",
      costs: "Requests are refused.",
      "RabbitMQ max-length with overflow reject-publish; Reactive Streams; TCP's window.",
      "enable backpressure; set queue.backpressure.max-length 10; fail worker-1; fail worker-2; "
        + "load 50rps for 2s --products 0%"),
    Term(
      "outbox", ["transactional outbox"],
      "The event is written into the database in the same transaction as the row, and a relay "
        + "publishes it: no committed write without its event, though the queue may be down.",
      costs: "It comes a moment later, and may come twice.",
      "Debezium's outbox; the transactional outbox of microservices.io.",
      "enable outbox; fail queue; send PUT /orders/42; restore queue; run 5s; show queue.published"),
  ]
}
