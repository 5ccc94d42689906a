/// How often a task is done, and what that means for its effect.
extension Term {
  static let ofDelivery: [Term] = [
    Term(
      "visibility-timeout", ["visibility timeout", "ack timeout", "ackwait"],
      "How long a task that was handed out is hidden from the other workers. Without an "
        + "acknowledgement by then it is offered again.",
      costs: "Shorter than the work: tasks are done twice. Longer: what a dead worker had waits.",
      "SQS visibility timeout 30 s; NATS AckWait 30 s; RabbitMQ consumer timeout 30 min.",
      "set queue.visibility-timeout 1s; inject slow on worker 1000; send GET /orders/42; "
        + "show queue.redeliveries"),
    Term(
      "delivery-guarantees",
      [
        "at-least-once", "at-most-once", "exactly-once", "at least once", "exactly once",
        "at-least-once delivery", "at-least-once-delivery",
      ],
      "At most once: a task handed out is forgotten; a crash loses it. At least once: it is kept "
        + "until it is acknowledged, and may come twice. Exactly once is at least once with an effect "
        + "that does not count twice: see 'explain idempotency'.",
      "MQTT QoS 0, 1, 2; Kafka's enable.idempotence and transactions.",
      "disable acknowledgements; inject slow on worker 500; at 500ms { fail worker-1 }; "
        + "load 5rps for 2s --products 0%; run 1m; show queue.published; show worker.processed"),
    Term(
      "poison", ["poison message", "poison task"],
      "A task that no worker can do, however often it is handed out. Here it is one whose request had "
        + "the body 'poison'.",
      "Poison pill; SQS redrive policy.",
      "send PUT /orders/42 poison; run 2m; show worker.failures; show queue"),
    Term(
      "oldest-age", ["oldest age", "age of the oldest task", "queue lag"],
      "How long the oldest task has been in the queue. It tells how late one is, whatever the number "
        + "of tasks; a task that always fails shows here, too.",
      "SQS ApproximateAgeOfOldestMessage; Kafka consumer lag.",
      "inject slow on worker 20; load 200rps for 10s --products 0%; show queue.oldest-age"),
    Term(
      "idempotency-key", ["idempotency key", "deduplication", "dedup"],
      "The number that a task carries into the database with what it records: a second delivery finds "
        + "it there, and changes nothing. The column 'times' tells how often it counted.",
      costs: "It has to be kept for as long as the task may come again.",
      "Stripe's Idempotency-Key (24 h); SQS FIFO 5 min; NATS 2 min.",
      "disable idempotency; set queue.visibility-timeout 1s; inject slow on worker 1000; "
        + "send GET /orders/42; settle; sql \"select * from activity\""),
    Term(
      "dual-write", ["dual write", "tasks-lost"],
      "Writing to two systems one after the other, say a row and its event. Whoever fails in between "
        + "leaves the one without the other. The outbox makes one write of the two.",
      "The dual write problem; the listen-to-yourself pattern.",
      "fail queue; send PUT /orders/42; restore queue; run 1m; show service-a.tasks-lost; "
        + "show queue.published"),
    Term(
      "relay", ["change data capture", "cdc", "log tailing"],
      "Who reads the events of the outbox from the database's log and publishes them, from where it "
        + "left off. It may publish one twice, and forgets none.",
      costs: "It waits for the database, and its cursor must not be lost.",
      "Debezium; PostgreSQL logical decoding; DynamoDB Streams.",
      "enable outbox on service-a; send PUT /orders/42; trace"),
  ]
}
