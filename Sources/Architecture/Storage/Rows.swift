import CSQLite
import Kernel

/// The rows of one database instance: a value over a real SQLite database, cloned on the first
/// use after a copy.
public struct Rows: Sendable {
  private var connection: SQLiteConnection
  public let resource: Resource
  /// What the latest bodies ask for, as a database keeps the plans of statements that recur.
  private var parsed: ContiguousArray<(body: Text, change: RecordChange?)> = []
  private static let parsedLimit = 8
  /// Writes that are not in the table yet.
  var pending = PendingWrites()
  /// Activity that is not in its table yet (see `Rows+Activity`).
  var unwritten: ContiguousArray<LogEntry> = []
  /// Tasks up to this one are no longer kept in the activity table, and those that it may still have.
  var outdated = (task: Int64(0), isPruned: true)

  /// Rows that SQLite has read or written so far.
  var operations = 0

  /// Empty tables for one resource.
  init(_ resource: Resource) {
    self.resource = resource
    connection = SQLiteConnection()
    let names = RecordNames.of(resource)
    connection.run(
      """
      CREATE TABLE \(names.table)(
        id INTEGER PRIMARY KEY, \(names.title) TEXT NOT NULL, \(names.subject) TEXT NOT NULL,
        \(names.status) TEXT NOT NULL, \(names.quantity) INTEGER NOT NULL,
        \(names.cents) INTEGER NOT NULL, note TEXT NOT NULL, version INTEGER NOT NULL)
      """)
    if resource.publishesTasks {
      connection.run(
        """
        CREATE TABLE activity(
          task INTEGER PRIMARY KEY, order_id INTEGER NOT NULL, action TEXT NOT NULL,
          at_ms INTEGER NOT NULL, times INTEGER NOT NULL)
        """)
    }
  }

  enum Statement: Int {
    case select, upsert, delete, record, recordAgain, recordBatch, prune, body, times, setTimes
    case forget
  }

  /// Clones the database now, if another value shares it.
  mutating func detach() { _ = own() }

  /// Looks, without a clone: another value may share the database, on another thread.
  func readOnly(_ sql: String, _ body: (OpaquePointer) -> Void) {
    connection.forEachSharedRow(sql, body)
  }

  mutating func own() -> SQLiteConnection {
    if !isKnownUniquelyReferenced(&connection) {
      connection = SQLiteConnection(copyOf: connection)
    }
    return connection
  }

  /// The row of an id; a record of version 0 when there is none.
  mutating func read(_ id: UInt32, _ texts: inout Texts) -> Record {
    if !pending.isEmpty, let record = pending.record(id) { return record }
    operations &+= 1
    let statement = own().statement(Statement.select.rawValue, selection)
    sqlite3_bind_int64(statement, 1, Int64(id))
    defer { sqlite3_reset(statement) }
    var record = Record()
    guard sqlite3_step(statement) == SQLITE_ROW else { return record }
    record.version = UInt32(truncatingIfNeeded: sqlite3_column_int64(statement, 0))
    record.title = Self.text(statement, 1, &texts)
    record.subject = Self.text(statement, 2, &texts)
    record.status = Self.text(statement, 3, &texts)
    record.note = Self.text(statement, 4, &texts)
    record.quantity = sqlite3_column_int(statement, 5)
    record.cents = sqlite3_column_int(statement, 6)
    return record
  }

  private var selection: String {
    let names = RecordNames.of(resource)
    return """
      SELECT version, \(names.title), \(names.subject), \(names.status), note,
        \(names.quantity), \(names.cents) FROM \(names.table) WHERE id = ?
      """
  }

  private var replacement: String {
    let names = RecordNames.of(resource)
    return """
      INSERT OR REPLACE INTO \(names.table)
        (id, \(names.title), \(names.subject), \(names.status), note, \(names.quantity),
         \(names.cents), version) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      """
  }

  private static func text(
    _ statement: OpaquePointer, _ column: Int32, _ texts: inout Texts
  ) -> Text {
    // As a blob: a text would be copied to end with a zero.
    let bytes = sqlite3_column_blob(statement, column)
    let count = Int(sqlite3_column_bytes(statement, column))
    return texts.intern(
      UnsafeBufferPointer(start: bytes?.assumingMemoryBound(to: UInt8.self), count: count))
  }

  /// What a body asks of a row; nil when it asks for what a column cannot hold.
  mutating func change(asking body: Text, _ texts: Texts) -> RecordChange? {
    if let known = parsed.first(where: { $0.body == body }) { return known.change }
    let change = RecordChange(
      body: texts[body], of: resource, on: own(), statement: Statement.body.rawValue)
    if parsed.count == Self.parsedLimit { parsed.removeFirst() }
    parsed.append((body, change))
    return change
  }

  /// Carries out one entry of the log. Applying an entry twice does what applying it once does.
  mutating func apply(_ entry: LogEntry, _ texts: Texts) {
    if entry.verb == .record { return record(entry) }
    pending.append(entry)
    if pending.isFull { writePending(texts) }
  }

  /// Brings the table up to date.
  mutating func writePending(_ texts: Texts) {
    let connection = own()
    connection.beginWrite(pending.entries.count)
    for entry in pending.latest {
      operations &+= 1
      if entry.verb == .write {
        write(entry.key.id, entry.record, texts, connection)
      } else {
        delete(entry.key.id, connection)
      }
    }
    connection.endWrite()
    pending.removeAll()
  }

  /// The database with everything in its tables, for whoever asks it in SQL.
  mutating func ownComplete(_ texts: Texts) -> SQLiteConnection {
    if !pending.isEmpty { writePending(texts) }
    return ownActivity()
  }

  func write(
    _ id: UInt32, _ record: Record, _ texts: Texts, _ connection: SQLiteConnection
  ) {
    let statement = connection.statement(Statement.upsert.rawValue, replacement)
    sqlite3_bind_int64(statement, 1, Int64(id))
    sqlite3_bind_int(statement, 6, record.quantity)
    sqlite3_bind_int(statement, 7, record.cents)
    sqlite3_bind_int64(statement, 8, Int64(record.version))
    Self.lend(texts[record.title], to: 2, of: statement) {
      Self.lend(texts[record.subject], to: 3, of: statement) {
        Self.lend(texts[record.status], to: 4, of: statement) {
          Self.lend(texts[record.note], to: 5, of: statement) { Self.step(statement) }
        }
      }
    }
  }

  func delete(_ id: UInt32, _ connection: SQLiteConnection) {
    let statement = connection.statement(
      Statement.delete.rawValue, "DELETE FROM \(RecordNames.of(resource).table) WHERE id = ?")
    sqlite3_bind_int64(statement, 1, Int64(id))
    Self.step(statement)
  }

  /// Binds a text for as long as `body` runs the statement, without a copy of SQLite's own.
  @inline(__always)
  private static func lend(
    _ string: String, to index: Int32, of statement: OpaquePointer, _ body: () -> Void
  ) {
    var string = string
    string.withUTF8 {
      let empty: StaticString = ""  // no bytes at all would be NULL
      let bytes = UnsafeRawPointer($0.baseAddress ?? empty.utf8Start)
      let characters = bytes.assumingMemoryBound(to: CChar.self)
      sqlite3_bind_text(statement, index, characters, Int32($0.count), nil)
      body()
    }
  }

  static func bind(_ string: String, to index: Int32, of statement: OpaquePointer) {
    var string = string
    string.withUTF8 {
      let bytes = UnsafeRawPointer($0.baseAddress)?.assumingMemoryBound(to: CChar.self)
      let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
      if let bytes {
        sqlite3_bind_text(statement, index, bytes, Int32($0.count), transient)
      } else {
        sqlite3_bind_text(statement, index, "", 0, transient)
      }
    }
  }

  static func step(_ statement: OpaquePointer) {
    let result = sqlite3_step(statement)
    precondition(result == SQLITE_DONE, "SQLite refused a write: \(result)")
    sqlite3_reset(statement)
  }

  /// Answers a learner's question (see `Query`).
  mutating func query(
    _ sql: String, with ledgers: [Query.Ledger] = [], _ texts: Texts
  ) -> Result<Query.Table, Query.Refusal> {
    let connection = ownComplete(texts)
    connection.commit()
    for ledger in ledgers { connection.add(ledger) }
    return Query.run(sql, on: connection)
  }
}
