import Testing

@testable import Shell

/// What is changed, broken or mended while the deployment is at work takes hold as one expects.
@Suite struct LiveChangeTests {
  private static func holds(_ commands: String) -> String? {
    let room = Room()
    return room.run(commands) == 0 ? nil : room.said.last
  }

  @Test func moreSlotsServeThoseWhoWait() {
    let failure = Self.holds(
      """
      set service-b.slots 1; set service-b.queue-limit 500; inject slow on service-b 50x
      repeat 40 { send GET /products/7 --async }
      run 200ms; expect service-b.queue-length > 30
      set service-b.slots 16; expect service-b.queue-length < 10
      """)
    #expect(failure == nil)
  }

  @Test func whoBeganBeforeABulkheadDoesNotLeaveIt() {
    let failure = Self.holds(
      """
      scale service-b 1; disable cache-aside on service-b; inject latency on database-b 5s
      repeat 4 { send GET /products/1 --async }
      run 1s; enable bulkhead on service-b; set service-b.bulkhead.max-concurrent 2
      run 3s; repeat 2 { send GET /products/2 --async }
      run 2s; repeat 3 { send GET /products/3 --async }
      run 1s; expect service-b.bulkhead.rejected == 3
      """)
    #expect(failure == nil)
  }

  @Test func whoHasAConnectionOfItsOwnGivesThePoolNone() {
    let failure = Self.holds(
      """
      scale service-b 1; disable cache-aside on service-b; disable connection-pool on service-b
      inject latency on database-b 5s; repeat 4 { send GET /products/1 --async }
      run 1s; enable connection-pool on service-b; set service-b.connection-pool.size 2
      run 3s; repeat 2 { send GET /products/2 --async }
      run 2s; expect service-b.connection-pool.in-use == 2
      """)
    #expect(failure == nil)
  }

  @Test func moreConnectionsServeThoseWhoWait() {
    let failure = Self.holds(
      """
      scale service-b 1; set service-b.connection-pool.size 1; inject latency on database-b 2s
      repeat 8 { send PUT /products/7 --async }
      run 200ms; expect service-b.connection-pool.waiting > 5
      set service-b.connection-pool.size 10; expect service-b.connection-pool.waiting == 0
      run 1900ms; expect in-flight > 0
      run 500ms; expect in-flight == 0
      """)
    #expect(failure == nil)
    let withoutPool = Self.holds(
      """
      scale service-b 1; set service-b.connection-pool.size 1; inject latency on database-b 2s
      repeat 8 { send PUT /products/7 --async }
      run 200ms; disable connection-pool on service-b; run 2400ms; expect in-flight == 0
      """)
    #expect(withoutPool == nil)
  }

  @Test func utilizationIsOfTheSlotsThatThereWere() {
    let failure = Self.holds(
      """
      set service-b.slots 1; set service-b.queue-limit 500; inject slow on service-b 50x
      repeat 400 { send GET /products/7 --async }
      run 5s; set service-b.slots 16
      expect service-b.utilization > 80%
      scale service-b 3; expect service-b-3.utilization == 0%
      """)
    #expect(failure == nil)
  }

  @Test func whatInstancesDidThatWereTakenAwayIsAPartOfWhatTheTierDid() {
    let failure = Self.holds(
      """
      repeat 20 { send GET /orders/42 }
      expect worker.processed == 20 and service-a.requests == 20
      scale worker 1; scale service-a 1
      expect worker.processed == 20 and service-a.requests == 20 and service-a-1.requests == 10
      scale service-a 2; expect service-a.requests == 20
      load 20rps for 3s --orders 100%; scale service-a 1; run 2s; expect service-a.requests > 60
      """)
    #expect(failure == nil)
  }

  @Test func aWorkerWhoseFirstWordIsLostTellsTheQueueAgain() {
    let failure = Self.holds(
      """
      fail worker-1; fail worker-2; send PUT /orders/1; run 40s
      inject loss on queue 100%; restore worker-1; restore worker-2; run 8s
      expect worker.processed == 0
      restore queue; until worker.processed == 1 within 10s
      """)
    #expect(failure == nil)
  }

  @Test func aClockThatGoesBackLeavesTheLimitsOpen() {
    let failure = Self.holds(
      """
      enable rate-limit on gateway; set gateway.rate-limit.max-tokens 5
      set gateway.rate-limit.tokens-per-fill 5
      run 30m; inject clock on gateway 30m; repeat 20 { send GET /orders/42 --async }
      run 1s; restore gateway; run 10s; send GET /orders/42; expect last.status == 200
      """)
    #expect(failure == nil)
  }

  @Test func aClockThatJumpsLosesNoTask() {
    let failure = Self.holds(
      """
      inject slow 400 on worker; send PUT /orders/42 x --async; run 300ms; fail database-a
      inject clock 1h on queue; run 10s; restore worker; restore database-a-1; run 10m
      expect queue.depth == 0 and worker.processed == 1
      """)
    #expect(failure == nil)
  }

  @Test func aNodeThatStartsLooksAtItsOwnClock() {
    let failure = Self.holds(
      """
      inject abort 100% on worker; send PUT /orders/42 x; inject clock 2h on gateway
      inject crash on queue for 5s; run 20s; restore worker; run 40s; expect queue.depth == 0
      """)
    #expect(failure == nil)
  }

  @Test func aRetryThatWouldComeTooLateIsNotMade() {
    let failure = Self.holds(
      """
      set gateway.timeout 1s; enable retry; enable retry-budget
      set gateway.retry.base 30s; set gateway.retry.cap 1m; set gateway.retry.jitter none
      inject abort 100% on service-b; send GET /products/7
      expect last.reason == fault-injected and last.latency < 200ms and gateway.retries == 0
      restore all; repeat 5 { send GET /products/7 }; expect last.status == 200
      """)
    #expect(failure == nil)
  }

  @Test func theCurveOfAnInstanceGoesOnWhenItComesBack() throws {
    let room = Room()
    room.run("load 50rps for 4s --orders 100%; scale service-a 1; load 50rps for 4s --orders 100%")
    room.run("scale service-a 2; load 50rps for 4s --orders 100%")
    let curve = try #require(room.session.courses.curve("service-a-2.requests"))
    #expect(curve.points.allSatisfy { $0.value < 50 } && curve.points[1].value > 5)
  }

  @Test func theRouteTimeoutIsThatOfAllAttempts() {
    let failure = Self.holds(
      """
      enable retry on gateway; set gateway.timeout 2s; set gateway.retry.per-try-timeout 900ms
      set gateway.retry.max-attempts 10
      inject blackhole on service-b; send GET /products/7
      expect last.status == 504 and last.latency < 2200ms and gateway.retries == 2
      """)
    #expect(failure == nil)
  }

  @Test func aSilentInstanceIsOutAfterThreeIntervals() {
    let failure = Self.holds(
      """
      inject pause on service-b-1; run 8s; repeat 4 { send GET /products/7 }
      expect load.sent == 0 or last.status == 200; expect failed == 0
      """)
    #expect(failure == nil)
  }

  @Test func anAutoscalerWhosePeriodChangesMeasuresTheTimeThatWentBy() {
    let failure = Self.holds(
      """
      set service-b.autoscaling.period 60s; enable autoscaling on service-b
      inject slow on service-b 20x; load 40rps for 59s --products 100%
      set service-b.autoscaling.period 1s
      run 3s; expect service-b.instances <= 2
      """)
    #expect(failure == nil)
  }
}
