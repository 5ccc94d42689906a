/// Writes numbers for people, the same way everywhere: no locale, no printf.
public enum NumberText {
  /// With a fixed number of decimals (0...9), rounded half away from zero.
  public static func fixed(_ value: Double, decimals: Int) -> String {
    guard value.isFinite else { return value.isNaN ? "–" : value < 0 ? "-∞" : "∞" }
    var scale = 1.0
    for _ in 0..<decimals { scale *= 10 }
    let scaled = (abs(value) * scale).rounded()
    guard scaled < 9e15 else { return "\(value)" }
    let digits = String(Int64(scaled))
    let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
    let sign = value < 0 && scaled > 0 ? "-" : ""
    if decimals == 0 { return sign + padded }
    return sign + padded.dropLast(decimals) + "." + padded.suffix(decimals)
  }

  /// As short as it can be: whole, or with at most three decimals.
  public static func plain(_ value: Double) -> String {
    if value == value.rounded(), abs(value) < 9e15 { return String(Int64(value)) }
    if abs(value) >= 9e12 { return "\(value)" }
    var text = fixed(value, decimals: 3)
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text
  }

  /// In groups of three: 1,000,000.
  public static func grouped(_ value: Int) -> String {
    var result = ""
    for (offset, digit) in String(value.magnitude).reversed().enumerated() {
      if offset > 0 && offset % 3 == 0 { result.append(",") }
      result.append(digit)
    }
    return (value < 0 ? "-" : "") + String(result.reversed())
  }

  /// A count with its noun: 1 request, 2 requests.
  public static func counted(_ count: Int, _ noun: String) -> String {
    "\(grouped(count)) \(noun)\(count == 1 ? "" : "s")"
  }

  /// A share, as 87.3 %.
  public static func percent(_ share: Double) -> String {
    let value = share * 100
    if value == value.rounded() { return plain(value) + " %" }
    // All but a few are not all.
    let isNearlyAll = value < 100 && value >= 99.95
    return fixed(value, decimals: isNearlyAll ? (value < 99.995 ? 2 : 4) : 1) + " %"
  }
}

/// Writes durations for people, with three significant figures.
public enum DurationText {
  public static func format(nanoseconds: Int64) -> String {
    if nanoseconds < 0 { return "-" + format(nanoseconds: -nanoseconds) }
    let milliseconds = Double(nanoseconds) / 1e6
    let seconds = milliseconds / 1e3
    switch milliseconds {
    case 0: return "0 ms"
    case ..<0.9995: return NumberText.fixed(milliseconds, decimals: 3) + " ms"
    case ..<9.995: return NumberText.fixed(milliseconds, decimals: 2) + " ms"
    case ..<99.95: return NumberText.fixed(milliseconds, decimals: 1) + " ms"
    case ..<999.5: return NumberText.fixed(milliseconds, decimals: 0) + " ms"
    case ..<9_995: return NumberText.fixed(seconds, decimals: 2) + " s"
    case ..<59_950: return NumberText.fixed(seconds, decimals: 1) + " s"
    default: return long(Int64(seconds.rounded()))
    }
  }

  /// Exactly, as it would be typed: 15s, 250ms, 1m.
  public static func typed(nanoseconds: Int64) -> String {
    let units: [(String, Int64)] = [
      ("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000), ("ms", 1_000_000),
      ("us", 1_000),
    ]
    if nanoseconds == 0 { return "0s" }
    for (unit, length) in units where nanoseconds % length == 0 {
      return "\(nanoseconds / length)\(unit)"
    }
    return "\(nanoseconds)ns"
  }

  private static func long(_ seconds: Int64) -> String {
    func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
    if seconds < 3600 { return "\(seconds / 60) m \(two(seconds % 60)) s" }
    return "\(seconds / 3600) h \(two(seconds / 60 % 60)) m"
  }
}
