/// Reads one question of a lesson's quiz (see `LessonReader` for its form).
struct QuestionReader {
  private let text: String
  private let line: Int
  private var choices: [Question.Choice] = []
  private var keys: [Int] = []
  private var says = ""
  private var commands: [String] = []

  /// Nil when a heading begins no question.
  init?(heading: String, line: Int) {
    guard heading.hasPrefix("Question: ") else { return nil }
    text = String(heading.dropFirst("Question: ".count))
    self.line = line
  }

  mutating func read(_ block: Markdown.Block) throws(LessonError) {
    switch block.kind {
    case .list(let items, isOrdered: true) where choices.isEmpty:
      for item in items { try readChoice(item, block.line) }
    case .paragraph(let spans): says = Markdown.plain(spans)
    case .code("hopsh proof", let proof):
      commands = ["reset"] + proof.split(separator: "\n").map(String.init)
    default:
      throw LessonError(
        "a question has numbered choices, a sentence on its proof, and a 'hopsh proof'",
        at: block.line)
    }
  }

  private mutating func readChoice(_ item: [Markdown.Block], _ line: Int) throws(LessonError) {
    guard item.count == 2, case .paragraph(let spans) = item[0].kind,
      case .paragraph(let explanation) = item[1].kind
    else {
      throw LessonError(
        "a choice is a paragraph, and a second one that explains it", at: item.first?.line ?? line)
    }
    if case .strong = spans.first, spans.count == 1 { keys.append(choices.count) }
    choices.append(
      Question.Choice(text: Markdown.quoting(spans), explanation: Markdown.quoting(explanation)))
  }

  func question() throws(LessonError) -> Question {
    guard choices.count >= 2, choices.count <= 4, keys.count == 1 else {
      throw LessonError("a question has two to four choices, and a strong one is right", at: line)
    }
    guard commands.contains(where: { $0.hasPrefix("expect ") }), !says.isEmpty else {
      throw LessonError("the question lacks a proof that expects something", at: line)
    }
    return Question(
      id: "", text: text, choices: choices, key: keys[0],
      proof: Question.Proof(says: says, commands: commands))
  }
}

extension Question {
  /// The same question under a name.
  func named(_ id: String) -> Question {
    Question(id: id, text: text, choices: choices, key: key, proof: proof)
  }
}
