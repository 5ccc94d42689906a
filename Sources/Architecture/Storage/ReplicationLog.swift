import Kernel

/// One write in the order of commits: what a primary ships to its replicas.
struct LogEntry: Hashable, Sendable {
  var position: UInt64
  var epoch: UInt32
  /// `.write`, `.delete` or `.record`.
  var verb: Verb
  var key: Key
  var method: Method
  /// The whole row after the write.
  var record: Record
  /// Of a task: its idempotency key.
  var task: UInt32
  /// Of a task: whether doing it again changes nothing.
  var isKeyed = true
  /// Whether it leaves a task, for the relay to read.
  var wantsEvent = false
  var request: UInt32
  var at: Instant

  /// What a task records about its order.
  var action: StaticString {
    switch method {
    case .get: "viewed"
    case .delete: "deleted"
    default: "updated"
    }
  }
}

extension LogEntry {
  func mix(into digest: inout Digest) {
    digest.mix(position)
    digest.mix(epoch)
    digest.mix(verb.rawValue)
    digest.mix(key.packed)
    digest.mix(task)
    digest.mix(isKeyed)
    digest.mix(wantsEvent)
    record.mix(into: &digest)
  }
}

/// The commits of a database in order, by position, with the epochs in which they were made.
///
/// Two logs agree up to the point where their epochs part, as PostgreSQL's timelines do. Only the
/// latest entries are kept, and all from the first event on that the relay has not read (as a
/// replication slot keeps them); a replica that needs older ones is sent a copy of everything.
struct ReplicationLog: Hashable, Sendable {
  /// An epoch and the position after which its entries begin.
  struct Term: Hashable, Sendable {
    let epoch: UInt32
    let after: UInt64
  }

  private(set) var entries: [LogEntry] = []
  private(set) var position: UInt64 = 0
  private(set) var terms: [Term] = []
  /// The position up to which the relay has read the events (see `OutboxCursors`).
  private(set) var eventsRead: UInt64 = 0
  /// Of the turns that it took otherwise than by an entry.
  private var turns = Digest()

  static let limit = 8192

  /// The position after which the entries begin that are kept.
  var beginning: UInt64 { position - UInt64(entries.count) }

  /// The epoch of the last entry's history.
  var epoch: UInt32 { terms.last?.epoch ?? 0 }

  /// Opens a new epoch at the current position, in place of one in which nothing was written.
  mutating func begin(epoch: UInt32) {
    if terms.last?.after == position { terms.removeLast() }
    if terms.last?.epoch != epoch { terms.append(Term(epoch: epoch, after: position)) }
  }

  mutating func append(_ entry: LogEntry) {
    if entry.epoch != epoch { begin(epoch: entry.epoch) }
    position = entry.position
    entries.append(entry)
    if seldom(entries.count >= Self.limit * 2) { trim() }
  }

  /// Forgets the oldest entries, but no event that the relay has yet to read.
  private mutating func trim() {
    let firstUnread = entries.prefix(Self.limit).firstIndex {
      $0.wantsEvent && $0.position > eventsRead
    }
    entries.removeFirst(firstUnread ?? Self.limit)
  }

  /// Learns how far the relay has come.
  mutating func noteEventsRead(upTo end: UInt64) { eventsRead = min(end, position) }

  /// The events after a position, as far as they are on disk.
  func events(after start: UInt64, upTo end: UInt64) -> [LogEntry] {
    (entries(after: start) ?? entries[...]).prefix { $0.position <= end }.filter(\.wantsEvent)
  }

  /// The next entry after a position; nil when it is no longer kept, or not yet there.
  func entry(after start: UInt64) -> LogEntry? {
    start >= beginning && start < position ? entries[Int(start - beginning)] : nil
  }

  /// The entries after a position; nil when they are no longer kept, or not yet there.
  func entries(after start: UInt64) -> ArraySlice<LogEntry>? {
    guard start >= beginning, start <= position else { return nil }
    return entries[Int(start - beginning)...]
  }

  /// Whether there is an event after a position, be it on disk yet or not.
  func hasEvents(after start: UInt64) -> Bool {
    (entries(after: start) ?? entries[...]).contains(where: \.wantsEvent)
  }

  /// Whether a log that ends at `position` in `epoch` is a part of this one's history.
  func contains(position: UInt64, epoch: UInt32) -> Bool {
    guard position <= self.position else { return false }
    if position == 0 { return entries(after: 0) != nil }
    guard let term = terms.firstIndex(where: { $0.epoch == epoch }) else { return false }
    return term + 1 == terms.count || position <= terms[term + 1].after
  }

  /// The last position up to which this log and another one are the same.
  func commonPosition(with other: ReplicationLog) -> UInt64 {
    func end(_ log: ReplicationLog, _ term: Int) -> UInt64 {
      term + 1 < log.terms.count ? log.terms[term + 1].after : log.position
    }
    var common: UInt64 = 0
    for (term, pair) in zip(terms, other.terms).enumerated() {
      guard pair.0 == pair.1 else { break }
      common = min(end(self, term), end(other, term))
      if end(self, term) != end(other, term) { break }
    }
    return common
  }

  /// Forgets the entries after a position, as a crash does with what was not on disk.
  mutating func truncate(after end: UInt64) {
    guard end < position else { return }
    entries.removeLast(Int(position - end))
    position = end
    while let last = terms.last, last.after > end { terms.removeLast() }
    turns.mix(end)
  }

  /// Begins a history of its own after the rows were moved: no other log is a part of it.
  mutating func restart(epoch: UInt32) {
    entries = []
    position += 1
    terms = [Term(epoch: epoch, after: position)]
    turns.mix(epoch)
  }

  func mix(into digest: inout Digest) {
    digest.mix(position)
    digest.mix(epoch)
    digest.mix(turns.value)
    digest.mix(eventsRead)
    for entry in entries { entry.mix(into: &digest) }
  }
}
