import Kernel
import Patterns
import Testing

/// How a proxy chooses, with what can be set of it.
@Suite struct UpstreamsTests {
  @Test func theMoreAreComparedTheLessABusyOneGets() {
    var counts: [Int] = []
    for choices in [2, 10] {
      var random = Random(seed: 1)
      var hosts = Upstreams(count: 3)
      hosts.policy = .leastRequest
      hosts.choiceCount = choices
      var busy = 0
      for _ in 0..<1000 {
        let host = hosts.pick(for: 0, at: .zero, &random)!
        if host == 0 { busy += 1 } else { hosts.end(host) }
      }
      counts.append(busy)
    }
    #expect(counts[1] < counts[0] / 4)
  }

  @Test func aHotKeyOverflowsToTheNextOnTheRing() {
    var shares: [Int] = []
    for factor in [0, 125] {
      var random = Random(seed: 1)
      var hosts = Upstreams(count: 4)
      hosts.policy = .ringHash
      hosts.hashBalanceFactor = factor
      for _ in 0..<400 { _ = hosts.pick(for: 7, at: .zero, &random) }
      shares.append((0..<4).map { hosts.active(at: $0) }.max() ?? 0)
    }
    #expect(shares == [400, 125])
  }

  @Test func turnsAreTheSameByBitsAndByAskingEach() {
    var random = Random(seed: 1)
    var (byBits, byAsking) = (RoundRobin(), RoundRobin())
    for _ in 0..<2000 {
      let count = random.below(8) + 1
      let available = random.next() & (1 << UInt64(count) - 1)
      let pick = byBits.pick(of: count, among: available)
      #expect(pick == byAsking.pick(of: count) { available >> UInt64($0) & 1 == 1 })
      #expect(byBits.position == byAsking.position)
    }
  }
}
