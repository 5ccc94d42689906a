import Testing

@testable import Shell

/// A failure is explained by what was done: the fault or the limit, and the command behind it.
@Suite struct WhyTests {
  @Test(arguments: [
    (
      "disable cache-aside on service-b; inject latency on database-b 2s; "
        + "load 100rps for 5s --products 100%", "by your 'inject latency on database-b 2s'"
    ),
    (
      "inject blackhole on service-b; run 20s; send GET /products/7",
      "by your 'inject blackhole on service-b'"
    ),
    (
      "partition gateway service-a; run 20s; send GET /orders/1",
      "by your 'partition gateway service-a'"
    ),
    (
      "enable synchronous-replication on database-b; partition database-b-2 database-b-1; "
        + "send PUT /products/7", "by your 'partition database-b-2 database-b-1'"
    ),
    (
      "enable synchronous-replication on database-b; inject replication-pause on database-b-2; "
        + "run 15s; send PUT /products/7", "by your 'inject replication-pause on database-b-2'"
    ),
    (
      "send GET /orders/1; fail database-a; send GET /orders/2; restore database-a",
      "database-a-1 was down then, by your 'fail database-a'"
    ),
    (
      "enable retry on gateway; enable retry on user; inject abort on service-b 503; "
        + "send GET /products/1",
      "user and gateway each tried again, and so service-b was asked 9 times"
    ),
    (
      "enable backpressure on queue; set queue.backpressure.max-length 1; inject slow on worker 500x; "
        + "inject latency on database-a 1ms; load 50rps for 3s --products 0%",
      "by your 'inject slow on worker 500x'"
    ),
    (
      "enable synchronous-replication on database-b; inject latency on service-b..database-b 1ms; "
        + "fail database-b-2; send PUT /products/7",
      "database-b-2 has been down since your 'fail database-b-2'"
    ),
    (
      "enable retry on gateway; inject abort on service-b 503; send GET /products/1",
      "tried service-b 3 times in all"
    ),
  ])
  func theCommandBehindAFailureIsNamed(commands: String, cause: String) {
    let room = Room()
    room.run(commands)
    #expect(room.run("why") == 0)
    #expect(room.said.joined(separator: " ").contains(cause), "\(room.said)")
  }

  @Test func whatCameAfterTheAnswerIsNoCause() {
    let room = Room()
    room.run("disable stale-if-error; inject abort on database-a 503; send GET /orders/1")
    room.run("fail database-a")
    room.run("why 1")
    #expect(room.said.joined().contains("fault-injected"))
    #expect(!room.said.joined().contains("'fail database-a' at"), "\(room.said)")
  }
}
