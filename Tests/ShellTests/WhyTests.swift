import Architecture
import Kernel
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
    (
      "partition service-a gateway; run 20s; send GET /orders/1",
      "by your 'partition service-a gateway'"
    ),
    (
      "partition database-a-1 service-a-2; load 300rps for 6s --writes 50%",
      "by your 'partition database-a-1 service-a-2'"
    ),
    (
      "enable outlier-detection on gateway; set gateway.outlier-detection.max-ejection-percent 100%; "
        + "inject abort on service-a 503; send GET /orders/1 --count 40",
      "gateway-2 had ejected service-a-1, service-a-2 for too many server errors"
    ),
    (
      "enable outlier-detection on gateway; set gateway.outlier-detection.max-ejection-percent 100%; "
        + "inject abort on service-a 503; send GET /orders/1 --count 40",
      "by your 'inject abort on service-a 503'"
    ),
    (
      "enable synchronous-replication; scale database-a 1; load 150rps for 4s --writes 20% "
        + "--products 0%; send PUT /orders/7", "It was taken away by your 'scale database-a 1'"
    ),
    (
      "enable synchronous-replication on database-a; fail database-a-2; "
        + "load 150rps for 6s --writes 30% --products 0%",
      "database-a-2 has been down since your 'fail database-a-2'"
    ),
    (
      "enable load-shedding; inject abort on service-a 503; load 50rps for 60s",
      "by your 'inject abort on service-a 503'"
    ),
    (
      "enable circuit-breaker on gateway; fail database-a; "
        + "load 50rps for 20s --products 0% --writes 100%",
      "database-a-1 has been down since your 'fail database-a'"
    ),
    (
      "enable backpressure; set queue.backpressure.max-length 1; fail worker-1; fail worker-2; "
        + "send PUT /orders/1 --count 8", "worker-1 has been down since your 'fail worker-1'"
    ),
    (
      "set service-b.slots 2; set gateway.timeout 400ms; enable retry; "
        + "load 1500rps for 3s --products 100%", "It was decided at service-b-2 after hop 7"
    ),
    (
      "enable circuit-breaker on service-a; fail database-a; load 50rps for 5s --orders 100%; "
        + "send GET /orders/900", "It was decided at service-a-2 after hop 5"
    ),
    (
      "partition service-a gateway --one-way; send GET /orders/1",
      "had answered, and its answer was lost on the way to gateway"
    ),
    ("send GET /orders/1 --timeout 10ms", "as the request's --timeout said"),
    ("set user.timeout 20ms; send GET /orders/2", "which is 'user.timeout'"),
    (
      "set service-a.slots 1; set service-a.queue-limit 0; set worker.slots 2; "
        + "set service-b.slots 8; load 600rps for 1s --orders 100%", "your 'set service-a.slots 1'"
    ),
    (
      "set user.latency 0s; fail load-balancer-1; send GET /orders/1",
      "down since your 'fail load-balancer-1'"
    ),
    (
      "set database-a.synchronous-commit on; scale database-a 1; "
        + "repeat 16 { send PUT /orders/1 'a' --async }; run 20s; send GET /orders/9",
      "There is no standby at all"
    ),
    (
      "enable single-flight; load 50rps for 1s --keys 5 --mix GET:100 --async; "
        + "partition database-a-1 service-a,worker for 5s; send GET /orders/1; run 1s",
      "as single-flight has it"
    ),
    (
      "send GET /orders/1; partition service-a cache-a; send PUT /orders/1 'new'",
      "had no answer: who reads may get the old row"
    ),
    (
      "send GET /orders/1; partition service-a cache-a; send PUT /orders/1 'new'; heal; "
        + "send GET /orders/1", "out of date: #2 had written version 2"
    ),
    (
      "partition database-a-1 database-a-2; enable read-replicas; send PUT /orders/1 'v5'; "
        + "send GET /orders/2; send GET /orders/1", "read the row from database-a-2"
    ),
    (
      "inject loss on service-a..database-a 40%; inject slow on service-b-2 30; "
        + "set service-a.slots 1; fail worker-1; load 400rps for 10s",
      "all that is wrong: 'inject slow on service-b-2 30'; worker-1, which is down"
    ),
  ])
  func theCommandBehindAFailureIsNamed(commands: String, cause: String) {
    let room = Room()
    room.run(commands)
    #expect(room.run("why") == 0)
    #expect(room.said.joined(separator: " ").contains(cause), "\(room.said)")
  }

  @Test(arguments: [
    (
      "enable synchronous-replication; scale database-a 3; run 20s; fail database-a-3; "
        + "set database-a.slots 1; set database-a.queue-limit 1; disable cache-aside; "
        + "load 2000rps for 2s --products 0% --writes 0%", "standby"
    ),
    (
      "enable synchronous-replication; set service-a.database-timeout 1s; fail database-a-2; "
        + "send PUT /orders/42; restore database-a-2; run 60s; scale database-a 1",
      "scale database-a 1"
    ),
    (
      "enable outlier-detection on gateway; "
        + "set gateway.outlier-detection.max-ejection-percent 100%; inject abort on service-a 500; "
        + "load 100rps for 2s --products 0%; restore service-a; scale service-a 1; run 600s; "
        + "fail service-a-1; run 20s; send GET /orders/42", "ejected"
    ),
    ("set user.timeout 1ms; send GET /orders/42; set user.timeout 5s", "as the request's"),
    (
      "set service-a.slots 1; set service-a.queue-limit 0; set worker.slots 2; "
        + "load 600rps for 1s --orders 100%", "worker.slots"
    ),
    (
      "set gateway.timeout 1s; set gateway.timeout 15s; inject pause on service-a; "
        + "send GET /orders/1", "'set gateway.timeout 1s'"
    ),
    ("inject disk-full on database-a; send GET /orders/5000", "disk-full"),
    (
      "inject latency on gateway 300ms; fail gateway-2; send GET /orders/1 --count 2",
      "inject latency"
    ),
    (
      "fail load-balancer-1; send GET /orders/1; restore load-balancer-1; run 10s; "
        + "fail load-balancer-1", "has been down since"
    ),
    (
      "enable backpressure; set queue.backpressure.max-length 1; fail worker-1; fail worker-2; "
        + "send PUT /orders/1 --count 2; restore all; settle", "till then"
    ),
  ])
  func whatHadNoPartInItIsNotNamed(commands: String, word: String) {
    let room = Room()
    room.run(commands)
    #expect(room.run("why") == 0)
    #expect(!room.said.joined(separator: " ").contains(word), "\(room.said)")
  }

  @Test func aWaitForASlotEndsWithTheAnswerBefore() throws {
    let room = Room()
    room.run("set service-b.slots 1; scale service-b 1; inject slow on service-b 100")
    room.run("send GET /products/1 --count 2 --async; settle")
    let world = room.session.world
    let node = try #require(world.directory.instances(of: .serviceB).first)
    let spans = [UInt32(1), 2].compactMap(world.journal.spans).joined()
    let arrivals = spans.filter { !$0.isAnswer && $0.to == node }.map(\.receivedAt).sorted()
    let ends = spans.filter { $0.isAnswer && $0.from == node }.map(\.sentAt).sorted()
    let waits = arrivals.map { world.journal.wait(at: node, from: $0, slots: 1) }
    #expect(arrivals.count == 2 && waits == [.zero, ends[0] - arrivals[1]])
    #expect(waits[1] > .zero && world.journal.wait(at: node, from: arrivals[1], slots: 2) == .zero)
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
