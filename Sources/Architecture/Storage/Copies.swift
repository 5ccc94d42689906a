import Kernel
import Patterns

/// The copies of rows that a cache keeps: which of them an eviction policy decides, and how long
/// each may be used, its freshness.
public struct Copies: Sendable {
  struct Entry: Hashable, Sendable {
    /// Of version 0 when it is known that there is no such row.
    var record = Record()
    var storedAt = Instant.zero
    /// What its time to live is multiplied by.
    var life = 1.0
    /// Until then somebody is renewing it.
    var renewedUntil = Instant.zero
  }

  /// What a cache knows of a row.
  struct Finding: Sendable {
    /// `hit`, `stale` or `miss`.
    var outcome = CacheOutcome.miss
    /// Of version 0 when there is no such row, or nothing is known of it.
    var record = Record()
    var age = Duration.zero
    /// It may be served although it is stale, as it is renewed.
    var isBeingRenewed = false
    /// This is the one asker that is to see to that.
    var wantsRenewal = false
  }

  public var freshness = Freshness()
  public private(set) var hits = 0
  public private(set) var misses = 0
  public private(set) var evictions = 0
  public private(set) var expired = 0
  private var eviction: Eviction
  private var entries: ContiguousArray<Entry>
  private var chance: Random

  /// How long a renewal counts as under way (memcached's leases last 10 s).
  private static let renewalTime = Duration.seconds(10)

  init(capacity: Int, _ streams: Streams) {
    eviction = Eviction(capacity: capacity)
    entries = ContiguousArray(repeating: Entry(), count: capacity)
    chance = streams["jitter"]
  }

  mutating func reseed(_ streams: Streams) { chance = streams["jitter"] }

  public var count: Int { eviction.count }

  public var capacity: Int {
    get { eviction.capacity }
    set { rebuild(eviction.policy, newValue) }
  }

  public var policy: Eviction.Policy {
    get { eviction.policy }
    set { rebuild(newValue, eviction.capacity) }
  }

  /// Another policy or size: what is kept stays, as far as there is room.
  private mutating func rebuild(_ policy: Eviction.Policy, _ capacity: Int) {
    var next = Eviction(policy, capacity: capacity)
    var moved = ContiguousArray(repeating: Entry(), count: capacity)
    for key in eviction.keys.prefix(capacity).reversed() {
      guard let old = eviction.place(of: key), let place = next.admit(key).place else { continue }
      moved[place] = entries[old]
    }
    (eviction, entries) = (next, moved)
  }

  // MARK: Use

  /// A row was found in what the cache keeps beside its copies.
  mutating func countHit() { hits += 1 }

  /// Never below zero: the clock that it is told by may have gone back (RFC 9111, section 4.2.3).
  private func age(of entry: Entry, at now: Instant) -> Duration {
    max(now - entry.storedAt, .zero)
  }

  mutating func look(up key: UInt64, at now: Instant) -> Finding {
    guard let place = eviction.touch(key) else {
      misses += 1
      return Finding()
    }
    let age = age(of: entries[place], at: now)
    var finding = Finding(outcome: .hit, record: entries[place].record, age: age)
    let verdict =
      finding.record.exists
      ? freshness.verdict(age: age, factor: entries[place].life)
      : age < freshness.absence ? .fresh : .tooOld
    if verdict == .fresh {
      hits += 1
      return finding
    }
    misses += 1
    expired += 1
    finding.outcome = .stale
    switch verdict {
    case .fresh, .staleIfError: break
    case .staleWhileRevalidate:
      finding.isBeingRenewed = true
      finding.wantsRenewal = entries[place].renewedUntil <= now
      entries[place].renewedUntil = max(entries[place].renewedUntil, now + Self.renewalTime)
    case .tooOld:
      eviction.remove(key)
      return Finding()
    }
    return finding
  }

  /// The row itself, if the copy is fresh; not counted as a use by a reader.
  func fresh(_ key: UInt64, at now: Instant) -> Record? {
    guard let place = eviction.place(of: key),
      freshness.verdict(age: age(of: entries[place], at: now), factor: entries[place].life)
        == .fresh
    else { return nil }
    return entries[place].record
  }

  mutating func store(_ record: Record, for key: UInt64, at now: Instant) {
    let admission = eviction.admit(key)
    if admission.evicted != nil { evictions += 1 }
    guard let place = admission.place else { return }
    entries[place] = Entry(record: record, storedAt: now, life: freshness.factor(&chance))
  }

  /// What a reader got of the database. A newer copy that is still fresh came while the reader was
  /// on its way, and stays.
  mutating func fill(_ record: Record, for key: UInt64, at now: Instant) {
    if let kept = fresh(key, at: now), kept.version > record.version { return }
    store(record, for: key, at: now)
  }

  mutating func remove(_ key: UInt64) { eviction.remove(key) }

  /// Gives up the copies of some rows.
  mutating func removeAll(where isForeign: (UInt64) -> Bool) {
    for key in eviction.keys where isForeign(key) { eviction.remove(key) }
  }

  mutating func clear() { eviction = Eviction(eviction.policy, capacity: eviction.capacity) }

  /// What is kept, that which stays longest first.
  func contents(at now: Instant) -> [(key: UInt64, record: Record, age: Duration)] {
    eviction.keys.map { key in
      let entry = entries[eviction.place(of: key)!]
      return (key, entry.record, age(of: entry, at: now))
    }
  }

  func mix(into digest: inout Digest) {
    freshness.mix(into: &digest)
    digest.mix(hits)
    digest.mix(misses)
    digest.mix(evictions)
    digest.mix(expired)
    eviction.mix(into: &digest)
    for place in eviction.keys.map({ eviction.place(of: $0)! }) {
      entries[place].record.mix(into: &digest)
      digest.mix(entries[place].storedAt)
      digest.mix(entries[place].life)
      digest.mix(entries[place].renewedUntil)
    }
    chance.mix(into: &digest)
  }
}
