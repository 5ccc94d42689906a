import Kernel
import Patterns

/// The business logic of one resource, with its cache kept aside (cache-aside).
///
/// A read asks the cache, on a miss the database, and fills the cache with what it got. A write
/// goes to the database and then invalidates the cached copy, or goes through the cache. If the
/// database fails, an expired copy is better than none (`stale-if-error`), and a placeholder may be
/// (`fallback`). Service A leaves a task in the queue for what need not happen before the user has
/// an answer.
///
/// What it does with its cache and its database stands beside this page, in `Service+Cache` and
/// `Service+Database`.
public struct Service: Component {
  public enum Stage: UInt8, Sendable {
    case arrived, computed, cacheAnswered, asking, databaseAnswered, publishing, published
  }

  public let resource: Resource
  public var work = Distribution.lognormal(p50: .milliseconds(2), p99: .milliseconds(10))
  public var cacheTimeout = Duration.milliseconds(100)
  public var databaseTimeout = Duration.seconds(5)
  public var publishTimeout = Duration.seconds(5)
  public var publishAttempts: UInt8 = 3
  public var database: Dependency
  public var pool = Switch(ConnectionPool<Ticket>(), isOn: true)
  /// How long it takes to open a connection, for want of a pool that keeps some.
  public var connectWork = Distribution.lognormal(p50: .milliseconds(3), p99: .milliseconds(10))
  /// Which of several caches has a key.
  var caches: RingHash
  /// Whether a key keeps its cache when their number changes; otherwise most keys move.
  public var usesConsistentHashing = true
  /// Whether the cache is used at all.
  public var usesCache = true
  /// How a write comes to the database, and the cached copy to its end.
  public enum WritePolicy: Int, CaseIterable, Sendable { case invalidate, through, behind }
  public var writePolicy = WritePolicy.invalidate
  /// Whether the cache is told that there is no such row.
  public var cachesAbsence = false
  /// Whether a read that fails is answered with a placeholder.
  public var fallsBack = false
  /// Whether tasks go to the queue; otherwise a worker is asked, and the user waits for it.
  public var usesQueue = true
  /// Whether the event of a write goes into the database with it (see `OutboxCursors`).
  public var usesOutbox = false
  /// Until then no work is taken, as the queue has refused to take more (backpressure).
  private var queueIsFullUntil = Instant.zero
  /// Tasks that the queue has refused and that are kept here until it takes them: meanwhile no other
  /// work is taken (backpressure).
  public private(set) var tasksHeld = 0
  private var workerTurn = RoundRobin()
  var loads = SharedLoads(SingleFlight())
  public var readReplicas = Switch(ReadRouting())
  var view = DatabaseView()
  /// Primaries to which the connections are broken. Meanwhile a cached copy of their rows can't be
  /// told from an outdated one, and is served as stale.
  private var unreachable: [NodeID] = []
  /// Tasks that no attempt could publish.
  public private(set) var tasksLost = 0
  private let addressed = Addressed()

  init(_ resource: Resource, caches: Int = 1, _ streams: Streams) {
    self.resource = resource
    self.caches = RingHash(count: caches)
    database = Dependency(on: resource.database, streams)
  }

  public mutating func reseed(_ streams: Streams) { database.reseed(streams) }

  /// Whether reads of the same row wait for one load (single flight).
  public var sharesLoads: Bool { loads.isOn }
  /// Reads that waited for another one's load.
  public var sharedLoads: Int { loads.active?.shared ?? 0 }

  public mutating func handle(
    _ stage: Stage, of call: inout Call, _ outbox: inout Outbox
  ) -> Next<Stage> {
    switch stage {
    case .arrived:
      switch call.message.verb {
      case .request: return .wait(work, then: .computed)
      case .connected: noteConnection(to: call.origin, isBroken: false)
      case .disconnected: noteConnection(to: call.origin, isBroken: true)
      default: return outbox.reply(.ok)
      }
      return .done
    case .computed:
      if resource.publishesTasks && (tasksHeld > 0 || outbox.now < queueIsFullUntil) {
        return outbox.reply(Answer(.backpressure, at: outbox.here))
      }
      call.cache = .bypass
      call.message.wantsEvent =
        usesOutbox && usesQueue && resource.publishesTasks && call.message.method != .get
      guard usesCache else { return .go(.asking) }
      if call.message.method == .get { return askCache(.get, call, &outbox) }
      return writePolicy == .invalidate ? .go(.asking) : writeThroughCache(&call, &outbox)
    case .cacheAnswered:
      if call.message.method == .get { return readAside(&call, &outbox) }
      if call.connection == .throughCache { return finishThroughCache(&call, &outbox) }
      return respond(call.fallback, .bypass, &call, &outbox)
    case .asking:
      return askDatabase(&call, &outbox)
    case .databaseAnswered:
      giveBackConnection(&call, &outbox)
      if call.wasNotAsked {
        database.abandon(&call)
        return finish(&call, &outbox)
      }
      view.learn(from: call.answer)
      if turnsToPrimary(&call, outbox) {
        database.abandon(&call)
        return .go(.asking)
      }
      noteConnection(call)
      if let pause = database.end(&call, &outbox) { return .pause(pause, then: .asking) }
      return finish(&call, &outbox)
    case .publishing:
      let queue = outbox.directory.first(of: .queue)
      return outbox.ask(queue, call.message, patience: publishTimeout, then: .published)
    case .published:
      if call.message.verb == .request { return respondAfterTask(call, &outbox) }
      return endPublishing(&call, &outbox)
    }
  }

  /// Whether the connections to the primary that has a row are open.
  func isConnected(for key: Key, _ directory: Directory) -> Bool {
    unreachable.isEmpty || !unreachable.contains(view.leader(of: key, directory).primary)
  }

  /// Connections to a database are broken, or open.
  mutating func noteConnection(to node: NodeID, isBroken: Bool) {
    if !isBroken && unreachable.isEmpty { return }
    unreachable.removeAll { $0 == node }
    if isBroken { unreachable.append(node) }
  }

  /// The queue has confirmed a task, or has not. What it refuses as it is full is kept and put to it
  /// again for as long as it takes: its user was told that all is well.
  private mutating func endPublishing(
    _ call: inout Call, _ outbox: inout Outbox
  ) -> Next<Stage> {
    let isHeld = call.request == 0
    if call.answer.isSuccess {
      if isHeld { tasksHeld -= 1 }
      return .done
    }
    let isFull = call.answer.reason == .backpressure
    if isFull { queueIsFullUntil = outbox.now + .seconds(1) }
    if isHeld { return .pause(.seconds(1), then: .publishing) }
    call.attempt += 1
    if call.attempt < publishAttempts { return .pause(.seconds(1), then: .publishing) }
    if isFull {
      tasksHeld += 1
      outbox.start(Stage.publishing, call.message)  // for nobody: the request is over
    } else {
      tasksLost += 1
    }
    return .done
  }

  /// Answers with a row, and leaves the rest of the work to the background.
  mutating func respond(
    _ record: Record, _ cache: CacheOutcome, _ call: inout Call, _ outbox: inout Outbox,
    age: Duration = .zero
  ) -> Next<Stage> {
    call.message.event = call.request
    if resource.publishesTasks && !usesQueue {
      (call.fallback, call.cache, call.fallbackAge) = (record, cache, age)
      return askWorker(call, &outbox)
    }
    if resource.publishesTasks && !call.message.wantsEvent {
      outbox.start(Stage.publishing, call.message.with(.publish), for: call.request)
    }
    return outbox.reply(answer(record, cache, age, call, outbox))
  }

  /// Without a queue the task is done while the user waits.
  private mutating func askWorker(_ call: Call, _ outbox: inout Outbox) -> Next<Stage> {
    let workers = outbox.directory.instances(of: .worker)
    var message = call.message.with(.task)
    message.isAwaited = true
    let worker = workers[workerTurn.pick(of: workers.count) { _ in true } ?? 0]
    return outbox.ask(worker, message, patience: publishTimeout, then: .published)
  }

  private func respondAfterTask(_ call: Call, _ outbox: inout Outbox) -> Next<Stage> {
    call.answer.isSuccess
      ? outbox.reply(answer(call.fallback, call.cache, call.fallbackAge, call, outbox))
      : fail(call, &outbox)
  }

  func answer(
    _ record: Record, _ cache: CacheOutcome, _ age: Duration, _ call: Call, _ outbox: Outbox
  ) -> Answer {
    var answer = Answer.ok
    answer.record = record
    answer.cache = cache
    answer.age = age
    answer.isBeingRenewed = cache == .stale && call.answer.isBeingRenewed
    answer.servedBy = outbox.here
    return answer
  }

  func fail(_ call: Call, _ outbox: inout Outbox) -> Next<Stage> {
    var answer = call.answer
    answer.cache = call.cache
    return outbox.reply(answer)
  }

  public mutating func crash() {
    unreachable = []
    queueIsFullUntil = .zero
    tasksLost += tasksHeld
    tasksHeld = 0
    loads.restart()
    readReplicas.restart()
    view.refresh()
    database.reset()
    if pool.isOn { pool.active!.clear() }
  }

  public func mix(into digest: inout Digest) {
    work.mix(into: &digest)
    digest.mix(cacheTimeout)
    digest.mix(databaseTimeout)
    digest.mix(publishTimeout)
    digest.mix(publishAttempts)
    database.mix(into: &digest)
    pool.mix(into: &digest)
    digest.mix(usesQueue)
    digest.mix(usesOutbox)
    digest.mix(queueIsFullUntil)
    digest.mix(tasksHeld)
    digest.mix(workerTurn.position)
    digest.mix(usesCache)
    digest.mix(writePolicy.rawValue)
    digest.mix(cachesAbsence)
    digest.mix(fallsBack)
    loads.mix(into: &digest)
    readReplicas.mix(into: &digest)
    view.mix(into: &digest)
    digest.mix(caches.count)
    digest.mix(usesConsistentHashing)
    for node in unreachable { digest.mix(node.rawValue) }
    digest.mix(tasksLost)
  }
}
