import Testing

@testable import Kernel

@Suite struct RandomTests {
  @Test func aStreamDependsOnSeedComponentAndPurpose() {
    func first(_ seed: UInt64, _ component: String, _ purpose: String) -> UInt64 {
      var random = Random(seed: seed, component: component, purpose: purpose)
      return random.next()
    }
    let values: Set = [
      first(1, "a", "work"), first(2, "a", "work"), first(1, "b", "work"), first(1, "a", "net"),
    ]
    #expect(values.count == 4)
    #expect(first(1, "a", "work") == first(1, "a", "work"))
  }

  @Test func exponentialDrawsHaveTheirMeanAndTail() {
    var random = Random(seed: 7)
    let distribution = Distribution.exponential(mean: .milliseconds(10))
    let draws = (0..<200_000).map { _ in distribution.sample(&random).milliseconds }
    let mean = draws.reduce(0, +) / Double(draws.count)
    let beyond = Double(draws.count { $0 > 46.05 }) / Double(draws.count)
    #expect(abs(mean - 10) < 0.1)  // standard error 0.022
    #expect(abs(beyond - 0.01) < 0.001)  // P(X > 4.605 means) = 1 %
  }

  @Test func lognormalDrawsHaveTheirPercentiles() {
    var random = Random(seed: 8)
    let distribution = Distribution.lognormal(p50: .milliseconds(2), p99: .milliseconds(10))
    let draws = (0..<200_000).map { _ in distribution.sample(&random).milliseconds }
    let below2 = Double(draws.count { $0 < 2 }) / Double(draws.count)
    let beyond10 = Double(draws.count { $0 > 10 }) / Double(draws.count)
    #expect(abs(below2 - 0.5) < 0.005)
    #expect(abs(beyond10 - 0.01) < 0.001)
    #expect(abs(distribution.p99.milliseconds - 10) < 1e-6)
  }

  @Test func normalQuantilesAreThoseOfTheTables() {
    #expect(LognormalQuantiles.normalQuantile(0.5) == 0)
    #expect(abs(LognormalQuantiles.normalQuantile(0.1) + 1.281_551_565_544_600_4) < 1e-12)
    #expect(abs(LognormalQuantiles.normalQuantile(0.01) + 2.326_347_874_040_840_8) < 1e-12)
    #expect(abs(LognormalQuantiles.normalQuantile(1e-10) + 6.361_340_902_404_056) < 1e-9)
  }

  @Test func lognormalDrawsHaveTheMomentsOfTheory() {
    var random = Random(seed: 11)
    let distribution = Distribution.lognormal(p50: .milliseconds(2), p99: .milliseconds(10))
    let count = 1_000_000
    var (sum, squares, slowest) = (0.0, 0.0, 0)
    for _ in 0..<count {
      let seconds = distribution.sample(&random).milliseconds / 1000
      sum += seconds
      squares += seconds * seconds
      // Beyond 3.6 σ, where draws are computed rather than looked up: P = 1.591e-4.
      if seconds > 0.002 * exponential(3.6 * distribution.spread) { slowest += 1 }
    }
    #expect(abs(sum / Double(count) / distribution.mean - 1) < 0.004)  // standard error 0.0008
    #expect(abs(squares / Double(count) / distribution.meanSquare - 1) < 0.03)
    #expect(abs(Double(slowest) - 159.1) < 5 * 159.1.squareRoot())
  }

  @Test func aLognormalDrawTakesOneWordWhateverItsParameters() {
    let (narrow, wide) = (
      Distribution.lognormal(p50: .milliseconds(1), p99: .milliseconds(2)),
      Distribution.lognormal(p50: .milliseconds(9), p99: .seconds(9))
    )
    var (a, b, words) = (Random(seed: 12), Random(seed: 12), Random(seed: 12))
    for _ in 0..<100_000 {
      let (short, long) = (narrow.sample(&a), wide.sample(&b))
      _ = words.next()
      #expect((short < .milliseconds(1)) == (long < .milliseconds(9)))
    }
    #expect(a == words && b == words)
  }

  @Test func zipfDrawsFollowTheirWeights() {
    var random = Random(seed: 9)
    let zipf = Zipf(count: 100, exponent: 1)
    var counts = [Int](repeating: 0, count: 100)
    for _ in 0..<200_000 { counts[zipf.sample(&random)] += 1 }
    let harmonic = (1...100).reduce(0) { $0 + 1 / Double($1) }
    for rank in [0, 1, 9, 99] {
      let expected = 200_000 / (harmonic * Double(rank + 1))
      #expect(abs(Double(counts[rank]) - expected) < 5 * expected.squareRoot())
    }
  }
}

@Suite struct HistogramTests {
  @Test func aQuantileIsOffByAtMostABucket() {
    var random = Random(seed: 10)
    var histogram = Histogram()
    var draws: [Int64] = []
    for _ in 0..<50_000 {
      let draw = Distribution.exponential(mean: .milliseconds(5)).sample(&random)
      draws.append(draw.nanoseconds)
      histogram.record(draw)
    }
    draws.sort()
    for quantile in [0.01, 0.5, 0.9, 0.99, 0.999] {
      let exact = Double(draws[Int((quantile * 50_000).rounded(.up)) - 1])
      let found = Double(histogram.quantile(quantile)!.nanoseconds)
      #expect(abs(found - exact) <= exact / 32)
    }
    #expect(histogram.quantile(1)!.nanoseconds == draws.last)
  }

  @Test func mergingCountsWhatBothCounted() {
    var (a, b, both) = (Histogram(), Histogram(), Histogram())
    for value in [3, 70, 5_000, 12_345_678] as [Int64] {
      a.record(.nanoseconds(value))
      both.record(.nanoseconds(value))
    }
    for value in [1, 1 << 50] as [Int64] {
      b.record(.nanoseconds(value))
      both.record(.nanoseconds(value))
    }
    a.merge(b)
    #expect(a == both)
    #expect(a.maximum == .nanoseconds(1 << 50))
  }
}
