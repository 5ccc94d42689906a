import Kernel
import Patterns

/// Routes each request to the service that owns its path, after checking that it may pass.
public struct Gateway: Component {
  public enum Stage: UInt8, Sendable { case arrived, routing, answered, probing, probed }

  public var work = Distribution.lognormal(p50: .microseconds(100), p99: .microseconds(500))
  /// How long a service may take before the user is answered 504 (Envoy's route timeout).
  public var timeout = Duration.seconds(15)
  /// The largest body that is let through, in bytes.
  public var bodyLimit = 8192
  public var healthInterval = Duration.seconds(2)
  /// The instances of Service A and of Service B.
  public var services: [Upstreams]
  let authority: TokenAuthority

  init(services: [Int], number: Int, authority: TokenAuthority) {
    self.services = services.map { Upstreams(count: $0, startingAt: number - 1) }
    self.authority = authority
  }

  public mutating func boot(_ outbox: inout Outbox) {
    for resource in Resource.allCases {
      for member in services[Int(resource.rawValue)].checks.indices {
        var probe = Message.probe(member)
        probe.resource = resource
        outbox.start(Stage.probing, probe)
      }
    }
  }

  public mutating func handle(
    _ stage: Stage, of call: inout Call, _ outbox: inout Outbox
  ) -> Next<Stage> {
    switch stage {
    case .arrived:
      guard call.message.verb == .request else { return .reply(.ok) }
      return .wait(work, then: .routing)
    case .routing:
      let verdict = inspect(call.message, at: outbox.now)
      guard verdict == .none, let resource = call.message.resource else {
        return .reply(Answer(verdict, at: outbox.here))
      }
      guard let turn = services[Int(resource.rawValue)].pick() else {
        return .reply(Answer(.noHealthyUpstream, at: outbox.here))
      }
      let service = outbox.directory.instance(turn, of: resource.service)
      return .ask(service, call.message, patience: timeout, then: .answered)
    case .answered:
      return .reply(call.answer)
    case .probing:
      guard let resource = call.message.resource else { return .done }
      let service = outbox.directory.instance(Int(call.message.member), of: resource.service)
      return .ask(service, call.message, patience: healthInterval, then: .probed)
    case .probed:
      guard let resource = call.message.resource else { return .done }
      services[Int(resource.rawValue)].record(
        Int(call.message.member), success: call.answer.isSuccess)
      return .pause(healthInterval, then: .probing)
    }
  }

  /// Why a request may not pass, or `.none`: first what it asks for, then who asks.
  func inspect(_ message: Message, at now: Instant) -> Reason {
    guard message.resource != nil else { return .noRoute }
    let needed: BearerToken.Scopes
    switch message.method {
    case .get: needed = .read
    case .put, .delete: needed = .write
    default: return .methodNotAllowed
    }
    switch authority.check(message.token, at: now) {
    case .missing: return .noToken
    case .expired: return .tokenExpired
    case .forged: return .tokenForged
    case .valid(let scopes):
      guard scopes.contains(needed) else { return .forbidden }
    }
    return Int(message.bodyBytes) > bodyLimit ? .bodyTooLarge : .none
  }

  public mutating func crash() {
    for index in services.indices { services[index].reset() }
  }

  public func mix(into digest: inout Digest) {
    work.mix(into: &digest)
    digest.mix(timeout)
    digest.mix(bodyLimit)
    digest.mix(healthInterval)
    for service in services { service.mix(into: &digest) }
  }
}
