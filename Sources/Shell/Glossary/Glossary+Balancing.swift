/// How a proxy chooses among the instances behind it, and how many there are.
extension Term {
  static let ofBalancing: [Term] = [
    Term(
      "round-robin", ["round robin"],
      "Takes the instances in turn. Fair when requests cost about the same and instances can do "
        + "about the same.",
      costs: "It is blind: a slow instance gets as much as a fast one.",
      "nginx's and Envoy's default (ROUND_ROBIN).",
      "send GET /products/7 --count 4; nodes gateway"),
    Term(
      "weighted", ["smooth-weighted-round-robin", "weighted round robin", "weight"],
      "Takes the instances in turn, each as often as its weight says, evenly mixed: 5, 1, 1 gives "
        + "a a b a c a a. Helps when machines differ in size, or to send a little to a new version.",
      costs: "The weights have to be kept right; they don't know when a machine gets slow.",
      "nginx upstream weight (smooth); HAProxy weight; Envoy load_balancing_weight.",
      "set gateway-1.weight 4; enable weighted on lb; send GET /products/7 --count 10; nodes gateway"
    ),
    Term(
      "random", [],
      "Takes any instance by chance. Needs no state, so that many balancers need not agree, and "
        + "can't fall into step with the requests.",
      costs: "The shares are even only in the long run.",
      "Envoy RANDOM; nginx random.",
      "enable random on load-balancer; send GET /products/7 --count 20; nodes gateway"),
    Term(
      "least-request", ["least-connections", "power of two choices", "p2c", "least request"],
      "Looks at two instances chosen by chance and takes the one with fewer requests under way: "
        + "nearly as good as looking at all, and where figures are old, no herd runs to the same "
        + "one. Helps when instances or requests differ in speed.",
      costs: "An instance that fails fast is never busy, and attracts traffic.",
      "Envoy LEAST_REQUEST (choice_count 2); nginx random two least_conn.",
      "inject slow on service-a-1 20; enable least-request; load 200rps for 10s; nodes service-a"),
    Term(
      "ring-hash", ["ring hash", "ketama", "sticky", "affinity"],
      "Instances stand on a ring at many points; a key goes to the next point clockwise. The same "
        + "key always goes to the same instance, which helps when it keeps something in memory.",
      costs: "A hot key makes a hot instance.",
      "Envoy RING_HASH (ketama, 1024 entries and more); HAProxy hash-type consistent.",
      "enable ring-hash on gateway; send GET /products/7 --count 8; nodes service-b"),
    Term(
      "health-checks", ["active health check", "health", "fall", "rise"],
      "Asks each instance at intervals whether it lives. Some failures in a row put it out, some "
        + "successes bring it back; until the verdict, requests still go there and fail.",
      costs: "Probes, and seconds until the verdict; checks that are too eager put out the living.",
      "HAProxy check inter 2s fall 3 rise 2; AWS ALB 30 s, 2/5.",
      "fail gateway-1; send GET /orders/42; run 10s; send GET /orders/42"),
    Term(
      "outlier-detection", ["outlier ejection", "passive health check", "ejection"],
      "Puts an instance out for the answers it gives: five server errors in a row, or a success "
        + "rate far below the others'. Sees what a health check does not: it lives and doesn't work. "
        + "Each ejection in a row lasts longer.",
      costs: "The survivors get the load. And by default no more than 10 % may be out: of a small "
        + "pool nobody, until outlier-detection.max-ejection-percent is raised.",
      "Envoy outlier_detection: consecutive_5xx 5, base_ejection_time 30 s, "
        + "max_ejection_percent 10.",
      "inject abort on service-b-1 503; enable outlier-detection; "
        + "set gateway.outlier-detection.max-ejection-percent 50%; load 50rps for 10s"),
    Term(
      "panic-threshold", ["panic", "panic routing", "fail open"],
      "When fewer than half of the instances seem well, uses them all. Then the verdicts are more "
        + "likely wrong than the instances, and the few would drown. Strictly fewer: one of two "
        + "down is no panic.",
      costs: "If the verdicts are right, requests go to the dead.",
      "Envoy healthy_panic_threshold 50 %; AWS ALB: all unhealthy, then all are used.",
      "scale gateway 3; enable panic-threshold; fail gateway-2; fail gateway-3; run 10s; "
        + "send GET /products/7 --count 6"),
    Term(
      "slow-start", ["warm-up", "slow start"],
      "An instance that came back begins with a tenth of its share, and gets all of it after a "
        + "window: time to fill its caches and compile its code.",
      costs: "The others carry its share meanwhile.",
      "Envoy slow_start_config; nginx slow_start; HAProxy slowstart.",
      "enable slow-start; fail service-b-1; run 10s; restore service-b-1; run 5s; "
        + "load 50rps for 10s; nodes service-b"),
    Term(
      "autoscaling", ["horizontal scaling", "autoscaler", "stabilization"],
      "Looks every 15 s how busy the instances are (or how long the backlog is) and has as many as "
        + "keep to the target: ⌈count · metric / target⌉.",
      costs: "It comes a period late, and it keeps idle instances for five minutes, lest a short "
        + "calm be taken for the end.",
      "Kubernetes HorizontalPodAutoscaler; AWS target tracking; KEDA for queues.",
      "set service-a.slots 1; set service-a.autoscaling.period 5s; "
        + "enable autoscaling on service-a; load 700rps for 8s --products 0%; nodes service-a"),
    Term(
      "draining", ["scale", "connection draining", "graceful shutdown"],
      "An instance that is taken away gets nothing new and finishes what it has begun. That is "
        + "how one scales down, or brings a new version, without an error.",
      costs: "It takes as long as the longest request.",
      "AWS deregistration delay 300 s; Envoy DRAINING; Kubernetes terminationGracePeriod 30 s.",
      "at 5s { scale service-a 1 }; load 100rps for 10s"),
  ]
}
