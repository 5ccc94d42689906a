import Glibc
import Language
import Shell
import Terminal

/// The program around a session: where its text comes from and goes to.
struct Program {
  let output: Output

  private let version = "hopsh 0.1.0"

  func run(_ words: [String]) -> Int32 {
    let arguments: CommandLineArguments
    do {
      arguments = try CommandLineArguments(words)
    } catch {
      output.writeError("hopsh: \(error.message)")
      output.writeError(CommandLineArguments.usage)
      return 2
    }
    let status = run(arguments)
    output.flush()
    guard let failure = output.failure else { return status }
    output.writeError("hopsh: what was to be said can't be written: \(failure)")
    return status == 0 ? 1 : status
  }

  private func run(_ arguments: CommandLineArguments) -> Int32 {
    switch arguments.mode {
    case .help:
      output.write(CommandLineArguments.usage)
      return 0
    case .version:
      output.write(version)
      return 0
    case .test(let paths, let blesses):
      return test(paths.isEmpty ? ["scripts", "lessons"] : paths, blesses: blesses)
    case .commands(let text): return makeSession(arguments).run(text, name: "-c")
    case .files(let files): return run(files, makeSession(arguments))
    case .automatic:
      guard isatty(0) == 1 && isatty(1) == 1 else { return run(["-"], makeSession(arguments)) }
      return Prompt(session: makeSession(arguments), output: output).run()
    }
  }

  private func run(_ files: [String], _ session: Session) -> Int32 {
    var status: Int32 = 0
    for file in files {
      guard let text = Files.read(file) else {
        output.writeError("hopsh: '\(file)' can't be read; is the path right?")
        if status == 0 { status = 2 }
        if session.options.continues { continue }
        break
      }
      let result = session.run(text, name: file == "-" ? "stdin" : file)
      if status == 0 { status = result }
      if result != 0 && !session.options.continues || session.wantsToQuit { break }
    }
    return status
  }

  private func makeSession(_ arguments: CommandLineArguments) -> Session {
    var options = arguments.options
    options.isColored = usesColor(arguments.color) && !options.isJSON
    options.isPlain = needsPlainText
    options.width = isatty(1) == 1 ? TerminalSize.current.columns : 80
    let session = Session(options: options)
    session.write = { output.write($0) }
    session.writeError = { output.writeError($0) }
    session.readFile = Files.read
    session.writeFile = { Files.write($1, to: $0) }
    if isatty(2) == 1 && !options.isPlain && !options.isJSON {
      let line = ProgressLine()
      session.progress = { line.show($0) }
      output.clear = { line.erase() }
    }
    session.classroom.documents = Files.lessons
    session.sleep = {
      usleep(UInt32($0.nanoseconds / 1000))
      return false
    }
    Interrupt.install()
    session.isInterrupted = { Interrupt.isPending }
    session.forgetInterrupt = { Interrupt.clear() }
    return session
  }

  /// The flag first, then NO_COLOR, CLICOLOR_FORCE, and whether a terminal shows colours.
  private func usesColor(_ choice: String) -> Bool {
    if choice != "auto" { return choice == "always" }
    func isSet(_ name: String) -> Bool { getenv(name).map { $0.pointee != 0 } ?? false }
    if isSet("NO_COLOR") { return false }
    if isSet("CLICOLOR_FORCE") { return true }
    let term = getenv("TERM").map { String(cString: $0) } ?? "dumb"
    return isatty(1) == 1 && term != "dumb"
  }

  /// A terminal that can't draw, or a reader to whom drawings say nothing. What goes into a file or a
  /// pipe is the same wherever it was made.
  private var needsPlainText: Bool {
    func value(_ name: String) -> String { getenv(name).map { String(cString: $0) } ?? "" }
    if value("ACCESSIBLE") == "1" { return true }
    guard isatty(1) == 1 else { return false }
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].map(value).first { !$0.isEmpty } ?? "C.UTF-8"
    return value("TERM") == "dumb" || !locale.uppercased().contains("UTF")
  }

  private func test(_ paths: [String], blesses: Bool) -> Int32 {
    var check = TranscriptCheck(readFile: Files.read, lessons: Files.lessons) { output.write($0) }
    var remaining = 0  // failures that no blessing mends
    for path in paths {
      guard let files = Files.transcripts(below: path) else {
        output.writeError("hopsh: '\(path)' can't be read; is the path right?")
        return 2
      }
      guard !files.isEmpty else {
        output.writeError("hopsh: there is no script (*.hop) and no lesson below '\(path)'")
        return 2
      }
      for file in files {
        guard let source = Files.read(file) else {
          output.writeError("hopsh: '\(file)' can't be read as UTF-8 text")
          return 2
        }
        let failed = check.failed
        let blessed = check.check(source, name: file)
        if blessed == source { remaining += check.failed - failed }
        if Files.isLesson(file) {
          let failed = check.failed
          check.prove(blessed, name: file)
          remaining += check.failed - failed
        }
        if blesses && blessed != source {
          guard Files.write(blessed, to: file) else {
            output.writeError("hopsh: '\(file)' can't be written")
            return 2
          }
          output.write("\(file): blessed")
        }
      }
    }
    let failed = blesses ? remaining : check.failed
    output.write("\(check.passed + check.failed - failed) passed, \(failed) failed")
    return failed == 0 ? 0 : 1
  }
}
