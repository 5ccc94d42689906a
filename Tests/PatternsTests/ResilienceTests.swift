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
