import Testing

@testable import Shell

/// What people type instead of what they should does what they mean.
@Suite struct ForgivingTests {
  @Test(arguments: [
    ("enable \"circuit breaker\"; expect circuit-breaker.state == closed", 0),
    ("enable circuit breaker on service-a; expect service-a.circuit-breaker.state == closed", 0),
    ("enable hedged requests; enable bulkheads; enable rate limiting; enable p2c", 0),
    (
      "enable read-replicas on database-b; disable cache-aside on service-b; send GET /products/7; "
        + "expect database-b-2.reads == 1", 0
    ),
    ("load 20 rps for 1 s; inject cpu stress on service-a 50 %; inject disk full on database-a", 0),
    ("run 1m30s; expect time == 90 s AND NOT sent > 0", 0), ("run 30s1m", 2), ("run 1s1s", 2),
    ("run 1m-5s", 2),
    ("compare { enable hedging } { disable hedging }: load 10rps for 1s", 0),
    ("sweep cache-a.ttl=1s, 10s : load 10rps for 2s", 0),
    ("partition gateway service-a --one-way for 1m30s; enable dead-letter-queue", 0),
    ("send GET /orders/1; traces GET; traces service-a-1; traces status=200 get hit", 0),
    ("traces database-z", 2), ("patterns fault tolerance; patterns load balancing", 0),
    ("explain scalability; explain fault tolerance; settings health-checks", 0),
    ("set lb.health-checks.interval 1s; expect load-balancer.health-interval == 1s", 0),
    (
      "fail gateway-1, gateway-2; fail database a; fail service b 1; expect gateway-2.state == down",
      0
    ),
    (
      "fail worker-1, worker-2; restore worker-1,worker-2; fail database a; restore database a 1; "
        + "expect worker-2.state == up and database-a-1.state == up", 0
    ),
    ("fail gateway-1,nobody; expect gateway-1.state == up", 1), ("fail ,", 2),
    (
      "show cache-a hit-ratio; show service a; explain caching; explain cap; quiz start; quiz answer 1",
      0
    ),
    ("predict last.cache : send GET /orders/1", 2), ("predict last.status == 503 : fail queue", 2),
    ("sql \"update products set stock = 1\"", 1), ("sql database-a-3 \"select 1\"", 1),
    ("echo 10 % and 5 ms", 0), ("load 10 for 5s", 2), ("sql SELECT 5 s", 0), ("traces foo=ok", 2),
    ("sweep cache-a.ttl = 1s, 10s : load 10rps for 1s", 0), ("enable autoscaling on database-a", 1),
    ("enable bulkhead on cache-a", 1),
    ("enable cache-aside on cache-a-1", 1), ("heal gateway-1", 2), ("heal ALL", 0),
    ("scale service-a +9223372036854775807", 2), ("repeat 1 { send GET /orders/1; trace #1 }", 0),
    ("predict sent + 0 == succeded + 1 : send GET /orders/1; expect sent == 0", 2),
    ("load 10rps for 1s; expect load.hit-ratio + 0.1 > 0% and load.p50 + 0 > 1ms", 0),
    ("disable cache-aside on cache-b; send GET /products/7; expect last.cache == bypass", 0),
    ("enable rate-limit on service-a", 1), ("enable load balancing", 2),
    ("scale service-a +1; expect service-a.instances == 3", 0),
    ("scale service-a -1; expect service-a.instances == 1", 0),
    ("scale service-a -2", 1), ("scale service-a +0", 0), ("scale service-a many", 2),
    ("set cache-a.ttl = 5s; expect cache-a.ttl == 5s", 0), ("set cache.ttl=5s", 0),
    ("send GET /orders/1; send PUT /orders/2; trace #1; why #2; diff #1 #2; trace #1 --acks", 0),
    ("send GET /orders/1 #1", 0), ("send GET /orders/1 # 1 first", 0), ("trace #7", 1),
    ("send GET /orders/1 x5", 2), ("heal all", 0), ("watch", 0), ("watch queue.depth --count 2", 0),
    (
      "inject error on service-b 500; inject delay on database-a 5ms; inject packet-loss on queue 5%",
      0
    ),
    ("inject clock-skew on gateway-1 +1h; inject 'disk full' on database-a", 0),
    ("hypothesis last.status == 200 : { send GET /orders/42 }", 0),
    ("hypothesis last.status == 503 : { send GET /orders/42 }", 1),
    ("send GET /orders/42; hypothesis last.status == 503 : { send GET /orders/42 }", 1),
    ("send GET /orders/42; settle; expect queue.processed == queue.published", 0),
    ("load 20rps for 1s; expect load.p95 >= load.p90 and load.succeeded == load.sent", 0),
    ("send GET /orders/1; send GET /no; expect sent == succeeded + failed + in-flight", 0),
    ("expect sent == succeeded + faild", 2), ("inject loss on queue rate=10%", 0),
    ("inject loss on queue 10", 2), ("inject latency on user 1s", 2),
    ("inject latency on user..load-balancer 1s; send GET /orders/1; expect last.latency > 1s", 0),
    ("at 1s { send GET /orders/42 }; run 3s; expect succeeded == 1", 0),
    (
      "load 10rps for 3s; at 1s { send GET /orders/42 }; load 10rps for 3s; expect last.status == 200",
      0
    ),
    ("incident start 2; incident stop; expect sent == 0", 0),
    ("sql \"select 'products' from orders limit 1\"", 0),
  ])
  func aScriptEndsAsItShould(script: String, status: Int) {
    let room = Room()
    #expect(room.run(script) == status, "\(script): \(room.said.last ?? "")")
  }

  @Test(arguments: [
    ("start lesson 1", "lesson start 1"), ("stop gateway-1", "fail gateway-1"),
    ("kill db-a", "fail db-a"), ("promote database-a", "failover database-a"),
    ("logs", "traces"), ("status", "map"), ("stop lesson", "lesson stop"),
    ("answer B", "quiz answer A"), ("exi", "quit"), ("send --help", "help send"),
  ])
  func aSuggestionKeepsWhatWasTyped(line: String, suggestion: String) {
    let room = Room()
    #expect(room.run(line) == 2)
    #expect(room.said.last?.contains("'\(suggestion)'") ?? false, "\(room.said)")
  }

  @Test func anOpenQuizTakesALetterAndAnOpenLessonAVerbAtThePromptAlone() {
    let room = Room(lesson: LessonTests.document)
    #expect(room.run("quiz start; A") == 2)
    room.session.options.isInteractive = true
    #expect(room.run("quiz start; b; 1") == 0)
    #expect(room.session.quiz.position == 2)
    #expect(room.run("hint") == 2)
    #expect(room.run("lesson start 1; quiz start; skip") == 2)  // the quiz is open before the task
    #expect(room.session.classroom.run?.position == 0)
    #expect(room.run("f") == 2 && room.said.joined().contains("choose A, B, C, D"))
    #expect(room.run("c; proof; score; quiz stop; hint; skip") == 0)
    #expect(room.session.classroom.run?.position == 1)
    #expect(room.run("a") == 2)
    #expect(room.run("lesson stop; quiz start; lesson start 1 1; hint; skip; lesson stop") == 0)
    #expect(room.run("quiz; next; answer C; next; quiz stop") == 0)
    #expect(room.run("check") == 1 && room.said.last?.contains("lesson") == true, "\(room.said)")
    #expect(room.run("quiz start; incident start 2; hint; next") == 0)
    room.run("answer worker-1 slow")
    #expect(room.said.joined().contains("it is not worker-1"), "\(room.said)")
    #expect(room.run("solution") == 0)
  }

  @Test func afterALessonNextIsTheOneAfterIt() {
    let room = Room()
    let page = "\n\n## Page\n\nText.\n"
    room.session.classroom.documents = {
      (1...3).map { ("0\($0)-lesson", "# Lesson \($0)\(page)") }
    }
    room.session.options.isInteractive = true
    room.run("lesson start 2; next")
    #expect(room.session.classroom.run == nil)
    #expect(room.run("next") == 0)
    #expect(room.session.classroom.run?.lesson.title == "Lesson 3")
  }

  @Test func whatALessonPlaysIsNoPredictionOfTheLearner() {
    let room = Room(
      lesson:
        "# One\n\n## Page\n\n```hopsh\nhopsh> predict last.status == 500 : send GET /orders/1\n```\n"
    )
    room.run("lesson start 1; lesson play")
    #expect(room.session.world.journal.sent == 1 && room.session.predictions.all == 0)
  }

  @Test func anotherNameOfANodeOrAnotherCaseMakesNoOtherCommandOfAPage() {
    let room = Room(
      lesson:
        "# One\n\n## Page\n\n```hopsh\nhopsh> fail database-a; send GET /orders/1\n```\n\nRead on.\n"
    )
    room.run("lesson start 1; fail db-a; send get /orders/1")
    #expect(room.said.contains("Read on."))
  }
}
