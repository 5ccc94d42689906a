/// What keeps a node from having more to do than it can, and who may come in.
extension Term {
  static let ofLimits: [Term] = [
    Term(
      "worker-slots", ["slots", "bounded queue", "thread pool", "queue-full", "queue-limit"],
      "A node works on a bounded number of calls; a bounded number may wait; the rest is turned "
        + "away at once with 503, which is kinder than a queue without end.",
      "Tomcat maxThreads and acceptCount; Envoy circuit breaker max_requests (flag UO).",
      "show service-a-1"),
    Term(
      "rate-limit", ["rate limiting", "throttling", "429", "quota"],
      "Lets so many requests a second through and answers 429 to the rest, before they cost "
        + "anything. It counts all callers together: whoever asks most still gets most.",
      costs: "It refuses what could have been served. Counted by each gateway alone (local), the "
        + "limit grows with the gateways; shared, they have to ask one place.",
      "Envoy local_ratelimit and global rate limit; nginx limit_req (answers 503).",
      "enable rate-limit; load 300rps for 10s; set gateway.rate-limit.scope shared; "
        + "load 300rps for 10s"),
    Term(
      "token-bucket", ["token bucket", "burst", "leaky bucket"],
      "A bucket holds so many tokens and gets more at intervals; a request takes one. What is saved "
        + "up may be spent at once: a burst.",
      costs: "What stands behind it must be able to take a whole bucket.",
      "Envoy max_tokens, tokens_per_fill, fill_interval; AWS API Gateway's burst.",
      "enable rate-limit; set gateway.rate-limit.max-tokens 500; load 400rps for 1s"),
    Term(
      "sliding-window", ["sliding window", "fixed window"],
      "Counts what passed in the window before now, by two counters: the current window's, and "
        + "the share of the last one that still counts, as if its requests had come evenly. Saves "
        + "nothing up. (A fixed window has the first counter only: twice the limit can pass where "
        + "two windows meet.)",
      costs: "It refuses bursts that would do no harm.",
      "Cloudflare's rate limiting; Redis counters.",
      "enable rate-limit; set gateway.rate-limit.algorithm sliding-window; load 400rps for 2s"),
    Term(
      "load-shedding", ["admission control", "shedding", "load shed"],
      "While fewer than 95 % succeed, turns some requests away by chance, the more the fewer "
        + "succeed: those that come in find a shorter queue.",
      costs: "Good requests are turned away, too, even those for a service that is well.",
      "Envoy admission_control: sr_threshold 95 %, at most 80 %; client throttling of the SRE book.",
      "set service-a.slots 1; set gateway.timeout 100ms; enable load-shedding; "
        + "load 900rps for 5s --products 0%"),
    Term(
      "adaptive-concurrency", ["concurrency limit", "gradient", "adaptive concurrency"],
      "Finds by itself how many requests may be under way: fewer as soon as answers take longer "
        + "than at rest. Needs no number that somebody has to know, and sees a queue before "
        + "anything fails.",
      costs:
        "Once a minute it lets only three through, to measure how long an answer takes at rest.",
      "Envoy adaptive_concurrency: gradient = (minRTT + 25 %) / sampleRTT; Netflix "
        + "concurrency-limits.",
      "set service-a.slots 2; enable adaptive-concurrency; load 1600rps for 3s --products 0%; "
        + "show gateway-1.adaptive-concurrency.limit"),
    Term(
      "bearer-token", ["authentication", "token", "auth"],
      "A signed statement of who may do what until when. 401: no valid identity; 403: a valid one "
        + "that may not do this.",
      "RFC 6750, JWT.", "send DELETE /orders/42 --as reader; send GET /orders/42 --as expired"),
  ]
}
