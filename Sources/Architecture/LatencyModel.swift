import Kernel

/// How long messages travel: lognormal, by percentiles of a round trip that operators know.
public struct LatencyModel: Hashable, Sendable {
  /// One way between the user and the load balancer: half of a round trip of 30 / 120 ms.
  public var user = Distribution.lognormal(p50: .milliseconds(15), p99: .milliseconds(60))
  /// One way between two nodes of the same zone: half of a round trip of 0.5 / 1.5 ms.
  public var zone = Distribution.lognormal(p50: .microseconds(250), p99: .microseconds(750))

  public init() {}

  /// The median round trip between the user and the load balancer; zero is none at all.
  public var userRoundTrip = Duration.milliseconds(30) {
    didSet {
      let way = userRoundTrip * 0.5
      user = way > .zero ? .lognormal(p50: way, p99: way * 4) : .constant(.zero)
    }
  }

  func mix(into digest: inout Digest) {
    user.mix(into: &digest)
    zone.mix(into: &digest)
  }
}
