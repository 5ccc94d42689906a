import Kernel
import Patterns

/// Keeps tasks until a worker has done them: at-least-once delivery to competing consumers.
///
/// A task handed out is hidden for the visibility timeout. A worker that does it acknowledges;
/// one that fails or dies says nothing, and the task is offered again when the timeout is over, or
/// is given up as a dead letter. Tasks are published by services, or come from the outbox that a
/// database's log holds (see `OutboxCursors`).
public struct MessageQueue: Component {
  public enum Stage: UInt8, Sendable {
    case arrived, stored, delivering, delivered, expiring, tailing, tailed
  }

  struct Task: Sendable {
    var message: Message
    var request: UInt32
  }

  /// One competing worker as the queue sees it.
  struct Consumer: Hashable, Sendable {
    var isConnected = true
    var inFlight = 0
  }

  /// A task that was given up.
  public struct DeadLetter: Hashable, Sendable {
    public let number: Int
    public let request: UInt32
    public let key: Key
    public let deliveries: Int
  }

  /// Publish and confirm: the task is on disk.
  public var work = Distribution.lognormal(p50: .milliseconds(1), p99: .milliseconds(5))
  /// How many tasks a worker may hold at once (RabbitMQ's prefetch).
  public var prefetch = 4
  /// Whether a task is kept until a worker acknowledges it; otherwise handing it out is enough.
  public var awaitsAcknowledgements = true
  /// Whether several workers get tasks; otherwise one does (single active consumer).
  public var hasCompetingConsumers = true
  public var deadLettering = Switch(DeliveryLimit())
  public var bound = Switch(QueueBound())
  var outboxes = OutboxCursors()
  var tasks = VisibilityQueue<Task>()
  public private(set) var deadLetters: [DeadLetter] = []
  public private(set) var redeliveries = 0
  /// Tasks that failed after they were forgotten (without acknowledgements).
  public private(set) var tasksLost = 0
  private var consumers: [Consumer]
  private var consumerCount: Int
  private var turn = RoundRobin()
  private var chance: Random
  private let addressed = Addressed()

  init(workers: Int, _ streams: Streams) {
    chance = streams["disk"]
    consumers = Array(repeating: Consumer(), count: workers)
    consumerCount = workers
  }

  public mutating func reseed(_ streams: Streams) { chance = streams["disk"] }

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

  public mutating func boot(_ outbox: inout Outbox) {
    dispatch(&outbox)
    outboxes.isTailing = []
    beginTailing(&outbox)
  }

  public mutating func handle(
    _ stage: Stage, of call: inout Call, _ outbox: inout Outbox
  ) -> Next<Stage> {
    switch stage {
    case .arrived:
      switch call.message.verb {
      case .publish:
        if bound.isOn && !bound.active!.admits(depth: depth) {
          return outbox.reply(Answer(.backpressure, at: outbox.here))
        }
        return .wait(work, then: .stored)
      case .connected:
        consumers[outbox.directory[call.origin].number - 1].isConnected = true
        dispatch(&outbox)
        return call.parent == .none ? .done : outbox.reply(.ok)
      default: return outbox.reply(.ok)
      }
    case .stored:
      if let refusal = diskRefusal(outbox.condition) {
        return outbox.reply(Answer(refusal, at: outbox.here))
      }
      // A task that its service had to hold for a while comes for no request any more.
      tasks.publish(
        Task(message: call.message.with(.task), request: call.message.event),
        at: outbox.timeOfDay)
      dispatch(&outbox)
      return outbox.reply(.ok)
    case .delivering:
      let worker = outbox.directory.instance(Int(call.message.member), of: .worker)
      let patience = tasks.visibilityTimeout
      return outbox.ask(worker, call.message, patience: patience, then: .delivered)
    case .delivered:
      return settle(call, &outbox)
    case .expiring:
      return expire(&call, &outbox)
    case .tailing:
      return tail(&call, &outbox)
    case .tailed:
      return takeEvents(&call, &outbox)
    }
  }

  mutating func diskRefusal(_ condition: Condition) -> Reason? {
    if condition.diskIsFull { return .diskFull }
    return condition.diskErrorShare > 0 && chance.unit() < condition.diskErrorShare
      ? .ioError : nil
  }

  // MARK: Delivery

  /// Hands out what is visible to the workers that can take more, in turn.
  mutating func dispatch(_ outbox: inout Outbox) {
    while tasks.waiting > 0 {
      guard let worker = nextConsumer(), let (number, receipt) = tasks.receive(at: outbox.timeOfDay)
      else { return }
      if deadLettering.active?.isExceeded(by: receipt.deliveries) ?? false {
        bury(number, receipt)
        continue
      }
      consumers[worker].inFlight += 1
      if receipt.deliveries > 1 { redeliveries += 1 }
      var message = receipt.task.message
      message.task = UInt32(number)
      message.member = UInt8(worker)
      outbox.start(Stage.delivering, message, for: receipt.task.request)
      if !awaitsAcknowledgements { tasks.acknowledge(number) }
    }
  }

  private mutating func nextConsumer() -> Int? {
    if hasCompetingConsumers {
      return turn.pick(of: consumerCount) {
        consumers[$0].isConnected && consumers[$0].inFlight < prefetch
      }
    }
    let only = consumers[..<consumerCount].firstIndex { $0.isConnected }
    return only.flatMap { consumers[$0].inFlight < prefetch ? $0 : nil }
  }

  private mutating func bury(_ number: Int, _ receipt: VisibilityQueue<Task>.Receipt) {
    tasks.bury(number)
    deadLetters.append(
      DeadLetter(
        number: number, request: receipt.task.request, key: receipt.task.message.key,
        deliveries: receipt.deliveries - 1))
  }

  /// A task that was forgotten when it left is lost if it does not arrive, or its worker fails.
  /// Whoever only is late may do it yet.
  mutating func noteFailure(of number: Int, _ answer: Answer) {
    let mayBeDone = answer.isSuccess || answer.reason == .upstreamTimeout
    if !awaitsAcknowledgements && !mayBeDone && tasks.dueAt(number) == nil { tasksLost += 1 }
  }

  /// A delivery is over: done, never received, or to be tried again when its time is up.
  private mutating func settle(_ call: Call, _ outbox: inout Outbox) -> Next<Stage> {
    let worker = Int(call.message.member)
    let number = Int(call.message.task)
    consumers[worker].inFlight -= 1
    noteFailure(of: number, call.answer)
    if call.answer.isSuccess {
      tasks.acknowledge(number)
    } else if call.answer.reason == .connectionRefused && call.answer.failedAt.isWorker(outbox) {
      consumers[worker].isConnected = false
      tasks.putBack(number)
    } else if let due = tasks.dueAt(number) {
      // The wait until the task is offered again is the queue's, not the request's.
      var timer = call.message
      timer.patience = max(due - outbox.timeOfDay, .zero)  // the clock may have jumped
      outbox.start(Stage.expiring, timer)
    }
    dispatch(&outbox)
    return .done
  }

  /// A worker has done a task whose time was over: it need not be done again, if it is still kept.
  mutating func acknowledgeLate(_ number: Int) { tasks.acknowledge(number) }

  /// Waits until a hidden task is due, and offers it again.
  private mutating func expire(_ call: inout Call, _ outbox: inout Outbox) -> Next<Stage> {
    let number = Int(call.message.task)
    if call.attempt == 0 {
      call.attempt = 1
      return .pause(call.message.patience, then: .expiring)
    }
    // A clock that was set back in between: the time is not over yet.
    if let due = tasks.dueAt(number), due > outbox.timeOfDay {
      return .pause(due - outbox.timeOfDay, then: .expiring)
    }
    tasks.expire(number, at: outbox.timeOfDay)
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
    digest.mix(awaitsAcknowledgements)
    digest.mix(hasCompetingConsumers)
    deadLettering.mix(into: &digest)
    bound.mix(into: &digest)
    outboxes.mix(into: &digest)
    tasks.mix(into: &digest) { task, digest in
      task.message.mix(into: &digest)
      digest.mix(task.request)
    }
    for letter in deadLetters { digest.mix(letter.number) }
    digest.mix(redeliveries)
    digest.mix(tasksLost)
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
