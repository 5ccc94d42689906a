import Kernel
import Testing

@testable import Patterns

/// Published figures of queueing theory.
@Suite struct QueueingTheoryTests {
  func station(_ servers: Int, _ load: Double, variability: Double = 1) -> Station {
    Station(arrivalRate: load, holdingTime: 1, servers: servers, variability: variability)
  }

  @Test(arguments: [(3, 2.0, 0.444444), (10, 6, 0.101299), (10, 8, 0.409180), (5, 4, 0.554113)])
  func erlangCTellsWhoHasToWait(servers: Int, load: Double, expected: Double) {
    #expect(abs(station(servers, load).waitingShare - expected) < 1e-6)
  }

  @Test(arguments: [(10, 6.0, 0.043142), (10, 8, 0.121661)])
  func erlangBTellsWhoIsLost(servers: Int, load: Double, expected: Double) {
    #expect(abs(station(servers, load).blocking - expected) < 1e-6)
  }

  @Test(arguments: [(0.5, 2.0), (0.8, 5), (0.9, 10)])
  func oneServersTimeInSystemIsThatOfMM1(load: Double, expected: Double) {
    #expect(abs(station(1, load).meanWait + 1 - expected) < 1e-9)
  }

  @Test func aConstantHoldingTimeHalvesTheWait() {
    #expect(abs(station(1, 0.8, variability: 0).meanWait - 2) < 1e-9)
  }

  @Test func beyondItsLimitTheQueueGrowsForEver() {
    let station = station(2, 2.5)
    #expect(!station.isStable && station.meanWait == .infinity && station.limit == 2)
  }

  /// Reads and writes of keys with exponential gaps, counted one by one.
  @Test func theLongRunHitRatioIsWhatASimulatedCacheComesTo() {
    let popularity = (1...200).map { 1 / Double($0) }
    let zipf = Zipf(count: 200, exponent: 1)
    var random = Random(seed: 5)
    var storedAt: [Double] = Array(repeating: -.infinity, count: 200)
    var (time, hits, reads) = (0.0, 0, 0)
    for _ in 0..<400_000 {
      time += -logarithm(1 - random.unit()) / 50
      let key = zipf.sample(&random)
      if random.unit() < 0.1 {
        storedAt[key] = -.infinity
        continue
      }
      reads += 1
      if time - storedAt[key] < 10 { hits += 1 } else { storedAt[key] = time }
    }
    let theory = longRunHitRatio(
      popularity: popularity, readRate: 45, writeRate: 5, timeToLive: 10, capacity: 1000)
    #expect(abs(Double(hits) / Double(reads) - theory) < 0.005)
  }

  @Test func theHitRatioOfAnLRUCacheIsThatOfItsSimulation() {
    var random = Random(seed: 6)
    let zipf = Zipf(count: 500, exponent: 1)
    var cache = LeastRecentlyUsed(capacity: 100)
    var (reads, hits) = (0, 0)
    for draw in 0..<400_000 {
      let key = UInt64(zipf.sample(&random)) + 1
      let isHit = cache.touch(key) != nil
      if !isHit { _ = cache.admit(key) }
      if draw >= 10_000 {
        reads += 1
        if isHit { hits += 1 }
      }
    }
    let theory = longRunHitRatio(
      popularity: (1...500).map { 1 / Double($0) }, readRate: 100, writeRate: 0,
      timeToLive: .infinity, capacity: 100)
    #expect(abs(Double(hits) / Double(reads) - theory) < 0.005)
    let uniform = longRunHitRatio(
      popularity: Array(repeating: 1, count: 500), readRate: 100, writeRate: 0,
      timeToLive: .infinity, capacity: 300)
    #expect(abs(uniform - 0.6) < 0.001)
  }

  private func logarithm(_ x: Double) -> Double {
    // By halving: exact enough for drawing intervals.
    var (low, high) = (-50.0, 0.0)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if exponential(middle) < x { low = middle } else { high = middle }
    }
    return high
  }
}
