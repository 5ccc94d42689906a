import Kernel
import Patterns

/// Keeps copies of rows close at hand: bounded, so that some have to go, and fresh only for a while.
///
/// Usually the service fills it (cache-aside). It can also stand before the database itself: load
/// what it lacks (read-through), pass writes on (write-through), or take them and write later
/// (write-behind), which is fast and loses what is not written yet when it dies.
public struct Cache: Component {
  public enum Stage: UInt8, Sendable {
    case arrived, found, loaded, written, holding, due, flushing
  }

  public let resource: Resource
  public var work = Distribution.lognormal(p50: .microseconds(5), p99: .microseconds(50))
  public var databaseTimeout = Duration.seconds(5)
  public var copies: Copies
  /// Whether it asks the database for what it lacks.
  public var readsThrough = false
  /// Whether it remembers that the database has no such row, when it asked for it itself.
  public var remembersAbsence = false
  /// How long a write is held before it goes to the database (write-behind).
  public var writeDelay = Duration.seconds(1)
  var loads = SharedLoads(SingleFlight())
  /// Acknowledged writes that died with the cache before they were written, or were overtaken.
  public private(set) var lostWrites = 0
  var held = HeldWrites()
  var view = DatabaseView()

  init(_ resource: Resource, capacity: Int = 500, _ streams: Streams) {
    self.resource = resource
    copies = Copies(capacity: capacity, streams)
  }

  public mutating func reseed(_ streams: Streams) { copies.reseed(streams) }

  /// Reads that waited for another one's load.
  public var sharedLoads: Int { loads.active?.shared ?? 0 }
  /// Writes that the database does not have yet.
  public var heldWrites: Int { held.count }

  public mutating func handle(
    _ stage: Stage, of call: inout Call, _ outbox: inout Outbox
  ) -> Next<Stage> {
    switch stage {
    case .arrived:
      return call.message.verb == .probe ? outbox.reply(.ok) : .wait(work, then: .found)
    case .found:
      switch call.message.verb {
      case .get: return find(&call, &outbox)
      case .fill:
        copies.fill(call.message.record, for: call.message.key.packed, at: outbox.timeOfDay)
      case .renew: return ask(.renew, call, &outbox, then: .loaded)
      case .write, .delete:
        return call.message.isHeld
          ? hold(&call, &outbox) : ask(call.message.verb, call, &outbox, then: .written)
      default:
        copies.remove(call.message.key.packed)
        // The row was written past this cache: what it holds would undo that.
        lostWrites += held.drop(call.message.key.packed)
      }
      return outbox.reply(.ok)
    case .loaded:
      view.learn(from: call.answer)
      return keep(&call, &outbox)
    case .written:
      view.learn(from: call.answer)
      noteWrite(call, outbox)
      return outbox.reply(call.answer)
    case .holding:
      return .pause(writeDelay, then: .due)
    case .due:
      begin(writing: call.message, &outbox)
      return .done
    case .flushing:
      return flush(&call, &outbox)
    }
  }

  // MARK: Reading

  private mutating func find(_ call: inout Call, _ outbox: inout Outbox) -> Next<Stage> {
    if call.flight == .following, let answer = loads.share(&call, at: outbox.here) {
      call.answer = answer
      return passOn(call, &outbox)
    }
    let key = call.message.key.packed
    if let record = held[key] {
      copies.countHit()
      return outbox.reply(answer(.init(outcome: .hit, record: record), outbox))
    }
    let finding = copies.look(up: key, at: outbox.timeOfDay)
    if finding.wantsRenewal {
      outbox.start(Stage.found, call.message.with(.renew), for: call.request)
    }
    guard readsThrough, finding.outcome != .hit, !finding.isBeingRenewed else {
      return outbox.reply(answer(finding, outbox))
    }
    call.fallback = finding.record
    call.fallbackAge = finding.age
    return loads.join(&call, atMost: databaseTimeout, then: .found)
      ?? ask(.read, call, &outbox, then: .loaded)
  }

  private func answer(_ finding: Copies.Finding, _ outbox: Outbox) -> Answer {
    var answer = finding.record.exists ? Answer.ok : Answer(.notFound, at: outbox.here)
    if finding.outcome == .miss { answer = Answer(status: 404) }
    answer.cache = finding.outcome
    answer.record = finding.record
    answer.age = finding.age
    answer.isBeingRenewed = finding.isBeingRenewed
    return answer
  }

  /// The database has answered a read: for a reader, for a copy that is renewed, or for a write
  /// that is to be held.
  private mutating func keep(_ call: inout Call, _ outbox: inout Outbox) -> Next<Stage> {
    let key = call.message.key.packed
    let isAbsent = call.answer.reason == .notFound
    if call.answer.isSuccess || (isAbsent && remembersAbsence) {
      copies.fill(call.answer.record, for: key, at: outbox.timeOfDay)
    } else if isAbsent {
      copies.remove(key)
    }
    switch call.message.verb {
    case .renew: return .done
    case .get: break
    default:
      return call.answer.isSuccess || isAbsent ? hold(&call, &outbox) : outbox.reply(call.answer)
    }
    loads.land(&call, &outbox)
    return passOn(call, &outbox)
  }

  /// Answers a reader with what the database said, or with an expired copy if it failed.
  private func passOn(_ call: Call, _ outbox: inout Outbox) -> Next<Stage> {
    var answer = call.answer
    answer.cache = .miss
    guard call.answer.isServerError && call.fallback.exists else { return outbox.reply(answer) }
    // It is the best there is: the service need not ask the database again.
    answer = .ok
    answer.cache = .stale
    answer.record = call.fallback
    answer.age = call.fallbackAge
    answer.isBeingRenewed = true
    return outbox.reply(answer)
  }

  private func ask(
    _ verb: Verb, _ call: Call, _ outbox: inout Outbox, then stage: Stage
  ) -> Next<Stage> {
    var message = call.message.with(verb)
    let leader = view.leader(of: message.key, outbox.directory)
    message.epoch = leader.epoch
    return outbox.ask(leader.primary, message, patience: databaseTimeout, then: stage)
  }

  // MARK: Writing

  /// The database has answered a write that went through the cache.
  private mutating func noteWrite(_ call: Call, _ outbox: Outbox) {
    let key = call.message.key.packed
    let isUnknown = [.upstreamTimeout, .connectionReset].contains(call.answer.reason)
    if call.answer.isSuccess && call.message.verb == .write {
      copies.store(call.answer.record, for: key, at: outbox.timeOfDay)
    } else if call.answer.isSuccess || isUnknown {
      copies.remove(key)  // it is gone, or nobody knows
    }
  }

  /// Takes a write and answers at once; the database hears of it later.
  private mutating func hold(_ call: inout Call, _ outbox: inout Outbox) -> Next<Stage> {
    let key = call.message.key.packed
    let hasAsked = call.asked != .none
    var record =
      held[key] ?? copies.fresh(key, at: outbox.timeOfDay)
      ?? (hasAsked ? call.answer.record : Record())
    if held[key] == nil && !record.exists && !hasAsked {
      return ask(.read, call, &outbox, then: .loaded)
    }
    if call.message.verb == .delete {
      guard record.exists else { return outbox.reply(Answer(.notFound, at: outbox.here)) }
      record = Record()
    } else {
      guard let change = held.change(asking: call.message.body, of: resource, outbox.texts) else {
        return outbox.reply(Answer(.badRequest, at: outbox.here))
      }
      record = change.applied(to: record, &outbox.texts)
    }
    if held.put(record, of: call.request, for: key) { outbox.start(Stage.holding, call.message) }
    if record.exists {
      copies.store(record, for: key, at: outbox.timeOfDay)
    } else {
      copies.remove(key)
    }
    var answer = Answer.ok
    answer.record = record
    return outbox.reply(answer)
  }

  /// Begins to write a row that is held, if nobody writes it yet.
  private func begin(writing message: Message, _ outbox: inout Outbox) {
    let key = message.key.packed
    guard held.underWay(of: key) == 0 else { return }
    outbox.start(Stage.flushing, message, for: held.request(of: key))
  }

  /// Begins to write all that is held, before it is due.
  mutating func writeWhatIsHeld(_ outbox: inout Outbox) {
    for key in held.keys {
      held.hurry(key)
      var message = Message(.write)
      message.resource = resource
      message.id = UInt32(truncatingIfNeeded: key)
      message.isHeld = true
      begin(writing: message, &outbox)
    }
  }

  /// Writes what was held, again and again until the database has it.
  private mutating func flush(_ call: inout Call, _ outbox: inout Outbox) -> Next<Stage> {
    let key = call.message.key.packed
    if call.asked != .none {
      view.learn(from: call.answer)
      let isDone = call.answer.isSuccess || call.answer.reason == .notFound
      let isOvertaken = call.fallback.exists && call.answer.record != call.fallback
      if call.answer.isSuccess && isOvertaken { lostWrites += held.underWay(of: key) }
      if !isDone {
        call.asked = .none
        return .pause(writeDelay, then: .flushing)
      }
      if held.settle(key, call.fallback) { return .done }
      if !held.isUrgent(key) {
        // What was written meanwhile is held for as long, on behalf of who wrote it.
        outbox.start(Stage.holding, call.message, for: held.request(of: key))
        return .done
      }
    }
    if held.isPassed(key) {
      lostWrites += held.giveUp(key)  // tried again, it would undo what came after it
      return .done
    }
    guard let record = held.beginWriting(key) else { return .done }
    call.fallback = record
    call.message.verb = record.exists ? .write : .delete
    call.message.record = record
    return ask(call.message.verb, call, &outbox, then: .flushing)
  }

  mutating func detach() { held.detach() }

  /// What is kept, that which stays longest first.
  public func contents(at now: Instant) -> [(id: UInt32, record: Record, age: Duration)] {
    copies.contents(at: now).map { (UInt32(truncatingIfNeeded: $0.key), $0.record, $0.age) }
  }

  public mutating func crash() {
    lostWrites += held.acknowledged
    held.clear()
    copies.clear()
    loads.restart()
    view.refresh()
  }

  public func mix(into digest: inout Digest) {
    work.mix(into: &digest)
    digest.mix(databaseTimeout)
    copies.mix(into: &digest)
    digest.mix(readsThrough)
    digest.mix(remembersAbsence)
    digest.mix(writeDelay)
    loads.mix(into: &digest)
    view.mix(into: &digest)
    digest.mix(lostWrites)
    held.mix(into: &digest)
  }
}
