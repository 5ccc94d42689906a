import Architecture
import Language

/// Runs transcripts: each with a session of its own, in process.
public struct TranscriptCheck {
  public private(set) var passed = 0
  public private(set) var failed = 0
  private let write: (String) -> Void
  private let readFile: (String) -> String?
  private let lessons: () -> [(name: String, text: String)]

  public init(
    readFile: @escaping (String) -> String?,
    lessons: @escaping () -> [(name: String, text: String)] = { [] },
    write: @escaping (String) -> Void
  ) {
    self.readFile = readFile
    self.lessons = lessons
    self.write = write
  }

  /// Checks one transcript; returns its source with the actual output in place.
  @discardableResult
  public mutating func check(_ source: String, name: String) -> String {
    let transcript = Transcript(source, name: name)
    let session = Session()
    session.readFile = readFile
    session.writeFile = { _, _ in true }  // what a script under test records is kept nowhere
    session.classroom.documents = lessons
    if transcript.steps.isEmpty {
      run(script: source, name: name, session)
      return source
    }
    var results: [(lines: [String], status: Int)] = []
    var reports: [[String]] = []
    for step in transcript.steps {
      let result = Self.run(step.command, session)
      results.append(result)
      if result.status != 0 && step.status == 0 {
        write("\(name):\(step.line): fails now: \(step.command)")
      }
      if let mismatch = Transcript.check(step, actual: result.lines, status: result.status) {
        reports.append(Self.report(mismatch, name, session, withTrace: reports.isEmpty))
      }
    }
    if reports.isEmpty { passed += 1 } else { failed += 1 }
    for line in reports.joined() { write(line) }
    return transcript.blessed(with: results)
  }

  /// A script without prompts: its own expectations are what it is checked by.
  private mutating func run(script: String, name: String, _ session: Session) {
    let isEmpty = (try? session.parse(Block(source: script, line: 1)))?.isEmpty ?? false
    guard name.hasSuffix(".hop"), !isEmpty else {
      write("\(name): there is no command in it")
      failed += 1
      return
    }
    session.write = { _ in }
    session.writeError = write
    if session.run(script, name: name) == 0 { passed += 1 } else { failed += 1 }
  }

  /// Proves the tasks of a lesson's document, on top of its examples.
  public mutating func prove(_ source: String, name: String) {
    let failures = LessonProof(of: source, name: name).failures
    for failure in failures { write(failure) }
    if failures.isEmpty { passed += 1 } else { failed += 1 }
  }

  /// Runs one step as a prompt would, with errors among the output.
  static func run(_ command: String, _ session: Session) -> (lines: [String], status: Int) {
    var lines: [String] = []
    session.write = {
      lines += $0.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }
    session.writeError = session.write
    session.options.isInteractive = true
    let status = session.run(command, name: "transcript")
    return (lines, Int(status))
  }

  /// What differs, and where the deployment stood then.
  private static func report(
    _ mismatch: Transcript.Mismatch, _ name: String, _ session: Session, withTrace: Bool
  ) -> [String] {
    let step = mismatch.step
    let phase = step.phase.isEmpty ? "" : " (\(step.phase))"
    let time = DurationText.format(nanoseconds: session.world.clock.nanoseconds)
    var lines = ["\(name):\(step.line)\(phase): hopsh> \(step.command)"]
    lines += mismatch.difference.map { "  " + $0 }
    lines.append("  seed \(session.world.seed), time \(time)")
    if withTrace, let last = try? session.request(nil),
      let trace = Trace(of: last.id, in: session.world)
    {
      lines.append("  the last request by then:")
      lines += TraceText.lines(
        trace, session.world, acknowledgements: false, style: Style(isColored: false), width: 78
      ).map { "    " + $0 }
    }
    return lines
  }
}
