/// What a learner has done, in a plain file: a line for each task, as `02-cache-aside 2 solved`, and
/// one for each lesson that was closed before its end, as `02-cache-aside at 3`.
///
/// Lines that mean nothing here are kept: they may be another version's.
public struct Progress: Sendable {
  public enum Outcome: String, Sendable {
    /// Left out on purpose.
    case skipped
    /// Done after a look at the solution.
    case helped
    case solved

    /// A better outcome replaces a worse one, and never the other way round.
    fileprivate var rank: Int { self == .solved ? 2 : self == .helped ? 1 : 0 }
  }

  private var lines: [String] = []

  public init(_ text: String = "") {
    lines = text.split(separator: "\n").map(String.init)
  }

  public var text: String { lines.map { $0 + "\n" }.joined() }

  private static func prefix(_ lesson: String, _ page: Int) -> String { "\(lesson) \(page + 1) " }

  /// How the task on a page ended, counted from 0; nil when it was never done.
  public func outcome(of lesson: String, page: Int) -> Outcome? {
    let prefix = Self.prefix(lesson, page)
    return lines.first { $0.hasPrefix(prefix) }
      .flatMap { Outcome(rawValue: String($0.dropFirst(prefix.count))) }
  }

  /// The page, counted from 0, at which a lesson was closed before its end.
  public func bookmark(in lesson: String) -> Int? {
    let prefix = "\(lesson) at "
    guard let line = lines.first(where: { $0.hasPrefix(prefix) }),
      let page = Int(line.dropFirst(prefix.count)), page > 0
    else { return nil }
    return page - 1
  }

  /// The lesson that was closed last before its end.
  public var latestBookmark: String? {
    lines.last { bookmark(in: String($0.prefix { $0 != " " })) != nil && $0.contains(" at ") }
      .map { String($0.prefix { $0 != " " }) }
  }

  /// Remembers the page at which a lesson is closed; nil when it is over.
  public mutating func setBookmark(_ page: Int?, in lesson: String) {
    lines.removeAll { $0.hasPrefix("\(lesson) at ") }
    if let page, page > 0 { lines.append("\(lesson) at \(page + 1)") }
  }

  public mutating func note(_ outcome: Outcome, of lesson: String, page: Int) {
    let prefix = Self.prefix(lesson, page)
    if let known = self.outcome(of: lesson, page: page) {
      if known.rank >= outcome.rank { return }
      lines.removeAll { $0.hasPrefix(prefix) }
    }
    lines.append(prefix + outcome.rawValue)
  }
}
