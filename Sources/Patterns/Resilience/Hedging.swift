import Kernel

/// Sends a second request when the first takes long, and takes whichever answer comes first.
///
/// Dean and Barroso, "The Tail at Scale" (2013). With answer times of survival function S, and a
/// hedge after d, P(T > t) = S(t) · S(t − d). Polly's default delay is 2 s.
public struct Hedging: Hashable, Sendable, Digestible {
  public var delay: Duration
  /// Second requests that were arranged for.
  public private(set) var arranged = 0

  public init(delay: Duration = .seconds(2)) { self.delay = delay }

  public mutating func arrange() -> Duration {
    arranged += 1
    return delay
  }

  public func mix(into digest: inout Digest) {
    digest.mix(delay)
    digest.mix(arranged)
  }
}
