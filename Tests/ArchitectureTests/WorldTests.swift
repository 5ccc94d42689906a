import Kernel
import Testing

@testable import Architecture

extension World {
  /// Sends a request and lets everything settle.
  @discardableResult
  mutating func send(_ method: Architecture.Method, _ path: String, as who: Identity = .learner)
    -> RequestRecord
  {
    let id = submit(Request(method, path, as: who))
    advance(until: { $0.isSettled(id) }, notAfter: clock + .minutes(10))
    return journal[id]!
  }
}

@Suite struct WorldTests {
  @Test func aColdReadMakesTheFourteenHops() throws {
    var world = World(seed: 1)
    let record = world.send(.get, "/orders/42")
    let trace = try #require(Trace(of: record.id, in: world))
    let hops = trace.hops.filter { $0.number != nil }.map {
      "\(world.tier(of: $0.span.from).title) → \(world.tier(of: $0.span.to).title)"
    }
    #expect(
      hops == [
        "User → Load Balancer", "Load Balancer → API Gateway", "API Gateway → Service A",
        "Service A → Cache A", "Cache A → Service A", "Service A → Database A",
        "Database A → Service A", "Service A → Cache A", "Service A → API Gateway",
        "API Gateway → Load Balancer", "Load Balancer → User", "Service A → Message Queue",
        "Message Queue → Worker Service", "Worker Service → Database A",
      ])
  }

  @Test func aCopyGoesItsOwnWay() {
    var world = World(seed: 1)
    world.send(.get, "/orders/42")
    let before = world.digest
    var copy = world
    copy.send(.put, "/orders/42")
    copy.fail(copy.directory.node(named: "database-a-1")!, command: "")
    copy.send(.get, "/orders/42")
    #expect(world.digest == before)
    #expect(copy.digest != before)
    #expect(world.send(.get, "/orders/42").answer.record.version == 1)
  }

  @Test func theSameSeedGivesTheSameWorldAndAnotherSeedAnother() {
    func run(_ seed: UInt64) -> String {
      var world = World(seed: seed)
      let workload = world.makeWorkload(.open(from: 500, to: 500, isRandom: true), count: 2000)
      world.begin(workload)
      world.advance(until: { $0.isQuiet }, notAfter: .distantFuture)
      return world.digest.text
    }
    #expect(run(5) == run(5))
    #expect(run(5) != run(6))
  }

  @Test func aReplicaThatHasTheWholeLogHasTheSameRows() {
    var world = World(seed: 3)
    var mix = Workload.Mix()
    mix.writes = 0.3
    let workload = world.makeWorkload(
      .open(from: 500, to: 500, isRandom: true), mix, count: 3000)
    world.begin(workload)
    world.advance(until: { $0.isQuiet }, notAfter: .distantFuture)
    world.advance(to: world.clock + .seconds(1))
    for (tier, table) in [("a", "orders"), ("b", "products")] {
      let sql = "select * from \(table) order by id"
      let rows = ["database-\(tier)-1", "database-\(tier)-2"].map {
        world.query(sql, at: world.directory.node(named: $0)!)
      }
      #expect(rows[0] == rows[1])
    }
    let activity = ["database-a-1", "database-a-2"].map {
      world.query("select * from activity", at: world.directory.node(named: $0)!)
    }
    #expect(activity[0] == activity[1])
  }

  @Test func afterFailoversToAndFroAWriteThatWasLostIsNamed() {
    var world = World(seed: 6)
    let (one, two) = (
      world.directory.node(named: "database-a-1")!, world.directory.node(named: "database-a-2")!
    )
    world.send(.put, "/orders/1")
    world.fail(two, command: "")
    let lost = world.send(.put, "/orders/2")
    world.fail(one, command: "")
    world.restore(two, command: "")
    let promotion = world.promote(two, command: "")
    #expect(promotion.losses.named.filter { $0.verb == .write }.map(\.request) == [lost.id])
    world.send(.put, "/orders/3")
    // The old primary comes back with its divergent tail, and dies before it could follow.
    world.restore(one, command: "")
    world.advance(to: world.clock + .seconds(2))
    #expect(world.logPosition(of: one) == world.logPosition(of: two))
    let back = world.promote(one, command: "")
    #expect(back.losses.count == 0)
    let row = world.query("select version from orders where id = 2", at: one)
    #expect((try? row.get().rows) == [[.integer(1)]])
  }

  /// L = λW, exactly: on a run that begins and ends empty, the time integral of the requests under
  /// way is the sum of their latencies.
  @Test func littlesLawHoldsToTheNanosecond() {
    var world = World(seed: 9)
    world.begin(world.makeWorkload(.open(from: 300, to: 300, isRandom: true), count: 2000))
    var integral: Int64 = 0
    var last = world.clock
    while world.journal.inFlight > 0 || world.hasWorkload {
      guard let next = world.nextEventTime else { break }
      integral += Int64(world.journal.inFlight) * (next - last).nanoseconds
      last = next
      world.handleNextEvent()
    }
    let latencies = world.journal.requestIDs.compactMap { world.journal[$0]?.latency.nanoseconds }
    #expect(latencies.count == 2000)
    #expect(integral == latencies.reduce(0, +))
  }

  @Test func aBodyLargerThanTheLimitIsRefused() {
    var world = World(seed: 1)
    let body = String(repeating: "x", count: 9000)
    let id = world.submit(World.Request(.put, "/orders/1", body: body))
    world.advance(until: { $0.isSettled(id) }, notAfter: .distantFuture)
    #expect(world.journal[id]?.answer.reason == .bodyTooLarge)
  }

  @Test func aFullServiceTurnsRequestsAwayAtOnce() {
    var world = World(seed: 2)
    let ids = (0..<400).map { _ in world.submit(World.Request(.put, "/orders/1")) }
    world.advance(until: { $0.isQuiet }, notAfter: .distantFuture)
    let reasons = Set(ids.compactMap { world.journal[$0]?.answer.reason })
    #expect(reasons == [.none, .queueFull])
    #expect(world.conservationBreach == nil)
  }

  @Test func aCrashWhileItWorksResetsTheConnection() {
    var world = World(seed: 4)
    let id = world.submit(World.Request(.put, "/orders/1"))
    let database = world.directory.node(named: "database-a-1")!
    world.advance(
      until: { !$0.stages(at: database).isEmpty && $0.requests(at: database) > 0 },
      notAfter: .distantFuture)
    world.fail(database, command: "test")
    world.advance(until: { $0.isSettled(id) }, notAfter: .distantFuture)
    #expect(world.journal[id]?.answer.reason == .connectionReset)
    #expect(world.journal[id]?.answer.failedAt == database)
  }
}

@Suite struct ConservationTests {
  /// Random requests, crashes, restarts and failovers at random moments.
  @Test(arguments: 0..<40 as Range<UInt64>) func nothingGetsLostUncounted(seed: UInt64) {
    var random = Random(seed: seed)
    var world = World(seed: seed)
    for _ in 0..<120 {
      Self.act(&world, &random)
      #expect(world.conservationBreach == nil, "seed \(seed)")
    }
    for node in world.directory.nodes { world.restore(node, command: "") }
    world.advance(until: { $0.isQuiet }, notAfter: world.clock + .minutes(30))
    #expect(world.isQuiet, "seed \(seed)")
    #expect(world.conservationBreach == nil)
    #expect(world.journal.inFlight == 0)
    let requests = world.journal.requestIDs.compactMap { world.journal[$0] }
    for request in requests {
      #expect((request.answer.reason == .none) == request.succeeded, "seed \(seed)")
    }
    for tier in [Tier.databaseA, .databaseB] {
      #expect(world.directory.instances(of: tier).count { world.database($0)!.isPrimary } == 1)
    }
    world.advance(to: world.clock + .minutes(1))
    for node in world.directory.instances(of: .databaseA) {
      #expect(world.lag(of: node).entries == 0)
    }
  }

  static func act(_ world: inout World, _ random: inout Random) {
    let nodes = world.directory.nodes.filter { world.tier(of: $0) != .user }
    let node = nodes[random.below(nodes.count)]
    switch random.below(10) {
    case 0: world.fail(node, command: "fail")
    case 1, 2: world.restore(node, command: "restore")
    case 3:
      let tier = random.below(2) == 0 ? Tier.databaseA : .databaseB
      if let candidate = world.candidate(after: world.directory.primary(of: tier)) {
        _ = world.promote(candidate, command: "failover")
      }
    case 4: world.advance(to: world.clock + .milliseconds(Int64(random.below(40_000))))
    default:
      let methods: [Architecture.Method] = [.get, .get, .get, .put, .delete]
      let resource = random.below(2) == 0 ? "orders" : "products"
      _ = world.submit(
        World.Request(methods[random.below(5)], "/\(resource)/\(1 + random.below(20))"))
      world.advance(to: world.clock + .milliseconds(Int64(random.below(60))))
    }
  }
}
