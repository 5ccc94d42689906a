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
    budget.end(wasRetrying: true)
    let freed = budget.allowsRetry(isRetrying: false)
    #expect(!freed || budget.retrying <= 9)
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
