import CSQLite

/// Read-only SQL over the rows of a database instance.
///
/// What could write, reach outside, or differ between two runs (chance, the wall clock) is
/// refused by SQLite's authorizer; what would not end is cut off after a fixed amount of work.
public enum Query {
  public enum Value: Hashable, Sendable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
  }

  public struct Table: Hashable, Sendable {
    public let columns: [String]
    public let rows: [[Value]]
    /// Whether there were more rows than are kept.
    public let isCut: Bool
  }

  /// A further table that a query may read: a row has a value for each column.
  public struct Ledger: Sendable {
    public let name: String
    /// Each with its type, as in `status INTEGER`.
    public let columns: [String]
    public let rows: [[Value]]

    public init(name: String, columns: [String], rows: [[Value]]) {
      self.name = name
      self.columns = columns
      self.rows = rows
    }
  }

  public struct Refusal: Error, Hashable, Sendable { public let message: String }

  /// The most rows an answer keeps.
  public static let rowLimit = 1000
  private static let workLimit: Int32 = 20_000

  static func run(_ sql: String, on connection: SQLiteConnection) -> Result<Table, Refusal> {
    let handle = connection.handle
    sqlite3_set_authorizer(handle, authorize, nil)
    sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, 1 << 20)
    var work: Int32 = 0
    return withUnsafeMutablePointer(to: &work) { work in
      sqlite3_progress_handler(handle, 1000, countWork, work)
      defer {
        sqlite3_progress_handler(handle, 0, nil, nil)
        sqlite3_set_authorizer(handle, nil, nil)
        sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, 1_000_000_000)
      }
      return evaluate(sql, handle)
    }
  }

  private static func evaluate(_ sql: String, _ handle: OpaquePointer) -> Result<Table, Refusal> {
    var statement: OpaquePointer?
    var isComplete = true
    let prepared = sql.withCString { start in
      var tail: UnsafePointer<CChar>?
      let result = sqlite3_prepare_v2(handle, start, -1, &statement, &tail)
      if let tail {
        isComplete = String(cString: tail).allSatisfy { $0.isWhitespace || $0 == ";" }
      }
      return result
    }
    defer { sqlite3_finalize(statement) }
    guard prepared == SQLITE_OK else { return .failure(refusal(handle, prepared)) }
    guard let statement else { return .failure(Refusal(message: "there is no statement in it")) }
    guard isComplete else { return .failure(Refusal(message: "one statement at a time")) }
    return rows(of: statement, handle)
  }

  private static func rows(
    of statement: OpaquePointer, _ handle: OpaquePointer
  ) -> Result<Table, Refusal> {
    let width = sqlite3_column_count(statement)
    let columns = (0..<width).map { String(cString: sqlite3_column_name(statement, $0)) }
    var rows: [[Value]] = []
    while true {
      let result = sqlite3_step(statement)
      if result == SQLITE_DONE { break }
      guard result == SQLITE_ROW else { return .failure(refusal(handle, result)) }
      if rows.count == rowLimit {
        return .success(Table(columns: columns, rows: rows, isCut: true))
      }
      rows.append((0..<width).map { value(statement, $0) })
    }
    return .success(Table(columns: columns, rows: rows, isCut: false))
  }

  private static func value(_ statement: OpaquePointer, _ column: Int32) -> Value {
    switch sqlite3_column_type(statement, column) {
    case SQLITE_NULL: return .null
    case SQLITE_INTEGER: return .integer(sqlite3_column_int64(statement, column))
    case SQLITE_FLOAT: return .real(sqlite3_column_double(statement, column))
    default:
      guard let bytes = sqlite3_column_text(statement, column) else { return .null }
      let count = Int(sqlite3_column_bytes(statement, column))
      let utf8 = UnsafeBufferPointer(start: bytes, count: count)
      return .text(String(decoding: utf8, as: UTF8.self))
    }
  }

  private static func refusal(_ handle: OpaquePointer, _ result: Int32) -> Refusal {
    switch result {
    case SQLITE_INTERRUPT: return Refusal(message: "the query takes too long; ask for less")
    case SQLITE_AUTH:
      return Refusal(
        message: "only reading is allowed here, without chance or wall-clock time: use SELECT")
    default: return Refusal(message: String(cString: sqlite3_errmsg(handle)))
    }
  }

  private static let indeterminate: Set<String> = [
    "random", "randomblob", "current_timestamp", "current_date", "current_time", "load_extension",
    "date", "time", "datetime", "julianday", "unixepoch", "strftime",
  ]

  private static let authorize:
    @convention(c) (
      UnsafeMutableRawPointer?, Int32, UnsafePointer<CChar>?, UnsafePointer<CChar>?,
      UnsafePointer<CChar>?, UnsafePointer<CChar>?
    ) -> Int32 = { _, action, _, name, _, _ in
      switch action {
      case SQLITE_SELECT, SQLITE_READ, SQLITE_RECURSIVE: return SQLITE_OK
      case SQLITE_FUNCTION:
        let function = name.map { String(cString: $0).lowercased() } ?? ""
        return indeterminate.contains(function) ? SQLITE_DENY : SQLITE_OK
      default: return SQLITE_DENY
      }
    }

  private static let countWork: @convention(c) (UnsafeMutableRawPointer?) -> Int32 = { work in
    guard let work = work?.assumingMemoryBound(to: Int32.self) else { return 1 }
    work.pointee += 1
    return work.pointee > workLimit ? 1 : 0
  }
}
