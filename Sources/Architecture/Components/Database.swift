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
  public private(set) var epoch: UInt32 = 0
  public private(set) var reads = 0
  public private(set) var writes = 0
  /// Acknowledged writes that a crash or the end of a split brain took away.
  public internal(set) var lostWrites = 0
  /// The position up to which writes were acknowledged here.
  private(set) var acknowledged: UInt64 = 0
  var storage: Storage
  private var isFetching = false
  private var isFlushing = false
  /// Replicas' questions that wait for something new.
  private var parked: [Ticket] = []
  private var incoming = Parcel.nothing
  private var chance: Random
  private let addressed = Addressed()

  init(_ resource: Resource, rows: Rows, chance: Random) {
    self.chance = chance
    self.resource = resource
    storage = Storage(rows: rows)
  }

  /// Takes its role from the directory: whoever is not the primary there follows the one who is.
  public mutating func boot(_ outbox: inout Outbox) {
    let leader = outbox.directory.leader(of: outbox.here)
    takeIncoming(Condition())
    isPrimary = leader.primary == outbox.here
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
          return .reply(Answer(refusal, at: outbox.here))
        }
        let isDurable = synchronousCommit.level > .off
        return .wait(isDurable ? commitWork : readWork, then: .executed)
      case .fetch: return ship(call, &outbox, mayWait: true)
      case .tail: return shipEvents(call, &outbox, mayWait: true)
      case .confirm:
        confirm(call, &outbox)
        return .done
      default: return .reply(.ok)
      }
    case .executed:
      switch call.message.verb {
      case .read, .renew: return .reply(read(call.message, &outbox))
      default: return commit(&call, &outbox)
      }
    case .waiting:
      switch call.message.verb {
      case .fetch: return ship(call, &outbox, mayWait: false)
      case .tail: return shipEvents(call, &outbox, mayWait: false)
      default: return conclude(call, outbox)
      }
    case .fetching: return fetch(outbox)
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
    let record = storage.read(message.id, &outbox.texts)
    guard record.exists else { return Answer(.notFound, at: outbox.here) }
    var answer = Answer.ok
    answer.record = record
    return answer
  }

  private mutating func commit(_ call: inout Call, _ outbox: inout Outbox) -> Next<Stage> {
    let message = call.message
    if let refusal = refusal(of: message, outbox) ?? diskRefusal(outbox.condition, isWrite: true) {
      return .reply(Answer(refusal, at: outbox.here))
    }
    var (record, before) = (Record(), Record())
    if message.verb == .record {
      if synchronousCommit.level == .off { before.quantity = storage.times(of: message.event) }
    } else {
      before = storage.read(message.id, &outbox.texts)
      record = before
      if message.verb == .delete {
        guard record.exists else { return .reply(Answer(.notFound, at: outbox.here)) }
      } else if message.isHeld {
        record = message.record
      } else {
        guard let change = storage.change(asking: outbox.texts[message.body]) else {
          return .reply(Answer(.badRequest, at: outbox.here))
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
    storage.commit(entry, replacing: isDurable ? nil : before, outbox.texts)
    if isDurable { storage.flush() } else { flushLater(&outbox) }
    wakeReplicas(&outbox)
    call.fallback = record
    call.message.position = entry.position
    guard synchronousCommit.level.isRemote else { return acknowledge(call) }
    synchronousCommit.wait(call.ticket, for: entry.position)
    return .park(atMost: .minutes(24 * 60), then: .waiting)
  }

  private mutating func acknowledge(_ call: Call) -> Next<Stage> {
    acknowledged = max(acknowledged, call.message.position)
    var answer = Answer.ok
    answer.record = call.fallback
    return .reply(answer)
  }

  /// A write that waited for standbys goes on.
  private mutating func conclude(_ call: Call, _ outbox: Outbox) -> Next<Stage> {
    let position = call.message.position
    if !isPrimary { return .reply(Answer(.fencedEpoch, at: outbox.here)) }
    if synchronousCommit.level.isRemote && synchronousCommit.confirmed < position {
      synchronousCommit.wait(call.ticket, for: position)
      return .park(atMost: .minutes(24 * 60), then: .waiting)
    }
    return acknowledge(call)
  }

  // MARK: The primary's side of replication

  /// Answers a replica: with what it lacks, with everything when its history is not ours, or
  /// later when there is nothing new.
  private mutating func ship(
    _ call: Call, _ outbox: inout Outbox, mayWait: Bool
  ) -> Next<Stage> {
    guard isPrimary else { return .reply(Answer(.notPrimary, at: outbox.here)) }
    let (position, term) = (call.message.position, call.message.epoch)
    var answer = Answer.ok
    answer.epoch = epoch
    if storage.log.contains(position: position, epoch: term),
      let all = storage.log.entries(after: position)
    {
      let entries = all.prefix(Int(max(storage.flushed, position) - position))
      if entries.isEmpty && mayWait {
        parked.append(call.ticket)
        return .park(atMost: heartbeat, then: .waiting)
      }
      if !entries.isEmpty { answer.parcel = outbox.pack(.entries(Array(entries.prefix(500)))) }
    } else {
      answer.parcel = outbox.pack(.copy(storage))
    }
    return .reply(answer)
  }

  /// Answers the relay with the events of the writes after its position (see `OutboxCursors`).
  private mutating func shipEvents(
    _ call: Call, _ outbox: inout Outbox, mayWait: Bool
  ) -> Next<Stage> {
    guard isPrimary else { return .reply(Answer(.notPrimary, at: outbox.here)) }
    let start = min(call.message.position, storage.flushed)
    if start == storage.flushed && mayWait {
      parked.append(call.ticket)
      return .park(atMost: heartbeat, then: .waiting)
    }
    let entries = storage.log.entries(after: start) ?? storage.log.entries[...]
    let events = entries.prefix { $0.position <= storage.flushed }.filter(\.wantsEvent)
    var answer = Answer.ok
    answer.position = storage.flushed
    if !events.isEmpty { answer.parcel = outbox.pack(.entries(events)) }
    return .reply(answer)
  }

  /// A standby tells what it has.
  private mutating func confirm(_ call: Call, _ outbox: inout Outbox) {
    guard isPrimary, call.message.epoch == epoch else { return }
    let standby = outbox.directory[call.origin].number - 1
    for waiter in synchronousCommit.confirm(call.message.position, by: standby) {
      outbox.wake(waiter)
    }
  }

  private mutating func wakeReplicas(_ outbox: inout Outbox) {
    for ticket in parked { outbox.wake(ticket) }
    parked.removeAll(keepingCapacity: true)
  }

  /// Everybody who waits looks again: the role or the rules have changed.
  mutating func wakeAll(_ outbox: inout Outbox) {
    wakeReplicas(&outbox)
    for ticket in synchronousCommit.release() { outbox.wake(ticket) }
  }

  /// Sees to it that what was acknowledged at once gets to the disk.
  private mutating func flushLater(_ outbox: inout Outbox) {
    guard !isFlushing else { return }
    isFlushing = true
    outbox.start(Stage.flushed, Message(.probe))
  }

  // MARK: The replica's side

  /// The position up to which it has the log, be it in memory.
  var received: UInt64 {
    if case .entries(let entries) = incoming, let last = entries.last {
      return max(last.position, storage.log.position)
    }
    return storage.log.position
  }

  private mutating func fetch(_ outbox: Outbox) -> Next<Stage> {
    if outbox.condition.replicationIsPaused { return .pause(.seconds(1), then: .fetching) }
    incoming = .nothing
    guard !isPrimary, outbox.directory.isMember(outbox.here) else {
      isFetching = false
      return .done
    }
    var message = Message(.fetch)
    message.position = storage.log.position
    message.epoch = storage.log.epoch
    let primary = outbox.directory.leader(of: outbox.here).primary
    if primary == outbox.here { return .pause(.seconds(1), then: .fetching) }
    return .ask(primary, message, patience: heartbeat + .seconds(5), then: .fetched)
  }

  /// The primary has answered: what came goes to the disk, and then into the rows.
  private mutating func receive(_ call: inout Call, _ outbox: inout Outbox) -> Next<Stage> {
    incoming = outbox.unpack(call.answer.parcel)
    guard call.answer.isSuccess else { return .pause(.seconds(1), then: .fetching) }
    epoch = call.answer.epoch
    guard synchronousCommit.level.isRemote else {
      if case .nothing = incoming { return .go(.fetching) }
      return .wait(applyWork, then: .applied)
    }
    switch incoming {
    case .nothing:
      tellPrimary(storage.log.position, of: call, &outbox)
      return .go(.fetching)
    case .entries(let entries) where synchronousCommit.level == .remoteWrite:
      tellPrimary(entries.last?.position ?? 0, of: call, &outbox)
    default: break
    }
    return .wait(commitWork, then: .flushed)
  }

  private func tellPrimary(_ position: UInt64, of call: Call, _ outbox: inout Outbox) {
    var message = Message(.confirm)
    message.position = position
    message.epoch = epoch
    outbox.tell(call.asked, message)
  }

  /// On a replica: what came is on disk. On a primary: what was acknowledged at once is.
  private mutating func flush(_ call: inout Call, _ outbox: inout Outbox) -> Next<Stage> {
    if call.message.verb == .fetch {
      takeIncoming(outbox.condition)
      if synchronousCommit.level == .on { tellPrimary(storage.log.position, of: call, &outbox) }
      return .wait(applyWork, then: .applied)
    }
    if call.attempt == 0 {
      call.attempt = 1
      return .pause(flushDelay, then: .flushed)
    }
    isFlushing = false
    storage.flush()
    wakeReplicas(&outbox)
    return .done
  }

  private mutating func apply(_ call: inout Call, _ outbox: inout Outbox) -> Next<Stage> {
    takeIncoming(outbox.condition)
    storage.replay(outbox.texts)
    if synchronousCommit.level.isRemote && !isPrimary {
      tellPrimary(storage.log.position, of: call, &outbox)
    }
    return outbox.condition.diskIsFull ? .pause(.seconds(1), then: .fetching) : .go(.fetching)
  }

  private mutating func takeIncoming(_ condition: Condition) {
    guard !isPrimary, !condition.replicationIsPaused, !condition.diskIsFull else { return }
    switch incoming {
    case .nothing: break
    case .entries(let entries): for entry in entries { storage.receive(entry) }
    case .copy(let copy):
      storage = copy
      storage.flush()
    }
    incoming = .nothing
  }

  mutating func crash(_ texts: Texts) {
    lostWrites += storage.loseUnflushed(texts)
    isFetching = false
    isFlushing = false
    parked = []
    _ = synchronousCommit.release()
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
    digest.mix(acknowledged)
    storage.log.mix(into: &digest)
    digest.mix(storage.flushed)
    digest.mix(isFetching)
    digest.mix(isFlushing)
    for ticket in parked { digest.mix(ticket.number) }
    chance.mix(into: &digest)
  }
}
