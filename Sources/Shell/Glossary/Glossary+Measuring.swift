/// The words in which one speaks of how a deployment fares.
extension Term {
  static let ofMeasuring: [Term] = [
    Term(
      "hop", ["14 hops", "hops", "trace", "span"],
      "One message from one node to another. A read with a cold cache takes 14: 11 until the user "
        + "has an answer, 3 more in the background. Pure confirmations are not numbered.",
      "A span of a distributed trace (OpenTelemetry, Zipkin).", "send GET /orders/42; trace --acks"),
    Term(
      "p99", ["p50", "p90", "percentile", "tail", "tail latency", "median"],
      "The latency that 99 of 100 requests do not exceed; p50 is the median. The tail is what "
        + "users remember: a page of 100 requests meets the p99 more often than not (63 %).",
      "Percentiles of a histogram; service level objectives.",
      "load 200rps for 10s; show load.p99; show gateway.p99"),
    Term(
      "load", ["open loop", "poisson", "virtual users", "rps"],
      "Virtual users send requests at random moments whether or not earlier ones are answered, as "
        + "the world does: a slow deployment gets no fewer (no coordinated omission).",
      "wrk2, k6 arrival-rate executors, Vegeta.", "load 200rps for 10s"),
    Term(
      "closed-loop", ["closed loop", "think time"],
      "So many users, each of whom waits for an answer, thinks, and asks again. A slow deployment "
        + "gets fewer requests, so it looks better than it is: compare 'explain load'.",
      "ab, wrk, JMeter thread groups, k6 virtual users.",
      "load 50 users for 10s think 100ms; show load.throughput"),
    Term(
      "in-flight", ["in flight", "under way", "outstanding"],
      "Sent and not yet answered; of tasks: handed to a worker and not yet acknowledged.",
      "Envoy's upstream_rq_active; SQS ApproximateNumberOfMessagesNotVisible.",
      "send GET /orders/42 --async; show in-flight"),
    Term(
      "utilization", ["saturation", "capacity", "busy"],
      "The share of the worker slots in use. Waiting grows without bound as it nears 100 %: behind "
        + "a single server it doubles from 80 % to 90 %, and once more to 95 %. More servers with one "
        + "line wait less, and even work waits less than uneven.",
      "USE: utilisation, saturation, errors; Pollaczek and Khinchin: ρ/(1 − ρ) · (1 + c²)/2.",
      "set service-a.slots 1; load 500rps for 4s --products 0%; show service-a.utilization"),
    Term(
      "red-use", ["red", "use", "red and use", "golden signals", "rejected"],
      "Two lists of what to look at. RED for what answers requests: rate, errors, duration. USE for "
        + "what is used up: utilization, saturation (who waits), errors (who is refused).",
      "Tom Wilkie's RED method; Brendan Gregg's USE method.",
      "load 200rps for 10s; metrics"),
    Term(
      "m-m-c", ["M/M/c", "M/M/1", "erlang", "erlang c", "queueing theory", "mean wait"],
      "The textbook queue: requests at random moments, service times at random, c servers, one line. "
        + "Erlang C gives the chance to wait in it, and so the mean wait; 'forecast' uses it.",
      "Erlang 1917; the Allen-Cunneen approximation for other service times.",
      "forecast 300rps; load 300rps for 10s; metrics"),
    Term(
      "littles-law", ["little's law", "little", "concurrency"],
      "Under way = rate × time: 100 requests a second of 50 ms each are 5 at once. It tells how "
        + "many slots, connections or places a load needs.",
      "L = λW.", "inject latency on database-b 50ms; load 100rps for 5s --products 100%"),
    Term(
      "goodput", ["success-rate", "throughput"],
      "What is answered well, a second. Under overload it may fall while everybody is busier than "
        + "ever: the work is for nobody.",
      "Goodput; the SRE book's availability.",
      "set service-a.slots 2; set gateway.timeout 100ms; load 1600rps for 3s --products 0%; "
        + "show load.throughput"),
    Term(
      "reason", ["why", "response flag", "envoy flags"],
      "Why a request failed, from a closed list; 'why' tells it in words, with the node, the fault "
        + "and the command that caused it.",
      "Envoy's response flags (UF, UO, UT, NR …).", "fail database-a; send PUT /orders/42; why"),
    Term(
      "observable", ["metric", "figure", "named value"],
      "A named value such as last.status or cache-a.hit-ratio, which 'show', 'expect' and 'until' "
        + "share: those of the last request, of the latest load, and those of each node and tier. "
        + "'show' lists them all.",
      "Prometheus metrics; RED: rate, errors, duration.",
      "send GET /orders/42; show cache-a; expect cache-a.misses == 1"),
  ]
}
