/// Writes that are in the log and not in the table yet.
///
/// A database writes its pages together once in a while (PostgreSQL's checkpoint, an LSM tree's
/// flush of its memtable); until then a read finds here what the table does not have. Together they
/// cost a good deal less than one at a time: SQLite's code leaves the processor's caches in between.
struct PendingWrites: Sendable {
  /// How many are written together.
  private static let limit = 64

  private(set) var entries: ContiguousArray<LogEntry> = []
  /// The rows that they are of, side by side for a quick look.
  private var ids: ContiguousArray<UInt32> = []

  var isEmpty: Bool { ids.isEmpty }
  var isFull: Bool { ids.count >= Self.limit }

  mutating func append(_ entry: LogEntry) {
    entries.append(entry)
    ids.append(entry.key.id)
  }

  /// The row as the latest write leaves it, of version 0 when that took it away; nil if none is of it.
  func record(_ id: UInt32) -> Record? {
    guard let index = ids.lastIndex(of: id) else { return nil }
    return entries[index].verb == .write ? entries[index].record : Record()
  }

  /// The latest write of each row.
  var latest: some Sequence<LogEntry> {
    entries.indices.lazy.filter { ids[($0 + 1)...].firstIndex(of: ids[$0]) == nil }.map {
      entries[$0]
    }
  }

  mutating func removeAll() {
    entries.removeAll(keepingCapacity: true)
    ids.removeAll(keepingCapacity: true)
  }
}
