import Kernel

/// The hosts that a proxy sends to: whose turn it is, among those that its health checks trust.
public struct Upstreams: Hashable, Sendable {
  public private(set) var checks: [ActiveHealthCheck]
  private var turn: RoundRobin

  public init(count: Int, startingAt start: Int = 0) {
    turn = RoundRobin(startingAt: start)
    checks = Array(repeating: ActiveHealthCheck(), count: count)
  }

  /// Failed checks in a row that put a host out.
  public var fall: Int {
    get { checks.first?.fall ?? 0 }
    set { for host in checks.indices { checks[host].fall = newValue } }
  }

  /// Good checks in a row that bring it back.
  public var rise: Int {
    get { checks.first?.rise ?? 0 }
    set { for host in checks.indices { checks[host].rise = newValue } }
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
  public mutating func reset() {
    for host in checks.indices {
      checks[host] = ActiveHealthCheck(fall: checks[host].fall, rise: checks[host].rise)
    }
  }

  public func mix(into digest: inout Digest) {
    for check in checks { check.mix(into: &digest) }
    digest.mix(turn.position)
  }
}
