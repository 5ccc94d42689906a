import Language

/// One observable in every future.
struct FuturesRow {
  let name: String
  let values: [Quantity]
  /// The shares of requests that succeeded, of the deployment and of the observable's node.
  var success: [[Double?]] = []
  /// Whether the observable is of about the same work in all of them: how long the calls to a node
  /// take tells little where most of them are spared, and fewer rows read nothing where less was asked.
  private(set) var isOfSameWork = true
  /// Of repeated runs: the estimate in each future, and that of the difference of the first two.
  var estimates: [Estimate] = []
  var difference: Estimate?
  /// Of one run of each: whether the values differ by more than chance would explain.
  private var isBeyondChance = true
  /// What is judged, where it is not the number itself; nil in it where nothing can be.
  var grades: [Double?]?

  /// From one run of each future; nil when one has no such observable.
  init?(_ name: String, of run: [Futures.Outcome]) {
    let values = run.compactMap { $0.values[name] }
    guard values.count == run.count else { return nil }
    (self.name, self.values) = (name, values)
    success = Self.success(name, [run])
    isOfSameWork = Self.isOfSameWork(name, run)
    isBeyondChance = Self.isBeyondChance(name, run)
    grades = Preference.graded.contains(name) ? values.map(\.grade) : nil
  }

  /// From repeated runs: means, or how often each word came.
  init?(_ name: String, ofRepeated runs: [[Futures.Outcome]]) {
    let columns = runs[0].indices.map { future in runs.compactMap { $0[future].values[name] } }
    guard columns.allSatisfy({ $0.count == runs.count }) else { return nil }
    self.name = name
    success = Self.success(name, runs)
    isOfSameWork = Self.isOfSameWork(name, runs[0])
    let isGraded = Preference.graded.contains(name)
    if isGraded || columns.joined().contains(where: { $0.plain == nil }) {
      let hasWords = columns.joined().contains { $0.plain == nil && $0 != .absent }
      values = columns.map(isGraded || hasWords ? Self.tally : Self.mean)
      grades = columns.map { isGraded ? Self.grade($0) : nil }
      return
    }
    let numbers = columns.map { $0.compactMap(\.plain) }
    let estimates = numbers.map { Estimate($0) }
    values = zip(columns, estimates).map { $0[0].with($1.mean) }
    self.estimates = estimates
    if columns.count == 2 {
      // The same chance in both futures: their differences vary less than they do.
      difference = Estimate(zip(numbers[0], numbers[1]).map { $1 - $0 })
    }
  }

  /// The mean of those runs that have a value.
  private static func mean(_ values: [Quantity]) -> Quantity {
    let known = values.filter { $0 != .absent }
    return known.first.map { $0.with(Estimate(known.compactMap(\.plain)).mean) } ?? .absent
  }

  private static func grade(_ values: [Quantity]) -> Double? {
    let grades = values.compactMap(\.grade)
    guard grades.count == values.count else { return nil }
    return grades.reduce(0, +) / Double(grades.count)
  }

  /// What came in every run, or each with its number of runs, the most frequent first.
  private static func tally(_ values: [Quantity]) -> Quantity {
    if Set(values).count == 1 { return values[0] }
    var counts: [(text: String, count: Int)] = []
    for text in values.map(\.rounded) {
      if let index = counts.firstIndex(where: { $0.text == text }) {
        counts[index].count += 1
      } else {
        counts.append((text, 1))
      }
    }
    let sorted = counts.sorted { ($1.count, $0.text) < ($0.count, $1.text) }
    return .word(sorted.prefix(2).map { "\($0.text) × \($0.count)" }.joined(separator: ", "))
  }

  private static func success(_ name: String, _ runs: [[Futures.Outcome]]) -> [[Double?]] {
    func means(_ share: (Futures.Outcome) -> Double?) -> [Double?] {
      runs[0].indices.map { future in
        let shares = runs.compactMap { share($0[future]) }
        return shares.isEmpty ? nil : shares.reduce(0, +) / Double(shares.count)
      }
    }
    let tier = String(name.prefix { $0 != "." })
    return [means(\.success), means { $0.success(of: tier) }]
  }

  private static func isOfSameWork(_ name: String, _ run: [Futures.Outcome]) -> Bool {
    let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
    if parts.count == 2, parts[1] == "reads" {
      let sent = run.map { max($0.count("load.sent"), $0.count("sent")) }
      return (sent.max() ?? 0) <= 1.02 * (sent.min() ?? 0)
    }
    if parts.count == 2, parts[1] == "hits" {
      let asked = run.map { $0.count(parts[0] + ".hits") + $0.count(parts[0] + ".misses") }
      return (asked.max() ?? 0) <= 1.05 * (asked.min() ?? 0)
    }
    if name == "worker.utilization" {
      // Who does more is busier.
      let done = run.map { $0.count("worker.processed") }
      return (done.max() ?? 0) <= 1.1 * (done.min() ?? 0)
    }
    guard parts.count == 2, ["p50", "p90", "p99", "p999"].contains(parts[1]) else { return true }
    let requests = run.map { $0.count(parts[0] + ".requests") }
    return (requests.max() ?? 0) <= 2 * (requests.min() ?? 0)
  }

  var preference: Preference { .of(name) }

  /// The numbers, where all are amounts.
  var numbers: [Double]? {
    guard grades == nil else { return nil }
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

  /// The places of the futures that do best; empty when they hardly differ, or it is open.
  var best: [Int] { isClear ? judgement.best : [] }
  /// The same, though more requests may have failed there.
  var unconditional: [Int] { judgement.unconditional }

  /// Whether it would be judged if no more requests had failed in one future than in another.
  var isOpen: Bool { isClear && judgement.best.isEmpty && !judgement.unconditional.isEmpty }

  private var isClear: Bool { isOfSameWork && (difference?.isClear ?? isBeyondChance) }

  /// A maximum is one request of thousands, and a quantile of few is not known well: from one run a
  /// difference is told where the quantiles' bands have nothing in common.
  private static func isBeyondChance(_ name: String, _ run: [Futures.Outcome]) -> Bool {
    if name == "load.max" { return false }
    let bands = run.compactMap { $0.bands[name] }
    guard bands.count == run.count, let lowest = bands.map(\.upperBound).min(),
      let highest = bands.map(\.lowerBound).max()
    else { return true }
    return highest > lowest
  }

  private var judgement: Judgement {
    // A latency is known to a bucket only.
    var threshold = 0.01
    if case .duration = values[0], difference == nil {
      threshold = name.hasSuffix("max") ? 0.2 : 0.05
    }
    return Judgement(
      name: name, scores: grades ?? values.map(\.plain), success: success, threshold: threshold)
  }

  /// Whether a difference of it says something: not when both are next to nothing.
  var isWorthTelling: Bool {
    let numbers = values.compactMap(\.plain)
    guard let most = numbers.map(abs).max(), let unit = values.first(where: { $0.plain != nil })
    else { return true }
    switch unit {
    case .duration: return most > 0.001
    case .percent: return most > 0.01
    default: return most >= 3
    }
  }

  /// What users and operators would look at first comes first.
  var rank: Int {
    if values.contains(.absent) { return 3 }
    if preference == .neither { return 2 }
    return name.hasSuffix("p50") || name.hasSuffix("p99") || name.hasSuffix("hits") ? 1 : 0
  }
}

extension Quantity {
  /// Of a status or a reason: 1 for a success, 0 for a failure, nil for no answer.
  fileprivate var grade: Double? {
    switch self {
    case .number(let status): status < 400 ? 1 : 0
    case .word(let reason): reason == "none" ? 1 : 0
    default: nil
    }
  }
}
