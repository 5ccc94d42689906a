import Kernel
import Patterns

/// What a caller does about one of its dependencies: whether it may ask now, and what a failure
/// leads to.
///
/// An attempt passes the circuit breaker, then the bulkhead; its outcome tells the breaker, and a
/// failure may lead to another attempt if the retry budget allows it. This is the order in which
/// resilience4j nests them.
public struct Dependency: Sendable, Digestible {
  public var retry = Switch(Retry()) { didSet { note() } }
  public var retryBudget = Switch(RetryBudget()) { didSet { note() } }
  public var circuitBreaker = Switch(CircuitBreaker()) { didSet { note() } }
  public var bulkhead = Switch(Bulkhead()) { didSet { note() } }
  public var hedging = Switch(Hedging()) { didSet { note() } }
  /// Whether it gives up waiting; otherwise it waits for a day.
  public var usesTimeouts = true
  /// Second attempts and later ones.
  public private(set) var retries = 0
  /// Whether any of them is on: most deployments pay for nothing else.
  private(set) var isGuarded = false
  private let tier: Tier
  private var chance: Random

  init(on tier: Tier, _ streams: Streams) {
    self.tier = tier
    chance = streams["\(tier.name) backoff"]
  }

  mutating func reseed(_ streams: Streams) { chance = streams["\(tier.name) backoff"] }

  private mutating func note() {
    isGuarded =
      retry.isOn || retryBudget.isOn || circuitBreaker.isOn || bulkhead.isOn || hedging.isOn
  }

  /// Begins an attempt; returns why it may not be made, and then it is over.
  @inline(__always)
  mutating func begin(_ call: inout Call, at now: Instant) -> Reason? {
    seldom(isGuarded) ? beginGuarded(&call, at: now) : nil
  }

  private mutating func beginGuarded(_ call: inout Call, at now: Instant) -> Reason? {
    if retryBudget.isOn && call.attempt == 0 { retryBudget.active!.begin() }
    let refusal: Reason
    if circuitBreaker.isOn && !circuitBreaker.active!.allows(at: now) {
      refusal = .circuitOpen
    } else if bulkhead.isOn && !bulkhead.active!.enter() {
      if circuitBreaker.isOn { circuitBreaker.active!.cancel() }
      refusal = .bulkheadFull
    } else {
      call.holdsPlace = bulkhead.isOn
      return nil
    }
    giveUp(&call)
    return refusal
  }

  /// An attempt that was begun and then could not be made.
  mutating func abandon(_ call: inout Call) {
    guard isGuarded else { return }
    if circuitBreaker.isOn { circuitBreaker.active!.cancel() }
    leaveBulkhead(&call)
    giveUp(&call)
  }

  /// Gives a place back, if the call had one: it may have begun before there was a bulkhead.
  private mutating func leaveBulkhead(_ call: inout Call) {
    if call.holdsPlace && bulkhead.isOn { bulkhead.active!.leave() }
    call.holdsPlace = false
  }

  /// No attempt is made any more.
  mutating func giveUp(_ call: inout Call) {
    if retryBudget.isOn { retryBudget.active!.end(wasRetrying: call.attempt > 0) }
    call.attempt = 0
  }

  /// Ends an attempt, of which `call.answer` is the outcome; returns how long to wait before
  /// another one, or nil when the answer stands. All attempts of a call have `timeout` together.
  @inline(__always)
  mutating func end(
    _ call: inout Call, _ outbox: inout Outbox, timeout: Duration = .forever
  ) -> Duration? {
    seldom(isGuarded) ? endGuarded(&call, &outbox, timeout) : nil
  }

  private mutating func endGuarded(
    _ call: inout Call, _ outbox: inout Outbox, _ timeout: Duration
  ) -> Duration? {
    leaveBulkhead(&call)
    if circuitBreaker.isOn {
      let trip = circuitBreaker.active!.record(
        isFailure: call.answer.isServerError, took: outbox.now - call.askedAt, at: outbox.now)
      if let trip {
        let retrial = outbox.now + circuitBreaker.active!.openDuration
        outbox.remark(.tripped, about: call.asked, trip.text, until: retrial)
      }
    }
    let attempts = Int(call.attempt) + 1
    let left = usesTimeouts ? timeout - (outbox.now - call.arrivedAt) : .forever
    if retry.isOn, left > .zero, retry.active!.applies(to: outcome(of: call), after: attempts),
      !retryBudget.isOn || retryBudget.active!.allowsRetry(isRetrying: call.attempt > 0)
    {
      let pause = retry.active!.backoff.pause(
        after: attempts, previous: attempts == 1 ? .zero : call.pause, &chance)
      call.attempt += 1
      if pause < left {
        retries += 1
        call.pause = pause
        return pause
      }
    }
    giveUp(&call)
    return nil
  }

  private func outcome(of call: Call) -> Retry.Outcome {
    let answer = call.answer
    return Retry.Outcome(
      status: answer.status,
      isConnectFailure: answer.reason == .connectionRefused || answer.reason == .connectionReset,
      isSafe: call.message.isSafe, isIdempotent: call.message.isIdempotent)
  }

  /// How long one attempt may take.
  func patience(_ timeout: Duration) -> Duration {
    if !usesTimeouts { return .minutes(24 * 60) }
    guard isGuarded, let limit = retry.active?.perTryTimeout, limit > .zero else { return timeout }
    return min(timeout, limit)
  }

  /// Whether a second node may be asked the same.
  func mayHedge(_ message: Message) -> Bool { isGuarded && hedging.isOn && message.isSafe }

  /// A restart of the caller: nothing is under way any more.
  mutating func reset() {
    retryBudget.restart()
    circuitBreaker.restart()
    bulkhead.restart()
  }

  public func mix(into digest: inout Digest) {
    retry.mix(into: &digest)
    retryBudget.mix(into: &digest)
    circuitBreaker.mix(into: &digest)
    bulkhead.mix(into: &digest)
    hedging.mix(into: &digest)
    digest.mix(usesTimeouts)
    digest.mix(retries)
    chance.mix(into: &digest)
  }
}

extension CircuitBreaker.Trip {
  /// Why it opened, in words.
  fileprivate var text: String {
    let failed = Int((failureRate * 100).rounded())
    let slow = Int((slowRate * 100).rounded())
    return failed >= slow || slow == 0
      ? "\(failed) % of \(calls) calls failed" : "\(slow) % of \(calls) calls were slow"
  }
}

extension Message {
  /// Whether it changes nothing.
  var isSafe: Bool { verb == .request ? method == .get : verb == .read || verb == .get }

  /// Whether doing it twice leaves the same as doing it once (RFC 9110, section 9.2.2).
  var isIdempotent: Bool {
    verb != .request || method == .get || method == .put || method == .delete
  }
}
