/// Work that need not be done before the user has an answer.
extension Term {
  static let ofTasks: [Term] = [
    Term(
      "at-least-once", ["redelivery", "acknowledgement", "ack", "visibility-timeout"],
      "A task handed out is hidden for 30 s. Without an acknowledgement by then it is offered "
        + "again: nothing is lost.",
      costs: "Something may be done twice.",
      "SQS visibility timeout 30 s; RabbitMQ consumer acknowledgements; NATS AckWait 30 s.",
      "fail database-a; send GET /products/1; show queue"),
    Term(
      "idempotency", ["idempotent", "idempotency key"],
      "Doing it twice has the effect of doing it once: a task's number is the key of what it "
        + "writes, so a second delivery changes nothing.",
      costs: "The key has to be kept as long as a second delivery can come.",
      "Stripe's Idempotency-Key; SQS FIFO deduplication.",
      "send GET /orders/42; sql database-a \"select * from activity\""),
    Term(
      "competing-consumers", ["competing consumers", "prefetch"],
      "Several workers take from one queue; each task goes to one of them, and more workers do "
        + "more tasks.",
      costs: "The order of the tasks is lost.",
      "RabbitMQ prefetch, SQS consumers.", "repeat 6 { send GET /orders/42 }; nodes worker"),
    Term(
      "load-levelling", ["queue-based load levelling", "backlog", "buffer"],
      "A queue takes in peaks that workers do later, at their own pace: nobody is turned away. "
        + "Watch the age of the oldest task.",
      costs: "Done later; and a backlog that only grows hides that there are too few workers.",
      "Azure's Queue-Based Load Leveling; SQS ApproximateAgeOfOldestMessage.",
      "scale worker 1; inject slow on worker-1 20; load 300rps for 5s --products 0%; show queue"),
  ]
}
