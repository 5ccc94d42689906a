import Kernel
import Patterns

/// What a service does with its cache: reads aside of it, or writes through it.
extension Service {
  /// The cache has answered: what it can vouch for is served, all else needs the database.
  mutating func readAside(_ call: inout Call, _ outbox: inout Outbox) -> Next<Stage> {
    switch call.answer.cache {
    case .hit:
      let isConnected = isConnected(for: call.message.key, outbox.directory)
      let outcome: CacheOutcome = isConnected ? .hit : .stale
      call.cache = outcome
      if !call.answer.isSuccess { return fail(call, &outbox) }
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

  mutating func writeThroughCache(_ call: inout Call, _ outbox: inout Outbox) -> Next<Stage> {
    call.connection = .throughCache
    if readReplicas.isOn {
      let key = call.message.key.packed
      readReplicas.active!.noteWrite(of: key, at: outbox.now, &outbox.pins)
    }
    var message = call.message.with(call.message.method == .put ? .write : .delete)
    message.isHeld = writePolicy == .behind
    // The cache asks the database with a patience of its own, and answers what that brings.
    return outbox.ask(
      cache(of: call, outbox), message, patience: databaseTimeout + cacheTimeout,
      then: .cacheAnswered)
  }

  mutating func finishThroughCache(
    _ call: inout Call, _ outbox: inout Outbox
  ) -> Next<Stage> {
    call.connection = .none
    if call.answer.isSuccess { return respond(call.answer.record, .bypass, &call, &outbox) }
    // Without the cache the write goes straight to the database.
    let isCacheGone =
      call.answer.reason == .connectionRefused
      && outbox.directory[call.answer.failedAt].tier == resource.cache
    return isCacheGone ? .go(.asking) : fail(call, &outbox)
  }

  func askCache(_ verb: Verb, _ call: Call, _ outbox: inout Outbox) -> Next<Stage> {
    return outbox.ask(
      cache(of: call, outbox), call.message.with(verb), patience: cacheTimeout, then: .cacheAnswered
    )
  }

  /// The cache that has the call's key, or would have it.
  func cache(of call: Call, _ outbox: Outbox) -> NodeID {
    cache(of: call.message.key, outbox.directory)
  }

  func cache(of key: Key, _ directory: Directory) -> NodeID {
    let count = directory.count(of: resource.cache)
    if count == 1 { return directory.first(of: resource.cache) }
    let member =
      usesConsistentHashing ? caches.member(for: key.packed) : Int(key.id) % count
    return directory.instance(member ?? 0, of: resource.cache)
  }
}
