import Kernel
import Patterns

/// Spreads requests evenly over the healthy gateways, in turn or by another policy.
///
/// It asks each gateway at regular intervals whether it lives; one that fails a few checks in a
/// row gets no requests until it passes again. Between a gateway's death and the verdict some
/// requests are still sent there, and fail.
public struct LoadBalancer: Component {
  public enum Stage: UInt8, Sendable { case arrived, forwarding, answered, probing, probed }

  public var work = Distribution.lognormal(p50: .microseconds(100), p99: .microseconds(500))
  /// How long a gateway may take (nginx: proxy_read_timeout 60 s).
  public var timeout = Duration.seconds(60)
  /// HAProxy's `inter` 2 s, `fall` 3, `rise` 2.
  public var healthInterval = Duration.seconds(2)
  public var gateways: Cluster

  init(gateways: Int, _ streams: Streams) {
    self.gateways = Cluster(.gateway, count: gateways, streams)
  }

  public mutating func reseed(_ streams: Streams) { gateways.reseed(streams) }

  public mutating func boot(_ outbox: inout Outbox) {
    gateways.beginChecks(of: 0..<gateways.hosts.known, at: Stage.probing, &outbox)
  }

  public mutating func handle(
    _ stage: Stage, of call: inout Call, _ outbox: inout Outbox
  ) -> Next<Stage> {
    switch stage {
    case .arrived:
      guard call.message.verb == .request else { return outbox.reply(.ok) }
      return .wait(work, then: .forwarding)
    case .forwarding:
      return gateways.ask(&call, timeout: timeout, then: .answered, &outbox)
    case .answered:
      return gateways.settle(&call, timeout: timeout, orAgain: .forwarding, &outbox)
    case .probing:
      return gateways.check(call, every: healthInterval, from: .probing, then: .probed, &outbox)
    case .probed:
      return gateways.endCheck(call, every: healthInterval, then: .probing, outbox)
    }
  }

  public mutating func crash() { gateways.reset() }

  public func mix(into digest: inout Digest) {
    work.mix(into: &digest)
    digest.mix(timeout)
    digest.mix(healthInterval)
    gateways.mix(into: &digest)
  }
}
