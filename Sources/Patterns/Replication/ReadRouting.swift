import Kernel

/// Sends reads to replicas, in turn; after a write of a key its reads go to the primary for a while.
///
/// Without that pinning a reader may not see its own write: the replica is behind. Real systems pin
/// by time (Rails' `delay`, ProxySQL) or carry the log position and wait for it. The pins belong to
/// the user, as in a cookie, so that any instance of a service knows them.
public struct ReadRouting: Hashable, Sendable, Digestible {
  /// How long after a write its key is read from the primary; zero is not at all.
  public var pin = Duration.zero
  private var turn = RoundRobin()

  /// When keys were written lately.
  public struct Pins: Hashable, Sendable, Digestible {
    fileprivate var writtenAt: [UInt64: Instant] = [:]

    public init() {}

    public func mix(into digest: inout Digest) {
      for key in writtenAt.keys.sorted() {
        digest.mix(key)
        digest.mix(writtenAt[key] ?? .zero)
      }
    }
  }

  public init() {}

  /// Which of `count` replicas reads a key; nil for the primary.
  public mutating func replica(
    for key: UInt64, of count: Int, at now: Instant, _ pins: inout Pins
  ) -> Int? {
    guard count > 0 else { return nil }
    if pin > .zero, let written = pins.writtenAt[key] {
      if now - written < pin { return nil }
      pins.writtenAt[key] = nil
    }
    return turn.pick(of: count) { _ in true }
  }

  /// A key has been written.
  public func noteWrite(of key: UInt64, at now: Instant, _ pins: inout Pins) {
    if pin > .zero { pins.writtenAt[key] = now }
  }

  public func mix(into digest: inout Digest) {
    digest.mix(pin)
    digest.mix(turn.position)
  }
}
