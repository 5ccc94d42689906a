import Kernel
import Patterns

/// What a service does with its database: asks it, and makes the best of its answer.
extension Service {
  /// Asks the database with a connection of its own, or waits for what another call gets.
  mutating func askDatabase(_ call: inout Call, _ outbox: inout Outbox) -> Next<Stage> {
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
        call.connection = .own
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
    case .waiting, .held, .own: break
    }
    if call.connection != .own { call.connection = .held }
    let verb: Verb =
      call.message.method == .get ? .read : call.message.method == .put ? .write : .delete
    var message = call.message.with(verb)
    message.epoch = leader.epoch
    return outbox.ask(
      whom(leader.primary, &call, &outbox), message, patience: database.patience(databaseTimeout),
      then: .databaseAnswered)
  }

  /// The primary, or for a read a replica.
  mutating func whom(
    _ primary: NodeID, _ call: inout Call, _ outbox: inout Outbox
  ) -> NodeID {
    guard readReplicas.isOn else { return primary }
    let key = call.message.key.packed
    guard call.message.method == .get else {
      readReplicas.active!.noteWrite(of: key, at: outbox.now, &outbox.pins)
      return primary
    }
    guard !call.needsPrimary else { return primary }
    let replicas = outbox.directory.replicas(besides: primary)
    let turn = readReplicas.active!.replica(
      for: key, of: replicas.count, at: outbox.now, &outbox.pins)
    return turn.map { replicas[$0] } ?? primary
  }

  /// Whether a replica did not answer a read: then the primary is asked.
  func turnsToPrimary(_ call: inout Call, _ outbox: Outbox) -> Bool {
    guard readReplicas.isOn, call.message.method == .get, call.answer.isServerError,
      !call.needsPrimary, call.asked != outbox.directory.leader(of: call.message.key).primary
    else { return false }
    call.needsPrimary = true
    return true
  }

  mutating func giveBackConnection(_ call: inout Call, _ outbox: inout Outbox) {
    let isLent = call.connection == .held
    call.connection = .none
    if isLent, pool.isOn, let next = pool.active!.giveBack() { outbox.wake(next) }
  }

  /// The database was not asked; what is said then is as if it had failed.
  mutating func refuse(
    _ reason: Reason, _ call: inout Call, _ outbox: inout Outbox
  ) -> Next<Stage> {
    call.answer = Answer(reason, at: outbox.here)
    return finish(&call, &outbox)
  }

  /// The database has answered for the last time.
  mutating func finish(_ call: inout Call, _ outbox: inout Outbox) -> Next<Stage> {
    loads.land(&call, &outbox)
    return call.message.method == .get ? finishRead(&call, &outbox) : finishWrite(&call, &outbox)
  }

  mutating func finishRead(_ call: inout Call, _ outbox: inout Outbox) -> Next<Stage> {
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
  mutating func failRead(_ call: inout Call, _ outbox: inout Outbox) -> Next<Stage> {
    guard call.answer.isServerError else { return fail(call, &outbox) }
    if call.fallback.exists {
      return respond(call.fallback, .stale, &call, &outbox, age: call.fallbackAge)
    }
    guard fallsBack else { return fail(call, &outbox) }
    var answer = Answer.ok
    answer.cache = call.cache
    answer.servedBy = outbox.here
    answer.isPlaceholder = true
    return outbox.reply(answer)
  }

  mutating func finishWrite(_ call: inout Call, _ outbox: inout Outbox) -> Next<Stage> {
    guard call.answer.isSuccess else { return fail(call, &outbox) }
    guard usesCache else { return respond(call.answer.record, .bypass, &call, &outbox) }
    call.fallback = call.answer.record  // what was written, kept while the cache is asked
    return askCache(.invalidate, call, &outbox)
  }

  /// What the database's answer says about the connections to it.
  mutating func noteConnection(_ call: Call) {
    let isBroken = [.connectionRefused, .connectionReset].contains(call.answer.reason)
    if isBroken || !call.answer.isServerError { noteConnection(to: call.asked, isBroken: isBroken) }
  }
}
