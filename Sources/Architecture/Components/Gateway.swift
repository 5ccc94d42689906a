import Kernel
import Patterns

/// Routes each request to the service that owns its path, after checking that it may pass.
public struct Gateway: Component {
  public enum Stage: UInt8, Sendable {
    case arrived, routing, forwarding, answered, probing, probed
  }

  public var work = Distribution.lognormal(p50: .microseconds(100), p99: .microseconds(500))
  /// How long a service may take before the user is answered 504 (Envoy's route timeout).
  public var timeout = Duration.seconds(15)
  /// The largest body that is let through, in bytes.
  public var bodyLimit = 8192
  public var healthInterval = Duration.seconds(2)
  /// The instances of Service A and of Service B.
  public var services: [Cluster]
  public var rateLimit = Switch(RateLimit())
  public var loadShedding = Switch(AdmissionControl())
  public var adaptiveConcurrency = Switch(AdaptiveConcurrency())
  private var chance: Random
  let authority: TokenAuthority
  private let addressed = Addressed()

  init(services: [Int], number: Int, authority: TokenAuthority, _ streams: Streams) {
    self.services = zip(Resource.allCases, services).map {
      Cluster($0.service, count: $1, startingAt: number - 1, streams)
    }
    self.authority = authority
    chance = streams["shedding"]
  }

  public mutating func reseed(_ streams: Streams) {
    for index in services.indices { services[index].reseed(streams) }
    chance = streams["shedding"]
  }

  public mutating func boot(_ outbox: inout Outbox) {
    for (number, service) in services.enumerated() {
      let hosts = 0..<service.hosts.known
      service.beginChecks(of: hosts, number: UInt32(number), at: Stage.probing, &outbox)
    }
  }

  public mutating func handle(
    _ stage: Stage, of call: inout Call, _ outbox: inout Outbox
  ) -> Next<Stage> {
    switch stage {
    case .arrived:
      guard call.message.verb == .request else { return outbox.reply(.ok) }
      return .wait(work, then: .routing)
    case .routing:
      let verdict = inspect(call.message, at: outbox.timeOfDay)
      guard verdict == .none else { return outbox.reply(Answer(verdict, at: outbox.here)) }
      if let refusal = limit(&outbox) { return outbox.reply(Answer(refusal, at: outbox.here)) }
      return .go(.forwarding)
    case .forwarding:
      return conclude(
        services[route(call)].ask(&call, timeout: timeout, then: .answered, &outbox), call, &outbox
      )
    case .answered:
      return conclude(
        services[route(call)].settle(&call, timeout: timeout, orAgain: .forwarding, &outbox), call,
        &outbox)
    case .probing:
      return services[Int(call.message.id)].check(
        call, every: healthInterval, from: .probing, then: .probed, &outbox)
    case .probed:
      return services[Int(call.message.id)].endCheck(
        call, every: healthInterval, then: .probing, outbox)
    }
  }

  /// Which of the services a request is for.
  private func route(_ call: Call) -> Int { Int((call.message.resource ?? .orders).rawValue) }

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

  // MARK: Limits

  /// Why a request that may pass is turned away all the same.
  private mutating func limit(_ outbox: inout Outbox) -> Reason? {
    let now = outbox.now
    if rateLimit.isOn, !rateLimit.active!.allows(at: now, sharing: &outbox.sharedRateLimit) {
      return .rateLimited
    }
    if loadShedding.isOn && !loadShedding.active!.admits(at: now, &chance) { return .loadShed }
    if adaptiveConcurrency.isOn && !adaptiveConcurrency.active!.enter(at: now) {
      return .concurrencyLimited
    }
    return nil
  }

  /// Tells the limits how a request that they let through ended.
  private mutating func conclude(
    _ next: Next<Stage>, _ call: Call, _ outbox: inout Outbox
  ) -> Next<Stage> {
    guard case .reply = next.decision else { return next }
    let isSuccess = !outbox.answer.isServerError
    if loadShedding.isOn { loadShedding.active!.record(success: isSuccess, at: outbox.now) }
    if adaptiveConcurrency.isOn {
      let time = outbox.now - call.arrivedAt
      adaptiveConcurrency.active!.leave(took: time, success: isSuccess, at: outbox.now)
    }
    return next
  }

  public mutating func crash() {
    rateLimit.restart()
    loadShedding.restart()
    adaptiveConcurrency.restart()
    for index in services.indices { services[index].reset() }
  }

  public func mix(into digest: inout Digest) {
    work.mix(into: &digest)
    digest.mix(timeout)
    digest.mix(bodyLimit)
    digest.mix(healthInterval)
    rateLimit.mix(into: &digest)
    loadShedding.mix(into: &digest)
    adaptiveConcurrency.mix(into: &digest)
    chance.mix(into: &digest)
    for service in services { service.mix(into: &digest) }
  }
}
