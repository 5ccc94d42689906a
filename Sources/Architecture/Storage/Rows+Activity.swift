import CSQLite

/// The activity table: what tasks recorded.
///
/// Nobody reads it while tasks are done, and a row alone costs half as much again as one in a
/// batch. So entries gather until there are enough of them, or until somebody asks.
extension Rows {
  /// How many entries the activity table keeps, the latest ones.
  public static let activityLimit: Int64 = 50_000
  private static let batchSize = 128

  /// The database with all that was recorded, for whoever reads the activity or changes it.
  mutating func ownActivity() -> SQLiteConnection {
    let connection = own()
    if !unwritten.isEmpty || !outdated.isPruned { writeActivity(connection) }
    return connection
  }

  /// A worker's entry: with an idempotency key, the task's number, once for each task.
  mutating func record(_ entry: LogEntry) {
    let task = Int64(entry.task)
    if entry.position % 1024 == 0 && task - Self.activityLimit > outdated.task {
      outdated = (task - Self.activityLimit, isPruned: false)
    }
    guard task > outdated.task else { return }
    gather(entry)
    if unwritten.count == Self.batchSize || !entry.isKeyed { writeActivity(own()) }
  }

  /// Adds an entry to those that wait, in the order of their tasks: a row that comes after the last
  /// one needs no search for its place.
  private mutating func gather(_ entry: LogEntry) {
    unwritten.append(entry)
    var place = unwritten.count - 1
    while place > 0 && unwritten[place - 1].task > entry.task {
      unwritten.swapAt(place - 1, place)
      place -= 1
    }
  }

  private mutating func writeActivity(_ connection: SQLiteConnection) {
    connection.beginWrite(unwritten.count)
    operations &+= unwritten.count
    if unwritten.count == Self.batchSize && unwritten.allSatisfy(\.isKeyed) {
      let places = Array(repeating: "(?, ?, ?, ?, 1)", count: Self.batchSize)
      let statement = connection.statement(
        Statement.recordBatch.rawValue,
        "INSERT OR IGNORE INTO activity VALUES \(places.joined(separator: ", "))")
      for (row, entry) in unwritten.enumerated() { Self.bind(entry, after: 4 * row, of: statement) }
      Self.step(statement)
    } else {
      for entry in unwritten { write(entry, connection) }
    }
    if !outdated.isPruned { prune(connection) }
    connection.endWrite()
    unwritten.removeAll(keepingCapacity: true)
  }

  private func write(_ entry: LogEntry, _ connection: SQLiteConnection) {
    let statement =
      entry.isKeyed
      ? connection.statement(
        Statement.record.rawValue, "INSERT OR IGNORE INTO activity VALUES (?, ?, ?, ?, 1)")
      : connection.statement(
        Statement.recordAgain.rawValue,
        """
        INSERT INTO activity VALUES (?, ?, ?, ?, 1)
          ON CONFLICT(task) DO UPDATE SET times = times + 1
        """)
    Self.bind(entry, after: 0, of: statement)
    Self.step(statement)
  }

  private static func bind(_ entry: LogEntry, after bound: Int, of statement: OpaquePointer) {
    let first = Int32(bound)
    sqlite3_bind_int64(statement, first + 1, Int64(entry.task))
    sqlite3_bind_int64(statement, first + 2, Int64(entry.key.id))
    entry.action.withUTF8Buffer {
      let bytes = UnsafeRawPointer($0.baseAddress!).assumingMemoryBound(to: CChar.self)
      sqlite3_bind_text(statement, first + 3, bytes, Int32($0.count), nil)  // static: never freed
    }
    sqlite3_bind_int64(statement, first + 4, entry.at.nanoseconds / 1_000_000)
  }

  private mutating func prune(_ connection: SQLiteConnection) {
    let statement = connection.statement(
      Statement.prune.rawValue, "DELETE FROM activity WHERE task <= ?")
    sqlite3_bind_int64(statement, 1, outdated.task)
    Self.step(statement)
    outdated.isPruned = true
  }
}
