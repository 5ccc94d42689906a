import Language
import School

/// Words that are enough at the prompt while something is open that they belong to.
extension Session {
  /// A single word in full: an answer's letter or number for the quiz, a verb for the lesson.
  func spelledOut(_ statement: Statement) -> Statement {
    guard statement.words.count == 1, !statement.words[0].isQuoted else { return statement }
    let word = statement.words[0].text.lowercased()
    if let question = quiz.isStarted ? quiz.current : nil {
      let letters = question.choices.indices.map { Question.letter($0) }
      let numbers = question.choices.indices.map { "\($0 + 1)" }
      if let index = letters.firstIndex(of: word.uppercased()) ?? numbers.firstIndex(of: word) {
        return statement.replaced(by: ["quiz", "answer", letters[index]])
      }
    }
    let verbs: [LessonAction] = [.next, .check, .hint, .solution, .play, .skip]
    if classroom.run != nil, verbs.contains(where: { $0.rawValue == word }) {
      return statement.replaced(by: ["lesson", word])
    }
    return statement
  }
}
