import Kernel

/// The hosts that a proxy sends to: whose turn it is, among those that its health checks trust.
public struct Upstreams: Hashable, Sendable {
  public var checks: [ActiveHealthCheck]
  private var turn: RoundRobin

  public init(count: Int, startingAt start: Int = 0) {
    turn = RoundRobin(startingAt: start)
    checks = Array(repeating: ActiveHealthCheck(), count: count)
  }

  /// The index of the host whose turn it is; nil when none is healthy.
  public mutating func pick() -> Int? {
    turn.pick(of: checks.count) { checks[$0].isHealthy }
  }

  /// Counts the result of a health check of one host.
  public mutating func record(_ host: Int, success: Bool) {
    checks[host].record(success: success)
  }

  /// A restart: nothing is known, so every host is trusted until a check says otherwise.
  public mutating func reset() { self = Upstreams(count: checks.count) }

  public func mix(into digest: inout Digest) {
    for check in checks { check.mix(into: &digest) }
    digest.mix(turn.position)
  }
}
