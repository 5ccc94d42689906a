import Kernel

/// How long a cached copy may be used: while fresh, then for a moment while it is renewed, and
/// after that only when its source fails (RFC 5861).
public struct Freshness: Hashable, Sendable, Digestible {
  public var timeToLive: Duration
  /// `stale-if-error`: how long an expired copy may stand in for a failing source.
  public var staleIfError: Duration
  public var usesStaleIfError = true
  /// `stale-while-revalidate`: how long an expired copy is served at once while it is renewed.
  public var staleWhileRevalidate = Duration.seconds(10)
  public var usesStaleWhileRevalidate = false
  /// How much the time to live of each copy differs by chance, either way: 0...1. Copies stored
  /// together then do not expire together.
  public var jitter = 0.1
  public var usesJitter = false
  /// How long it is remembered that something is not there.
  public var absence = Duration.seconds(10)

  public enum Verdict: UInt8, Sendable { case fresh, staleWhileRevalidate, staleIfError, tooOld }

  public init(timeToLive: Duration = .seconds(60), staleIfError: Duration = .minutes(60)) {
    self.timeToLive = timeToLive
    self.staleIfError = staleIfError
  }

  /// What one copy's time to live is multiplied by.
  public func factor(_ chance: inout Random) -> Double {
    usesJitter ? 1 + jitter * (2 * chance.unit() - 1) : 1
  }

  /// What a copy of some age is good for, given its factor.
  public func verdict(age: Duration, factor: Double = 1) -> Verdict {
    let life = factor == 1 ? timeToLive : timeToLive * factor
    if age < life { return .fresh }
    if usesStaleWhileRevalidate && age < life + staleWhileRevalidate {
      return .staleWhileRevalidate
    }
    return usesStaleIfError && age < life + staleIfError ? .staleIfError : .tooOld
  }

  public func mix(into digest: inout Digest) {
    digest.mix(timeToLive)
    digest.mix(staleIfError)
    digest.mix(usesStaleIfError)
    digest.mix(staleWhileRevalidate)
    digest.mix(usesStaleWhileRevalidate)
    digest.mix(jitter)
    digest.mix(usesJitter)
    digest.mix(absence)
  }
}
