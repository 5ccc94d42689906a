import Architecture
import Language

/// The answer of a query as a table.
enum SQLText {
  static func report(_ table: Query.Table, at name: String, _ session: Session) -> Report {
    let numeric = table.columns.indices.map { column in
      !table.rows.isEmpty
        && table.rows.allSatisfy {
          switch $0[column] {
          case .integer, .real: true
          default: false
          }
        }
    }
    var text = TextTable(zip(table.columns, numeric).map { .init($0, right: $1) })
    let shown = table.rows.prefix(100)
    for row in shown { text.add(row.map(cell)) }
    let rendered = text.render(width: session.options.width)
    var lines = rendered.lines.map { $0.isEmpty ? " " : $0 }
    let count = table.rows.count
    lines[0] = session.style.quiet(lines[0])
    var foot = "\(count) row\(count == 1 ? "" : "s") of \(name)"
    if table.isCut { foot = "more than \(count) rows of \(name)" }
    if count > shown.count { foot += ", the first \(shown.count) shown" }
    if rendered.cut > 0 { foot += ", cut (…) to fit: name fewer columns or widen the terminal" }
    lines += session.wrap(foot).map { session.style.quiet($0) }
    let rows = table.rows.map { row in
      JSON.object(zip(table.columns, row).map { ($0, json($1)) })
    }
    return Report(
      lines,
      .object([
        ("node", .string(name)), ("rows", .array(rows)), ("isCut", .bool(table.isCut)),
      ]))
  }

  private static func cell(_ value: Query.Value) -> String {
    switch value {
    case .null: "–"
    case .integer(let number): String(number)
    case .real(let number):
      // What has no figure among the first three decimals is shown with the first three it has.
      number != 0 && abs(number) < 1e-12
        ? "\(number)"
        : number != 0 && abs(number) < 0.0005
          ? NumberText.fixed(number, decimals: min(leadingZeros(of: number) + 3, 15))
          : NumberText.plain(number)
    case .text(let text): text.replacing("\n", with: " ")
    }
  }

  /// How many zeros stand between the point and the first figure of a number below 1.
  private static func leadingZeros(of number: Double) -> Int {
    var (rest, zeros) = (abs(number) * 10, 0)
    while rest < 1 && zeros < 15 { (rest, zeros) = (rest * 10, zeros + 1) }
    return zeros
  }

  private static func json(_ value: Query.Value) -> JSON {
    switch value {
    case .null: .null
    case .integer(let number): .integer(Int(number))
    case .real(let number): .number(number)
    case .text(let text): .string(text)
    }
  }
}
