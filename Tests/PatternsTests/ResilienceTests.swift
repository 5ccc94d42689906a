import Kernel
import Patterns
import Testing

@Suite struct RetryTests {
  private func pauses(_ jitter: Backoff.Jitter) -> [Double] {
    let backoff = Backoff(base: .milliseconds(100), cap: .seconds(1), jitter: jitter)
    var random = Random(seed: 5)
    var previous = Duration.zero
    return (1...6).map {
      previous = backoff.pause(after: $0, previous: previous, &random)
      return previous.milliseconds
    }
  }

  @Test func withoutJitterThePausesDoubleUpToTheCap() {
    #expect(pauses(.none) == [100, 200, 400, 800, 1000, 1000])
  }

  @Test func eachJitterKeepsToItsBounds() {
    let full = pauses(.none)
    #expect(zip(pauses(.full), full).allSatisfy { $0 >= 0 && $0 < $1 })
    #expect(zip(pauses(.equal), full).allSatisfy { $0 >= $1 / 2 && $0 < $1 })
    var previous = 100.0
    for pause in pauses(.decorrelated) {
      #expect(pause >= 100 && pause <= min(1000, 3 * previous) + 0.001)
      previous = pause
    }
  }

  /// Full jitter waits half of what no jitter waits, in the mean.
  @Test func fullJitterHalvesTheMean() {
    let backoff = Backoff(base: .milliseconds(100), cap: .seconds(1), jitter: .full)
    var random = Random(seed: 6)
    let sum = (0..<20_000).reduce(0.0) { sum, _ in
      sum + backoff.pause(after: 1, previous: .zero, &random).milliseconds
    }
    #expect(abs(sum / 20_000 - 50) < 1)
  }

  @Test(arguments: [
    (25, 250, [25, 50, 100, 200, 250, 250]),  // Envoy
    (1000, 20_000, [1000, 2000, 4000, 8000, 16_000, 20_000]),  // AWS SDK
  ])
  func thePausesOfKnownClientsDoubleUpToTheirCaps(base: Int64, cap: Int64, expected: [Double]) {
    let backoff = Backoff(base: .milliseconds(base), cap: .milliseconds(cap), jitter: .none)
    var random = Random(seed: 1)
    let pauses = (1...6).map { backoff.pause(after: $0, previous: .zero, &random).milliseconds }
    #expect(pauses == expected)
    #expect(backoff.pause(after: 1000, previous: .zero, &random) == .milliseconds(cap))
  }

  /// The second pause of a client whose first one was 100 ms: the whole range, and its mean.
  @Test(arguments: [
    (Backoff.Jitter.full, 0.0, 200.0), (.equal, 100, 200), (.decorrelated, 100, 300),
  ])
  func eachJitterFillsItsRangeEvenly(jitter: Backoff.Jitter, low: Double, high: Double) {
    let backoff = Backoff(base: .milliseconds(100), cap: .seconds(1), jitter: jitter)
    var random = Random(seed: 6)
    let pauses = (0..<20_000).map { _ in
      backoff.pause(after: 2, previous: .milliseconds(100), &random).milliseconds
    }
    #expect(pauses.allSatisfy { $0 >= low && $0 <= high })
    #expect(pauses.min()! < low + 1 && pauses.max()! > high - 1)
    #expect(abs(pauses.reduce(0, +) / 20_000 - (low + high) / 2) < 1.5)
  }

  @Test func decorrelatedPausesKeepToTheCap() {
    let backoff = Backoff(base: .milliseconds(100), cap: .seconds(1), jitter: .decorrelated)
    var random = Random(seed: 6)
    let pauses = (0..<1000).map { _ in
      backoff.pause(after: 3, previous: .seconds(1), &random).milliseconds
    }
    #expect(pauses.max() == 1000 && pauses.count { $0 == 1000 } > 600)
  }

  private func outcome(
    _ status: UInt16, connect: Bool = false, safe: Bool = false, idempotent: Bool = true
  ) -> Retry.Outcome {
    Retry.Outcome(
      status: status, isConnectFailure: connect, isSafe: safe, isIdempotent: idempotent)
  }

  @Test func onlyWhatMayHelpIsTriedAgain() {
    var retry = Retry(maxAttempts: 3)
    #expect(retry.applies(to: outcome(503), after: 1))
    #expect(retry.applies(to: outcome(503), after: 2))
    #expect(!retry.applies(to: outcome(503), after: 3))
    #expect(!retry.applies(to: outcome(404), after: 1))
    #expect(!retry.applies(to: outcome(500), after: 1))
    #expect(!retry.applies(to: outcome(503, idempotent: false), after: 1))
    retry.condition = .serverError
    #expect(retry.applies(to: outcome(500), after: 1))
    retry.condition = .connectFailure
    #expect(!retry.applies(to: outcome(504), after: 1))
    #expect(retry.applies(to: outcome(503, connect: true), after: 1))
    retry.methods = .safe
    #expect(!retry.applies(to: outcome(503, connect: true), after: 1))
  }

  /// E[attempts] = (1 − pⁿ) / (1 − p).
  @Test func theMeanNumberOfAttemptsIsThatOfTheory() {
    let retry = Retry(maxAttempts: 4)
    var random = Random(seed: 7)
    var attempts = 0
    for _ in 0..<50_000 {
      var tried = 0
      repeat {
        tried += 1
      } while random.unit() < 0.5 && retry.applies(to: outcome(503), after: tried)
      attempts += tried
    }
    #expect(abs(Double(attempts) / 50_000 - 1.875) < 0.02)
  }

  @Test func aBudgetBoundsTheRetriesByTheWorkUnderWay() {
    var budget = RetryBudget(share: 0.2, minimum: 3)
    for _ in 0..<10 { budget.begin() }
    let few = (0..<10).count { _ in budget.allowsRetry(isRetrying: false) }
    #expect(few == 3)
    for _ in 0..<40 { budget.begin() }
    let more = (0..<40).count { _ in budget.allowsRetry(isRetrying: false) }
    #expect(more == 7)
    let again = budget.allowsRetry(isRetrying: true)
    #expect(again)
  }

  @Test func aRetryThatIsOverLeavesItsPlaceInTheBudget() {
    var budget = RetryBudget(share: 0.2, minimum: 3)
    for _ in 0..<20 { budget.begin() }
    let first = (0..<6).count { _ in budget.allowsRetry(isRetrying: false) }
    #expect(first == 4 && budget.denied == 2)
    budget.end(wasRetrying: true)
    let ofNineteen = budget.allowsRetry(isRetrying: false)
    #expect(!ofNineteen)
    budget.begin()
    let ofTwenty = budget.allowsRetry(isRetrying: false)
    #expect(ofTwenty && budget.retrying == 4)
  }
}

@Suite struct CircuitBreakerTests {
  private func breaker(size: Int = 10) -> CircuitBreaker {
    var breaker = CircuitBreaker()
    breaker.windowSize = size
    breaker.minimumCalls = size
    return breaker
  }

  private func feed(
    _ breaker: inout CircuitBreaker, failures: Int, of calls: Int, at now: Instant = .zero,
    took: Duration = .milliseconds(1)
  ) -> [CircuitBreaker.Trip] {
    (0..<calls).compactMap { call in
      guard breaker.allows(at: now) else { return nil }
      return breaker.record(isFailure: call < failures, took: took, at: now)
    }
  }

  @Test func halfOfAFullWindowOpensIt() {
    var few = breaker()
    let none = feed(&few, failures: 4, of: 10)
    #expect(none.isEmpty && few.state == .closed)
    var many = breaker()
    let trips = feed(&many, failures: 5, of: 10)
    #expect(trips.map(\.failureRate) == [0.5])
    #expect(many.state == .open)
    let allowed = many.allows(at: .zero + .seconds(59))
    #expect(!allowed)
  }

  @Test func nothingIsDecidedBelowTheMinimum() {
    var breaker = breaker(size: 100)
    let trips = feed(&breaker, failures: 99, of: 99)
    #expect(trips.isEmpty && breaker.state == .closed)
  }

  @Test func afterItsTimeAFewCallsDecide() {
    var good = breaker()
    _ = feed(&good, failures: 10, of: 10)
    var bad = good
    let later = Instant.zero + .seconds(60)
    let probes = (0..<12).count { _ in good.allows(at: later) }
    #expect(probes == 10 && good.state == .halfOpen)
    for _ in 0..<10 { _ = good.record(isFailure: false, took: .zero, at: later) }
    #expect(good.state == .closed)
    _ = feed(&bad, failures: 5, of: 10, at: later)
    #expect(bad.state == .open)
  }

  @Test func aTimeWindowForgetsOldCalls() {
    var breaker = breaker()
    breaker.window = .time
    _ = feed(&breaker, failures: 9, of: 9)
    let trips = feed(&breaker, failures: 0, of: 10, at: .zero + .seconds(20))
    #expect(trips.isEmpty && breaker.state == .closed)
  }

  @Test func slowCallsOpenItToo() {
    var breaker = breaker()
    breaker.slowCallDuration = .seconds(1)
    let trips = feed(&breaker, failures: 0, of: 10, took: .seconds(2))
    #expect(trips.map(\.slowRate) == [1])
  }

  @Test(arguments: [(9.0, CircuitBreaker.State.open), (10, .closed)])
  func aTimeWindowHasSoManySeconds(seconds: Double, expected: CircuitBreaker.State) {
    var breaker = breaker()
    breaker.window = .time
    _ = feed(&breaker, failures: 5, of: 5)
    _ = feed(&breaker, failures: 0, of: 5, at: .zero + .milliseconds(Int64(seconds * 1000)))
    #expect(breaker.state == expected)
  }

  @Test func onlyACertainShareOfSlowCallsOpensIt() {
    for (slow, expected) in [(4, CircuitBreaker.State.closed), (5, .open)] {
      var breaker = breaker()
      breaker.slowCallDuration = .seconds(1)
      breaker.slowCallRateThreshold = 0.5
      _ = feed(&breaker, failures: 0, of: slow, took: .seconds(1))
      _ = feed(&breaker, failures: 0, of: 10 - slow, took: .milliseconds(999))
      #expect(breaker.state == expected)
    }
  }

  @Test(arguments: [(4, CircuitBreaker.State.closed), (5, .open)])
  func theProbesOfAHalfOpenBreakerDecideByTheSameShare(
    failures: Int, expected: CircuitBreaker.State
  ) {
    var breaker = breaker()
    _ = feed(&breaker, failures: 10, of: 10)
    let later = Instant.zero + .seconds(60)
    _ = feed(&breaker, failures: failures, of: 9, at: later)
    #expect(breaker.state == .halfOpen)
    _ = feed(&breaker, failures: 0, of: 1, at: later)
    #expect(breaker.state == expected)
    let soon = breaker.allows(at: later + .seconds(59))
    #expect(soon == (expected == .closed))
  }

  @Test func answersThatComeWhileItIsOpenChangeNothing() {
    var breaker = breaker()
    _ = feed(&breaker, failures: 10, of: 10)
    for _ in 0..<100 { _ = breaker.record(isFailure: true, took: .zero, at: .zero + .seconds(30)) }
    #expect(breaker.trips == 1)
    let after = breaker.allows(at: .zero + .seconds(60))
    #expect(after && breaker.state == .halfOpen)
  }

  @Test func aProbeThatWasNotMadeGivesItsPlaceBack() {
    var breaker = breaker()
    _ = feed(&breaker, failures: 10, of: 10)
    let later = Instant.zero + .seconds(60)
    for _ in 0..<10 { _ = breaker.allows(at: later) }
    breaker.cancel()
    let again = (0..<2).map { _ in breaker.allows(at: later) }
    #expect(again == [true, false])
  }

  @Test func aCountWindowKeepsTheLatestCalls() {
    var breaker = breaker()
    _ = feed(&breaker, failures: 4, of: 10)
    _ = feed(&breaker, failures: 0, of: 10)
    let trips = feed(&breaker, failures: 4, of: 4)
    #expect(trips.isEmpty)
    let fifth = feed(&breaker, failures: 1, of: 1)
    #expect(fifth.count == 1)
  }
}

@Suite struct HedgingTests {
  /// With answer times of survival function S: P(T > t) = S(t) · S(t − d); here e⁻³ · e⁻².
  @Test func theTailIsThatOfTwoAnswersOneOfThemLater() {
    var hedging = Hedging(delay: .seconds(1))
    var random = Random(seed: 4)
    let time = Distribution.exponential(mean: .seconds(1))
    let count = 50_000
    let late = (0..<count).count { _ in
      let second = hedging.arrange() + time.sample(&random)
      return min(time.sample(&random), second) > .seconds(3)
    }
    #expect(abs(Double(late) / Double(count) - 0.006_738) < 0.001)
    #expect(hedging.arranged == count)
  }
}

@Suite struct LimitTests {
  @Test func aBulkheadHasSoManyPlaces() {
    var bulkhead = Bulkhead(maxConcurrent: 2)
    let entered = (0..<3).map { _ in bulkhead.enter() }
    #expect(entered == [true, true, false])
    bulkhead.leave()
    let next = bulkhead.enter()
    #expect(next && bulkhead.rejected == 1)
  }

  @Test func aPoolLendsInTheOrderOfAsking() {
    var pool = ConnectionPool<Int>(size: 1)
    let first = pool.borrow()
    #expect(first)
    pool.wait(7)
    pool.wait(8)
    let gaveUp = pool.giveUp { $0 == 7 }
    #expect(gaveUp && pool.timeouts == 1)
    let next = pool.giveBack()
    #expect(next == 8 && pool.inUse == 1)
    let none = pool.giveBack()
    #expect(none == nil && pool.inUse == 0)
  }

  @Test func nobodyOvertakesThoseWhoWaitForAConnection() {
    var pool = ConnectionPool<Int>(size: 1)
    _ = pool.borrow()
    pool.wait(7)
    pool.size = 2
    let overtakes = pool.borrow()
    #expect(!overtakes)
    #expect(pool.giveBack() == 7)
    let second = pool.borrow()
    #expect(second && pool.inUse == 2)
  }

  @Test func aPoolThatWasMadeSmallerLendsNothingUntilItFits() {
    var pool = ConnectionPool<Int>(size: 2)
    for _ in 0..<2 { _ = pool.borrow() }
    pool.wait(7)
    pool.size = 1
    #expect(pool.giveBack() == nil && pool.inUse == 1)
    #expect(pool.giveBack() == 7 && pool.inUse == 1)
  }

  @Test func aSwitchKeepsSettingsAndForgetsExperience() {
    var bulkhead = Switch(Bulkhead())
    bulkhead.change { $0.maxConcurrent = 1 }
    bulkhead.turn(on: true)
    _ = bulkhead.active?.enter()
    #expect(bulkhead.active?.inUse == 1)
    bulkhead.turn(on: false)
    bulkhead.turn(on: true)
    #expect(bulkhead.active?.maxConcurrent == 1 && bulkhead.active?.inUse == 0)
  }
}
