import Kernel
import Language

/// Draws a curve over time in braille dots, or in plain characters where there are none.
struct PlotText {
  let title: String
  let unit: Courses.Unit
  let points: [(at: Instant, value: Double)]
  /// The time shown.
  let start: Instant
  let end: Instant
  /// Columns and rows of characters for the curve itself.
  let width: Int
  let height: Int
  let isPlain: Bool

  /// Rows of the title, the curve with its axis, and the time axis.
  func lines(marks: [Instant], _ style: Style) -> [String] {
    let top = ceiling
    let rows = isPlain ? plainRows(top) : brailleRows(top)
    let labels = [text(top)] + Array(repeating: "", count: height - 2) + [text(0)]
    let margin = labels.map { DisplayWidth.of($0) }.max() ?? 0
    func pad(_ label: String) -> String {
      String(repeating: " ", count: margin - DisplayWidth.of(label)) + label
    }
    let peak = points.max { $0.value < $1.value }
    let peakText = peak.map { "  peak \(text($0.value)) at \(Self.time($0.at))" } ?? ""
    let blank = String(repeating: " ", count: margin)
    let (tee, side, corner, line) =
      isPlain ? ("+", "|", "+", "-") : ("┤", "│", "└", "─")
    return [style.strong(title) + (unit == .perSecond ? ", a second" : "") + peakText]
      + rows.enumerated().map { index, row in
        let isEdge = index == 0 || index == height - 1
        return pad(labels[index]) + " " + (isEdge ? tee : side) + style.good(row)
      }
      + [blank + " " + corner + axis(marks, line)]
      + [blank + "  " + timeLabels]
  }

  /// The axis, with the number of each mark at its place.
  private func axis(_ marks: [Instant], _ line: String) -> String {
    var cells = Array(repeating: Character(line), count: width)
    for (index, mark) in marks.enumerated().reversed() {
      let column = Int(share(of: mark) * Double(width - 1))
      if cells.indices.contains(column) { cells[column] = Character("\((index + 1) % 10)") }
    }
    return String(cells)
  }

  private var timeLabels: String {
    let (first, last) = (Self.time(start), Self.time(end))
    let gap = max(width - DisplayWidth.of(first) - DisplayWidth.of(last), 1)
    return first + String(repeating: " ", count: gap) + last
  }

  private func share(of moment: Instant) -> Double {
    let length = (end - start).seconds
    return length > 0 ? (moment - start).seconds / length : 0
  }

  /// A round value at or above every point, and not far above.
  private var ceiling: Double {
    if unit == .share || unit == .utilization { return 1 }
    let highest = points.map(\.value).max() ?? 0
    guard highest > 0 else { return 1 }
    var step = unit == .duration ? 1e-9 : 1e-3
    while true {
      for factor in [1.0, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8] where step * factor >= highest {
        return step * factor
      }
      step *= 10
    }
  }

  private func text(_ value: Double) -> String {
    switch unit {
    case .number, .perSecond: NumberText.plain((value * 100).rounded() / 100)
    case .duration: DurationText.format(nanoseconds: Int64(value * 1e9))
    case .share, .utilization: NumberText.percent((value * 1000).rounded() / 1000)
    }
  }

  static func time(_ moment: Instant) -> String {
    DurationText.format(nanoseconds: moment.nanoseconds)
  }

  // MARK: Dots

  /// The value at each of a number of columns: that of the sample which ends at or after it.
  private func columns(_ count: Int) -> [Double?] {
    var result: [Double?] = Array(repeating: nil, count: count)
    var index = 0
    for column in 0..<count {
      let moment =
        start
        + Duration(
          nanoseconds: (end - start).nanoseconds * Int64(column) / Int64(max(count - 1, 1)))
      while index < points.count && points[index].at < moment { index += 1 }
      guard index < points.count else { break }
      let isCovered = points[index].at - moment <= Courses.interval
      result[column] = isCovered ? points[index].value : (index > 0 ? idle(after: index - 1) : nil)
    }
    return result
  }

  /// The value in a gap between samples, in which nothing happened: what is there stays as it is.
  private func idle(after index: Int) -> Double? {
    switch unit {
    case .number: points[index].value
    case .perSecond, .utilization: 0
    case .duration, .share: nil
    }
  }

  private func brailleRows(_ top: Double) -> [String] {
    var grid = Array(repeating: Array(repeating: UInt8(0), count: width), count: height)
    // The bits of a braille cell, by column and row of its dots.
    let bits: [[UInt8]] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]]
    var last: Int?
    for (column, value) in columns(width * 2).enumerated() {
      guard let value else {
        last = nil
        continue
      }
      let level = Int((min(max(value / top, 0), 1) * Double(height * 4 - 1)).rounded())
      for dot in min(level, last ?? level)...max(level, last ?? level) {
        let fromTop = height * 4 - 1 - dot
        grid[fromTop / 4][column / 2] |= bits[column % 2][fromTop % 4]
      }
      last = level
    }
    return grid.map { row in
      String(String.UnicodeScalarView(row.map { Unicode.Scalar(0x2800 + UInt32($0))! }))
    }
  }

  private func plainRows(_ top: Double) -> [String] {
    var grid = Array(repeating: Array(repeating: Character(" "), count: width), count: height)
    for (column, value) in columns(width).enumerated() {
      guard let value else { continue }
      let level = Int((min(max(value / top, 0), 1) * Double(height - 1)).rounded())
      grid[height - 1 - level][column] = "*"
    }
    return grid.map { String($0) }
  }
}
