/// Commands with the output they should have, written as a terminal shows them.
///
/// Prose is free. `hopsh> ` starts a command, `     > ` goes on with it; the lines after it up to a
/// blank line, a heading, a fence or the next command are its output, and a first or last line `? N`
/// its status when that is not 0. A line `...` stands for any lines, `[..]` for any text in a line.
public struct Transcript: Sendable {
  public static let prompt = "hopsh> "
  public static let continuation = "     > "

  /// One command with its expected output.
  public struct Step: Hashable, Sendable {
    public let command: String
    /// Counted from 1.
    public let line: Int
    /// The heading above it.
    public let phase: String
    public let expected: [String]
    public let status: Int
    /// The lines of the source that hold the expected output and status, counted from 0.
    let outputLines: Range<Int>
  }

  public let name: String
  public let steps: [Step]
  private let lines: [String]

  public init(_ source: String, name: String) {
    self.name = name
    lines = Self.lines(of: source)
    steps = Self.steps(of: lines)
  }

  /// Whether a text is a transcript rather than a plain script.
  public static func isTranscript(_ source: String) -> Bool {
    source.hasPrefix(prompt) || source.contains("\n" + prompt) || source.contains("\r\n" + prompt)
  }

  /// However they end.
  private static func lines(of source: String) -> [String] {
    source.split(omittingEmptySubsequences: false, whereSeparator: { $0 == "\n" || $0 == "\r\n" })
      .map(String.init)
  }

  /// The commands alone, each on the line where it stands.
  public static func commands(of source: String) -> String {
    var isInCommand = false
    return lines(of: source).map { line in
      if line.hasPrefix(prompt) {
        isInCommand = true
        return String(line.dropFirst(prompt.count))
      }
      if isInCommand && line.hasPrefix(continuation) {
        return String(line.dropFirst(continuation.count))
      }
      isInCommand = false
      return ""
    }.joined(separator: "\n")
  }

  private static func steps(of lines: [String]) -> [Step] {
    var steps: [Step] = []
    var phase = ""
    var index = 0
    while index < lines.count {
      let line = lines[index]
      if line.hasPrefix("#") { phase = String(line.drop { $0 == "#" || $0 == " " }) }
      guard line.hasPrefix(prompt) else {
        index += 1
        continue
      }
      let start = index
      var command = String(line.dropFirst(prompt.count))
      index += 1
      while index < lines.count, lines[index].hasPrefix(continuation) {
        command += "\n" + lines[index].dropFirst(continuation.count)
        index += 1
      }
      let firstOutput = index
      while index < lines.count, !endsOutput(lines[index]) { index += 1 }
      steps.append(
        step(command, start, phase, Array(lines[firstOutput..<index]), firstOutput..<index))
    }
    return steps
  }

  private static func step(
    _ command: String, _ start: Int, _ phase: String, _ output: [String], _ range: Range<Int>
  ) -> Step {
    var output = output
    var status = 0
    for place in [output.indices.last, output.indices.first] {
      guard let place, output[place].hasPrefix("? "), let number = Int(output[place].dropFirst(2))
      else { continue }
      status = number
      output.remove(at: place)
      break
    }
    return Step(
      command: command, line: start + 1, phase: phase, expected: output, status: status,
      outputLines: range)
  }

  /// A line of output as it is written down: one that would be read as something else begins with
  /// a wildcard.
  public static func written(_ output: String) -> String {
    let isMistakable =
      endsOutput(output) || output.hasPrefix(continuation) || output.hasPrefix("? ")
      || output == "..."
    return isMistakable ? "[..]" + output : output
  }

  private static func endsOutput(_ line: String) -> Bool {
    line.isEmpty || line.hasPrefix(prompt) || line.hasPrefix("```")
      || line.hasPrefix("#") && line.drop { $0 == "#" }.first == " "
  }

  // MARK: Checking

  /// A step whose output or status was another one.
  public struct Mismatch: Hashable, Sendable {
    public let step: Step
    public let actual: [String]
    public let status: Int

    /// `-expected` and `+actual` lines.
    public var difference: [String] {
      var lines = step.expected.map { "-" + $0 } + actual.map { "+" + $0 }
      if step.status != status { lines += ["-? \(step.status)", "+? \(status)"] }
      return lines
    }
  }

  /// What a step really gave; blank lines of the output do not count.
  public static func check(_ step: Step, actual: [String], status: Int) -> Mismatch? {
    let actual = actual.filter { !$0.isEmpty }
    if status == step.status && matches(step.expected[...], actual[...]) { return nil }
    return Mismatch(step: step, actual: actual, status: status)
  }

  private static func matches(_ expected: ArraySlice<String>, _ actual: ArraySlice<String>) -> Bool
  {
    guard let pattern = expected.first else { return actual.isEmpty }
    if pattern == "..." && actual.first != "..." {
      return (actual.startIndex...actual.endIndex).contains {
        matches(expected.dropFirst(), actual[$0...])
      }
    }
    guard let line = actual.first, matches(line: pattern, line) else { return false }
    return matches(expected.dropFirst(), actual.dropFirst())
  }

  static func matches(line pattern: String, _ line: String) -> Bool {
    if pattern == line { return true }
    guard let wildcard = pattern.firstRange(of: "[..]") else { return false }
    let head = pattern[..<wildcard.lowerBound]
    guard line.hasPrefix(head) else { return false }
    let tail = String(pattern[wildcard.upperBound...])
    let rest = line.dropFirst(head.count)
    if tail.isEmpty { return true }
    return rest.indices.contains { matches(line: tail, String(rest[$0...])) }
  }

  // MARK: Blessing

  /// What was expected with the lines that differ replaced one by one, so that each `...` stays where
  /// it was; nil when what follows one is not there any more.
  private static func mended(_ expected: [String], by actual: [String]) -> [String]? {
    var result: [String] = []
    var rest = actual[...]
    for (index, pattern) in expected.enumerated() {
      if pattern == "..." {
        result.append(pattern)
        guard index + 1 < expected.count else {
          rest = []
          continue
        }
        let next = expected[index + 1]
        guard let place = rest.firstIndex(where: { matches(line: next, $0) }) else { return nil }
        rest = rest[place...]
      } else if let line = rest.popFirst() {
        result.append(matches(line: pattern, line) ? pattern : written(line))
      }
    }
    result += rest.map(written)
    return matches(result[...], actual[...]) ? result : nil
  }

  /// The source with the actual output in place; lines with wildcards that still match stay.
  public func blessed(with results: [(lines: [String], status: Int)]) -> String {
    var lines = self.lines
    for (step, result) in zip(steps, results).reversed() {
      if Self.check(step, actual: result.lines, status: result.status) == nil { continue }
      let actual = result.lines.filter { !$0.isEmpty }
      var output =
        Self.mended(step.expected, by: actual)
        ?? actual.map { line in
          step.expected.first { $0.contains("[..]") && Self.matches(line: $0, line) }
            ?? Self.written(line)
        }
      if result.status != 0 { output.append("? \(result.status)") }
      lines.replaceSubrange(step.outputLines, with: output)
    }
    return lines.joined(separator: "\n")
  }
}
