import Kernel

/// Finds out that a primary is gone: it has to renew a lease, and when it does not, another one may
/// take over.
///
/// Patroni's leader key with its defaults: `ttl` 30 s, `loop_wait` 10 s. A replica that lags by more
/// than `maximum_lag_on_failover` is not promoted. How long a failover takes is not how fast the
/// machine is: it is the lease.
public struct LeaderLease: Hashable, Sendable, Digestible {
  public var timeToLive = Duration.seconds(30)
  public var loopWait = Duration.seconds(10)
  /// In writes.
  public var maximumLag = 1000
  public private(set) var expiresAt = Instant.zero
  /// The position of the primary's log when it last renewed.
  public private(set) var knownPosition: UInt64 = 0

  public init() {}

  /// Why no primary could keep the lease; nil when it can.
  public var flaw: String? {
    timeToLive >= loopWait
      ? nil : "a lease has to last until it is renewed: set loop-wait no longer than ttl"
  }

  public mutating func renew(at now: Instant, position: UInt64) {
    expiresAt = now + timeToLive
    knownPosition = position
  }

  /// From now on a lease lasts so long: one that was given for longer ends earlier.
  public mutating func shorten(to duration: Duration, at now: Instant) {
    timeToLive = duration
    expiresAt = min(expiresAt, now + duration)
  }

  public func isExpired(at now: Instant) -> Bool { now >= expiresAt }

  /// Whether a replica with a log up to a position may take over.
  public func accepts(position: UInt64) -> Bool {
    position + UInt64(maximumLag) >= knownPosition
  }

  public func mix(into digest: inout Digest) {
    digest.mix(timeToLive)
    digest.mix(loopWait)
    digest.mix(maximumLag)
    digest.mix(expiresAt)
    digest.mix(knownPosition)
  }
}
