import Kernel
import Patterns

/// Keeps copies of rows close at hand: bounded (the least recently used goes first), and fresh
/// only for a while.
public struct Cache: Component {
  public enum Stage: UInt8, Sendable { case arrived, found }

  struct Entry: Hashable, Sendable {
    var record = Record()
    var storedAt = Instant.zero
  }

  public var work = Distribution.lognormal(p50: .microseconds(5), p99: .microseconds(50))
  public var freshness = Freshness()
  public private(set) var hits = 0
  public private(set) var misses = 0
  public private(set) var evictions = 0
  public private(set) var expired = 0
  private var recency: LeastRecentlyUsed
  private var entries: ContiguousArray<Entry>

  init(capacity: Int = 500) {
    recency = LeastRecentlyUsed(capacity: capacity)
    entries = ContiguousArray(repeating: Entry(), count: capacity)
  }

  public var count: Int { recency.count }
  public var capacity: Int { recency.capacity }

  public mutating func handle(
    _ stage: Stage, of call: inout Call, _ outbox: inout Outbox
  ) -> Next<Stage> {
    switch stage {
    case .arrived:
      return call.message.verb == .probe ? .reply(.ok) : .wait(work, then: .found)
    case .found:
      switch call.message.verb {
      case .get:
        return .reply(look(up: call.message.key, at: outbox.now))
      case .fill:
        store(call.message.record, for: call.message.key, at: outbox.now)
      default:
        recency.remove(call.message.key.packed)
      }
      return .reply(.ok)
    }
  }

  private mutating func look(up key: Key, at now: Instant) -> Answer {
    var answer = Answer(status: 404)
    answer.cache = .miss
    guard let place = recency.touch(key.packed) else {
      misses += 1
      return answer
    }
    let age = now - entries[place].storedAt
    let verdict = freshness.verdict(age: age)
    if verdict == .fresh { hits += 1 } else { misses += 1 }
    if verdict != .fresh { expired += 1 }
    guard verdict != .tooOld else {
      recency.remove(key.packed)
      return answer
    }
    answer.status = 200
    answer.cache = verdict == .fresh ? .hit : .stale
    answer.record = entries[place].record
    answer.age = age
    return answer
  }

  private mutating func store(_ record: Record, for key: Key, at now: Instant) {
    let admission = recency.admit(key.packed)
    if admission.evicted != nil { evictions += 1 }
    entries[admission.place] = Entry(record: record, storedAt: now)
  }

  /// What is kept, most recently used first.
  public func contents(at now: Instant) -> [(id: UInt32, record: Record, age: Duration)] {
    recency.keys.map { key in
      let entry = entries[recency.place(of: key)!]
      return (UInt32(truncatingIfNeeded: key), entry.record, now - entry.storedAt)
    }
  }

  public mutating func crash() {
    recency = LeastRecentlyUsed(capacity: recency.capacity)
  }

  public func mix(into digest: inout Digest) {
    work.mix(into: &digest)
    freshness.mix(into: &digest)
    digest.mix(hits)
    digest.mix(misses)
    digest.mix(evictions)
    digest.mix(expired)
    digest.mix(recency.capacity)
    for key in recency.keys {
      digest.mix(key)
      let entry = entries[recency.place(of: key)!]
      entry.record.mix(into: &digest)
      digest.mix(entry.storedAt)
    }
  }
}
