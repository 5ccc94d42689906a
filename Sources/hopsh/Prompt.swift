import Language
import Shell
import Terminal

/// The interactive shell: a banner, then lines until somebody leaves.
struct Prompt {
  let session: Session
  let output: Output

  /// What to try first, in three lines; for somebody who has left a lesson, how it goes on.
  private var banner: [String] {
    [
      "hopsh: a complete web architecture, live in this terminal. Break it; it mends.",
      session.resumption.map { "Go on: \($0.command)   (you left '\($0.title)')" }
        ?? "Try: " + Session.tour.joined(separator: " · "),
      "lesson teaches, quiz asks, undo takes back, help lists the rest, TAB completes.",
    ]
  }

  func run() -> Int32 {
    session.options.isInteractive = true
    let history = HistoryFile.standard
    session.typedLines = history?.load() ?? []
    session.classroom.store = ProgressFile.standard.map { file in
      Classroom.ProgressStore(read: { file.load() }, write: { file.save($0) })
    }
    let session = session
    session.write = { [output] text in
      output.write(text)
      output.flush()
    }
    var typed = ""
    session.page = { [output] lines in
      output.flush()
      guard typed.isEmpty, let next = Pager.show(lines, on: output) else { return false }
      typed = next
      return true
    }
    if !session.options.isPlain {
      let picture = Picture(on: output)
      session.beginLook = { picture.begin(isFirst: $0, pause: Int($1.nanoseconds / 1_000_000)) }
    }
    session.sleep = { duration in
      let milliseconds = Int32(duration.nanoseconds / 1_000_000)
      guard let text = TerminalKeys.typed(within: milliseconds) else { return false }
      typed = text
      return true
    }
    let editor = LineEditor(
      program: "hopsh", history: session.typedLines,
      completer: { line in
        Completion.candidates(for: line, in: session)
          .map { LineEditor.Candidate($0.text, $0.description) }
      }, advisor: { Completion.parametersToCome(in: $0) })
    guard let editor else {
      output.writeError("hopsh: this terminal can't be used; run scripts by -c or from a file")
      return 2
    }
    if session.options.isColored { editor.showHints() }
    noteSize()
    for line in banner.flatMap(session.wrap) { output.write(line) }
    loop(editor, history) {
      if !typed.isEmpty { editor.typeAhead(typed) }
      typed = ""
    }
    output.flush()
    return 0
  }

  private func loop(
    _ editor: LineEditor, _ history: HistoryFile?, _ typeAhead: () -> Void
  ) {
    var pending = ""
    while !session.wantsToQuit {
      output.flush()
      noteSize()
      typeAhead()
      let gap = pending.isEmpty ? nil : openedAndNotClosed(in: pending)
      let proposal = gap == nil ? session.proposal : nil
      switch editor.readLine(prompt: prompt(goesOn: gap?.open), proposal: proposal) {
      case .endOfFile:
        output.write("")
        guard let gap else { return }
        output.writeError("error: \(gap.message); the lines are given up")
        pending = ""
      case .interrupted: pending = ""
      case .line(let line):
        pending += pending.isEmpty ? line : "\n" + line
        if openedAndNotClosed(in: pending) != nil { continue }
        let text = pending
        pending = ""
        guard text.contains(where: { !$0.isWhitespace }) else { continue }
        history?.append(text)
        editor.remember(text)
        session.typedLines.append(text)
        Interrupt.clear()
        noteSize()
        session.run(text, name: "prompt")
      }
    }
  }

  private func noteSize() {
    let size = TerminalSize.current
    session.options.width = size.columns
    session.options.height = session.options.isPlain ? 0 : size.rows
  }

  /// What more lines would have to close.
  private func openedAndNotClosed(in text: String) -> SyntaxError? {
    do {
      _ = try Parser.parse(text)
      return nil
    } catch {
      return error.isIncomplete ? error : nil
    }
  }

  /// The prompt of a line that goes on says what is open.
  private func prompt(goesOn open: Character?) -> String {
    let text = open.map { "    \($0)>" } ?? "hopsh>"
    return session.options.isColored ? "\u{1B}[1;36m\(text)\u{1B}[0m " : text + " "
  }
}
