import Kernel
import Patterns
import Testing

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

  @Test func aHalfOpenOneWhoseWindowChangesLetsItsCallsThroughAgain() {
    var one = breaker()
    _ = feed(&one, failures: 10, of: 10)
    let first = one.allows(at: .zero + .seconds(61))
    #expect(first && one.state == .halfOpen)
    one.windowSize = 50
    let passed = (0..<one.halfOpenCalls).filter { _ in one.allows(at: .zero + .seconds(61)) }
    #expect(passed.count == one.halfOpenCalls)
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
