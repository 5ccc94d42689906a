import Kernel
import Patterns

/// Keeps rows for good, with a primary that takes writes and replicas that follow its log.
///
/// A replica asks the primary for what comes after its own position and applies it. Usually the
/// primary does not wait for that (asynchronous replication), so a failover can lose what was
/// acknowledged and not yet fetched; it can be told to wait (see `SynchronousCommit`). Every
/// promotion opens a new epoch, and storage refuses writes that carry another one: a primary that
/// comes back from the dead is fenced.
public struct Database: Component {
  public enum Stage: UInt8, Sendable {
    case arrived, executed, waiting, fetching, fetched, flushed, applied
  }

  public var readWork = Distribution.lognormal(p50: .microseconds(300), p99: .milliseconds(2))
  public var commitWork = Distribution.lognormal(p50: .milliseconds(1), p99: .milliseconds(5))
  public var applyWork = Distribution.lognormal(p50: .microseconds(300), p99: .milliseconds(2))
  /// How long a replica's question waits for something new (wal_receiver_status_interval).
  public var heartbeat = Duration.seconds(10)
  /// When what was acknowledged without it goes to disk (wal_writer_delay).
  public var flushDelay = Duration.milliseconds(200)
  public var synchronousCommit = SynchronousCommit<Ticket>()
  /// Whether a write must carry the epoch of this primary, and an old primary is put out at once.
  public var usesFencing = true

  public let resource: Resource
  public private(set) var isPrimary = false
  /// The term in which it last was primary, or that of the primary it follows.
  public internal(set) var epoch: UInt32 = 0
  public private(set) var reads = 0
  public private(set) var writes = 0
  /// Acknowledged writes that a crash or the end of a split brain took away.
  public internal(set) var lostWrites = 0
  /// Whether another one is primary, and it does not know yet; then it counts what it has lost.
  var isUnaware = false
  /// Those that its latest crash has taken, until it is told who is primary.
  var lostInCrash: [LogEntry] = []
  /// The position up to which writes were acknowledged here.
  private(set) var acknowledged: UInt64 = 0
  /// Whether its rows are a part of the database's history: not of a new instance that has not
  /// followed anybody yet.
  var hasHistory = true
  var storage: Storage
  var isFetching = false
  var isFlushing = false
  /// Replicas' questions that wait for something new.
  var parked: [Ticket] = []
  var incoming = Parcel.nothing
  /// What readers see of rows whose latest writes wait for standbys.
  private var unconfirmed = UnconfirmedWrites()
  private var chance: Random
  private let addressed = Addressed()

  init(_ resource: Resource, rows: Rows, _ streams: Streams) {
    chance = streams["disk"]
    self.resource = resource
    storage = Storage(rows: rows)
  }

  public mutating func reseed(_ streams: Streams) { chance = streams["disk"] }

  /// Takes its role from the directory: whoever is not the primary there follows the one who is.
  public mutating func boot(_ outbox: inout Outbox) {
    let leader = outbox.directory.leader(of: outbox.here)
    takeIncoming(Condition())
    isPrimary = leader.primary == outbox.here
    lostInCrash = []
    unconfirmed = UnconfirmedWrites()
    storage.replay(outbox.texts)
    if isPrimary {
      if storage.log.epoch < leader.epoch { storage.begin(epoch: leader.epoch) }
      epoch = leader.epoch
      acknowledged = storage.log.position
      for service in outbox.directory.instances(of: resource.service) {
        outbox.tell(service, Message(.connected))
      }
    } else if !isFetching {
      isFetching = true
      outbox.start(Stage.fetching, Message(.fetch))
    }
    wakeAll(&outbox)
  }

  public mutating func handle(
    _ stage: Stage, of call: inout Call, _ outbox: inout Outbox
  ) -> Next<Stage> {
    switch stage {
    case .arrived:
      switch call.message.verb {
      case .read, .renew: return .wait(readWork, then: .executed)
      case .write, .delete, .record:
        if let refusal = refusal(of: call.message, outbox) {
          return outbox.reply(Answer(refusal, at: outbox.here))
        }
        let isDurable = synchronousCommit.level > .off
        return .wait(isDurable ? commitWork : readWork, then: .executed)
      case .fetch: return ship(call, &outbox, mayWait: true)
      case .tail: return shipEvents(call, &outbox, mayWait: true)
      case .confirm:
        confirm(call, &outbox)
        return .done
      default: return outbox.reply(.ok)
      }
    case .executed:
      switch call.message.verb {
      case .read, .renew: return outbox.reply(read(call.message, &outbox))
      default: return commit(&call, &outbox)
      }
    case .waiting:
      switch call.message.verb {
      case .fetch: return ship(call, &outbox, mayWait: false)
      case .tail: return shipEvents(call, &outbox, mayWait: false)
      default: return conclude(call, &outbox)
      }
    case .fetching: return fetch(&outbox)
    case .fetched: return receive(&call, &outbox)
    case .flushed: return flush(&call, &outbox)
    case .applied: return apply(&call, &outbox)
    }
  }

  // MARK: Reading and writing

  private func refusal(of message: Message, _ outbox: Outbox) -> Reason? {
    if !isPrimary { return .notPrimary }
    if usesFencing && message.epoch != epoch { return .fencedEpoch }
    return outbox.directory.sharding(of: resource.database).holdsWrites ? .writesHeld : nil
  }

  /// Why the disk does not do it; nil when it does.
  private mutating func diskRefusal(_ condition: Condition, isWrite: Bool) -> Reason? {
    if isWrite && condition.diskIsFull { return .diskFull }
    return condition.diskErrorShare > 0 && chance.unit() < condition.diskErrorShare
      ? .ioError : nil
  }

  private mutating func read(_ message: Message, _ outbox: inout Outbox) -> Answer {
    reads += 1
    if let refusal = diskRefusal(outbox.condition, isWrite: false) {
      return Answer(refusal, at: outbox.here)
    }
    let record = unconfirmed[message.id] ?? storage.read(message.id, &outbox.texts)
    guard record.exists else {
      // Its row may have moved to another shard while the question was on its way.
      let isElsewhere =
        outbox.directory.leader(of: message.key).primary
        != outbox.directory.leader(of: outbox.here).primary
      return Answer(isElsewhere ? .notPrimary : .notFound, at: outbox.here)
    }
    var answer = Answer.ok
    answer.record = record
    return answer
  }

  private mutating func commit(_ call: inout Call, _ outbox: inout Outbox) -> Next<Stage> {
    let message = call.message
    if let refusal = refusal(of: message, outbox) ?? diskRefusal(outbox.condition, isWrite: true) {
      return outbox.reply(Answer(refusal, at: outbox.here))
    }
    var (record, before) = (Record(), Record())
    if message.verb == .record {
      if synchronousCommit.level == .off || outbox.condition.fsyncLies {
        before.quantity = storage.times(of: message.event)
      }
    } else {
      before = storage.read(message.id, &outbox.texts)
      record = before
      if message.verb == .delete {
        if !record.exists && message.isHeld { return confirmAgain(before, &call, &outbox) }
        guard record.exists else { return outbox.reply(Answer(.notFound, at: outbox.here)) }
      } else if message.isHeld {
        record = message.record
        // Written past the cache meanwhile, or done before.
        if before.version >= record.version { return confirmAgain(before, &call, &outbox) }
      } else {
        guard let change = storage.change(asking: message.body, outbox.texts) else {
          return outbox.reply(Answer(.badRequest, at: outbox.here))
        }
        record = change.applied(to: record, &outbox.texts)
      }
    }
    writes += 1
    let entry = LogEntry(
      position: storage.log.position + 1, epoch: epoch, verb: message.verb, key: message.key,
      method: message.method, record: record, task: message.event, isKeyed: message.isKeyed,
      wantsEvent: message.wantsEvent, request: call.request, at: outbox.now)
    let isDurable = synchronousCommit.level > .off
    let isLost = outbox.condition.fsyncLies  // when the machine goes down
    storage.commit(entry, replacing: isDurable && !isLost ? nil : before, outbox.texts)
    if !isDurable { flushLater(&outbox) } else if !isLost { storage.flush() }
    wakeReplicas(&outbox)
    call.fallback = record
    call.message.position = entry.position
    guard synchronousCommit.level.isRemote else { return acknowledge(call, &outbox) }
    synchronousCommit.wait(call.ticket, for: entry.position)
    if message.verb != .record {
      unconfirmed.add(entry.position, of: message.id, replacing: before)
    }
    return .park(atMost: .minutes(24 * 60), then: .waiting)
  }

  /// What is asked for has been done before: it holds once standbys have it, too.
  private mutating func confirmAgain(
    _ record: Record, _ call: inout Call, _ outbox: inout Outbox
  ) -> Next<Stage> {
    call.fallback = record
    call.message.position = acknowledged
    if synchronousCommit.level.isRemote, unconfirmed[call.message.id] != nil {
      call.message.position = storage.log.position
      synchronousCommit.wait(call.ticket, for: call.message.position)
      return .park(atMost: .minutes(24 * 60), then: .waiting)
    }
    return acknowledge(call, &outbox)
  }

  private mutating func acknowledge(_ call: Call, _ outbox: inout Outbox) -> Next<Stage> {
    acknowledged = max(acknowledged, call.message.position)
    unconfirmed.remove(upTo: acknowledged)
    var answer = Answer.ok
    answer.record = call.fallback
    return outbox.reply(answer)
  }

  /// A write that waited for standbys goes on.
  private mutating func conclude(_ call: Call, _ outbox: inout Outbox) -> Next<Stage> {
    let position = call.message.position
    if !isPrimary { return outbox.reply(Answer(.fencedEpoch, at: outbox.here)) }
    if synchronousCommit.level.isRemote && synchronousCommit.confirmed < position {
      synchronousCommit.wait(call.ticket, for: position)
      return .park(atMost: .minutes(24 * 60), then: .waiting)
    }
    return acknowledge(call, &outbox)
  }

  /// Its own calls have been ended; those of others go on.
  mutating func forgetOwnCalls() { (isFetching, isFlushing) = (false, false) }

  mutating func crash(_ texts: Texts) {
    let gone = storage.loseUnflushed(texts)
    // A replica can have it again.
    lostInCrash = isPrimary ? gone.filter { $0.position <= acknowledged } : []
    lostWrites += lostInCrash.count
    isFetching = false
    isFlushing = false
    parked = []
    _ = synchronousCommit.release()
    unconfirmed = UnconfirmedWrites()
    incoming = .nothing
  }

  public func mix(into digest: inout Digest) {
    readWork.mix(into: &digest)
    commitWork.mix(into: &digest)
    applyWork.mix(into: &digest)
    digest.mix(heartbeat)
    digest.mix(flushDelay)
    synchronousCommit.mix(into: &digest)
    digest.mix(usesFencing)
    digest.mix(isPrimary)
    digest.mix(epoch)
    digest.mix(reads)
    digest.mix(writes)
    digest.mix(lostWrites)
    digest.mix(isUnaware)
    for entry in lostInCrash { entry.mix(into: &digest) }
    digest.mix(acknowledged)
    digest.mix(hasHistory)
    storage.log.mix(into: &digest)
    digest.mix(storage.flushed)
    digest.mix(isFetching)
    digest.mix(isFlushing)
    for ticket in parked { digest.mix(ticket.number) }
    unconfirmed.mix(into: &digest)
    chance.mix(into: &digest)
  }
}
