import Kernel
import Patterns
import Testing

@Suite struct BalancingTests {
  @Test func smoothWeightsMixEvenlyAsInNginx() {
    var turn = SmoothWeightedRoundRobin()
    let weights = [5.0, 1, 1]
    let picks = (0..<14).map { _ in turn.pick(of: 3) { weights[$0] } }
    #expect(picks == [0, 0, 1, 0, 2, 0, 0, 0, 0, 1, 0, 2, 0, 0])
  }

  @Test func aRingMovesOnlyTheNewMembersShare() {
    let (nine, ten) = (RingHash(count: 9), RingHash(count: 10))
    let keys = (0..<20_000).map { UInt64($0) }
    let moved = keys.filter { nine.member(for: $0) != ten.member(for: $0) }
    #expect(moved.allSatisfy { ten.member(for: $0) == 9 })
    #expect(abs(Double(moved.count) / 20_000 - 0.1) < 0.03)
  }

  @Test func aRingSharesTheKeysOutAndPassesOverTheDead() {
    let ring = RingHash(count: 4)
    var shares = [0, 0, 0, 0]
    for key in 0..<20_000 { shares[ring.member(for: UInt64(key)) ?? 0] += 1 }
    #expect(shares.allSatisfy { $0 > 3500 && $0 < 6500 })
    for key in 0..<1000 {
      let usual = ring.member(for: UInt64(key))
      let without = ring.member(for: UInt64(key)) { $0 != 2 }
      #expect(usual == 2 ? without != 2 : without == usual)
    }
    #expect(RingHash(count: 0).member(for: 1) == nil)
  }

  @Test func ofTwoChosenByChanceTheLessBusyIsTaken() {
    var random = Random(seed: 1)
    var hosts = Upstreams(count: 3)
    hosts.policy = .leastRequest
    // Host 0 never finishes anything; it gets fewer and fewer.
    var counts = [0, 0, 0]
    for _ in 0..<3000 {
      let host = hosts.pick(for: 0, at: .zero, &random)!
      counts[host] += 1
      if host != 0 { hosts.end(host) }
    }
    #expect(counts[0] < 400)
    #expect(abs(counts[1] - counts[2]) < 300)
  }

  @Test func slowStartGrowsFromATenthToTheWhole() {
    let slowStart = SlowStart(window: .seconds(60), aggression: 1)
    #expect(slowStart.factor(after: .seconds(0)) == 0.1)
    #expect(slowStart.factor(after: .seconds(30)) == 0.5)
    #expect(slowStart.factor(after: .seconds(60)) == 1)
    let steep = SlowStart(window: .seconds(60), aggression: 2)
    #expect(abs(steep.factor(after: .seconds(15)) - 0.5) < 1e-9)
  }

  @Test(arguments: [Upstreams.Policy.roundRobin, .weighted])
  func aSecondChoiceTakesNoTurn(policy: Upstreams.Policy) {
    var hosts = Upstreams(count: 2)
    hosts.policy = policy
    var random = Random(seed: 1)
    var firsts: [Int?] = []
    for _ in 0..<4 {
      let first = hosts.pick(for: 0, at: .zero, &random)
      let second = hosts.pick(for: 0, at: .zero, besides: first, &random)
      #expect(second != nil && second != first)
      firsts.append(first)
    }
    #expect(firsts == [0, 1, 0, 1])
  }

  @Test func hostsGetTheSharesOfTheirWeights() {
    var random = Random(seed: 1)
    var hosts = Upstreams(count: 3)
    hosts.policy = .weighted
    for (host, weight) in [5, 1, 1].enumerated() { hosts.setWeight(weight, of: host) }
    let picks = (0..<7).map { _ in hosts.pick(for: 0, at: .zero, &random) }
    #expect(picks == [0, 0, 1, 0, 2, 0, 0])
  }

  @Test func bothGatewaysFindTheSameHostForAKey() {
    var random = Random(seed: 1)
    var gateways = [Upstreams(count: 4), Upstreams(count: 4, startingAt: 1)]
    for gateway in gateways.indices { gateways[gateway].policy = .ringHash }
    for key in 0..<100 as Range<UInt64> {
      let picks = gateways.indices.map { gateways[$0].pick(for: key, at: .zero, &random) }
      #expect(picks[0] == picks[1])
    }
  }

  @Test func chanceSpreadsEvenlyOverThoseThatAreUsable() {
    var random = Random(seed: 1)
    var hosts = Upstreams(count: 4)
    hosts.policy = .random
    for _ in 0..<3 { hosts.record(2, success: false, at: .zero) }
    var counts = [0, 0, 0, 0]
    for _ in 0..<9000 { counts[hosts.pick(for: 0, at: .zero, &random)!] += 1 }
    #expect(counts[2] == 0)
    #expect([0, 1, 3].allSatisfy { abs(counts[$0] - 3000) < 200 })
  }

  @Test func panicIsStrictlyBelowTheThreshold() {
    let panic = PanicThreshold()
    #expect(!panic.isPanic(available: 1, of: 2))
    #expect(panic.isPanic(available: 1, of: 3))
    #expect(panic.isPanic(available: 0, of: 2))
  }

  @Test func inPanicTheDeadAreUsedToo() {
    var random = Random(seed: 1)
    var hosts = Upstreams(count: 3)
    hosts.panic.turn(on: true)
    for host in 1...2 {
      for _ in 0..<3 { hosts.record(host, success: false, at: .zero) }
    }
    let picks = Set((0..<6).map { _ in hosts.pick(for: 0, at: .zero, &random) })
    #expect(picks == [0, 1, 2])
    _ = hosts.pick(for: 0, at: .zero, besides: 0, &random)  // a hedge is no request of its own
    #expect(hosts.panic.active?.routed == 6)
    hosts.panic.turn(on: false)
    let calm = Set((0..<6).map { _ in hosts.pick(for: 0, at: .zero, &random) })
    #expect(calm == [0])
  }

  @Test func aHostThatComesBackIsSparedAtFirst() {
    var random = Random(seed: 1)
    var hosts = Upstreams(count: 2)
    hosts.slowStart.turn(on: true)
    for _ in 0..<3 { hosts.record(1, success: false, at: .zero) }
    for _ in 0..<2 { hosts.record(1, success: true, at: .zero + .seconds(100)) }
    let early = (0..<110).count { _ in
      hosts.pick(for: 0, at: .zero + .seconds(100), &random) == 1
    }
    #expect(early == 10)
    let late = (0..<100).count { _ in
      hosts.pick(for: 0, at: .zero + .seconds(131), &random) == 1
    }
    #expect(late == 50)
  }

  @Test func whoStartsSlowlyIsSparedByLeastRequestToo() {
    var random = Random(seed: 1)
    var hosts = Upstreams(count: 2)
    hosts.policy = .leastRequest
    hosts.choiceCount = 8
    hosts.slowStart.turn(on: true)
    for _ in 0..<3 { hosts.record(1, success: false, at: .zero) }
    for _ in 0..<2 { hosts.record(1, success: true, at: .zero + .seconds(100)) }
    func share(at seconds: Int64) -> Int {
      let picked = (0..<88).compactMap { _ in
        hosts.pick(for: 0, at: .zero + .seconds(seconds), &random)
      }
      for host in picked { hosts.end(host) }
      return picked.count { $0 == 1 }
    }
    #expect((6...10).contains(share(at: 100)))
    #expect((42...46).contains(share(at: 200)))
  }
}

/// Something to change inside an expectation.
final class Box<Value> {
  var value: Value
  init(_ value: Value) { self.value = value }
}

extension Box<OutlierDetection> {
  func isEjected(_ host: Int, at now: Instant) -> Bool { value.isEjected(host, at: now) }
}

@Suite struct OutlierDetectionTests {
  private func errors(
    _ count: Int, at host: Int, of size: Int, _ detection: Box<OutlierDetection>, _ now: Instant
  ) -> Int? {
    (0..<count).flatMap { _ in
      detection.value.record(host, of: size, isServerError: true, at: now)
    }
    .first
  }

  @Test func fiveErrorsInARowEjectAndASuccessStartsOver() {
    let detection = Box(OutlierDetection())
    detection.value.maxEjectionShare = 0.5
    #expect(errors(4, at: 0, of: 3, detection, .zero) == nil)
    _ = detection.value.record(0, of: 3, isServerError: false, at: .zero)
    #expect(errors(4, at: 0, of: 3, detection, .zero) == nil)
    #expect(errors(1, at: 0, of: 3, detection, .zero) == 0)
    #expect(detection.isEjected(0, at: .zero + .seconds(29)))
    #expect(!detection.isEjected(0, at: .zero + .seconds(30)))
  }

  @Test func theUsualLimitEjectsNobodyFromASmallPool() {
    let detection = Box(OutlierDetection())
    #expect(errors(50, at: 0, of: 2, detection, .zero) == nil)
    #expect(detection.value.overflows == 10)
    #expect(errors(5, at: 0, of: 10, detection, .zero) == 0)
  }

  @Test func eachEjectionInARowLastsLonger() {
    let detection = Box(OutlierDetection())
    detection.value.maxEjectionShare = 0.5
    _ = errors(5, at: 0, of: 2, detection, .zero)
    #expect(!detection.isEjected(0, at: .zero + .seconds(30)))
    _ = errors(5, at: 0, of: 2, detection, .zero + .seconds(31))
    #expect(detection.isEjected(0, at: .zero + .seconds(90)))
    #expect(!detection.isEjected(0, at: .zero + .seconds(100)))
  }

  /// How long a host is out that is ejected again as soon as it is back, and which is `calm` first.
  private func timesOut(_ count: Int, calm: Duration = .zero) -> [Double] {
    let detection = Box(OutlierDetection())
    detection.value.maxEjectionShare = 0.5
    var now = Instant.zero
    return (0..<count).map { round in
      if round == count - 1 { now = now + calm }
      _ = errors(5, at: 0, of: 2, detection, now)
      let start = now
      while detection.isEjected(0, at: now) { now = now + .seconds(1) }
      return (now - start).seconds
    }
  }

  @Test func theTimeOutGrowsByTheEjectionsInARowUpToItsLimit() {
    let expected = [30.0, 60, 90, 120, 150, 180, 210, 240, 270, 300, 300, 300]
    #expect(timesOut(12) == expected)
  }

  @Test func anEjectionIsForgottenForEachIntervalInGoodStanding() {
    #expect(timesOut(4, calm: .seconds(20)) == [30, 60, 90, 60])
    #expect(timesOut(4, calm: .seconds(300)) == [30, 60, 90, 30])
  }

  @Test func aSuccessRateIsJudgedOnlyAmongEnoughHostsWithEnoughRequests() {
    for (hosts, requests, expected) in [(5, 100, [4]), (4, 100, []), (5, 99, [])]
      as [(Int, Int, [Int])]
    {
      let detection = Box(OutlierDetection())
      detection.value.maxEjectionShare = 0.5
      detection.value.successRateDeviations = 1  // of four hosts none can lie 1.9 σ below
      detection.value.consecutiveErrors = 1000
      for _ in 0..<requests {
        for host in 0..<hosts {
          let fails = host == hosts - 1
          _ = detection.value.record(host, of: hosts, isServerError: fails, at: .zero)
        }
      }
      let later = Instant.zero + .seconds(10)
      let outlier = detection.value.record(0, of: hosts, isServerError: false, at: later)
      #expect(outlier == expected, "\(hosts) hosts, \(requests) requests")
    }
  }

  @Test func aSuccessRateFarBelowTheOthersEjects() {
    let detection = Box(OutlierDetection())
    detection.value.maxEjectionShare = 0.5
    detection.value.consecutiveErrors = 1000
    for _ in 0..<100 {
      for host in 0..<6 {
        _ = detection.value.record(host, of: 6, isServerError: host == 3, at: .zero + .seconds(1))
      }
    }
    let outlier = detection.value.record(0, of: 6, isServerError: false, at: .zero + .seconds(11))
    #expect(outlier == [3])
  }

  @Test func allOutliersGoTheWorstFirstAndNoneThatHasGoneAlready() {
    for (share, known, expected) in [(0.5, 8, [7, 6]), (0.2, 8, [7]), (0.5, 6, [])] {
      let detection = Box(OutlierDetection())
      detection.value.maxEjectionShare = share
      detection.value.successRateDeviations = 1
      detection.value.consecutiveErrors = 1000
      for request in 0..<100 {
        for host in 0..<8 {
          let fails = host == 7 || host == 6 && request % 8 != 0
          _ = detection.value.record(host, of: 8, isServerError: fails, at: .zero)
        }
      }
      let later = Instant.zero + .seconds(10)
      #expect(detection.value.record(0, of: known, isServerError: false, at: later) == expected)
    }
  }
}
