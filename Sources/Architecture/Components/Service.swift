import Kernel
import Patterns

/// The business logic of one resource, with its cache kept aside (cache-aside).
///
/// A read asks the cache, on a miss the database, and fills the cache with what it got. A write
/// goes to the database and then invalidates the cached copy, or goes through the cache. If the
/// database fails, an expired copy is better than none (`stale-if-error`), and a placeholder may be
/// (`fallback`). Service A leaves a task in the queue for what need not happen before the user has
/// an answer.
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
  private var workerTurn = RoundRobin()
  var loads = SharedLoads(SingleFlight())
  public var readReplicas = Switch(ReadRouting())
  var view = DatabaseView()
  /// Whether the connections to the database are open. While they are not, a cached copy can't
  /// be told from an outdated one, and is served as stale.
  public private(set) var databaseIsConnected = true
  /// Tasks that no attempt could publish.
  public private(set) var tasksLost = 0
  private let addressed = Addressed()

  init(_ resource: Resource, caches: Int = 1, chance: Random) {
    self.resource = resource
    self.caches = RingHash(count: caches)
    database = Dependency(chance: chance)
  }

  /// Reads that waited for another one's load.
  public var sharedLoads: Int { loads.active?.shared ?? 0 }

  public mutating func handle(
    _ stage: Stage, of call: inout Call, _ outbox: inout Outbox
  ) -> Next<Stage> {
    switch stage {
    case .arrived:
      switch call.message.verb {
      case .request: return .wait(work, then: .computed)
      case .connected: databaseIsConnected = true
      case .disconnected: databaseIsConnected = false
      default: return .reply(.ok)
      }
      return .done
    case .computed:
      if resource.publishesTasks && outbox.now < queueIsFullUntil {
        return .reply(Answer(.backpressure, at: outbox.here))
      }
      call.cache = .bypass
      call.message.wantsEvent =
        usesOutbox && usesQueue && resource.publishesTasks && call.message.method != .get
      guard usesCache else { return .go(.asking) }
      if call.message.method == .get { return askCache(.get, call, outbox) }
      return writePolicy == .invalidate ? .go(.asking) : writeThroughCache(&call, outbox)
    case .cacheAnswered:
      if call.message.method == .get { return readAside(&call, &outbox) }
      if call.connection == .throughCache { return finishThroughCache(&call, &outbox) }
      return respond(call.fallback, .bypass, &call, &outbox)
    case .asking:
      return askDatabase(&call, &outbox)
    case .databaseAnswered:
      giveBackConnection(&call, &outbox)
      view.learn(from: call.answer)
      if turnsToPrimary(&call, outbox) {
        database.abandon(&call)
        return .go(.asking)
      }
      noteConnection(call.answer)
      if let pause = database.end(&call, &outbox) { return .pause(pause, then: .asking) }
      return finish(&call, &outbox)
    case .publishing:
      let queue = outbox.directory.first(of: .queue)
      return .ask(queue, call.message, patience: publishTimeout, then: .published)
    case .published:
      if call.message.verb == .request { return respondAfterTask(call, outbox) }
      if call.answer.isSuccess { return .done }
      if call.answer.reason == .backpressure { queueIsFullUntil = outbox.now + .seconds(1) }
      call.attempt += 1
      if call.attempt < publishAttempts { return .pause(.seconds(1), then: .publishing) }
      tasksLost += 1
      return .done
    }
  }

  /// What the database's answer says about the connections to it.
  private mutating func noteConnection(_ answer: Answer) {
    if !answer.isServerError { databaseIsConnected = true }
    if answer.reason == .connectionRefused || answer.reason == .connectionReset {
      databaseIsConnected = false
    }
  }

  /// The cache has answered: what it can vouch for is served, all else needs the database.
  private mutating func readAside(_ call: inout Call, _ outbox: inout Outbox) -> Next<Stage> {
    switch call.answer.cache {
    case .hit:
      let outcome: CacheOutcome = databaseIsConnected ? .hit : .stale
      call.cache = outcome
      if !call.answer.isSuccess { return fail(call) }
      return respond(call.answer.record, outcome, &call, &outbox, age: call.answer.age)
    case .stale where call.answer.isBeingRenewed:
      return respond(call.answer.record, .stale, &call, &outbox, age: call.answer.age)
    case .stale:
      call.cache = .miss
      call.fallback = call.answer.record
      call.fallbackAge = call.answer.age
    case .miss:
      call.cache = .miss
      // The cache has asked the database itself (read-through).
      if call.answer.isSuccess { return respond(call.answer.record, .miss, &call, &outbox) }
      if call.answer.reason != .none { return failRead(&call, &outbox) }
    default:
      call.cache = .bypass  // no cache to be had: do without
    }
    return .go(.asking)
  }

  /// The database has answered for the last time.
  private mutating func finish(_ call: inout Call, _ outbox: inout Outbox) -> Next<Stage> {
    loads.land(&call, &outbox)
    return call.message.method == .get ? finishRead(&call, &outbox) : finishWrite(&call, &outbox)
  }

  private mutating func finishRead(_ call: inout Call, _ outbox: inout Outbox) -> Next<Stage> {
    let isAbsent = call.answer.reason == .notFound
    if call.cache == .miss, call.flight != .following,
      call.answer.isSuccess || (isAbsent && cachesAbsence)
    {
      var fill = call.message.with(.fill)
      fill.record = isAbsent ? Record() : call.answer.record
      outbox.tell(cache(of: call, outbox), fill)
    }
    if call.answer.isSuccess { return respond(call.answer.record, call.cache, &call, &outbox) }
    return failRead(&call, &outbox)
  }

  /// The database can't be read: an expired copy is the next best, a placeholder the last resort.
  private mutating func failRead(_ call: inout Call, _ outbox: inout Outbox) -> Next<Stage> {
    guard call.answer.isServerError else { return fail(call) }
    if call.fallback.exists {
      return respond(call.fallback, .stale, &call, &outbox, age: call.fallbackAge)
    }
    guard fallsBack else { return fail(call) }
    var answer = Answer.ok
    answer.cache = call.cache
    answer.servedBy = outbox.here
    answer.isPlaceholder = true
    return .reply(answer)
  }

  private mutating func writeThroughCache(_ call: inout Call, _ outbox: Outbox) -> Next<Stage> {
    call.connection = .throughCache
    var message = call.message.with(call.message.method == .put ? .write : .delete)
    message.isHeld = writePolicy == .behind
    // The cache asks the database with a patience of its own, and answers what that brings.
    return .ask(
      cache(of: call, outbox), message, patience: databaseTimeout + cacheTimeout,
      then: .cacheAnswered)
  }

  private mutating func finishThroughCache(
    _ call: inout Call, _ outbox: inout Outbox
  ) -> Next<Stage> {
    call.connection = .none
    if call.answer.isSuccess { return respond(call.answer.record, .bypass, &call, &outbox) }
    // Without the cache the write goes straight to the database.
    let isCacheGone =
      call.answer.reason == .connectionRefused
      && outbox.directory[call.answer.failedAt].tier == resource.cache
    return isCacheGone ? .go(.asking) : fail(call)
  }

  private mutating func finishWrite(_ call: inout Call, _ outbox: inout Outbox) -> Next<Stage> {
    guard call.answer.isSuccess else { return fail(call) }
    guard usesCache else { return respond(call.answer.record, .bypass, &call, &outbox) }
    call.fallback = call.answer.record  // what was written, kept while the cache is asked
    return askCache(.invalidate, call, outbox)
  }

  /// Answers with a row, and leaves the rest of the work to the background.
  private mutating func respond(
    _ record: Record, _ cache: CacheOutcome, _ call: inout Call, _ outbox: inout Outbox,
    age: Duration = .zero
  ) -> Next<Stage> {
    call.message.event = call.request
    if resource.publishesTasks && !usesQueue {
      (call.fallback, call.cache, call.fallbackAge) = (record, cache, age)
      return askWorker(call, outbox)
    }
    if resource.publishesTasks && !call.message.wantsEvent {
      outbox.start(Stage.publishing, call.message.with(.publish), for: call.request)
    }
    return .reply(answer(record, cache, age, call, outbox))
  }

  /// Without a queue the task is done while the user waits.
  private mutating func askWorker(_ call: Call, _ outbox: Outbox) -> Next<Stage> {
    let workers = outbox.directory.instances(of: .worker)
    var message = call.message.with(.task)
    message.isAwaited = true
    let worker = workers[workerTurn.pick(of: workers.count) { _ in true } ?? 0]
    return .ask(worker, message, patience: publishTimeout, then: .published)
  }

  private func respondAfterTask(_ call: Call, _ outbox: Outbox) -> Next<Stage> {
    call.answer.isSuccess
      ? .reply(answer(call.fallback, call.cache, call.fallbackAge, call, outbox)) : fail(call)
  }

  private func answer(
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

  private func fail(_ call: Call) -> Next<Stage> {
    var answer = call.answer
    answer.cache = call.cache
    return .reply(answer)
  }

  private func askCache(_ verb: Verb, _ call: Call, _ outbox: Outbox) -> Next<Stage> {
    return .ask(
      cache(of: call, outbox), call.message.with(verb), patience: cacheTimeout, then: .cacheAnswered
    )
  }

  /// The cache that has the call's key, or would have it.
  private func cache(of call: Call, _ outbox: Outbox) -> NodeID {
    let count = outbox.directory.count(of: resource.cache)
    if count == 1 { return outbox.directory.first(of: resource.cache) }
    let member =
      usesConsistentHashing
      ? caches.member(for: call.message.key.packed) : Int(call.message.id) % count
    return outbox.directory.instance(member ?? 0, of: resource.cache)
  }

  // MARK: The database

  /// Asks the database with a connection of its own, or waits for what another call gets.
  private mutating func askDatabase(_ call: inout Call, _ outbox: inout Outbox) -> Next<Stage> {
    let leader = view.leader(of: call.message.key, outbox.directory)
    if call.flight == .following, let answer = loads.share(&call, at: leader.primary) {
      call.answer = answer
      return finishRead(&call, &outbox)
    }
    switch call.connection {
    case .none, .throughCache:
      if call.message.method == .get,
        let wait = loads.join(&call, atMost: databaseTimeout, then: Stage.asking)
      {
        return wait
      }
      if let refusal = database.begin(&call, at: outbox.now) {
        return refuse(refusal, &call, &outbox)
      }
      guard pool.isOn else {
        call.connection = .held
        return .wait(connectWork, then: .asking)
      }
      if !pool.active!.borrow() {
        pool.active!.wait(call.ticket)
        call.connection = .waiting
        return .park(atMost: pool.active!.connectionTimeout, then: .asking)
      }
    case .waiting where pool.active?.giveUp { $0.place == call.ticket.place } ?? false:
      database.abandon(&call)
      call.connection = .none
      return refuse(.poolExhausted, &call, &outbox)
    case .waiting, .held: break
    }
    call.connection = .held
    let verb: Verb =
      call.message.method == .get ? .read : call.message.method == .put ? .write : .delete
    var message = call.message.with(verb)
    message.epoch = leader.epoch
    return .ask(
      whom(leader.primary, &call, outbox), message, patience: database.patience(databaseTimeout),
      then: .databaseAnswered)
  }

  /// The primary, or for a read a replica.
  private mutating func whom(
    _ primary: NodeID, _ call: inout Call, _ outbox: Outbox
  ) -> NodeID {
    guard readReplicas.isOn else { return primary }
    let key = call.message.key.packed
    guard call.message.method == .get else {
      readReplicas.active!.noteWrite(of: key, at: outbox.now)
      return primary
    }
    guard !call.needsPrimary else { return primary }
    let replicas = outbox.directory.replicas(besides: primary)
    let turn = readReplicas.active!.replica(for: key, of: replicas.count, at: outbox.now)
    return turn.map { replicas[$0] } ?? primary
  }

  /// Whether a replica did not answer a read: then the primary is asked.
  private func turnsToPrimary(_ call: inout Call, _ outbox: Outbox) -> Bool {
    guard readReplicas.isOn, call.message.method == .get, call.answer.isServerError,
      !call.needsPrimary, call.asked != outbox.directory.leader(of: call.message.key).primary
    else { return false }
    call.needsPrimary = true
    return true
  }

  private mutating func giveBackConnection(_ call: inout Call, _ outbox: inout Outbox) {
    call.connection = .none
    if pool.isOn, let next = pool.active!.giveBack() { outbox.wake(next) }
  }

  /// The database was not asked; what is said then is as if it had failed.
  private mutating func refuse(
    _ reason: Reason, _ call: inout Call, _ outbox: inout Outbox
  ) -> Next<Stage> {
    call.answer = Answer(reason, at: outbox.here)
    return finish(&call, &outbox)
  }

  public mutating func crash() {
    databaseIsConnected = true
    queueIsFullUntil = .zero
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
    digest.mix(databaseIsConnected)
    digest.mix(tasksLost)
  }
}
