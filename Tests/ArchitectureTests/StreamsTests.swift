import Kernel
import Testing

@testable import Architecture

/// Chance: no two purposes of a component draw alike, and another seed is another chance for all.
@Suite struct StreamsTests {
  @Test func eachPurposeDrawsItsOwnNumbers() {
    let streams = Streams(seed: 1, component: "gateway-1")
    let purposes = ["work", "network", "shedding", "service-a choice", "service-a backoff"]
    let draws = purposes.map { purpose in
      var stream = streams[purpose]
      return stream.next()
    }
    #expect(Set(draws).count == purposes.count)
  }

  /// A request that takes the same way meets the same, however many others there are to be checked or
  /// to follow.
  @Test(
    arguments: Tier.allCases.filter { [.gateway, .service, .database].contains($0.kind) })
  func anotherPartIsNotReshuffled(tier: Tier) {
    func spans(scaled: Bool) -> [Span] {
      var world = World(seed: 7)
      if scaled { world.scale(tier, to: world.directory.count(of: tier) + 2, command: "") }
      world.advance(to: .zero + .seconds(30))
      world.send(.get, "/orders/1")
      return (world.journal.spans(of: 1) ?? []).filter { !$0.isBackground }
    }
    #expect(spans(scaled: false) == spans(scaled: true))
  }

  /// With one choice, one jitter and one shedding that all draw, the futures of two seeds part.
  @Test func anotherSeedIsAnotherChanceForChoices() {
    func picks(_ seed: UInt64) -> [Int] {
      var world = World(seed: 7)
      for node in world.directory.instances(of: .gateway) {
        world.changeClusters(of: node) { $0.hosts.policy = .random }
      }
      world.reseed(seed)
      for _ in 0..<40 { world.send(.get, "/orders/1") }
      return world.directory.instances(of: .serviceA).map { world.requests(at: $0) }
        + (1...40).map { Int(world.journal[$0]!.answer.servedBy.rawValue) }
    }
    #expect(picks(1) == picks(1))
    #expect(picks(1) != picks(2))
  }
}
