/// What a user sees: a small emulator of the part of a terminal that the prompt uses.
struct Screen {
  let columns: Int
  let rows: Int
  private(set) var cells: [[Character]]
  private(set) var row = 0
  private(set) var column = 0
  private var saved = (0, 0)
  private var escape = ""
  private var wrapsNext = false

  init(columns: Int, rows: Int) {
    self.columns = columns
    self.rows = rows
    cells = Array(repeating: Array(repeating: " ", count: columns), count: rows)
  }

  /// The lines without the blanks at their ends.
  var lines: [String] {
    cells.map { row in
      var text = String(row.filter { $0 != "\u{0}" })
      while text.hasSuffix(" ") { text.removeLast() }
      return text
    }
  }

  var text: String { lines.joined(separator: "\n") }

  mutating func feed(_ input: String) {
    for scalar in input.unicodeScalars { feed(scalar) }
  }

  private mutating func feed(_ scalar: Unicode.Scalar) {
    if !escape.isEmpty {
      escape.unicodeScalars.append(scalar)
      if escape == "\u{1B}7" { saved = (row, column) }
      if escape == "\u{1B}8" { (row, column) = saved }
      if escape.count == 2 && scalar != "[" && scalar != "(" && scalar != "]" { escape = "" }
      if escape.count > 2 && (scalar.properties.isAlphabetic || scalar == "~") { endEscape() }
      return
    }
    switch scalar {
    case "\u{1B}": escape = "\u{1B}"
    case "\r": (column, wrapsNext) = (0, false)
    case "\n": lineFeed()
    case "\u{8}": (column, wrapsNext) = (max(0, column - 1), false)
    case "\t": column = min(columns - 1, (column / 8 + 1) * 8)
    case _ where scalar.value < 32: break
    default: put(scalar)
    }
  }

  private mutating func put(_ scalar: Unicode.Scalar) {
    if scalar.properties.generalCategory == .nonspacingMark {
      if column > 0 {
        cells[row][column - 1] = Character(
          String(cells[row][column - 1]) + String(scalar))
      }
      return
    }
    let width =
      (0x1100...0x115F).contains(scalar.value) || (0x2E80...0xFF60).contains(scalar.value) ? 2 : 1
    if wrapsNext || column + width > columns {
      column = 0
      lineFeed()
    }
    cells[row][column] = Character(scalar)
    if width == 2 { cells[row][column + 1] = "\u{0}" }
    wrapsNext = column + width == columns
    column = min(columns - 1, column + width)
  }

  private mutating func lineFeed() {
    wrapsNext = false
    if row + 1 < rows {
      row += 1
    } else {
      cells.removeFirst()
      cells.append(Array(repeating: " ", count: columns))
    }
  }

  private mutating func endEscape() {
    defer { escape = "" }
    guard escape.hasPrefix("\u{1B}["), let command = escape.last else { return }
    let body = escape.dropFirst(2).dropLast()
    if body.hasPrefix("?") { return }
    let numbers = body.split(separator: ";").map { Int($0) ?? 0 }
    let count = max(1, numbers.first ?? 1)
    wrapsNext = false
    switch command {
    case "A": row = max(0, row - count)
    case "B": row = min(rows - 1, row + count)
    case "C": column = min(columns - 1, column + count)
    case "D": column = max(0, column - count)
    case "G": column = min(columns, count) - 1
    case "d": row = min(rows, count) - 1
    case "H":
      (row, column) = (max(1, numbers.first ?? 1) - 1, max(1, numbers.dropFirst().first ?? 1) - 1)
    case "K":
      let range = numbers.first == 1 ? 0..<column + 1 : column..<columns
      for index in range { cells[row][index] = " " }
    case "J":
      if numbers.first == 2 {
        cells = Screen(columns: columns, rows: rows).cells
      } else {
        for index in column..<columns { cells[row][index] = " " }
        for below in row + 1..<max(rows, row + 1) {
          cells[below] = Array(repeating: " ", count: columns)
        }
      }
    case "P":
      cells[row].removeSubrange(column..<min(columns, column + count))
      while cells[row].count < columns { cells[row].append(" ") }
    case "@":
      cells[row].insert(contentsOf: Array(repeating: " ", count: count), at: column)
      cells[row].removeLast(cells[row].count - columns)
    default: break
    }
  }
}
