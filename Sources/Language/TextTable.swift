/// Lines up cells in columns, two blanks apart.
public struct TextTable: Sendable {
  public struct Column: Sendable {
    let title: String
    let alignsRight: Bool

    public init(_ title: String, right: Bool = false) {
      self.title = title
      alignsRight = right
    }
  }

  private let columns: [Column]
  private var rows: [[String]] = []

  public init(_ columns: [Column]) { self.columns = columns }

  public mutating func add(_ cells: [String]) { rows.append(cells) }

  /// How many columns of the terminal are left for the last column beside the others.
  public func roomForTheLastColumn(in width: Int) -> Int {
    columns.indices.dropLast().reduce(width) { room, column in
      room - 2
        - (([columns[column].title] + rows.map { $0[column] }).map(DisplayWidth.of).max() ?? 0)
    }
  }

  /// The lines, and how many cells were cut (with `…`) to fit the width.
  public func render(width: Int = .max, showsHeader: Bool = true) -> (lines: [String], cut: Int) {
    let header = columns.map(\.title)
    let all = (showsHeader ? [header] : []) + rows
    var widths = columns.indices.map { column in
      all.map { DisplayWidth.of($0[column]) }.max() ?? 0
    }
    let total = widths.reduce(0, +) + 2 * (columns.count - 1)
    var cut = 0
    if total > width,
      let widest = columns.indices.filter({ !columns[$0].alignsRight }).max(by: {
        widths[$0] < widths[$1]
      })
    {
      widths[widest] = max(8, widths[widest] - (total - width))
      cut = rows.count { DisplayWidth.of($0[widest]) > widths[widest] }
    }
    return (all.map { line($0, widths) }, cut)
  }

  /// The lines with nothing cut: where it is too wide, the last column goes on below itself, or on
  /// lines of its own if there is hardly room beside the others.
  public func wrapped(width: Int, showsHeader: Bool = true) -> [String] {
    wrappedRows(width: width, showsHeader: showsHeader).flatMap { $0 }
  }

  /// As `wrapped`, the lines of each row together.
  public func wrappedRows(width: Int, showsHeader: Bool = true) -> [[String]] {
    let all = (showsHeader ? [columns.map(\.title)] : []) + rows
    let widths = columns.indices.map { column in
      all.map { DisplayWidth.of($0[column]) }.max() ?? 0
    }
    let last = columns.count - 1
    let before = widths[..<last].reduce(0) { $0 + $1 + 2 }
    if before - 2 > width, last > 1 { return rowsBelowTheFirstColumn(width, all) }
    if before + widths[last] <= width {
      return render(showsHeader: showsHeader).lines.map { [$0] }
    }
    let isBeside = width - before >= 24
    let indent = isBeside ? before : 4
    let blank = String(repeating: " ", count: indent)
    return all.map { cells -> [String] in
      var text = DisplayWidth.wrap(cells[last], width - indent)
      guard isBeside else {
        return [line(Array(cells[..<last]), widths)] + text.map { blank + $0 }
      }
      let first = text.isEmpty ? "" : text.removeFirst()
      return [line(cells[..<last] + [first], widths)] + text.map { blank + $0 }
    }
  }

  /// Not even the columns before the last have room in one line: the first stands alone, and the
  /// others below it.
  private func rowsBelowTheFirstColumn(_ width: Int, _ all: [[String]]) -> [[String]] {
    var others = TextTable(Array(columns.dropFirst()))
    for cells in all { others.add(Array(cells.dropFirst())) }
    return zip(all, others.wrappedRows(width: width - 4, showsHeader: false)).map { cells, lines in
      [DisplayWidth.clip(cells[0], width)] + lines.map { "    " + $0 }
    }
  }

  private func line(_ cells: [String], _ widths: [Int]) -> String {
    var result = ""
    for (column, cell) in cells.enumerated() {
      let clipped = DisplayWidth.clip(cell, widths[column])
      let padding = String(
        repeating: " ", count: max(0, widths[column] - DisplayWidth.of(clipped)))
      if column > 0 { result += "  " }
      result += columns[column].alignsRight ? padding + clipped : clipped + padding
    }
    while result.hasSuffix(" ") { result.removeLast() }
    return result
  }
}

/// How many columns of a terminal a text takes.
public enum DisplayWidth {
  /// Colour codes and combining marks take none, East Asian wide characters two.
  public static func of(_ text: String) -> Int {
    var width = 0
    var isInEscape = false
    for character in text {
      if isInEscape {
        if character.isLetter { isInEscape = false }
      } else if character == "\u{1B}" {
        isInEscape = true
      } else {
        width += columns(of: character)
      }
    }
    return width
  }

  private static func columns(of character: Character) -> Int {
    guard let scalar = character.unicodeScalars.first else { return 0 }
    switch scalar.value {
    case 0..<32, 0x300..<0x370: return 0
    case 0x1100..<0x1160, 0x2E80..<0xA4D0, 0xAC00..<0xD7A4, 0xF900..<0xFB00, 0xFE30..<0xFE70,
      0xFF00..<0xFF61, 0x1F300..<0x1F650, 0x1F900..<0x1FA00, 0x20000..<0x30000:
      return 2
    default: return 1
    }
  }

  /// At most `width` columns; what is cut ends in `…`.
  public static func clip(_ text: String, _ width: Int) -> String {
    guard of(text) > width else { return text }
    var result = ""
    var taken = 0
    for character in text {
      let next = columns(of: character)
      if taken + next > width - 1 { break }
      result.append(character)
      taken += next
    }
    return result + "…"
  }

  /// Breaks a text into lines at blanks.
  public static func wrap(_ text: String, _ width: Int) -> [String] {
    wrap(words: text.split(separator: " ").map(String.init), width)
  }

  /// Fills lines with words, which may have blanks of their own; all lines but the first are
  /// indented.
  public static func wrap(
    words: [String], separator: String = " ", indent: Int = 0, _ width: Int
  ) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in words {
      if !line.isEmpty, of(line) + separator.count + of(word) > width {
        lines.append(line)
        line = String(repeating: " ", count: indent) + word
      } else {
        line += line.isEmpty ? word : separator + word
      }
    }
    return line.isEmpty ? lines : lines + [line]
  }
}
