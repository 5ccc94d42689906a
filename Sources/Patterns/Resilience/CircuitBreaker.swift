import Kernel

/// Stops asking a dependency that keeps failing, and tries it again now and then.
///
/// The state machine of resilience4j with its defaults: it opens when at least half of a window of
/// 100 calls failed or were slow, stays open for 60 s, then lets 10 calls through (half-open)
/// and decides by them. What Envoy calls circuit breakers are concurrency limits: see `Bulkhead`.
public struct CircuitBreaker: Sendable, Digestible {
  public enum State: Int, Sendable { case closed, open, halfOpen }
  /// Whether the window is the latest calls or the latest seconds.
  public enum Window: Int, CaseIterable, Sendable { case count, time }

  public var window = Window.count { didSet { beginWindow() } }
  /// Calls, or seconds.
  public var windowSize = 100 { didSet { beginWindow() } }
  /// Below so many calls in the window nothing is decided.
  public var minimumCalls = 100
  /// Shares, 0...1.
  public var failureRateThreshold = 0.5
  public var slowCallRateThreshold = 1.0
  public var slowCallDuration = Duration.seconds(60)
  public var openDuration = Duration.seconds(60)
  public var halfOpenCalls = 10

  public private(set) var state = State.closed
  public private(set) var rejected = 0
  /// How often it opened.
  public private(set) var trips = 0
  private var openedAt = Instant.zero
  /// Half-open: calls let through.
  private var permitted = 0
  private var results = Results()

  public init() {}

  /// Calls and outcomes of the window.
  private struct Results: Sendable {
    struct Bucket: BitwiseCopyable, Sendable {
      var second: Int64 = 0
      var calls = 0
      var failures = 0
      var slow = 0
    }
    var total = Bucket()
    var buckets = Fifo<Bucket>()
  }

  /// Counts anew; a half-open one lets its calls through again.
  private mutating func beginWindow() {
    results = Results()
    permitted = 0
  }

  /// Asks whether a call may be made now.
  public mutating func allows(at now: Instant) -> Bool {
    if state == .open && now - openedAt >= openDuration {
      state = .halfOpen
      beginWindow()
    }
    switch state {
    case .closed: return true
    case .halfOpen where permitted < halfOpenCalls:
      permitted += 1
      return true
    default:
      rejected += 1
      return false
    }
  }

  /// A call that was allowed and then not made.
  public mutating func cancel() { if state == .halfOpen { permitted = max(permitted - 1, 0) } }

  /// What a window showed when the breaker opened.
  public struct Trip: Hashable, Sendable {
    public let calls: Int
    /// Shares, 0...1.
    public let failureRate: Double
    public let slowRate: Double
  }

  /// Counts a call's outcome; returns what it saw if that made the breaker open.
  public mutating func record(
    isFailure: Bool, took time: Duration, at now: Instant
  ) -> Trip? {
    guard state != .open else { return nil }
    add(isFailure: isFailure, isSlow: time >= slowCallDuration, at: now)
    let calls = results.total.calls
    guard calls >= (state == .halfOpen ? halfOpenCalls : requiredCalls) else { return nil }
    let failureRate = Double(results.total.failures) / Double(calls)
    let slowRate = Double(results.total.slow) / Double(calls)
    if failureRate >= failureRateThreshold || slowRate >= slowCallRateThreshold {
      state = .open
      openedAt = now
      trips += 1
      results = Results()
      return Trip(calls: calls, failureRate: failureRate, slowRate: slowRate)
    }
    if state == .halfOpen {
      state = .closed
      results = Results()
    }
    return nil
  }

  /// A count window can't hold more calls than its size.
  private var requiredCalls: Int {
    window == .count ? min(minimumCalls, windowSize) : minimumCalls
  }

  private mutating func add(isFailure: Bool, isSlow: Bool, at now: Instant) {
    let second = now.nanoseconds / 1_000_000_000
    let one = Results.Bucket(
      second: second, calls: 1, failures: isFailure ? 1 : 0, slow: isSlow ? 1 : 0)
    results.total.calls += 1
    results.total.failures += one.failures
    results.total.slow += one.slow
    results.buckets.own()
    results.buckets.append(one)
    guard state == .closed else { return }
    while let oldest = results.buckets.first,
      window == .count
        ? results.buckets.count > windowSize : oldest.second <= second - Int64(windowSize)
    {
      results.buckets.popFirst()
      results.total.calls -= oldest.calls
      results.total.failures -= oldest.failures
      results.total.slow -= oldest.slow
    }
  }

  public func mix(into digest: inout Digest) {
    digest.mix(window.rawValue)
    digest.mix(windowSize)
    digest.mix(minimumCalls)
    digest.mix(failureRateThreshold)
    digest.mix(slowCallRateThreshold)
    digest.mix(slowCallDuration)
    digest.mix(openDuration)
    digest.mix(halfOpenCalls)
    digest.mix(state.rawValue)
    digest.mix(rejected)
    digest.mix(trips)
    digest.mix(openedAt)
    digest.mix(permitted)
    for bucket in results.buckets.waiting {
      digest.mix(bucket.second)
      digest.mix(bucket.failures)
      digest.mix(bucket.slow)
    }
  }
}
