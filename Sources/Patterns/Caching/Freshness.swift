import Kernel

/// How long a cached copy may be used: while fresh, and after that only when its source fails
/// (`stale-if-error`, RFC 5861).
public struct Freshness: Hashable, Sendable {
  public var timeToLive: Duration
  public var staleIfError: Duration

  public enum Verdict: UInt8, Sendable { case fresh, staleIfError, tooOld }

  public init(timeToLive: Duration = .seconds(60), staleIfError: Duration = .minutes(60)) {
    self.timeToLive = timeToLive
    self.staleIfError = staleIfError
  }

  public func verdict(age: Duration) -> Verdict {
    if age < timeToLive { return .fresh }
    return age < timeToLive + staleIfError ? .staleIfError : .tooOld
  }

  public func mix(into digest: inout Digest) {
    digest.mix(timeToLive)
    digest.mix(staleIfError)
  }
}
