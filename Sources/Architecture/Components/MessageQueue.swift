import Kernel
import Patterns

/// Keeps tasks until a worker has done them: at-least-once delivery to competing consumers.
///
/// A task handed out is hidden for the visibility timeout. A worker that does it acknowledges;
/// one that fails or dies says nothing, and the task is offered again when the timeout is over.
public struct MessageQueue: Component {
  public enum Stage: UInt8, Sendable {
    case arrived, stored, delivering, delivered, hidden, expired
  }

  struct Task: Hashable, Sendable {
    var message: Message
    var request: UInt32
  }

  /// One competing worker as the queue sees it.
  struct Consumer: Hashable, Sendable {
    var isConnected = true
    var inFlight = 0
  }

  /// Publish and confirm: the task is on disk.
  public var work = Distribution.lognormal(p50: .milliseconds(1), p99: .milliseconds(5))
  /// How many tasks a worker may hold at once (RabbitMQ's prefetch).
  public var prefetch = 4
  var tasks = VisibilityQueue<Task>()
  public private(set) var deadLetters = 0
  public private(set) var redeliveries = 0
  private var consumers: [Consumer]
  private var consumerCount: Int
  private var turn = RoundRobin()
  private var chance: Random

  init(workers: Int, chance: Random) {
    self.chance = chance
    consumers = Array(repeating: Consumer(), count: workers)
    consumerCount = workers
  }

  /// More workers, or fewer: the last ones get nothing more.
  mutating func resize(to count: Int) {
    while consumers.count < count { consumers.append(Consumer()) }
    consumerCount = count
  }

  public var depth: Int { tasks.depth }
  public var waiting: Int { tasks.waiting }
  public var inFlight: Int { tasks.inFlight }
  public var published: Int { tasks.published }
  public var processed: Int { tasks.acknowledged }
  public var visibilityTimeout: Duration {
    get { tasks.visibilityTimeout }
    set { tasks.visibilityTimeout = newValue }
  }

  public mutating func boot(_ outbox: inout Outbox) { dispatch(&outbox) }

  public mutating func handle(
    _ stage: Stage, of call: inout Call, _ outbox: inout Outbox
  ) -> Next<Stage> {
    switch stage {
    case .arrived:
      switch call.message.verb {
      case .publish: return .wait(work, then: .stored)
      case .connected:
        consumers[outbox.directory[call.origin].number - 1].isConnected = true
        dispatch(&outbox)
        return .done
      default: return .reply(.ok)
      }
    case .stored:
      if let refusal = diskRefusal(outbox.condition) {
        return .reply(Answer(refusal, at: outbox.here))
      }
      tasks.publish(Task(message: call.message.with(.task), request: call.request), at: outbox.now)
      dispatch(&outbox)
      return .reply(.ok)
    case .delivering:
      let worker = outbox.directory.instance(Int(call.message.member), of: .worker)
      let patience = tasks.visibilityTimeout
      return .ask(worker, call.message, patience: patience, then: .delivered)
    case .delivered:
      return settle(call, &outbox)
    case .hidden: return .pause(call.message.patience, then: .expired)
    case .expired:
      // A clock that was set back in between: the time is not over yet.
      if let due = tasks.dueAt(Int(call.message.task)), due > outbox.now {
        return .pause(due - outbox.now, then: .expired)
      }
      tasks.expire(Int(call.message.task), at: outbox.now)
      dispatch(&outbox)
      return .done
    }
  }

  private mutating func diskRefusal(_ condition: Condition) -> Reason? {
    if condition.diskIsFull { return .diskFull }
    return condition.diskErrorShare > 0 && chance.unit() < condition.diskErrorShare
      ? .ioError : nil
  }

  /// Hands out what is visible to the workers that can take more, in turn.
  private mutating func dispatch(_ outbox: inout Outbox) {
    while tasks.waiting > 0 {
      let worker = turn.pick(of: consumerCount) {
        consumers[$0].isConnected && consumers[$0].inFlight < prefetch
      }
      guard let worker, let (number, receipt) = tasks.receive(at: outbox.now) else { return }
      consumers[worker].inFlight += 1
      if receipt.deliveries > 1 { redeliveries += 1 }
      var message = receipt.task.message
      message.task = UInt32(number)
      message.member = UInt8(worker)
      outbox.start(Stage.delivering, message, for: receipt.task.request)
    }
  }

  /// A delivery is over: done, never received, or to be tried again when its time is up.
  private mutating func settle(_ call: Call, _ outbox: inout Outbox) -> Next<Stage> {
    let worker = Int(call.message.member)
    let number = Int(call.message.task)
    consumers[worker].inFlight -= 1
    if call.answer.isSuccess {
      tasks.acknowledge(number)
    } else if call.answer.reason == .connectionRefused && call.answer.failedAt.isWorker(outbox) {
      consumers[worker].isConnected = false
      tasks.putBack(number)
    } else if let due = tasks.dueAt(number) {
      // The wait until the task is offered again is the queue's, not the request's.
      var timer = call.message
      timer.patience = due - outbox.now
      outbox.start(Stage.hidden, timer)
    }
    dispatch(&outbox)
    return .done
  }

  public mutating func crash() {
    tasks.restart()
    for index in consumers.indices { consumers[index] = Consumer() }
  }

  public func mix(into digest: inout Digest) {
    work.mix(into: &digest)
    digest.mix(prefetch)
    tasks.mix(into: &digest) { task, digest in
      task.message.mix(into: &digest)
      digest.mix(task.request)
    }
    digest.mix(deadLetters)
    digest.mix(redeliveries)
    digest.mix(consumerCount)
    for consumer in consumers {
      digest.mix(consumer.isConnected)
      digest.mix(consumer.inFlight)
    }
    digest.mix(turn.position)
    chance.mix(into: &digest)
  }
}

extension NodeID {
  fileprivate func isWorker(_ outbox: Outbox) -> Bool { outbox.directory[self].tier == .worker }
}
