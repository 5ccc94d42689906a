import Kernel

/// Does background tasks: works on one, records its result in Database A, and acknowledges.
///
/// The task's idempotency key goes into the row, so a task that is delivered twice is recorded
/// once. A worker that cannot record a task does not acknowledge it.
public struct Worker: Component {
  public enum Stage: UInt8, Sendable { case arrived, computed, recorded, returning, returned }

  public var work = Distribution.lognormal(p50: .milliseconds(2), p99: .milliseconds(10))
  public var databaseTimeout = Duration.seconds(5)
  public private(set) var processed = 0
  public private(set) var failures = 0

  /// A RabbitMQ client's network recovery interval.
  private let reconnectInterval = Duration.seconds(5)
  public var database: Dependency
  var view = DatabaseView()
  /// Whether it sends the task's idempotency key with what it records.
  public var isIdempotent = true
  /// Whether the queue has to hear that it is back.
  private var hasCrashed = false
  /// The body of a request whose task no worker can do.
  static let poison = "poison"

  init(_ streams: Streams) { database = Dependency(on: .databaseA, streams) }

  public mutating func reseed(_ streams: Streams) { database.reseed(streams) }

  public mutating func boot(_ outbox: inout Outbox) {
    if hasCrashed {
      outbox.start(Stage.returning)
    } else {
      outbox.tell(outbox.directory.first(of: .queue), Message(.connected))
    }
  }

  public mutating func handle(
    _ stage: Stage, of call: inout Call, _ outbox: inout Outbox
  ) -> Next<Stage> {
    switch stage {
    case .arrived:
      return call.message.verb == .task ? .wait(work, then: .computed) : outbox.reply(.ok)
    case .computed:
      if outbox.texts[call.message.body] == Self.poison {
        failures += 1
        return outbox.reply(Answer(.badRequest, at: outbox.here))
      }
      if let refusal = database.begin(&call, at: outbox.now) {
        return outbox.reply(Answer(refusal, at: outbox.here))
      }
      var message = call.message.with(.record)
      let leader = view.leader(of: message.key, outbox.directory)
      message.epoch = leader.epoch
      message.isKeyed = isIdempotent
      let patience = database.patience(databaseTimeout)
      return outbox.ask(leader.primary, message, patience: patience, then: .recorded)
    case .recorded:
      view.learn(from: call.answer)
      if let pause = database.end(&call, &outbox) { return .pause(pause, then: .computed) }
      if call.answer.isSuccess { processed += 1 } else { failures += 1 }
      return outbox.reply(call.answer)
    case .returning:
      let queue = outbox.directory.first(of: .queue)
      return outbox.ask(
        queue, Message(.connected), patience: reconnectInterval, then: .returned)
    case .returned:
      return call.answer.isSuccess ? .done : .pause(reconnectInterval, then: .returning)
    }
  }

  public mutating func crash() {
    hasCrashed = true
    database.reset()
    view.refresh()
  }

  public func mix(into digest: inout Digest) {
    database.mix(into: &digest)
    view.mix(into: &digest)
    work.mix(into: &digest)
    digest.mix(databaseTimeout)
    digest.mix(isIdempotent)
    digest.mix(hasCrashed)
    digest.mix(processed)
    digest.mix(failures)
  }
}
