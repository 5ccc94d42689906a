import Kernel

/// What a database has on disk: its log, and the rows as far as the log was applied to them.
struct Storage: Sendable {
  /// A write that is not on disk yet, and what it replaced.
  private struct Unflushed: Sendable {
    let entry: LogEntry
    let before: Record
  }

  private(set) var rows: Rows
  private(set) var log = ReplicationLog()
  /// The position up to which the rows have it.
  private var applied: UInt64 = 0
  private var unflushed: [Unflushed] = []

  init(rows: Rows) { self.rows = rows }

  /// The position up to which the log is on disk.
  var flushed: UInt64 { log.position - UInt64(unflushed.count) }

  mutating func begin(epoch: UInt32) { log.begin(epoch: epoch) }
  mutating func noteEventsRead(upTo end: UInt64) { log.noteEventsRead(upTo: end) }

  mutating func read(_ id: UInt32, _ texts: inout Texts) -> Record { rows.read(id, &texts) }
  mutating func change(asking body: Text, _ texts: Texts) -> RecordChange? {
    rows.change(asking: body, texts)
  }
  mutating func query(
    _ sql: String, with ledgers: [Query.Ledger], _ texts: Texts
  ) -> Result<Query.Table, Query.Refusal> { rows.query(sql, with: ledgers, texts) }

  /// A write of its own: into the log and the rows. Not durable until `flush` when `before`, the row
  /// that it replaces, is given.
  mutating func commit(_ entry: LogEntry, replacing before: Record?, _ texts: Texts) {
    log.append(entry)
    rows.apply(entry, texts)
    applied = entry.position
    if let before { unflushed.append(Unflushed(entry: entry, before: before)) }
  }

  mutating func flush() { unflushed.removeAll(keepingCapacity: true) }

  /// A write of the primary's that comes next: into the log on disk; `replay` applies it.
  mutating func receive(_ entry: LogEntry) {
    if entry.position == log.position + 1 { log.append(entry) }
  }

  /// Applies what was received.
  mutating func replay(_ texts: Texts) {
    while applied < log.position, let entry = log.entry(after: applied) {
      rows.apply(entry, texts)
      applied = entry.position
    }
    applied = log.position
  }

  /// A crash: what was not on disk is gone. Returns the writes that were not.
  mutating func loseUnflushed(_ texts: Texts) -> [LogEntry] {
    let lost = unflushed.map(\.entry)
    for write in unflushed.reversed() { rows.undo(write.entry, write.before, texts) }
    log.truncate(after: log.position - UInt64(lost.count))
    applied = min(applied, log.position)
    unflushed = []
    return lost
  }

  // MARK: Moving rows

  /// The ids of the rows, in order; those of replicas as far as they have them.
  mutating func ids(_ texts: Texts) -> [UInt32] { rows.ids(texts) }
  /// Makes the rows the only owner of their SQLite database.
  mutating func detach() { rows.detach() }
  var rowCount: Int { rows.count }
  mutating func times(of task: UInt32) -> Int32 { rows.times(of: task) }

  /// Gives up the rows that do not belong here any more; returns them.
  mutating func giveUp(where isForeign: (UInt32) -> Bool, _ texts: inout Texts) -> [Rows.Moved] {
    rows.remove(where: isForeign, &texts)
  }

  mutating func takeOver(_ moved: [Rows.Moved], _ texts: Texts) { rows.insert(moved, texts) }

  /// Makes what is here the beginning of a new history.
  mutating func restartHistory(epoch: UInt32) {
    flush()
    log.restart(epoch: epoch)
    applied = log.position
  }
}
