import Kernel

/// Lets so many requests through in a burst, and so many in the long run.
///
/// Envoy's local rate limit: the bucket holds `maxTokens`, and gets `tokensPerFill` more every
/// `fillInterval`. A request takes one token or is answered 429.
public struct TokenBucket: Hashable, Sendable {
  private var tokens: Int?
  private var filledAt = Instant.zero

  public init() {}

  public mutating func take(
    maxTokens: Int, tokensPerFill: Int, fillInterval: Duration, at now: Instant
  ) -> Bool {
    let length = max(fillInterval.nanoseconds, 1)
    let fills = max(0, (now - filledAt).nanoseconds / length)
    let (refill, overflow) = Int(fills).multipliedReportingOverflow(by: tokensPerFill)
    filledAt = filledAt + .nanoseconds(fills * length)
    var level = min(
      maxTokens, overflow ? maxTokens : (tokens ?? maxTokens) + min(refill, maxTokens))
    defer { tokens = level }
    guard level > 0 else { return false }
    level -= 1
    return true
  }

  public func mix(into digest: inout Digest) {
    digest.mix(tokens ?? -1)
    digest.mix(filledAt)
  }
}
