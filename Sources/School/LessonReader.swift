/// Reads a lesson from its document.
///
/// The title is the one heading of the first level; each heading of the second begins a page. A
/// page is a task if it has goals: a list below the paragraph `Goals:`, each item a sentence that
/// ends with its condition as code. A quotation that begins with `Hint:` is a hint. What comes
/// after the heading `### Afterwards` is told when the task is done. Blocks fenced as `hopsh` are
/// examples, unless a second word tells their part in the task: `setup`, `trial`, `solution`,
/// `wrong` or `without`. What is fenced as `hopsh check` is for the tests alone: commands of the
/// document as a transcript that hold the numbers of the text.
///
/// A heading of the second level `Question: …` begins a question of the lesson's quiz instead of a
/// page: a numbered list of its choices, each with a second paragraph that explains it, the right
/// one printed strong; then what the proof shows, and its commands, fenced as `hopsh proof`,
/// which begin with a fresh deployment.
struct LessonReader {
  private var title: String?
  private var introduction: [Markdown.Block] = []
  private var pages: [Lesson.Page] = []
  private var heading: String?
  private var text: [Markdown.Block] = []
  private var task: Lesson.Task?
  private var question: QuestionReader?
  private var questions: [Question] = []
  private var isAfterwards = false
  private var expectsGoals = false
  private var line = 1

  static func read(_ source: String, name: String) throws(LessonError) -> Lesson {
    var reader = LessonReader()
    for block in Markdown(source).blocks { try reader.read(block) }
    try reader.endPage()
    guard let title = reader.title else {
      throw LessonError("a lesson begins with its title: '# One request'", at: 1)
    }
    return Lesson(
      name: name, title: title, introduction: reader.introduction, pages: reader.pages,
      questions: reader.questions.enumerated().map { $1.named("\(name)-\($0 + 1)") })
  }

  private mutating func read(_ block: Markdown.Block) throws(LessonError) {
    if expectsGoals {
      expectsGoals = false
      return try readGoals(block)
    }
    switch block.kind {
    case .heading(1, let spans):
      guard title == nil else { throw LessonError("a lesson has one title", at: block.line) }
      title = Markdown.plain(spans)
    case .heading(2, let spans):
      try endPage()
      heading = Markdown.plain(spans)
      line = block.line
      question = heading.flatMap { QuestionReader(heading: $0, line: line) }
    case _ where question != nil: try question?.read(block)
    case .heading(3, let spans) where Markdown.plain(spans) == "Afterwards":
      isAfterwards = true
    case .paragraph(let spans) where Markdown.plain(spans) == "Goals:":
      expectsGoals = true
    case .quote(let blocks):
      if let hint = Self.hint(blocks) { change { $0.hints.append(hint) } } else { tell(block) }
    case .code("hopsh check", _): break
    case .code(let info, let commands) where info.hasPrefix("hopsh "):
      try readPart(String(info.dropFirst("hopsh ".count)), commands, block)
    default: tell(block)
    }
  }

  private mutating func tell(_ block: Markdown.Block) {
    if isAfterwards { change { $0.afterwards.append(block) } } else { text.append(block) }
  }

  private mutating func change(_ body: (inout Lesson.Task) -> Void) {
    var changed = task ?? Lesson.Task(line: line)
    body(&changed)
    task = changed
  }

  private static func hint(_ blocks: [Markdown.Block]) -> String? {
    guard case .paragraph(let spans)? = blocks.first?.kind else { return nil }
    let text = Markdown.quoting(spans)
    guard text.hasPrefix("Hint: ") else { return nil }
    return String(text.dropFirst("Hint: ".count))
  }

  private mutating func readGoals(_ block: Markdown.Block) throws(LessonError) {
    guard case .list(let items, _) = block.kind else {
      throw LessonError("below 'Goals:' stands a list of them", at: block.line)
    }
    for item in items {
      guard item.count == 1, case .paragraph(let spans) = item[0].kind,
        case .code(let condition)? = spans.last
      else {
        throw LessonError(
          "a goal is a sentence that ends with its condition: 'it is read: `last.status == 200`'",
          at: item.first?.line ?? block.line)
      }
      var sentence = Markdown.plain(spans.dropLast())
      while let last = sentence.last, last == " " || last == ":" { sentence.removeLast() }
      change { $0.goals.append(Lesson.Goal(text: sentence, condition: condition)) }
    }
  }

  private mutating func readPart(
    _ part: String, _ commands: String, _ block: Markdown.Block
  ) throws(LessonError) {
    switch part {
    case "setup": change { $0.setup = commands }
    case "trial": change { $0.trial = commands }
    case "solution": change { $0.solution = commands }
    case "wrong": change { $0.wrong.append(commands) }
    case "without": change { $0.without = commands }
    default:
      throw LessonError(
        "'\(part)' is no part of a task; there are setup, trial, solution, wrong, without and check",
        at: block.line)
    }
  }

  /// A page is over: it must be whole.
  private mutating func endPage() throws(LessonError) {
    defer { (text, task, isAfterwards, question) = ([], nil, false, nil) }
    if let question { return questions.append(try question.question()) }
    if let task {
      let lacks: String? =
        task.goals.isEmpty
        ? "goals"
        : task.solution.isEmpty ? "a solution" : task.wrong.isEmpty ? "a wrong answer" : nil
      if let lacks { throw LessonError("the task lacks \(lacks)", at: line) }
    }
    guard let heading else {
      guard task == nil else {
        throw LessonError("a task stands below a heading of its own: '## A task'", at: line)
      }
      introduction = text
      return
    }
    pages.append(Lesson.Page(title: heading, text: text, task: task))
  }
}

extension Lesson {
  /// Reads a lesson from its document; throws where it is not as `LessonReader` says.
  public init(reading source: String, name: String) throws(LessonError) {
    self = try LessonReader.read(source, name: name)
  }
}
