/// A value with its unit, as it is written in commands: `250ms`, `200rps`, `80%`, `42`, `hit`.
public enum Quantity: Hashable, Sendable {
  case number(Double)
  case duration(nanoseconds: Int64)
  case rate(perSecond: Double)
  /// A share: 0.8 is written 80%.
  case percent(Double)
  case word(String)
  /// There is none yet, such as the latency of a request that was not answered.
  case absent

  private static let durationUnits: [(String, Double)] = [
    ("ns", 1), ("us", 1e3), ("µs", 1e3), ("ms", 1e6), ("s", 1e9), ("m", 60e9), ("min", 60e9),
    ("h", 3600e9), ("d", 86400e9), ("sec", 1e9), ("second", 1e9), ("seconds", 1e9),
    ("minute", 60e9), ("minutes", 60e9), ("hour", 3600e9), ("hours", 3600e9), ("day", 86400e9),
    ("days", 86400e9),
  ]
  /// The longest duration that is understood: 100 years.
  private static let longest = 3.2e18

  /// What a text says; whatever has no number and known unit is a word.
  public static func parse(_ text: String) -> Quantity {
    let unitStart = text.firstIndex { !"+-.0123456789_".contains($0) } ?? text.endIndex
    let digits = text[..<unitStart].filter { $0 != "_" }
    guard let value = Double(digits), value.isFinite else { return .word(text) }
    let unit = text[unitStart...]
    switch unit {
    case "": return .number(value)
    case "%": return .percent(value / 100)
    case "rps", "/s": return .rate(perSecond: value)
    default: break
    }
    if let nanoseconds = nanoseconds(text), abs(nanoseconds) <= longest {
      return .duration(nanoseconds: Int64(nanoseconds))
    }
    if let number = Double(text), number.isFinite { return .number(number) }  // 1e6
    return .word(text)
  }

  /// Whether a word is a unit, to be written after a number.
  public static func isUnit(_ text: String) -> Bool {
    ["%", "rps", "/s"].contains(text) || durationUnits.contains { $0.0 == text }
  }

  /// What a text says as a duration: `250ms`, or several from the larger unit to the smaller, `1m30s`.
  private static func nanoseconds(_ text: String) -> Double? {
    var (rest, sum, last) = (text[...], 0.0, Double.infinity)
    while !rest.isEmpty {
      let sign = sum == 0 && last == .infinity ? "+-" : ""
      let digits = rest.prefix { (sign + ".0123456789_").contains($0) }
      let unit = rest.dropFirst(digits.count).prefix { !"+-.0123456789_".contains($0) }
      guard let value = Double(digits.filter { $0 != "_" }),
        let factor = durationUnits.first(where: { $0.0 == unit })?.1, factor < last
      else { return nil }
      sum += (text.hasPrefix("-") && last < .infinity ? -value : value) * factor
      last = factor
      rest = rest.dropFirst(digits.count + unit.count)
    }
    return last == .infinity ? nil : sum
  }

  /// A duration of zero or more, in nanoseconds; throws what would be right.
  public static func duration(_ text: String) throws(QuantityError) -> Int64 {
    switch parse(text) {
    case .duration(let nanoseconds) where nanoseconds >= 0: return nanoseconds
    case .number:
      throw QuantityError(message: "'\(text)' needs a unit; did you mean \(text)s?")
    default:
      throw QuantityError(
        message: "'\(text)' is no duration; write one such as 250ms, 2s or 1m")
    }
  }

  /// As reports show it: `46.2 ms`, `80 %`.
  public var text: String {
    switch self {
    case .number(let value): NumberText.plain(value)
    case .duration(let nanoseconds): DurationText.format(nanoseconds: nanoseconds)
    case .rate(let rate): "\(NumberText.plain(rate))rps"
    case .percent(let share): NumberText.percent(share)
    case .word(let word): word
    case .absent: "none"
    }
  }
}

/// A text that should have been a value with a unit.
public struct QuantityError: Error, Hashable, Sendable { public let message: String }
