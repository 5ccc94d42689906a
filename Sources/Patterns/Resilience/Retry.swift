import Kernel

/// Tries again what failed in a way that another attempt may mend.
public struct Retry: Hashable, Sendable, Digestible {
  /// Which failures are worth another attempt: Envoy's `retry_on`.
  public enum Condition: Int, CaseIterable, Sendable {
    /// The connection was refused or broke: the request was hardly begun.
    case connectFailure
    /// 502, 503 and 504 too.
    case gatewayError
    /// Every server error.
    case serverError
  }

  /// What may be done twice (RFC 9110, section 9.2).
  public enum Methods: Int, CaseIterable, Sendable {
    /// What changes nothing.
    case safe
    /// What done twice leaves the same as done once.
    case idempotent
    case all
  }

  /// All attempts, the first included: the one unambiguous way to count.
  public var maxAttempts: Int
  public var backoff: Backoff
  public var condition: Condition
  public var methods: Methods
  /// How long one attempt may take; zero is no limit of its own (Envoy's per_try_timeout).
  public var perTryTimeout: Duration

  public init(
    maxAttempts: Int = 3, backoff: Backoff = Backoff(), condition: Condition = .gatewayError,
    methods: Methods = .idempotent, perTryTimeout: Duration = .zero
  ) {
    self.maxAttempts = maxAttempts
    self.backoff = backoff
    self.condition = condition
    self.methods = methods
    self.perTryTimeout = perTryTimeout
  }

  /// How an attempt ended.
  public struct Outcome: Hashable, Sendable {
    public var status: UInt16
    /// Refused, or broken before the answer.
    public var isConnectFailure: Bool
    public var isSafe: Bool
    public var isIdempotent: Bool

    public init(status: UInt16, isConnectFailure: Bool, isSafe: Bool, isIdempotent: Bool) {
      self.status = status
      self.isConnectFailure = isConnectFailure
      self.isSafe = isSafe
      self.isIdempotent = isIdempotent
    }
  }

  /// Whether another attempt is worth it, after some attempts.
  public func applies(to outcome: Outcome, after attempts: Int) -> Bool {
    guard attempts < maxAttempts else { return false }
    switch methods {
    case .safe where !outcome.isSafe: return false
    case .idempotent where !outcome.isIdempotent: return false
    default: break
    }
    switch condition {
    case .connectFailure: return outcome.isConnectFailure
    case .gatewayError: return outcome.isConnectFailure || (502...504).contains(outcome.status)
    case .serverError: return outcome.isConnectFailure || outcome.status >= 500
    }
  }

  public func mix(into digest: inout Digest) {
    digest.mix(maxAttempts)
    backoff.mix(into: &digest)
    digest.mix(condition.rawValue)
    digest.mix(methods.rawValue)
    digest.mix(perTryTimeout)
  }
}
