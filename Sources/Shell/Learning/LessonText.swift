import Language
import School

/// A lesson's text as the terminal shows it.
extension Session {
  private var textWidth: Int { min(options.width, 100) }

  func lines(of blocks: [Markdown.Block]) -> [String] {
    var lines: [String] = []
    for block in blocks {
      if !lines.isEmpty { lines.append("") }
      lines += self.lines(of: block)
    }
    return lines
  }

  private func lines(of block: Markdown.Block) -> [String] {
    switch block.kind {
    case .heading(_, let spans): return wrap(spans).map { style.strong($0) }
    case .paragraph(let spans): return wrap(spans)
    case .quote(let blocks): return lines(of: blocks).map { "  " + $0 }
    case .code(_, let text):
      let lines = text.split(separator: "\n").map(String.init)
      return lines.filter { $0 != "..." }.flatMap { line in
        wrapCommand(line, textWidth - 2).map {
          "  " + (Transcript.isTranscript(line) ? style.strong($0) : $0)
        }
      }
    case .list(let items, let isOrdered):
      return items.enumerated().flatMap { number, blocks in
        let mark = isOrdered ? "\(number + 1). " : "- "
        let indent = String(repeating: " ", count: mark.count)
        return lines(of: blocks).enumerated().map { ($0 == 0 ? mark : indent) + $1 }
      }
    }
  }

  /// A command that is shown, broken at blanks where it is longer than a line.
  func wrapCommand(_ line: String, _ width: Int) -> [String] {
    let words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    return DisplayWidth.wrap(words: words, indent: 4, width)
  }

  /// A line of what is run before the learner's eyes: the command in it is broken at blanks, too.
  func shownLines(_ line: String) -> [String] {
    let isCommand = line.contains(Transcript.prompt)
    return (isCommand ? wrapCommand(line, options.width) : [line]).map {
      $0.isEmpty ? "" : "  " + $0
    }
  }

  private func wrap(_ spans: [Markdown.Span]) -> [String] {
    let text = spans.map { span in
      switch span {
      case .code(let code): options.isColored ? style.strong(code) : "'\(code)'"
      case .strong(let strong): style.strong(strong)
      case .text, .emphasis: span.plain
      }
    }
    return DisplayWidth.wrap(text.joined(), textWidth)
  }

  /// The page on which the lesson is open, as far as it was told.
  func pageLines() -> [String] {
    guard let run = classroom.run, let page = run.page else { return [] }
    let place = "\(run.lesson.name), page \(run.position + 1) of \(run.lesson.pages.count)"
    var lines = [style.strong(page.title), style.quiet(place), ""] + self.lines(of: run.told)
    if run.position == 0 {
      let head = style.strong(run.lesson.title.uppercased())
      lines = [head, ""] + self.lines(of: run.lesson.introduction) + [""] + lines
    }
    guard let task = page.task else {
      return lines + ["", style.quiet(way(through: run))]
    }
    lines += ["", style.strong("Goals")]
    lines += task.goals.enumerated().flatMap { index, goal in
      goalLines(GoalState(goal: goal, isMet: run.met.contains(index)))
    }
    if run.isDone { return lines + [style.quiet("It is done; 'lesson next' goes on.")] }
    let way =
      task.trial.isEmpty
      ? "They are looked at after each command."
      : "'lesson check' puts a copy of the deployment to the trial."
    return lines
      + DisplayWidth.wrap("\(way) 'lesson hint' helps; 'lesson skip' leaves it.", textWidth)
      .map { style.quiet($0) }
  }

  /// The part of the page that is told now.
  func partLines() -> [String] {
    guard let run = classroom.run else { return [] }
    return lines(of: run.latest) + ["", style.quiet(way(through: run))]
  }

  private func way(through run: LessonRun) -> String {
    if run.hasMore {
      return "Type the commands, or let 'lesson play' do so; the page goes on then."
    }
    let examples = run.examples.isEmpty ? "" : "Type the commands, or let 'lesson play' do so. "
    return "\(examples)'lesson next' turns the page."
  }

  /// A goal, and what is there.
  func goalLines(_ state: GoalState) -> [String] {
    let mark = state.isMet ? style.good("[x]") : "[ ]"
    var lines = DisplayWidth.wrap("\(state.goal.text): \(state.goal.condition)", textWidth - 4)
    lines = lines.enumerated().map { ($0 == 0 ? mark + " " : "    ") + $1 }
    if state.actual.isEmpty { return lines }
    let finding = state.isMet ? state.actual : "but \(state.actual)"
    let actual = DisplayWidth.wrap(finding, textWidth - 4)
    return lines + actual.map { "    " + (state.isMet ? style.quiet($0) : style.warning($0)) }
  }
}

extension LessonRun {
  /// Whether the page has commands to type.
  var hasExamples: Bool { page?.text.contains(where: \.isExample) ?? false }

  /// The commands that the latest part of the page shows.
  var examples: String { Self.commands(in: latest) }

  /// Those of the page so far.
  var examplesSoFar: String { Self.commands(in: told) }

  private static func commands(in blocks: [Markdown.Block]) -> String {
    blocks.map { block in
      guard block.isExample, case .code(_, let text) = block.kind else { return "" }
      return Transcript.isTranscript(text) ? Transcript.commands(of: text) : text
    }.filter { !$0.isEmpty }.joined(separator: "\n")
  }

  /// The next of the commands that the latest part shows; nil when all were typed.
  var nextExample: Statement? {
    guard let shown = try? Parser.parse(examples), typed < shown.count else { return nil }
    return shown[typed]
  }

  mutating func noteAllTyped() {
    while nextExample != nil { noteTyped() }
  }

  /// Notes a command, if it is the next one; true when the page goes on after it. What else is
  /// typed in between does not matter.
  mutating func follow(_ statement: Statement, sameWord: (String, String) -> Bool) -> Bool {
    guard let next = nextExample,
      next.words.map(\.text).elementsEqual(statement.words.map(\.text), by: sameWord)
    else { return false }
    noteTyped()
    return hasMore && nextExample == nil
  }
}
