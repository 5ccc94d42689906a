import Kernel
import Patterns
import Testing

private func at(_ seconds: Double) -> Instant { .zero + .milliseconds(Int64(seconds * 1000)) }

@Suite struct TokenBucketTests {
  /// How many of some requests at one moment pass: three at most, two more each second.
  private func passing(_ bucket: inout TokenBucket, _ count: Int, at now: Instant) -> Int {
    (0..<count).count { _ in
      bucket.take(maxTokens: 3, tokensPerFill: 2, fillInterval: .seconds(1), at: now)
    }
  }

  @Test func itLetsABurstThroughAndThenWhatIsFilledIn() {
    var bucket = TokenBucket()
    let counts = [0.0, 0.999, 1, 1.5, 2].map { passing(&bucket, 5, at: at($0)) }
    #expect(counts == [3, 0, 2, 0, 2])
  }

  @Test func itSavesUpNoMoreThanItHolds() {
    var bucket = TokenBucket()
    let counts = [(0.0, 5), (1, 5), (100, 1), (101, 5)].map {
      passing(&bucket, $0.1, at: at($0.0))
    }
    #expect(counts == [3, 2, 1, 3])
  }
}

@Suite struct SlidingWindowTests {
  private func passing(
    _ window: inout SlidingWindow, _ count: Int, limit: Int, seconds: Int64, at now: Instant
  ) -> Int {
    (0..<count).count { _ in window.take(limit: limit, window: .seconds(seconds), at: now) }
  }

  /// 50 a minute; 42 in the minute before, now 15 s into the next: 42 · 45/60 + 18 = 49.5.
  @Test func itCountsAsInCloudflaresExample() {
    var window = SlidingWindow()
    let before = passing(&window, 42, limit: 50, seconds: 60, at: at(30))
    let now = passing(&window, 30, limit: 50, seconds: 60, at: at(75))
    #expect(before == 42 && now == 18)
  }

  @Test func twoBurstsAtTheEdgeOfAWindowDoNotBothPass() {
    var window = SlidingWindow()
    let counts = [0.9, 1, 1.1, 1.5].map {
      passing(&window, 200, limit: 100, seconds: 1, at: at($0))
    }
    #expect(counts == [100, 0, 10, 40])
  }

  @Test func whatIsTwoWindowsOldIsForgotten() {
    var window = SlidingWindow()
    _ = passing(&window, 100, limit: 100, seconds: 1, at: at(0.9))
    let later = passing(&window, 200, limit: 100, seconds: 1, at: at(2.1))
    #expect(later == 100)
  }
}

@Suite struct RateLimitTests {
  /// How many of 300 requests pass that fall on two doors in turn.
  private func passing(_ scope: RateLimit.Scope, _ algorithm: RateLimit.Algorithm) -> Int {
    var doors = [RateLimit(), RateLimit()]
    for door in doors.indices { (doors[door].scope, doors[door].algorithm) = (scope, algorithm) }
    var common = RateLimit.State()
    return (0..<300).count { doors[$0 % 2].allows(at: .zero, sharing: &common) }
  }

  @Test(arguments: RateLimit.Algorithm.allCases)
  func twoDoorsThatCountForThemselvesLetTwiceAsManyThrough(algorithm: RateLimit.Algorithm) {
    #expect(passing(.local, algorithm) == 200)
    #expect(passing(.shared, algorithm) == 100)
  }
}

@Suite struct AdmissionControlTests {
  private func probability(
    successes: Int, of count: Int = 100, aggression: Double = 1, at later: Instant = .zero
  ) -> Double {
    var control = AdmissionControl()
    control.aggression = aggression
    for request in 0..<count { control.record(success: request < successes, at: .zero) }
    return control.rejectionProbability(at: later)
  }

  /// P = (n − s / 0.95) / (n + 1), at most 80 %.
  @Test(arguments: [(100, 0), (95, 0), (90, 0.0521), (50, 0.469), (0, 0.8)])
  func itRejectsAsEnvoysFormulaSays(successes: Int, expected: Double) {
    #expect(abs(probability(successes: successes) - expected) < 0.0001)
  }

  @Test func moreAggressionRejectsMore() {
    #expect(abs(probability(successes: 90, aggression: 2) - 0.2283) < 0.0001)
  }

  @Test func failuresOutsideTheWindowAreForgotten() {
    #expect(probability(successes: 50, at: at(30)) > 0.4)
    #expect(probability(successes: 50, at: at(31)) == 0)
  }

  @Test func theShareThatItShedsIsTheProbability() {
    var control = AdmissionControl()
    var random = Random(seed: 3)
    for request in 0..<100 { control.record(success: request < 50, at: .zero) }
    let admitted = (0..<20_000).count { _ in control.admits(at: .zero, &random) }
    #expect(abs(Double(admitted) / 20_000 - 0.531) < 0.01)
    #expect(control.shed == 20_000 - admitted)
  }
}

@Suite struct AdaptiveConcurrencyTests {
  /// One request after the other, each of which takes so long.
  private func feed(
    _ control: inout AdaptiveConcurrency, _ count: Int, took time: Duration, at now: Instant,
    success: Bool = true
  ) {
    for _ in 0..<count where control.enter(at: now) {
      control.leave(took: time, success: success, at: now)
    }
  }

  @Test func itMeasuresTheTimeAtRestWithThreeAtOnce() {
    var control = AdaptiveConcurrency()
    let entered = (0..<5).map { _ in control.enter(at: .zero) }
    #expect(entered == [true, true, true, false, false] && control.rejected == 2)
    for _ in 0..<3 { control.leave(took: .milliseconds(10), success: true, at: .zero) }
    feed(&control, 46, took: .milliseconds(10), at: .zero)
    #expect(control.minRTT == nil)
    feed(&control, 5, took: .milliseconds(1), at: .zero, success: false)
    #expect(control.minRTT == nil)
    feed(&control, 1, took: .milliseconds(10), at: .zero)
    #expect(control.minRTT == .milliseconds(10))
  }

  /// gradient = (minRTT + 25 %) / sample, limit = gradient · limit + √limit.
  @Test func theLimitFollowsTheGradient() {
    var control = AdaptiveConcurrency()
    feed(&control, 50, took: .milliseconds(10), at: .zero)
    var limits: [Int] = []
    for (tenth, time) in [10, 10, 10, 25, 25, 1000].enumerated() {
      feed(&control, 1, took: .milliseconds(Int64(time)), at: at(Double(tenth + 1) / 10))
      limits.append(control.limit)
    }
    // 1.25 · 3 + √3, 1.25 · 5 + √5, 1.25 · 8 + √8; then 0.5 · 12 + √12, and never below a half.
    #expect(limits == [5, 8, 12, 9, 7, 6])
  }

  @Test func theTimeAtRestIsMeasuredAnewEachMinute() {
    var control = AdaptiveConcurrency()
    feed(&control, 50, took: .milliseconds(10), at: .zero)
    feed(&control, 1, took: .milliseconds(10), at: at(1))
    #expect(control.limit == 5)
    feed(&control, 1, took: .milliseconds(20), at: at(60))
    #expect(control.limit == 3)
    feed(&control, 49, took: .milliseconds(20), at: at(60))
    #expect(control.limit == 5 && control.minRTT == .milliseconds(20))
  }
}

@Suite struct AutoscalerTests {
  @Test func itWantsWhatTheRatioOfMetricAndTargetAsksFor() {
    var scaler = Autoscaler()
    let desired = [0.9, 0.54, 0.56, 0.1].map {
      scaler.desired(current: 3, metric: $0, target: 0.5, at: .zero)
    }
    // ⌈3 · 1.8⌉; within 10 % nothing; ⌈3 · 1.12⌉; fewer not yet, for more were wanted.
    #expect(desired == [6, 3, 4, 3])
  }

  @Test func fewerMustBeWantedForFiveMinutes() {
    var scaler = Autoscaler()
    let desired = [0, 299, 300, 599].map {
      scaler.desired(
        current: 4, metric: $0 == 0 ? 0.5 : 0.1, target: 0.5, at: at(Double($0)))
    }
    #expect(desired == [4, 4, 1, 1])
  }

  @Test func whatItFindsAtItsFirstLookCountsAsWanted() {
    var scaler = Autoscaler()
    let desired = [15, 300, 315].map {
      scaler.desired(current: 2, metric: 0, target: 0.5, at: at(Double($0)))
    }
    #expect(desired == [2, 2, 1])
  }

  @Test func itAddsFourOrAsManyAsThereAreAtOneLook() {
    var scaler = Autoscaler()
    scaler.maxInstances = 32
    let desired = [1, 2, 6].map {
      scaler.desired(current: $0, metric: 50, target: 0.5, at: .zero)
    }
    #expect(desired == [5, 6, 12])
  }

  @Test func itKeepsToItsBounds() {
    var scaler = Autoscaler()
    scaler.minInstances = 2
    scaler.stabilization = .zero
    #expect(scaler.desired(current: 8, metric: 5, target: 0.5, at: .zero) == 10)
    #expect(scaler.desired(current: 8, metric: 0, target: 0.5, at: at(1)) == 2)
  }
}
