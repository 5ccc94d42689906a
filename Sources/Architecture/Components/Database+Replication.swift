import Kernel
import Patterns

/// How a database's instances keep the same rows: the primary ships its log, replicas follow it.
extension Database {
  // MARK: The primary's side of replication

  /// How many writes a replica is sent at once.
  private static var shipmentLimit: Int { 500 }

  /// Answers a replica: with what it lacks, with everything when its history is not ours, or
  /// later when there is nothing new.
  mutating func ship(
    _ call: Call, _ outbox: inout Outbox, mayWait: Bool
  ) -> Next<Stage> {
    // Of another shard, too, it is none: rows may have been moved since the replica asked.
    guard isPrimary, outbox.directory.leader(of: call.origin).primary == outbox.here else {
      return outbox.reply(Answer(.notPrimary, at: outbox.here))
    }
    let (position, term) = (call.message.position, call.message.epoch)
    var answer = Answer.ok
    answer.epoch = epoch
    answer.position = storage.log.eventsRead
    if storage.log.contains(position: position, epoch: term),
      let all = storage.log.entries(after: position)
    {
      // A disk that lies has told the database that all of it is there.
      let end = outbox.condition.fsyncLies ? storage.log.position : storage.flushed
      if end <= position && mayWait {
        parked.append(call.ticket)
        return .park(atMost: heartbeat, then: .waiting)
      }
      let count = min(Int(max(end, position) - position), Self.shipmentLimit)
      if let shipment = Shipment(all.prefix(count)) {
        answer.parcel = outbox.pack(.entries(shipment))
      }
    } else {
      answer.parcel = outbox.pack(.copy(storage))
    }
    return outbox.reply(answer)
  }

  /// Answers the relay with the events of the writes after its position (see `OutboxCursors`).
  mutating func shipEvents(
    _ call: Call, _ outbox: inout Outbox, mayWait: Bool
  ) -> Next<Stage> {
    guard isPrimary else { return outbox.reply(Answer(.notPrimary, at: outbox.here)) }
    let start = min(call.message.position, storage.flushed)
    storage.noteEventsRead(upTo: start)
    if start == storage.flushed && mayWait {
      parked.append(call.ticket)
      return .park(atMost: heartbeat, then: .waiting)
    }
    let events = storage.log.events(after: start, upTo: storage.flushed)
    var answer = Answer.ok
    answer.position = storage.flushed
    if let shipment = Shipment(events) { answer.parcel = outbox.pack(.entries(shipment)) }
    return outbox.reply(answer)
  }

  /// A standby tells what it has.
  mutating func confirm(_ call: Call, _ outbox: inout Outbox) {
    guard isPrimary, call.message.epoch == epoch else { return }
    let standby = outbox.directory[call.origin].number - 1
    for waiter in synchronousCommit.confirm(call.message.position, by: standby) {
      outbox.wake(waiter)
    }
  }

  mutating func wakeReplicas(_ outbox: inout Outbox) {
    for ticket in parked { outbox.wake(ticket) }
    parked.removeAll(keepingCapacity: true)
  }

  /// Everybody who waits looks again: the role or the rules have changed.
  mutating func wakeAll(_ outbox: inout Outbox) {
    wakeReplicas(&outbox)
    for ticket in synchronousCommit.release() { outbox.wake(ticket) }
  }

  /// Sees to it that what was acknowledged at once gets to the disk.
  mutating func flushLater(_ outbox: inout Outbox) {
    guard !isFlushing else { return }
    isFlushing = true
    outbox.start(Stage.flushed, Message(.probe))
  }

  // MARK: The replica's side

  /// The position up to which it has the log, be it in memory.
  var received: UInt64 {
    if case .entries(let shipment) = incoming {
      return max(shipment.last.position, storage.log.position)
    }
    return storage.log.position
  }

  mutating func fetch(_ outbox: inout Outbox) -> Next<Stage> {
    incoming = .nothing
    if outbox.condition.replicationIsPaused { return .pause(.seconds(1), then: .fetching) }
    guard !isPrimary, outbox.directory.isMember(outbox.here) else {
      isFetching = false
      return .done
    }
    var message = Message(.fetch)
    message.position = storage.log.position
    message.epoch = storage.log.epoch
    let primary = outbox.directory.leader(of: outbox.here).primary
    if primary == outbox.here { return .pause(.seconds(1), then: .fetching) }
    return outbox.ask(primary, message, patience: heartbeat + .seconds(5), then: .fetched)
  }

  /// The primary has answered: what came goes to the disk, and then into the rows.
  mutating func receive(_ call: inout Call, _ outbox: inout Outbox) -> Next<Stage> {
    incoming = outbox.unpack(&call.answer)
    let isFollowed = outbox.directory.leader(of: outbox.here).primary == call.asked
    if outbox.condition.replicationIsPaused || !isFollowed { return .go(.fetching) }
    if isPrimary { return .go(.fetching) }  // promoted meanwhile: the answer is of an old term
    guard call.answer.isSuccess else { return .pause(.seconds(1), then: .fetching) }
    epoch = call.answer.epoch
    storage.noteEventsRead(upTo: call.answer.position)
    if case .nothing = incoming { hasHistory = true }
    guard synchronousCommit.level.isRemote else {
      if case .nothing = incoming { return .go(.fetching) }
      return .wait(applyWork, then: .applied)
    }
    switch incoming {
    case .nothing:
      tellPrimary(storage.log.position, of: call, &outbox)
      return .go(.fetching)
    case .entries(let shipment) where synchronousCommit.level == .remoteWrite:
      tellPrimary(shipment.last.position, of: call, &outbox)
    default: break
    }
    return .wait(commitWork, then: .flushed)
  }

  func tellPrimary(_ position: UInt64, of call: Call, _ outbox: inout Outbox) {
    var message = Message(.confirm)
    message.position = position
    message.epoch = epoch
    outbox.tell(call.asked, message)
  }

  /// On a replica: what came is on disk. On a primary: what was acknowledged at once is.
  mutating func flush(_ call: inout Call, _ outbox: inout Outbox) -> Next<Stage> {
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
    if !outbox.condition.fsyncLies { storage.flush() }
    wakeReplicas(&outbox)
    return .done
  }

  mutating func apply(_ call: inout Call, _ outbox: inout Outbox) -> Next<Stage> {
    takeIncoming(outbox.condition)
    storage.replay(outbox.texts)
    if synchronousCommit.level.isRemote && !isPrimary {
      tellPrimary(storage.log.position, of: call, &outbox)
    }
    return outbox.condition.diskIsFull ? .pause(.seconds(1), then: .fetching) : .go(.fetching)
  }

  /// Its rows are another shard's from now on: what the primary before was still sending is not for
  /// them.
  mutating func restartHistory(epoch: UInt32) {
    incoming = .nothing
    storage.restartHistory(epoch: epoch)
  }

  mutating func takeIncoming(_ condition: Condition) {
    guard !isPrimary, !condition.replicationIsPaused, !condition.diskIsFull else { return }
    switch incoming {
    case .nothing: break
    case .entries(let shipment):
      for index in 0..<shipment.count { storage.receive(shipment[index]) }
      hasHistory = true
    case .copy(let copy):
      hasHistory = true
      storage = copy
      storage.flush()
    }
    incoming = .nothing
  }
}
