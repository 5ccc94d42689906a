import Kernel

/// How long to wait before the next attempt: exponential, bounded, and spread by chance so that
/// many clients do not come back at the same moment.
///
/// The four kinds of jitter are those of Brooker, "Exponential Backoff And Jitter" (AWS, 2015).
public struct Backoff: Hashable, Sendable, Digestible {
  public enum Jitter: Int, CaseIterable, Sendable {
    /// min(cap, base · 2ⁿ), without chance.
    case none
    /// Uniform in 0 ..< v.
    case full
    /// v/2 and a uniform part of the other half.
    case equal
    /// min(cap, uniform in base ..< 3 · the pause before).
    case decorrelated
  }

  public var base: Duration
  public var cap: Duration
  public var jitter: Jitter

  /// Envoy's base 25 ms and cap 250 ms, with full jitter.
  public init(
    base: Duration = .milliseconds(25), cap: Duration = .milliseconds(250), jitter: Jitter = .full
  ) {
    self.base = base
    self.cap = cap
    self.jitter = jitter
  }

  /// The pause after the `failures`-th failure in a row, 1 for the first; `previous` is the pause
  /// before, zero if there was none.
  public func pause(
    after failures: Int, previous: Duration, _ chance: inout Random
  ) -> Duration {
    let exponent = Double(1 << min(max(failures - 1, 0), 30))
    let full = min(cap, base * exponent)
    switch jitter {
    case .none: return full
    case .full: return full * chance.unit()
    case .equal: return full * 0.5 + full * (0.5 * chance.unit())
    case .decorrelated:
      let highest = max(base, (previous == .zero ? base : previous) * 3)
      return min(cap, base + (highest - base) * chance.unit())
    }
  }

  public func mix(into digest: inout Digest) {
    digest.mix(base)
    digest.mix(cap)
    digest.mix(jitter.rawValue)
  }
}
