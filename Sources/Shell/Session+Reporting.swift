import Language

/// What a session tells of its commands: text for people, one JSON object a command for programs.
extension Session {
  /// `failed` tells how many commands failed inside one that went on all the same.
  func emit(_ report: Report, failed: Int, of command: Command, _ statement: Statement) {
    guard options.isJSON else {
      if isInBlock || !page(report.lines) {
        for line in report.lines { write(line) }
      }
      return
    }
    let result = ("result", report.result)
    guard failed > 0 else {
      return write(envelope(command.name, statement.text, [("ok", .bool(true))], result))
    }
    let error = "\(NumberText.counted(failed, "command")) inside failed"
    write(
      envelope(
        command.name, statement.text, [("ok", .bool(false)), result], ("error", .string(error))))
  }

  /// Tells of a command that failed, or of a script that can't be read; the first one decides the
  /// exit status.
  func tell(_ error: CommandError, of statement: Statement) {
    if status == 0 || error.kind == .interrupted { status = error.status }
    if !runsSchedule { failuresOfBlocks += 1 }
    tellPrograms(error, of: statement)
    tellPeople(error, at: statement.line)
  }

  /// Tells of a script that can't be read as statements: its line stands for the command.
  func tell(_ error: SyntaxError, in script: String, firstLine: Int) {
    status = 2
    let lines = script.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    let line = lines.dropFirst(error.line - firstLine).first ?? ""
    let words = line.split(whereSeparator: \.isWhitespace)
    tellPrograms(
      CommandError(error.message, .usage), of: String(words.first ?? ""),
      words.joined(separator: " "))
    tellPeople(CommandError(error.message, .usage), at: error.line)
  }

  func tellPeople(_ error: CommandError, at line: Int) {
    let place = options.isInteractive ? "" : "\(source):\(error.line ?? line): "
    let text = "\(place)\(style.bad("error")): \(error.message)"
    // At a prompt a person reads it; elsewhere a program may, line by line.
    writeError(options.isInteractive ? wrap(text).joined(separator: "\n") : text)
  }

  /// The object of a command that failed; a block that ends because of it has one of its own.
  func tellPrograms(_ error: CommandError, of statement: Statement) {
    tellPrograms(error, of: statement.words[0].text, statement.text)
  }

  private func tellPrograms(_ error: CommandError, of command: String, _ line: String) {
    guard options.isJSON else { return }
    let found = error.result.map { [("result", $0)] } ?? []
    write(
      envelope(
        command, line, [("ok", .bool(false))] + found, ("error", .string(error.message))))
  }

  private func envelope(
    _ command: String, _ line: String, _ middle: [(String, JSON)], _ last: (String, JSON)
  ) -> String {
    let head: [(String, JSON)] = [("version", .integer(1)), ("command", .string(command))]
    let time: [(String, JSON)] = [
      ("timeMs", .number(world.clock.milliseconds)), ("line", .string(line)),
    ]
    return JSON.object(head + middle + time + [last]).text
  }
}
