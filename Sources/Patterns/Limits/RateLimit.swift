import Kernel

/// Bounds how many requests pass in a time; each door counts for itself, or all count together.
///
/// With N doors that count for themselves the limit is N times as high: the usual surprise.
public struct RateLimit: Hashable, Sendable, Digestible {
  public enum Algorithm: Int, CaseIterable, Sendable { case tokenBucket, slidingWindow }
  public enum Scope: Int, CaseIterable, Sendable { case local, shared }

  /// What was let through: kept by one door, or by all together.
  public struct State: Hashable, Sendable {
    var bucket = TokenBucket()
    var window = SlidingWindow()

    public init() {}

    public func mix(into digest: inout Digest) {
      bucket.mix(into: &digest)
      window.mix(into: &digest)
    }
  }

  public var algorithm = Algorithm.tokenBucket
  public var scope = Scope.local
  public var maxTokens = 100
  /// The window's limit, too.
  public var tokensPerFill = 100
  /// The window's length, too.
  public var fillInterval = Duration.seconds(1)
  public private(set) var limited = 0
  private var own = State()

  public init() {}

  /// Asks to let a request through; `common` is what all doors count together.
  public mutating func allows(at now: Instant, sharing common: inout State) -> Bool {
    let isAllowed = scope == .shared ? take(&common, now) : take(&own, now)
    if !isAllowed { limited += 1 }
    return isAllowed
  }

  private func take(_ state: inout State, _ now: Instant) -> Bool {
    switch algorithm {
    case .tokenBucket:
      state.bucket.take(
        maxTokens: maxTokens, tokensPerFill: tokensPerFill, fillInterval: fillInterval, at: now)
    case .slidingWindow:
      state.window.take(limit: tokensPerFill, window: fillInterval, at: now)
    }
  }

  public func mix(into digest: inout Digest) {
    digest.mix(algorithm.rawValue)
    digest.mix(scope.rawValue)
    digest.mix(maxTokens)
    digest.mix(tokensPerFill)
    digest.mix(fillInterval)
    digest.mix(limited)
    own.mix(into: &digest)
  }
}
