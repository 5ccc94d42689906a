import CSQLite
import Glibc

/// An SQLite database in memory with its prepared statements, closed with its last reference.
///
/// Two owners never use one connection: `Rows` clones it before the second one does anything but
/// clone or look. SQLite's own mutexes are off; whoever clones or looks holds one of ours. `@unchecked`
/// says that whoever moves a deployment to another thread has detached it before (see `World.detach`).
final class SQLiteConnection: @unchecked Sendable {
  let handle: OpaquePointer
  @exclusivity(unchecked)
  private var statements: [OpaquePointer?] = []
  private var writesInTransaction = 0

  /// How many writes share a transaction: beyond some hundreds a commit costs nothing a write.
  private static let transactionSize = 1000

  private static let isConfigured = sqlite3_forgo_memory_statistics() == SQLITE_OK

  /// Held while a connection is read that others may share: deployments on two threads may begin from
  /// one.
  nonisolated(unsafe) private static let sharing: UnsafeMutablePointer<pthread_mutex_t> = {
    let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    pthread_mutex_init(mutex, nil)
    return mutex
  }()

  /// An empty database.
  init() {
    precondition(Self.isConfigured, "SQLite was used before it was configured")
    var opened: OpaquePointer?
    let flags =
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_NOMUTEX
    guard sqlite3_open_v2(":memory:", &opened, flags, nil) == SQLITE_OK, let opened else {
      preconditionFailure("SQLite cannot open a database in memory")
    }
    handle = opened
    run("PRAGMA journal_mode=OFF")
    run("PRAGMA synchronous=OFF")
    run("PRAGMA secure_delete=OFF")
  }

  /// A copy of everything that another connection holds, page by page.
  convenience init(copyOf other: SQLiteConnection) {
    self.init()
    pthread_mutex_lock(Self.sharing)
    defer { pthread_mutex_unlock(Self.sharing) }
    other.commit()
    guard let backup = sqlite3_backup_init(handle, "main", other.handle, "main") else {
      preconditionFailure("SQLite cannot copy a database: \(message)")
    }
    let result = sqlite3_backup_step(backup, -1)
    sqlite3_backup_finish(backup)
    precondition(result == SQLITE_DONE, "SQLite stopped in the middle of a copy: \(result)")
  }

  deinit {
    for statement in statements { sqlite3_finalize(statement) }
    sqlite3_close_v2(handle)
  }

  func run(_ sql: String) {
    let result = sqlite3_exec(handle, sql, nil, nil, nil)
    precondition(result == SQLITE_OK, "SQLite refused '\(sql)': \(message)")
  }

  /// Runs a query of our own, and hands over each row.
  func forEachRow(_ sql: String, _ body: (OpaquePointer) -> Void) {
    var prepared: OpaquePointer?
    let result = sqlite3_prepare_v2(handle, sql, -1, &prepared, nil)
    precondition(result == SQLITE_OK, "SQLite refused '\(sql)': \(message)")
    defer { sqlite3_finalize(prepared) }
    while let prepared, sqlite3_step(prepared) == SQLITE_ROW { body(prepared) }
  }

  /// The same, where other owners may clone or look meanwhile.
  func forEachSharedRow(_ sql: String, _ body: (OpaquePointer) -> Void) {
    pthread_mutex_lock(Self.sharing)
    defer { pthread_mutex_unlock(Self.sharing) }
    forEachRow(sql, body)
  }

  /// Makes a temporary table of what a learner may ask about.
  func add(_ ledger: Query.Ledger) {
    run("CREATE TEMP TABLE \(ledger.name)(\(ledger.columns.joined(separator: ", ")))")
    let places = Array(repeating: "?", count: ledger.columns.count).joined(separator: ", ")
    var prepared: OpaquePointer?
    sqlite3_prepare_v2(
      handle, "INSERT INTO temp.\(ledger.name) VALUES (\(places))", -1, &prepared, nil)
    guard let prepared else { preconditionFailure("SQLite refused a table: \(message)") }
    defer { sqlite3_finalize(prepared) }
    run("BEGIN")
    for row in ledger.rows {
      for (index, value) in row.enumerated() { bind(value, to: Int32(index + 1), of: prepared) }
      sqlite3_step(prepared)
      sqlite3_reset(prepared)
    }
    run("COMMIT")
  }

  private func bind(_ value: Query.Value, to index: Int32, of statement: OpaquePointer) {
    switch value {
    case .null: sqlite3_bind_null(statement, index)
    case .integer(let number): sqlite3_bind_int64(statement, index, number)
    case .real(let number): sqlite3_bind_double(statement, index, number)
    case .text(let text): Rows.bind(text, to: index, of: statement)
    }
  }

  var message: String { String(cString: sqlite3_errmsg(handle)) }

  /// The statement with a number, prepared from `sql` when it is used for the first time.
  func statement(_ number: Int, _ sql: @autoclosure () -> String) -> OpaquePointer {
    if number < statements.count, let prepared = statements[number] { return prepared }
    while statements.count <= number { statements.append(nil) }
    var prepared: OpaquePointer?
    let flags = UInt32(SQLITE_PREPARE_PERSISTENT)
    let result = sqlite3_prepare_v3(handle, sql(), -1, flags, &prepared, nil)
    guard result == SQLITE_OK, let prepared else {
      preconditionFailure("SQLite refused '\(sql())': \(message)")
    }
    statements[number] = prepared
    return prepared
  }

  /// Opens a transaction if none is open, for so many writes; `endWrite` closes it after enough.
  func beginWrite(_ count: Int = 1) {
    if writesInTransaction == 0 { run("BEGIN") }
    writesInTransaction += count
  }

  func endWrite() {
    if writesInTransaction >= Self.transactionSize { commit() }
  }

  /// Makes every write visible to a serialization.
  func commit() {
    guard writesInTransaction > 0 else { return }
    writesInTransaction = 0
    if sqlite3_get_autocommit(handle) == 0 { run("COMMIT") }
  }
}
