import Kernel

/// Does background tasks: works on one, records its result in Database A, and acknowledges.
///
/// The task's number goes into the row as its idempotency key, so a task that is delivered twice
/// is recorded once. A worker that cannot record a task does not acknowledge it.
public struct Worker: Component {
  public enum Stage: UInt8, Sendable { case arrived, computed, recorded }

  public var work = Distribution.lognormal(p50: .milliseconds(2), p99: .milliseconds(10))
  public var databaseTimeout = Duration.seconds(5)
  public private(set) var processed = 0
  public private(set) var failures = 0

  init() {}

  public mutating func boot(_ outbox: inout Outbox) {
    outbox.tell(outbox.directory.first(of: .queue), Message(.connected))
  }

  public mutating func handle(
    _ stage: Stage, of call: inout Call, _ outbox: inout Outbox
  ) -> Next<Stage> {
    switch stage {
    case .arrived:
      return call.message.verb == .task ? .wait(work, then: .computed) : .reply(.ok)
    case .computed:
      var message = call.message.with(.record)
      let database = message.key.resource.database
      message.epoch = outbox.directory.epoch(of: database)
      let primary = outbox.directory.primary(of: database)
      return .ask(primary, message, patience: databaseTimeout, then: .recorded)
    case .recorded:
      if call.answer.isSuccess { processed += 1 } else { failures += 1 }
      return .reply(call.answer)
    }
  }

  public func mix(into digest: inout Digest) {
    work.mix(into: &digest)
    digest.mix(databaseTimeout)
    digest.mix(processed)
    digest.mix(failures)
  }
}
