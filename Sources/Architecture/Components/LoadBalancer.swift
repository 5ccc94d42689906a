import Kernel
import Patterns

/// Spreads requests evenly over the healthy gateways, in turn.
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
  public var gateways: Upstreams

  init(gateways: Int) { self.gateways = Upstreams(count: gateways) }

  public mutating func boot(_ outbox: inout Outbox) {
    for member in gateways.checks.indices { outbox.start(Stage.probing, .probe(member)) }
  }

  public mutating func handle(
    _ stage: Stage, of call: inout Call, _ outbox: inout Outbox
  ) -> Next<Stage> {
    switch stage {
    case .arrived:
      guard call.message.verb == .request else { return .reply(.ok) }
      return .wait(work, then: .forwarding)
    case .forwarding:
      guard let turn = gateways.pick() else {
        return .reply(Answer(.noHealthyUpstream, at: outbox.here))
      }
      let gateway = outbox.directory.instance(turn, of: .gateway)
      return .ask(gateway, call.message, patience: timeout, then: .answered)
    case .answered:
      return .reply(call.answer)
    case .probing:
      let gateway = outbox.directory.instance(Int(call.message.member), of: .gateway)
      return .ask(gateway, call.message, patience: healthInterval, then: .probed)
    case .probed:
      gateways.record(Int(call.message.member), success: call.answer.isSuccess)
      return .pause(healthInterval, then: .probing)
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

extension Message {
  /// A health check of one member of a group.
  static func probe(_ member: Int) -> Message {
    var message = Message(.probe)
    message.member = UInt8(member)
    return message
  }
}
