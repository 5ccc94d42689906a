import Testing

/// What holds of tasks, limits and instances under changes and faults, each as a script whose
/// expectations hold.
@Suite struct OperationPromiseTests {
  static let promises: [(name: String, script: String)] = [
    (
      "all attempts of a user's request share its timeout",
      """
      inject pause on load-balancer; enable retry on user; send GET /orders/1 --timeout 1s
      expect last.reason == client-timeout and last.latency <= 1s
      """
    ),
    (
      "tasks that died with a worker are counted when nobody would offer them again",
      """
      disable acknowledgements; inject pause on worker; send PUT /orders/1 --count 8
      fail worker-1; fail worker-2; run 1s; expect queue.tasks-lost == 8
      restore all; send PUT /orders/1; settle; expect queue.tasks-lost == 8
      """
    ),
    (
      "a task that is lost on its way to a worker is counted when nobody would offer it again",
      """
      inject loss on queue..worker 50%; send PUT /orders/1 --count 9; run 5m
      expect queue.tasks-lost == 0 and worker.processed >= 9
      reset; disable acknowledgements; inject loss on queue..worker 50%
      send PUT /orders/1 --count 9; run 5m; expect worker.processed > 0 and queue.tasks-lost > 0
      expect worker.processed + queue.tasks-lost == queue.published
      """
    ),
    (
      "an instance that comes back begins with a tenth of its share, however young the others are",
      """
      enable slow-start; set gateway.slow-start.window 1h; fail service-b-1; run 10s
      restore service-b-1; run 6s; load 200rps for 20s --products 100% --arrivals constant
      expect service-b-1.requests > 300 and service-b-1.requests < 420
      """
    ),
    (
      "a condition on the time holds from its first moment on",
      """
      until time > 1s; expect time < 1001ms; until time > 90s within 2m; expect time < 90001ms
      fail worker-1; fail worker-2; send PUT /orders/1; until queue.oldest-age >= 5s
      expect queue.oldest-age < 5001ms
      """
    ),
    (
      "a node in a timed crash that is failed stays down",
      """
      inject crash on gateway-1 for 5s; fail gateway-1; run 10s; expect gateway-1.state == down
      """
    ),
    (
      "a shared rate limit that is turned on again begins with a full bucket",
      """
      set gateway.rate-limit.scope shared; set gateway.rate-limit.max-tokens 1
      set gateway.rate-limit.tokens-per-fill 1; set gateway.rate-limit.fill-interval 1h
      enable rate-limit; repeat 2 { send GET /orders/1 }; expect last.status == 429
      disable rate-limit; enable rate-limit; send GET /orders/1; expect last.status == 200
      """
    ),
  ]

  @Test(arguments: promises.indices) func aPromiseIsKept(index: Int) {
    let room = Room()
    let status = room.run(Self.promises[index].script)
    #expect(status == 0, "\(Self.promises[index].name): \(room.said.last ?? "")")
  }
}
