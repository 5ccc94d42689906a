import Kernel
import Patterns
import Testing

@testable import Architecture

/// Whatever is broken, switched and set at the same time, some things always hold.
@Suite struct CompositionTests {
  @Test(arguments: 0..<24 as Range<UInt64>)
  func anyMixtureOfFaultsPatternsAndSettingsKeepsTheBooks(batch: UInt64) {
    for index in 0..<30 as Range<UInt64> {
      let seed = batch * 30 + index
      var chaos = Chaos(seed: seed)
      for step in 0..<25 {
        chaos.act()
        #expect(chaos.world.conservationBreach == nil, "seed \(seed), step \(step)")
        #expect(chaos.twoPrimariesOfOneEpoch == nil, "seed \(seed), step \(step)")
      }
      chaos.mendAndSettle()
      #expect(chaos.world.conservationBreach == nil, "seed \(seed), mended")
      let records = chaos.world.journal.requestIDs.compactMap { chaos.world.journal[$0] }
      for record in records where record.isAnswered {
        #expect((record.answer.reason == .none) == record.succeeded, "seed \(seed)")
      }
    }
  }

  @Test func aWorldOfTheSameSeedAndChaosIsTheSame() {
    func run() -> String {
      var chaos = Chaos(seed: 77)
      for _ in 0..<60 { chaos.act() }
      return chaos.world.digest.text
    }
    #expect(run() == run())
  }

  @Test(arguments: 0..<10 as Range<UInt64>)
  func explainingChangesNoOutcome(seed: UInt64) {
    func run(explaining: Bool) -> String {
      var chaos = Chaos(seed: 1000 + seed)
      chaos.world.journal.keepsCauses = explaining
      for _ in 0..<40 { chaos.act() }
      chaos.world.journal.keepsCauses = false
      return chaos.world.digest.text
    }
    #expect(run(explaining: true) == run(explaining: false))
  }

  /// With a standby's disk waited for, and tasks that carry their key.
  @Test(arguments: 0..<60 as Range<UInt64>)
  func underSynchronousReplicationNoAcknowledgedWriteIsLostAndEachTaskCountsOnce(seed: UInt64) {
    var world = World(seed: seed)
    var random = Random(seed: seed)
    for node in world.directory.instances(of: .databaseA) {
      world.changeSynchronousCommit(at: node) { $0.level = .on }
    }
    for _ in 0..<40 { Self.trouble(&world, &random) }
    for fault in world.faultsInForce { world.lift(fault.id, command: "") }
    for node in world.directory.nodes { world.restore(node, command: "") }
    world.advance(until: { $0.isQuiet }, notAfter: world.clock + .minutes(120))
    #expect(world.isQuiet, "seed \(seed)")

    var acknowledged: [UInt32: UInt32] = [:]
    for id in world.journal.requestIDs {
      guard let record = world.journal[id], record.succeeded, record.method == .put else {
        continue
      }
      acknowledged[record.key] = max(acknowledged[record.key] ?? 0, record.answer.record.version)
    }
    let primary = world.directory.primary(of: .databaseA)
    for (key, version) in acknowledged {
      let rows = try? world.query("select version from orders where id = \(key)", at: primary).get()
      guard case .integer(let kept)? = rows?.rows.first?.first else {
        Issue.record("order \(key) is gone, seed \(seed)")
        continue
      }
      #expect(kept >= Int64(version), "order \(key), seed \(seed)")
    }
    let twice = try? world.query("select count(*) from activity where times > 1", at: primary).get()
    #expect(twice?.rows == [[.integer(0)]], "seed \(seed)")
    let queue = world.messageQueue(world.directory.first(of: .queue))!
    #expect(queue.published == queue.processed + queue.deadLetters.count)
  }

  /// Writes, crashes, failovers, lost and doubled messages, pauses and partitions.
  private static func trouble(_ world: inout World, _ random: inout Random) {
    let nodes = world.directory.nodes.filter { world.tier(of: $0) != .user }
    let node = nodes[random.below(nodes.count)]
    func target(_ node: NodeID) -> FaultTarget {
      FaultTarget(here: [.node(node)], text: world.name(of: node))
    }
    switch random.below(12) {
    case 0: world.fail(node, command: "")
    case 1, 2: world.restore(node, command: "")
    case 3:
      let primary = world.directory.primary(of: .databaseA)
      // An operator promotes a standby that has all that was acknowledged, or waits.
      if let next = world.candidate(after: primary) { _ = world.promote(next, command: "") }
    case 4:
      let kinds: [any Fault.Type] = [Pause.self, Loss.self, Duplicate.self, Blackhole.self]
      let kind = kinds[random.below(kinds.count)]
      let time = Duration.seconds(Int64(1 + random.below(20)))
      let values = kind.parameters.map { _ in 0.2 }
      world.inject(kind, values, on: target(node), text: kind.name, for: time, command: "")
    case 5: world.advance(to: world.clock + .milliseconds(Int64(random.below(40_000))))
    default:
      let request = World.Request(.put, "/orders/\(1 + random.below(10))")
      _ = world.submit(request)
      world.advance(to: world.clock + .milliseconds(Int64(random.below(200))))
    }
  }
}

/// A deployment to which anything happens that a learner could do.
struct Chaos {
  var world: World
  var random: Random

  init(seed: UInt64) {
    world = World(seed: seed)
    random = Random(seed: seed, component: "chaos", purpose: "choices")
  }

  private mutating func pick<Element>(_ elements: [Element]) -> Element {
    elements[random.below(elements.count)]
  }

  mutating func act() {
    let nodes = world.directory.nodes.filter { world.tier(of: $0) != .user }
    let node = pick(nodes)
    switch random.below(16) {
    case 0: world.fail(node, command: "")
    case 1: world.restore(node, command: "")
    case 2: promote()
    case 3: inject(on: node)
    case 4:
      if let fault = world.faultsInForce.first { world.lift(fault.id, command: "") }
    case 5, 6: turnPattern()
    case 7, 8: set(at: node)
    case 9: scale()
    case 10: world.advance(to: world.clock + .milliseconds(Int64(random.below(20_000))))
    case 11: load()
    default: send()
    }
  }

  private mutating func send() {
    let methods: [Architecture.Method] = [.get, .get, .put, .delete]
    let path = "/\(pick(["orders", "products"]))/\(1 + random.below(20))"
    _ = world.submit(World.Request(pick(methods), path, body: pick(["", "x", "poison"])))
    world.advance(to: world.clock + .milliseconds(Int64(random.below(60))))
  }

  private mutating func load() {
    guard !world.hasWorkload else { return }
    var mix = Workload.Mix()
    mix.writes = 0.3
    let pace: Workload.Pace =
      random.below(2) == 0
      ? .open(from: 300, to: 300, isRandom: true) : .closed(users: 5, think: .milliseconds(20))
    world.begin(world.makeWorkload(pace, mix, count: 30))
  }

  private mutating func promote() {
    let primary = world.directory.primary(of: pick([.databaseA, .databaseB]))
    if let next = world.candidate(after: primary) { _ = world.promote(next, command: "") }
  }

  private mutating func inject(on node: NodeID) {
    let type = pick(FaultCatalogue.all)
    var kinds: Set<Tier.Kind>?
    if case .node(let only) = type.scope { kinds = only }
    guard kinds?.contains(world.tier(of: node).kind) ?? true else { return }
    let values = type.parameters.map { parameter -> Double in
      let share = random.unit()
      let (low, high) = (parameter.range.lowerBound, min(parameter.range.upperBound, 5e9))
      return parameter.unit == .status ? 503 : low + share * (high - low)
    }
    var target = FaultTarget(here: [.node(node)], text: world.name(of: node))
    if type.name == "partition" {
      let other = pick(world.directory.nodes)
      target.there = [.node(other)]
    }
    let time = Duration.seconds(Int64(1 + random.below(30)))
    world.inject(type, values, on: target, text: type.name, for: time, command: "")
  }

  private mutating func turnPattern() {
    let pattern = pick(Pattern.all)
    let node = pick(pattern.tiers.flatMap { world.directory.instances(of: $0) })
    let on = random.below(2) == 0
    if pattern.obstacle(toTurnOn: on, at: node, in: world) == nil {
      pattern.turn(on: on, at: node, in: &world)
    }
  }

  private mutating func set(at node: NodeID) {
    let settings = Setting.of(world.tier(of: node).kind)
    guard !settings.isEmpty else { return }
    let setting = pick(settings)
    let low = setting.range.lowerBound
    // Low values do most harm; the highest would only take long.
    let high = min(
      setting.range.upperBound, max(low + 1, setting.unit == .duration ? 5_000_000_000 : 40))
    setting.set(min(low + Int64(random.below(Int(high - low) + 1)), high), at: node, in: &world)
  }

  private mutating func scale() {
    let tier = pick(Tier.allCases)
    let count = 1 + random.below(4)
    if world.obstacle(toScale: tier, to: count) == nil {
      world.scale(tier, to: count, command: "")
    }
  }

  mutating func mendAndSettle() {
    for fault in world.faultsInForce { world.lift(fault.id, command: "") }
    for node in world.directory.nodes { world.restore(node, command: "") }
    world.endWorkload()
    world.advance(to: world.clock + .minutes(2))
  }

  /// A shard of which two instances take writes in one epoch.
  var twoPrimariesOfOneEpoch: String? {
    for tier in [Tier.databaseA, .databaseB] {
      var seen: Set<[UInt32]> = []
      for node in world.directory.instances(of: tier) {
        guard let database = world.database(node), database.isPrimary, world.isUp(node) else {
          continue
        }
        let shard = UInt32(world.directory.shard(of: node))
        if !seen.insert([shard, database.epoch]).inserted { return world.name(of: node) }
      }
    }
    return nil
  }
}
