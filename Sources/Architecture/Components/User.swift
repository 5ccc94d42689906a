import Kernel
import Patterns

/// Sends requests: the learner's one by one, and those of virtual users from a workload.
public struct User: Component {
  public enum Stage: UInt8, Sendable { case sending, answered, arriving, resting }

  /// How long a user waits for an answer before giving up.
  public var patience = Duration.seconds(60)
  var workload: Workload?
  /// Tells the senders of this workload from those that an earlier one has left behind.
  private(set) var generation: UInt32 = 0
  /// The first request that the workload could send.
  private var firstRequest: UInt32 = 0
  public var loadBalancer: Dependency
  let authority: TokenAuthority

  init(authority: TokenAuthority, _ streams: Streams) {
    self.authority = authority
    loadBalancer = Dependency(on: .loadBalancer, streams)
  }

  public mutating func reseed(_ streams: Streams) { loadBalancer.reseed(streams) }

  public mutating func handle(
    _ stage: Stage, of call: inout Call, _ outbox: inout Outbox
  ) -> Next<Stage> {
    switch stage {
    case .sending:
      call.message.token = authority.token(of: call.message.identity, at: outbox.now)
      if let refusal = loadBalancer.begin(&call, at: outbox.now) {
        return reply(Answer(refusal, at: outbox.here), call, &outbox)
      }
      let elapsed = outbox.now - call.arrivedAt
      let patience = loadBalancer.patience(limit(of: call) - elapsed)
      let node = outbox.directory.first(of: .loadBalancer)
      return outbox.ask(node, call.message, patience: patience, then: .answered)
    case .answered:
      if let pause = loadBalancer.end(&call, &outbox, timeout: limit(of: call)) {
        return .pause(pause, then: .sending)
      }
      if call.answer.reason == .upstreamTimeout && call.answer.failedAt.isLoadBalancer(outbox) {
        return reply(Answer(.clientTimeout, at: call.answer.failedAt), call, &outbox)
      }
      return reply(call.answer, call, &outbox)
    case .arriving where call.message.id != generation: return .done
    case .arriving:
      guard let message = workload?.next(at: outbox.now) else {
        workload = nil
        return .done
      }
      outbox.start(Stage.sending, message)
      if isClosedLoop { return .done }
      return .pause(workload?.pause(at: outbox.now) ?? .zero, then: .arriving)
    case .resting:
      let pause = workload?.pause(at: outbox.now) ?? .zero
      return .pause(max(pause, call.message.patience), then: .arriving)
    }
  }

  /// How long all attempts of a request may take together, as curl's `--max-time` counts.
  private func limit(of call: Call) -> Duration { min(patience, call.message.patience) }

  private var isClosedLoop: Bool {
    guard case .closed? = workload?.pace else { return false }
    return true
  }

  /// What a sender of the current workload keeps.
  private var sender: Message {
    var message = Message(.probe)
    message.id = generation
    message.patience = .zero
    return message
  }

  /// Begins a workload, with as many senders as it takes.
  mutating func begin(_ workload: Workload, firstRequest: UInt32, _ outbox: inout Outbox) {
    self.workload = workload
    self.firstRequest = firstRequest
    generation += 1
    switch workload.pace {
    case .open: outbox.start(Stage.arriving, sender)
    case .closed(let users, _): for _ in 0..<users { outbox.start(Stage.arriving, sender) }
    }
  }

  /// The end of a request; in a closed loop its user thinks, and sends the next one.
  private mutating func reply(
    _ answer: Answer, _ call: Call, _ outbox: inout Outbox
  ) -> Next<Stage> {
    if call.message.isVirtual && call.request >= firstRequest && isClosedLoop {
      var sender = sender
      // Nobody who is refused at once asks again at once: time would stand still.
      if outbox.now == call.arrivedAt { sender.patience = .milliseconds(1) }
      outbox.start(Stage.resting, sender)
    }
    return outbox.reply(answer)
  }

  public func mix(into digest: inout Digest) {
    digest.mix(patience)
    loadBalancer.mix(into: &digest)
    digest.mix(generation)
    digest.mix(firstRequest)
    workload?.mix(into: &digest)
  }
}

extension TokenAuthority {
  /// The bearer token that somebody sends.
  fileprivate func token(of identity: Identity, at now: Instant) -> BearerToken {
    let anHourOn = now + .minutes(60)
    switch identity {
    case .learner: return issue([.read, .write], until: anHourOn)
    case .reader: return issue([.read], until: anHourOn)
    case .none: return .none
    case .expired: return issue([.read, .write], until: now)
    case .forged:
      var token = issue([.read], until: anHourOn)
      token.scopes = [.read, .write]  // the bearer gave itself more than was signed
      return token
    }
  }
}

extension NodeID {
  fileprivate func isLoadBalancer(_ outbox: Outbox) -> Bool {
    self == outbox.directory.first(of: .loadBalancer)
  }
}
