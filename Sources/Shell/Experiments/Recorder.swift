import Language

/// Writes the commands of a session down as a transcript, with the output that they give in a
/// fresh session of their own: so it passes as a test at once.
final class Recorder {
  let path: String
  private let shadow: Session
  private(set) var text: String
  /// Commands written down.
  private(set) var count = 0

  /// Commands whose output depends on the terminal or the clock, or that write files themselves.
  private static let unrecorded: Set = [
    "record", "export", "quit", "exit", "live", "history", "clear",
  ]

  /// Of a session with a seed and the commands so far; files and lessons are those of `session`.
  init(path: String, of session: Session, seed: UInt64, commands: [String]) {
    self.path = path
    shadow = Session()
    shadow.readFile = session.readFile
    shadow.classroom.documents = session.classroom.documents
    text = "# A session, recorded\n"
    if seed != shadow.options.seed { add("reset --seed \(seed)") }
    for command in commands { add(command) }
  }

  /// Runs one more command and writes it down.
  func add(_ command: String) {
    let name = command.prefix { !$0.isWhitespace }
    guard !Self.unrecorded.contains(String(name)) else { return }
    count += 1
    let (lines, status) = TranscriptCheck.run(command, shadow)
    let typed = command.split(separator: "\n", omittingEmptySubsequences: false)
    text +=
      "\n" + Transcript.prompt + typed.joined(separator: "\n" + Transcript.continuation) + "\n"
    for line in lines where !line.isEmpty { text += Transcript.written(line) + "\n" }
    if status != 0 { text += "? \(status)\n" }
  }
}
