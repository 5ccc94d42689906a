import Kernel
import Patterns

/// Keeps rows for good, with a primary that takes writes and replicas that follow its log.
///
/// A replica asks the primary for what comes after its own position and applies it; the primary
/// does not wait for that (asynchronous replication), so a failover can lose what was
/// acknowledged and not yet fetched. Every promotion opens a new epoch, and storage refuses writes
/// that carry another one: a primary that comes back from the dead is fenced.
public struct Database: Component {
  public enum Stage: UInt8, Sendable {
    case arrived, read, committed, fetching, fetched, applied, heartbeat
  }

  public var readWork = Distribution.lognormal(p50: .microseconds(300), p99: .milliseconds(2))
  public var commitWork = Distribution.lognormal(p50: .milliseconds(1), p99: .milliseconds(5))
  public var applyWork = Distribution.lognormal(p50: .microseconds(300), p99: .milliseconds(2))
  /// How long a replica's question waits for something new (wal_receiver_status_interval).
  public var heartbeat = Duration.seconds(10)

  public let resource: Resource
  public private(set) var isPrimary = false
  /// The term in which it last was primary, or that of the primary it follows.
  public private(set) var epoch: UInt32 = 0
  public private(set) var reads = 0
  public private(set) var writes = 0
  private(set) var storage: Storage
  private var isFetching = false
  private var parked: [Ticket] = []
  private var incoming = Parcel.nothing
  private var chance: Random

  init(_ resource: Resource, rows: Rows, chance: Random) {
    self.chance = chance
    self.resource = resource
    storage = Storage(rows: rows)
  }

  /// Takes its role from the directory: whoever is not the primary there follows the one who is.
  public mutating func boot(_ outbox: inout Outbox) {
    let tier = resource.database
    isPrimary = outbox.directory.primary(of: tier) == outbox.here
    let term = outbox.directory.epoch(of: tier)
    if isPrimary {
      if storage.log.epoch < term { storage.log.begin(epoch: term) }
      epoch = term
      for service in outbox.directory.instances(of: resource.service) {
        outbox.tell(service, Message(.connected))
      }
    } else if !isFetching {
      isFetching = true
      outbox.start(Stage.fetching)
    }
    for ticket in parked { outbox.wake(ticket) }
    parked = []
  }

  public mutating func handle(
    _ stage: Stage, of call: inout Call, _ outbox: inout Outbox
  ) -> Next<Stage> {
    switch stage {
    case .arrived:
      switch call.message.verb {
      case .read, .renew: return .wait(readWork, then: .read)
      case .write, .delete, .record:
        if let refusal = refusal(of: call.message) {
          return .reply(Answer(refusal, at: outbox.here))
        }
        return .wait(commitWork, then: .committed)
      case .fetch: return ship(call, &outbox, mayWait: true)
      default: return .reply(.ok)
      }
    case .read: return .reply(read(call.message, &outbox))
    case .committed: return .reply(commit(call, &outbox))
    case .heartbeat: return ship(call, &outbox, mayWait: false)
    case .fetching: return fetch(outbox)
    case .fetched:
      incoming = outbox.unpack(call.answer.parcel)
      guard call.answer.isSuccess else { return .pause(.seconds(1), then: .fetching) }
      epoch = call.answer.epoch
      if case .nothing = incoming { return .go(.fetching) }
      return .wait(applyWork, then: .applied)
    case .applied:
      apply(outbox.texts, outbox.condition)
      return outbox.condition.diskIsFull ? .pause(.seconds(1), then: .fetching) : .go(.fetching)
    }
  }

  // MARK: Reading and writing

  private func refusal(of message: Message) -> Reason? {
    if !isPrimary { return .notPrimary }
    return message.epoch == epoch ? nil : .fencedEpoch
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
    let record = storage.rows.read(message.id, &outbox.texts)
    guard record.exists else { return Answer(.notFound, at: outbox.here) }
    var answer = Answer.ok
    answer.record = record
    return answer
  }

  private mutating func commit(_ call: Call, _ outbox: inout Outbox) -> Answer {
    let message = call.message
    if let refusal = refusal(of: message) ?? diskRefusal(outbox.condition, isWrite: true) {
      return Answer(refusal, at: outbox.here)
    }
    var record = Record()
    if message.verb != .record {
      record = storage.rows.read(message.id, &outbox.texts)
      switch message.verb {
      case .delete:
        guard record.exists else { return Answer(.notFound, at: outbox.here) }
      case _ where message.isHeld: record = message.record
      default:
        guard let change = storage.rows.change(asking: outbox.texts[message.body]) else {
          return Answer(.badRequest, at: outbox.here)
        }
        record = change.applied(to: record, &outbox.texts)
      }
    }
    writes += 1
    let entry = LogEntry(
      position: storage.log.position + 1, epoch: epoch, verb: message.verb, key: message.key,
      method: message.method, record: record, task: message.task, request: call.request,
      at: outbox.now)
    storage.apply(entry, outbox.texts)
    for ticket in parked { outbox.wake(ticket) }
    parked.removeAll(keepingCapacity: true)
    var answer = Answer.ok
    answer.record = record
    return answer
  }

  // MARK: Replication

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
      let entries = storage.log.entries(after: position)
    {
      if entries.isEmpty && mayWait {
        parked.append(call.ticket)
        return .park(atMost: heartbeat, then: .heartbeat)
      }
      if !entries.isEmpty { answer.parcel = outbox.pack(.entries(Array(entries.prefix(500)))) }
    } else {
      answer.parcel = outbox.pack(.copy(storage))
    }
    return .reply(answer)
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
    let primary = outbox.directory.primary(of: resource.database)
    if primary == outbox.here { return .pause(.seconds(1), then: .fetching) }
    return .ask(primary, message, patience: heartbeat + .seconds(5), then: .fetched)
  }

  private mutating func apply(_ texts: Texts, _ condition: Condition) {
    guard !isPrimary, !condition.replicationIsPaused, !condition.diskIsFull else { return }
    switch incoming {
    case .nothing: break
    case .entries(let entries):
      for entry in entries where entry.position == storage.log.position + 1 {
        storage.apply(entry, texts)
      }
    case .copy(let copy): storage = copy
    }
    incoming = .nothing
  }

  public mutating func crash() {
    isFetching = false
    parked = []
    incoming = .nothing
  }

  /// Rows for a learner's question.
  mutating func query(_ sql: String) -> Result<Query.Table, Query.Refusal> {
    storage.rows.query(sql)
  }

  public func mix(into digest: inout Digest) {
    readWork.mix(into: &digest)
    commitWork.mix(into: &digest)
    applyWork.mix(into: &digest)
    digest.mix(heartbeat)
    digest.mix(isPrimary)
    digest.mix(epoch)
    digest.mix(reads)
    digest.mix(writes)
    storage.log.mix(into: &digest)
    digest.mix(isFetching)
    for ticket in parked { digest.mix(ticket.number) }
    chance.mix(into: &digest)
  }
}
