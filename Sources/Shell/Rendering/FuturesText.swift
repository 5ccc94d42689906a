import Architecture
import Kernel
import Language

/// The table that sets several futures side by side, and the sentence that says what it shows.
struct FuturesText {
  /// One observable in every future.
  struct Row {
    let name: String
    let values: [Quantity]
    /// Of repeated runs: the estimate in each future, and that of the difference of the first two.
    var estimates: [Estimate] = []
    var difference: Estimate?

    var preference: Preference { .of(name) }

    /// The numbers, where all are numbers.
    var numbers: [Double]? {
      let plain = values.compactMap(\.plain)
      return plain.count == values.count ? plain : nil
    }

    /// How much the values differ, relative to the largest.
    var spread: Double {
      guard let numbers, let most = numbers.map(abs).max(), most > 0 else {
        return Set(values.map(\.text)).count > 1 ? 1 : 0
      }
      return ((numbers.max() ?? 0) - (numbers.min() ?? 0)) / most
    }

    /// Differences below it say nothing: a latency is known to a bucket only.
    private var threshold: Double {
      if case .duration = values[0], difference == nil { return 0.05 }
      return 0.01
    }

    /// The place of the future that does best; nil when they hardly differ, or it is open.
    var best: Int? {
      guard preference != .neither, let numbers, spread > threshold else { return nil }
      if let difference, !difference.isClear { return nil }
      let target = preference == .higher ? numbers.max() : numbers.min()
      return numbers.firstIndex { $0 == target }
    }
  }

  let labels: [String]
  let rows: [Row]
  let isRepeated: Bool

  /// The observables of users first, then those in which the futures differ most.
  init(_ runs: [[Futures.Outcome]]) {
    labels = runs[0].map(\.label)
    isRepeated = runs.count > 1
    let first = runs[0]
    let isLoad = (first[0].values["load.sent"]?.plain ?? 0) > 0
    let users =
      isLoad
      ? ["success-rate", "throughput", "p50", "p99", "max", "hit-ratio"].map { "load." + $0 }
      : ["status", "reason", "latency", "hops", "cache"].map { "last." + $0 }
    func row(_ name: String) -> Row? {
      let values = first.compactMap { $0.values[name] }
      guard values.count == first.count else { return nil }
      guard runs.count > 1 else { return Row(name: name, values: values) }
      return Self.repeated(name, runs)
    }
    let others = Set(first.flatMap { $0.values.keys }).filter(Self.isTold).sorted()
      .compactMap(row).filter { $0.spread > 0.1 && $0.isWorthTelling }
      .sorted { ($0.rank, $1.spread, $0.name) < ($1.rank, $0.spread, $1.name) }
    rows = users.compactMap(row) + others.prefix(8)
  }

  private static func isTold(_ name: String) -> Bool {
    let parts = name.split(separator: ".", maxSplits: 1)
    return parts.count == 2 && parts[0] != "load" && parts[0] != "last"
      && !["p90", "in-service", "position", "requests"].contains(parts[1])
  }

  private static func repeated(_ name: String, _ runs: [[Futures.Outcome]]) -> Row? {
    let columns = runs[0].indices.map { future in
      runs.compactMap { $0[future].values[name]?.plain }
    }
    guard columns.allSatisfy({ $0.count == runs.count }), let sample = runs[0][0].values[name]
    else {
      return nil
    }
    let estimates = columns.map { Estimate($0) }
    var row = Row(name: name, values: estimates.map { sample.with($0.mean) }, estimates: estimates)
    if columns.count == 2 {
      // The same chance in both futures: their differences vary less than they do.
      row.difference = Estimate(zip(columns[0], columns[1]).map { $1 - $0 })
    }
    return row
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
      cells.append(row.best.map { names[$0] } ?? "")
      table.add(cells)
    }
    let rendered = table.render(width: width)
    let legend = labels.indices.map { "\(names[$0])  \(labels[$0])" }
    return legend + [style.quiet(rendered.lines[0])] + rendered.lines.dropFirst()
  }

  static func letter(_ index: Int) -> String { String(UnicodeScalar(UInt8(65 + index))) }

  /// In a narrow terminal the margin of the difference has to do.
  private func cells(_ row: Row, isNarrow: Bool) -> [String] {
    guard isRepeated && !isNarrow else { return row.values.map(\.rounded) }
    return row.estimates.map { estimate in
      "\(row.values[0].with(estimate.mean).rounded) ± \(row.values[0].with(estimate.margin).rounded)"
    }
  }

  private func difference(_ row: Row) -> String {
    guard let numbers = row.numbers else { return row.spread > 0 ? "≠" : "" }
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
    guard labels.count == 2 else { return bestOfMany() }
    let better = rows.filter { $0.best == 1 && $0.spread > 0.02 }
    let worse = rows.filter { $0.best == 0 && $0.spread > 0.02 }
    func list(_ rows: [Row]) -> String {
      rows.prefix(3).map { "\($0.name) \($0.values[1].rounded) instead of \($0.values[0].rounded)" }
        .joined(separator: ", ")
    }
    if better.isEmpty && worse.isEmpty { return "The two futures hardly differ." }
    if better.isEmpty { return "B only costs: \(list(worse))." }
    if worse.isEmpty { return "B buys \(list(better)); nothing shown here got worse." }
    return "B buys \(list(better)); it costs \(list(worse))."
  }

  private func bestOfMany() -> String {
    let judged = rows.filter { $0.best != nil }
    guard !judged.isEmpty else { return "The futures hardly differ." }
    let parts = judged.prefix(4).map { row in
      "\(Self.letter(row.best!)) for \(row.name) (\(row.values[row.best!].rounded))"
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
              row.estimates.isEmpty ? nil : (row.name, .number(row.estimates[index].margin))
            })
        ),
      ])
    }
    let differences = rows.compactMap { row -> (String, JSON)? in
      guard labels.count == 2, let numbers = row.numbers else { return nil }
      return (row.name, .number(numbers[1] - numbers[0]))
    }
    let margins = rows.compactMap { row in
      row.difference.map { (row.name, JSON.number($0.margin)) }
    }
    return .object([
      ("futures", .array(futures)), ("difference", .object(differences)),
      ("margin", .object(margins)),
      (
        "better",
        .object(rows.compactMap { row in row.best.map { (row.name, .string(labels[$0])) } })
      ),
      ("shows", .string(sentence())),
    ])
  }
}

extension FuturesText.Row {
  /// Whether a difference of it says something: not when both are next to nothing.
  fileprivate var isWorthTelling: Bool {
    guard let numbers else { return true }
    let most = numbers.map(abs).max() ?? 0
    switch values[0] {
    case .duration: return most > 0.001
    case .percent: return most > 0.01
    default: return most >= 3
    }
  }

  /// What users and operators would look at first comes first.
  fileprivate var rank: Int {
    if preference == .neither { return 2 }
    return name.hasSuffix("p50") || name.hasSuffix("p99") || name.hasSuffix("hits") ? 1 : 0
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
    case .word: self
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
