import Kernel
import Patterns
import Testing

@testable import Architecture

/// What databases promise, each with the promise taken away.
@Suite struct DurabilityTests {
  static func node(_ name: String, _ world: World) -> NodeID { world.directory.node(named: name)! }

  static func version(_ id: Int, at name: String, _ world: inout World) -> Int64? {
    let table = world.query("select version from orders where id = \(id)", at: node(name, world))
    guard case .integer(let version)? = try? table.get().rows.first?.first else { return nil }
    return version
  }

  @Test func whatWasAcknowledgedWithoutTheDiskDiesWithACrashAndNothingElse() {
    var world = World(seed: 1)
    let primary = Self.node("database-a-1", world)
    world.send(.put, "/orders/1")
    world.changeSynchronousCommit(at: primary) { $0.level = .off }
    world.send(.put, "/orders/2")
    world.advance(to: world.clock + .seconds(1))  // flushed
    world.send(.put, "/orders/1")
    world.send(.delete, "/orders/3")
    world.fail(primary, command: "")
    world.restore(primary, command: "")
    #expect(Self.version(1, at: "database-a-1", &world) == 2)
    #expect(Self.version(2, at: "database-a-1", &world) == 2)
    #expect(Self.version(3, at: "database-a-1", &world) == 1)
    world.advance(to: world.clock + .seconds(20))
    #expect(world.lag(of: Self.node("database-a-2", world)).entries == 0)
    let rows = ["database-a-1", "database-a-2"].map {
      world.query("select * from orders order by id", at: Self.node($0, world))
    }
    #expect(rows[0] == rows[1])
  }

  @Test func whatAFailoverLosesIsCountedOnceAtThePrimaryThatHadIt() {
    var world = World(seed: 1)
    let (first, second) = (Self.node("database-b-1", world), Self.node("database-b-2", world))
    world.inject(
      ReplicationPause.self, [], on: FaultTarget(here: [.node(second)], text: ""), text: "",
      for: nil, command: "")
    world.advance(to: world.clock + .seconds(11))
    world.send(.put, "/products/7")
    world.fail(first, command: "")
    #expect(world.promote(second, command: "").losses.count == 1)
    #expect(world.database(first)!.lostWrites == 1)
    world.restore(first, command: "")
    world.advance(to: world.clock + .seconds(20))
    #expect(world.database(first)!.lostWrites == 1)
    #expect(world.database(second)!.lostWrites == 0)
  }

  @Test func anAutomaticFailoverTakesWhatIsLeftOfTheLease() {
    var world = World(seed: 2)
    world.turnAutomaticFailover(on: true, at: 0)
    world.advance(to: world.clock + .seconds(25))
    let crash = world.clock
    world.fail(Self.node("database-a-1", world), command: "")
    let second = Self.node("database-a-2", world)
    world.advance(
      until: { $0.directory.primary(of: .databaseA) == second }, notAfter: crash + .minutes(5))
    let time = world.clock - crash
    #expect(time >= .seconds(20) && time <= .seconds(30))
    #expect(world.failovers(of: second) == 1)
  }

  @Test func aReplicaThatLagsTooMuchIsNotPromotedByItself() {
    var world = World(seed: 2)
    world.automaticFailovers[0].lease.change { $0.maximumLag = 0 }
    world.turnAutomaticFailover(on: true, at: 0)
    let second = Self.node("database-a-2", world)
    let target = FaultTarget(here: [.node(second)], text: "database-a-2")
    world.inject(ReplicationPause.self, [], on: target, text: "", for: nil, command: "")
    world.advance(to: world.clock + .seconds(11))
    world.send(.put, "/orders/1")
    world.advance(to: world.clock + .seconds(11))
    world.fail(Self.node("database-a-1", world), command: "")
    world.advance(to: world.clock + .minutes(5))
    #expect(world.directory.primary(of: .databaseA) != second)
  }

  /// Primary and one side of the deployment cut off from the other side, then a failover.
  static func splitWorld(fencing: Bool) -> World {
    var world = World(seed: 3)
    for node in world.directory.instances(of: .databaseA) {
      world.databases[world.directory[node].place].usesFencing = fencing
    }
    let near = ["database-a-1", "service-a-1", "gateway-1"].map { node($0, world) }
    let far = ["database-a-2", "service-a-2", "gateway-2"].map { node($0, world) }
    let target = FaultTarget(
      here: near.map { .node($0) }, there: far.map { .node($0) }, text: "split")
    world.inject(Partition.self, [], on: target, text: "partition", for: nil, command: "")
    world.advance(to: world.clock + .seconds(10))
    _ = world.promote(node("database-a-2", world), command: "")
    for _ in 0..<2 { world.send(.put, "/orders/1") }
    return world
  }

  @Test func withoutFencingTwoPrimariesTakeWritesAndOneSideIsLost() {
    var world = Self.splitWorld(fencing: false)
    #expect(world.journal.succeeded == 2)
    #expect(Self.version(1, at: "database-a-1", &world) == 2)
    #expect(Self.version(1, at: "database-a-2", &world) == 2)
    for fault in world.faultsInForce { world.lift(fault.id, command: "") }
    world.advance(to: world.clock + .seconds(30))
    #expect(Self.version(1, at: "database-a-1", &world) == 2)
    #expect(world.database(Self.node("database-a-1", world))!.lostWrites > 0)
    #expect(!world.database(Self.node("database-a-1", world))!.isPrimary)
  }

  @Test func withFencingTheOldPrimaryTakesNoneAndNothingIsLost() {
    var world = Self.splitWorld(fencing: true)
    #expect(world.journal.succeeded == 1 && world.journal.failed == 1)
    #expect(Self.version(1, at: "database-a-1", &world) == 1)
    for fault in world.faultsInForce { world.lift(fault.id, command: "") }
    world.advance(to: world.clock + .seconds(30))
    #expect(Self.version(1, at: "database-a-1", &world) == 2)
    #expect(world.database(Self.node("database-a-1", world))!.lostWrites == 0)
  }

  @Test func byTheRingAThirdShardTakesAThirdOfTheRowsAndByTheRemainderMostMove() {
    func moved(_ scheme: Sharding.Scheme) -> Double {
      var world = World(seed: 4)
      world.scale(.databaseA, to: 3, command: "")
      world.reshard(.databaseA, into: 2, scheme, command: "")
      world.advance(to: world.clock + .seconds(2))
      world.reshard(.databaseA, into: 3, scheme, command: "")
      let rows = world.rowsMoving(of: .databaseA)!
      world.advance(to: world.clock + .seconds(2))
      let counts = world.directory.instances(of: .databaseA).map { world.rowCount(of: $0) }
      #expect(counts.reduce(0, +) == 1000 && counts.allSatisfy { $0 > 150 })
      return Double(rows.moving) / Double(rows.total)
    }
    #expect(abs(moved(.ring) - 1.0 / 3) < 0.08)
    #expect(abs(moved(.modulo) - 2.0 / 3) < 0.02)
  }

  @Test func aShardedDatabaseKeepsEveryRowAndWritesGoToItsOwner() {
    var world = World(seed: 5)
    world.reshard(.databaseA, into: 2, .ring, command: "")
    let held = world.submit(World.Request(.put, "/orders/1"))
    world.advance(to: world.clock + .seconds(2))
    #expect(world.journal[held]?.answer.reason == .writesHeld || world.journal[held]!.succeeded)
    for id in 1...20 { #expect(world.send(.put, "/orders/\(id)").succeeded) }
    for id in 1...20 {
      let owner = world.directory.leader(of: Key(.orders, UInt32(id))).primary
      #expect(Self.version(id, at: world.name(of: owner), &world)! >= 2)
    }
    world.reshard(.databaseA, into: 1, .ring, command: "")
    world.advance(to: world.clock + .seconds(2))
    for id in 1...20 { #expect(Self.version(id, at: "database-a-1", &world)! >= 2) }
    #expect(world.rowCount(of: Self.node("database-a-1", world)) == 1000)
  }

  @Test func anInstanceThatHasFollowedNobodyYetIsNotPromoted() {
    var world = World(seed: 6)
    for id in 1...6 { world.send(.put, "/orders/\(id)") }
    world.fail(Self.node("database-a-2", world), command: "")
    let primary = Self.node("database-a-1", world)
    world.scale(.databaseA, to: 3, command: "")
    #expect(world.candidate(after: primary) == nil)
    world.advance(to: world.clock + .seconds(1))
    #expect(world.candidate(after: primary) == Self.node("database-a-3", world))
    #expect(Self.version(6, at: "database-a-3", &world) == 2)
  }
}
