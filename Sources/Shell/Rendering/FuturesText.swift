import Architecture
import Kernel
import Language

/// The table that sets several futures side by side, and the sentence that says what it shows.
struct FuturesText {
  let labels: [String]
  let rows: [FuturesRow]
  let isRepeated: Bool
  /// Whether there was any request in any of them.
  let hasSent: Bool
  /// What the experiment is about: a gain for what it is, though requests are refused for it.
  let gain: String?

  /// The observables of users first, then those in which the futures differ most.
  init(_ runs: [[Futures.Outcome]], gain: String? = nil) {
    self.gain = gain
    labels = runs[0].map(\.label)
    isRepeated = runs.count > 1
    hasSent = runs[0].contains(where: \.hasSent)
    let first = runs[0]
    let isLoad = first.contains(where: \.hasLoad)
    let isOne = !first.contains { $0.count("sent") > 1 }
    let users =
      isLoad
      ? ["success-rate", "throughput", "p50", "p99", "max", "hit-ratio"].map { "load." + $0 }
      : (isOne ? [] : ["succeeded", "failed"])
        + ["status", "reason", "latency", "hops", "cache"].map { "last." + $0 }
    let degraded = ["load.stale", "load.placeholders"].filter { name in
      isLoad && first.contains { $0.count(name) > 0 }
    }
    func row(_ name: String) -> FuturesRow? {
      runs.count > 1 ? FuturesRow(name, ofRepeated: runs) : FuturesRow(name, of: first)
    }
    let others = Set(first.flatMap { $0.values.keys }).filter(Self.isTold).sorted()
      .compactMap(row).filter {
        $0.spread > 0.1 && $0.isWorthTelling && ($0.isOfSameWork || $0.name == gain)
      }
      .sorted { ($0.rank, $1.spread, $0.name) < ($1.rank, $0.spread, $1.name) }
    rows = (hasSent ? (users + degraded).compactMap(row) : []) + others.prefix(8)
  }

  private static func isTold(_ name: String) -> Bool {
    let parts = name.split(separator: ".", maxSplits: 1)
    return parts.count == 2 && !["load", "last", "user"].contains(parts[0])
      && !["p90", "in-service", "position", "requests"].contains(parts[1])
  }

  // MARK: Text

  func lines(_ style: Style, width: Int) -> [String] {
    let names = labels.indices.map { Self.letter($0) }
    var columns: [TextTable.Column] = [.init("observable")]
    columns += names.map { .init($0, right: true) }
    if labels.count == 2 { columns.append(.init("difference", right: true)) }
    columns.append(.init("better"))
    var table = TextTable(columns)
    for row in rows {
      var cells = [row.name] + cells(row, isNarrow: width < 110 && labels.count == 2)
      if labels.count == 2 { cells.append(difference(row)) }
      cells.append(row.best.map { names[$0] }.joined(separator: " "))
      table.add(cells)
    }
    let rendered = table.render(width: width)
    let legend = labels.indices.map { "\(names[$0])  \(labels[$0])" }
    guard !rows.isEmpty else { return legend }
    return legend + [style.quiet(rendered.lines[0])] + rendered.lines.dropFirst()
  }

  static func letter(_ index: Int) -> String { String(UnicodeScalar(UInt8(65 + index))) }

  /// In a narrow terminal the margin of the difference has to do.
  private func cells(_ row: FuturesRow, isNarrow: Bool) -> [String] {
    guard !row.estimates.isEmpty && !isNarrow else { return row.values.map(\.rounded) }
    return row.estimates.map { estimate in
      "\(row.values[0].with(estimate.mean).rounded) ± \(row.values[0].with(estimate.margin).rounded)"
    }
  }

  private func difference(_ row: FuturesRow) -> String {
    guard let numbers = row.numbers else {
      return row.spread > 0 && !row.values.contains(.absent) ? "≠" : ""
    }
    let change = numbers[1] - numbers[0]
    if change == 0 { return "" }
    let sign = change > 0 ? "+" : "−"
    var text = sign + row.values[0].with(abs(change)).rounded
    if let estimate = row.difference {
      text += " ± \(row.values[0].with(estimate.margin).rounded)"
    }
    return text
  }

  /// What the table shows, in one sentence.
  func sentence() -> String {
    let nothing = hasSent ? "" : "Nothing was sent. "
    guard labels.count == 2 else { return nothing + bestOfMany() }
    let bought = rows.filter { $0.name == gain && $0.unconditional == [1] }
    let better = bought + rows.filter { $0.best == [1] && $0.spread > 0.02 && $0.name != gain }
    let worse = rows.filter { $0.best == [0] && $0.spread > 0.02 }
    func list(_ rows: [FuturesRow]) -> String {
      rows.prefix(3).map { "\($0.name) \($0.values[1].rounded) instead of \($0.values[0].rounded)" }
        .joined(separator: ", ")
    }
    if better.isEmpty && worse.isEmpty { return nothing + "The two futures hardly differ." }
    if better.isEmpty { return nothing + "B only costs: \(list(worse))." }
    if worse.isEmpty {
      let rest =
        rows.contains(where: \.isOpen)
        ? "the rest is not compared: it suffers from A's failed requests"
        : "nothing shown here got much worse"
      return nothing + "B buys \(list(better)); \(rest)."
    }
    return nothing + "B buys \(list(better)); it costs \(list(worse))."
  }

  private func bestOfMany() -> String {
    let judged = rows.filter { !$0.best.isEmpty }
    guard !judged.isEmpty else { return "The futures hardly differ." }
    let parts = judged.prefix(4).map { row in
      let winners = row.best.map { Self.letter($0) }.joined(separator: " and ")
      return "\(winners) for \(row.name) (\(row.values[row.best[0]].rounded))"
    }
    return "Best: \(parts.joined(separator: ", "))."
  }

  var json: JSON {
    let futures = labels.indices.map { index in
      JSON.object([
        ("label", .string(labels[index])),
        ("values", .object(rows.map { ($0.name, $0.values[index].json) })),
        (
          "margins",
          .object(
            rows.compactMap { row in
              row.estimates.isEmpty
                ? nil : (row.name, row.values[index].with(row.estimates[index].margin).json)
            })
        ),
      ])
    }
    let differences = rows.compactMap { row -> (String, JSON)? in
      guard labels.count == 2, let numbers = row.numbers else { return nil }
      return (row.name, row.values[0].with(numbers[1] - numbers[0]).json)
    }
    let margins = rows.compactMap { row in
      row.difference.map { (row.name, row.values[0].with($0.margin).json) }
    }
    return .object([
      ("futures", .array(futures)), ("difference", .object(differences)),
      ("margin", .object(margins)),
      (
        "better",
        .object(
          rows.filter { !$0.best.isEmpty }.map { row in
            (row.name, .string(row.best.map { labels[$0] }.joined(separator: ", ")))
          })
      ),
      ("shows", .string(sentence())),
    ])
  }
}

extension Quantity {
  /// Another number in the same unit.
  func with(_ value: Double) -> Quantity {
    switch self {
    case .number: .number(value)
    case .duration: .duration(nanoseconds: Int64(value * 1e9))
    case .rate: .rate(perSecond: value)
    case .percent: .percent(value)
    case .word, .absent: self
    }
  }

  /// With as many figures as one reads.
  var rounded: String {
    switch self {
    case .number(let value): NumberText.plain((value * 10).rounded() / 10)
    case .rate(let value): "\(NumberText.plain((value * 10).rounded() / 10))rps"
    case .percent(let share): NumberText.percent((share * 1000).rounded() / 1000)
    default: text
    }
  }
}
