import Kernel
import Patterns
import Testing

@testable import Architecture

/// A deployment of which one component is handled by hand, and what it says is recorded.
struct Rehearsal {
  var outbox = World(seed: 1).outbox

  init(at node: String, now: Instant = .zero) {
    outbox.here = outbox.directory.node(named: node)!
    outbox.now = now
  }

  static func call(_ verb: Verb, _ id: UInt32 = 42) -> Call {
    var call = Call()
    call.message = Message(verb)
    call.message.resource = .orders
    call.message.id = id
    return call
  }
}

@Suite struct LoadBalancerTests {
  @Test func itAsksTheGatewaysInTurnAndPassesOverTheDead() {
    var stage = Rehearsal(at: "load-balancer-1")
    var balancer = LoadBalancer(gateways: 2, Streams(seed: 1, component: "it"))
    func target() -> String {
      var call = Rehearsal.call(.request)
      let next = balancer.handle(.forwarding, of: &call, &stage.outbox)
      guard case .ask(let node, _) = next.decision, next.stage == .answered else { return "nobody" }
      return stage.outbox.directory.name(of: node)
    }
    #expect([target(), target(), target()] == ["gateway-1", "gateway-2", "gateway-1"])
    var probe = Rehearsal.call(.probe)
    probe.message.member = 1
    probe.answer = Answer(.connectionRefused, at: .none)
    for _ in 0..<3 { _ = balancer.handle(.probed, of: &probe, &stage.outbox) }
    #expect([target(), target()] == ["gateway-1", "gateway-1"])
  }
}

@Suite struct GatewayTests {
  let authority = TokenAuthority(secret: 5)

  func verdict(_ change: (inout Message) -> Void) -> Reason {
    var message = Message(.request)
    message.resource = .orders
    message.token = authority.issue([.read], until: Instant(nanoseconds: 2_000_000_000))
    change(&message)
    return Gateway(
      services: [1, 1], number: 1, authority: authority, Streams(seed: 1, component: "it")
    )
    .inspect(message, at: .zero)
  }

  @Test func itChecksTheRouteThenTheMethodThenTheTokenThenTheBody() {
    #expect(verdict { _ in } == .none)
    #expect(verdict { $0.resource = nil } == .noRoute)
    #expect(verdict { $0.method = .post } == .methodNotAllowed)
    #expect(verdict { $0.token = .none } == .noToken)
    #expect(verdict { $0.method = .delete } == .forbidden)
    #expect(verdict { $0.bodyBytes = 8193 } == .bodyTooLarge)
    #expect(verdict { $0.bodyBytes = 8192 } == .none)
  }
}

@Suite struct ServiceTests {
  @Test func aMissFillsTheCacheAndPublishesATask() {
    var stage = Rehearsal(at: "service-a-1")
    var service = Service(.orders, Streams(seed: 1, component: "it"))
    var call = Rehearsal.call(.request)
    call.cache = .miss
    call.answer = .ok
    call.answer.record.version = 7
    guard case .reply = service.handle(.databaseAnswered, of: &call, &stage.outbox).decision else {
      Issue.record("it should reply")
      return
    }
    let answer = stage.outbox.answer
    #expect(answer.cache == .miss && answer.record.version == 7)
    #expect(stage.outbox.tellings.map(\.message.verb) == [.fill])
    #expect(stage.outbox.starts.map(\.message.verb) == [.publish])
  }

  @Test func aDatabaseErrorIsCoveredByAnExpiredCopy() {
    var stage = Rehearsal(at: "service-a-1")
    var service = Service(.orders, Streams(seed: 1, component: "it"))
    var call = Rehearsal.call(.request)
    call.fallback.version = 3
    call.fallbackAge = .seconds(75)
    call.answer = Answer(.connectionRefused, at: .none)
    call.asked = stage.outbox.directory.primary(of: .databaseA)
    guard case .reply = service.handle(.databaseAnswered, of: &call, &stage.outbox).decision else {
      Issue.record("it should reply")
      return
    }
    let answer = stage.outbox.answer
    #expect(answer.status == 200 && answer.cache == .stale && answer.age == .seconds(75))
    #expect(!service.isConnected(for: call.message.key, stage.outbox.directory))
  }

  @Test func aRowThatIsNotThereIsNoReasonForAStaleCopy() {
    var stage = Rehearsal(at: "service-a-1")
    var service = Service(.orders, Streams(seed: 1, component: "it"))
    var call = Rehearsal.call(.request)
    call.fallback.version = 3
    call.answer = Answer(.notFound, at: .none)
    guard case .reply = service.handle(.databaseAnswered, of: &call, &stage.outbox).decision else {
      Issue.record("it should reply")
      return
    }
    let answer = stage.outbox.answer
    #expect(answer.status == 404)
  }
}

@Suite struct DatabaseTests {
  @Test func aReplicaTakesNoWritesAndAPrimaryNoneOfAnotherEpoch() {
    var stage = Rehearsal(at: "database-a-1")
    var primary = Database(.orders, rows: SeedRows.shared.orders, Streams(seed: 1, component: "it"))
    primary.boot(&stage.outbox)
    var call = Rehearsal.call(.write)
    call.message.epoch = 1
    guard case .wait = primary.handle(.arrived, of: &call, &stage.outbox).decision else {
      Issue.record("the primary should work on it")
      return
    }
    call.message.epoch = 2
    guard case .reply = primary.handle(.arrived, of: &call, &stage.outbox).decision else {
      Issue.record("another epoch should be refused")
      return
    }
    #expect(stage.outbox.answer.reason == .fencedEpoch)
    var replica = Database(.orders, rows: SeedRows.shared.orders, Streams(seed: 2, component: "it"))
    guard case .reply = replica.handle(.arrived, of: &call, &stage.outbox).decision else {
      Issue.record("a replica should refuse")
      return
    }
    #expect(stage.outbox.answer.reason == .notPrimary)
  }

  @Test func logsAgreeUpToWhereTheirEpochsPart() {
    func entry(_ position: UInt64, _ epoch: UInt32) -> LogEntry {
      LogEntry(
        position: position, epoch: epoch, verb: .write, key: Key(.orders, 1), method: .put,
        record: Record(), task: 0, request: 0, at: .zero)
    }
    var log = ReplicationLog()
    log.begin(epoch: 1)
    for position in 1...3 as ClosedRange<UInt64> { log.append(entry(position, 1)) }
    log.begin(epoch: 2)
    log.append(entry(4, 2))
    #expect(log.contains(position: 3, epoch: 1))
    #expect(!log.contains(position: 4, epoch: 1))
    #expect(log.contains(position: 4, epoch: 2))
    #expect(!log.contains(position: 5, epoch: 2))
    #expect(log.entries(after: 2)?.map(\.position) == [3, 4])
    // A primary that went on in epoch 1 after the others had left it.
    var old = ReplicationLog()
    old.begin(epoch: 1)
    for position in 1...5 as ClosedRange<UInt64> { old.append(entry(position, 1)) }
    #expect(old.commonPosition(with: log) == 3)
    #expect(log.commonPosition(with: old) == 3)
    #expect(log.commonPosition(with: log) == 4)
    #expect(log.commonPosition(with: ReplicationLog()) == 0)
  }
}
