import CSQLite

/// Taking writes back, and moving rows from one database to another.
extension Rows {
  /// A row on its way to another shard, with what was done to it; of version 0 when only that is
  /// left.
  struct Moved: Sendable {
    let id: UInt32
    let record: Record
    let activity: [Activity]
  }

  /// A line of the activity table.
  struct Activity: Sendable {
    let task: Int64
    let action: String
    let milliseconds: Int64
    let times: Int64
  }

  /// How often a task was recorded.
  mutating func times(of task: UInt32) -> Int32 {
    guard resource.publishesTasks else { return 0 }
    let statement = ownActivity().statement(
      Statement.times.rawValue, "SELECT times FROM activity WHERE task = ?")
    sqlite3_bind_int64(statement, 1, Int64(task))
    defer { sqlite3_reset(statement) }
    return sqlite3_step(statement) == SQLITE_ROW ? sqlite3_column_int(statement, 0) : 0
  }

  /// Takes back a write that replaced a row; of a task, `before.quantity` says how often it had
  /// been recorded.
  mutating func undo(_ entry: LogEntry, _ before: Record, _ texts: Texts) {
    let connection = ownComplete(texts)
    connection.beginWrite()
    if entry.verb == .record {
      setTimes(Int64(before.quantity), of: entry.task, connection)
    } else if before.exists {
      write(entry.key.id, before, texts, connection)
    } else {
      delete(entry.key.id, connection)
    }
    connection.endWrite()
  }

  private func setTimes(_ times: Int64, of task: UInt32, _ connection: SQLiteConnection) {
    let statement =
      times > 0
      ? connection.statement(
        Statement.setTimes.rawValue, "UPDATE activity SET times = ?2 WHERE task = ?1")
      : connection.statement(Statement.forget.rawValue, "DELETE FROM activity WHERE task = ?1")
    sqlite3_bind_int64(statement, 1, Int64(task))
    if times > 0 { sqlite3_bind_int64(statement, 2, times) }
    Self.step(statement)
  }

  /// Takes out the rows whose ids are foreign, and what was done to those that were deleted;
  /// returns them.
  mutating func remove(where isForeign: (UInt32) -> Bool, _ texts: inout Texts) -> [Moved] {
    var known = Set(ids(texts))
    if resource.publishesTasks {
      ownComplete(texts).forEachRow("SELECT DISTINCT order_id FROM activity") {
        known.insert(UInt32(truncatingIfNeeded: sqlite3_column_int64($0, 0)))
      }
    }
    let moved = known.filter(isForeign).sorted().map { id in
      Moved(id: id, record: read(id, &texts), activity: activity(of: id))
    }
    let connection = own()
    connection.commit()
    let table = RecordNames.of(resource).table
    connection.run("BEGIN")
    for row in moved {
      connection.run("DELETE FROM \(table) WHERE id = \(row.id)")
      if resource.publishesTasks {
        connection.run("DELETE FROM activity WHERE order_id = \(row.id)")
      }
    }
    connection.run("COMMIT")
    return moved
  }

  mutating func insert(_ moved: [Moved], _ texts: Texts) {
    let connection = ownComplete(texts)
    connection.beginWrite()
    for row in moved {
      if row.record.exists { write(row.id, row.record, texts, connection) }
      for line in row.activity {
        connection.run(
          """
          INSERT OR REPLACE INTO activity VALUES
            (\(line.task), \(row.id), '\(line.action)', \(line.milliseconds), \(line.times))
          """)
      }
    }
    connection.endWrite()
  }

  /// The ids of the rows, in order.
  mutating func ids(_ texts: Texts) -> [UInt32] {
    var result: [UInt32] = []
    ownComplete(texts).forEachRow("SELECT id FROM \(RecordNames.of(resource).table) ORDER BY id") {
      result.append(UInt32(truncatingIfNeeded: sqlite3_column_int64($0, 0)))
    }
    return result
  }

  /// How many rows there are. Only reads, so that a shared connection will do.
  var count: Int {
    let changed = pending.latest.map { String($0.key.id) }.joined(separator: ", ")
    let unchanged = "id NOT IN (\(changed))"
    var result = pending.latest.count { $0.verb == .write }
    readOnly("SELECT count(*) FROM \(RecordNames.of(resource).table) WHERE \(unchanged)") {
      result += Int(sqlite3_column_int64($0, 0))
    }
    return result
  }

  /// How many tasks were recorded once more than they should be, each time counted.
  var repeats: Int {
    guard resource.publishesTasks else { return 0 }
    var result = 0
    // What is not written yet has keys, and counts once.
    readOnly("SELECT coalesce(sum(times - 1), 0) FROM activity") {
      result = Int(sqlite3_column_int64($0, 0))
    }
    return result
  }

  private func activity(of id: UInt32) -> [Activity] {
    guard resource.publishesTasks else { return [] }
    var result: [Activity] = []
    let sql = "SELECT task, action, at_ms, times FROM activity WHERE order_id = \(id)"
    readOnly(sql) { row in
      result.append(
        Activity(
          task: sqlite3_column_int64(row, 0), action: String(cString: sqlite3_column_text(row, 1)),
          milliseconds: sqlite3_column_int64(row, 2), times: sqlite3_column_int64(row, 3)))
    }
    return result
  }
}
