import CSQLite

/// What the body of a PUT asks of a row.
///
/// A JSON object changes the fields that it names; any other text, and an object that names none,
/// becomes the row's note; an empty body or object leaves everything but the version.
struct RecordChange: Sendable {
  var title: String?
  var subject: String?
  var status: String?
  var note: String?
  var quantity: Int32?
  var cents: Int32?

  /// The row after the change, one version on.
  func applied(to record: Record, _ texts: inout Texts) -> Record {
    var result = record
    result.version &+= 1
    if let title { result.title = texts.intern(title) }
    if let subject { result.subject = texts.intern(subject) }
    if let status { result.status = texts.intern(status) }
    if let note { result.note = texts.intern(note) }
    if let quantity { result.quantity = quantity }
    if let cents { result.cents = cents }
    return result
  }

  /// Whether the object named a column of the table.
  private var isEmpty: Bool {
    title == nil && subject == nil && status == nil && note == nil && quantity == nil
      && cents == nil
  }

  /// Reads a body with SQLite's own JSON functions; nil when it begins as an object and is none, or
  /// when a field gets no plain value, or a number's field no whole number, as a column's type would
  /// have it.
  init?(body: String, of resource: Resource, on connection: SQLiteConnection, statement: Int) {
    guard !body.isEmpty else { return }
    guard body.utf8.first == UInt8(ascii: "{") else {
      note = body
      return
    }
    let fields = connection.statement(
      statement,
      """
      SELECT key, atom, type FROM json_each(CASE WHEN json_valid(?1) THEN ?1 ELSE '[0]' END)
      """)
    let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    sqlite3_bind_text(fields, 1, body, -1, transient)
    defer { sqlite3_reset(fields) }
    var isNote = false
    while sqlite3_step(fields) == SQLITE_ROW {
      isNote = true
      guard sqlite3_column_type(fields, 0) == SQLITE_TEXT else { return nil }
      let key = String(cString: sqlite3_column_text(fields, 0))
      guard set(key, fields, RecordNames.of(resource)) else { return nil }
    }
    if isNote && isEmpty { note = body }
  }

  private mutating func set(_ key: String, _ fields: OpaquePointer, _ names: RecordNames) -> Bool {
    let type = String(cString: sqlite3_column_text(fields, 2))
    var text: String { sqlite3_column_text(fields, 1).map { String(cString: $0) } ?? "" }
    var number: Int32? {
      type == "integer" ? Int32(exactly: sqlite3_column_int64(fields, 1)) : nil
    }
    let isPlain = type != "object" && type != "array"
    switch key {
    case names.title: title = text
    case names.subject: subject = text
    case names.status: status = text
    case "note": note = text
    case names.quantity:
      quantity = number
      return quantity != nil
    case names.cents:
      cents = number
      return cents != nil
    default: return true
    }
    return isPlain
  }
}
