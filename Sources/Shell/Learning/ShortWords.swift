import Language
import School

/// Words that are enough at the prompt while something is open that they belong to.
extension Session {
  /// A single word in full: an answer's letter or number for the quiz, a verb for the lesson.
  func spelledOut(_ statement: Statement) -> Statement {
    guard let first = statement.words.first, !first.isQuoted, first.block == nil
    else { return statement }
    let word = first.text.lowercased()
    let asksQuiz = quiz.isStarted && !quiz.isFinished
    if word == "answer", statement.words.count > 1, incident != nil || asksQuiz {
      let given = statement.words.dropFirst().map(\.text)
      let isOfQuiz = asksQuiz && (quizIsForemost || incident == nil)
      return statement.replaced(by: [isOfQuiz ? "quiz" : "incident", word] + given)
    }
    guard statement.words.count == 1 else { return statement }
    if let question = quiz.isStarted ? quiz.current : nil {
      if let number = Int(word), question.choices.indices.contains(number - 1) {
        return statement.replaced(by: ["quiz", "answer", Question.letter(number - 1)])
      }
      // A letter that is no choice is told which there are.
      if word.count == 1, "abcdef".contains(word) {
        return statement.replaced(by: ["quiz", "answer", word.uppercased()])
      }
    }
    if quiz.isStarted, ["proof", "score"].contains(word) {
      return statement.replaced(by: ["quiz", word])
    }
    if incident != nil, ["hint", "solution"].contains(word) {
      return statement.replaced(by: ["incident", word])
    }
    if quiz.isStarted && !quiz.isFinished && quizIsForemost && ["skip", "solution"].contains(word) {
      return statement  // the question can't be skipped, and the task is not meant
    }
    let verbs: [LessonAction] = [.next, .check, .hint, .solution, .play, .skip]
    let isNext =
      classroom.following != nil && incident == nil && word == LessonAction.next.rawValue
    if isNext || classroom.run != nil && verbs.contains(where: { $0.rawValue == word }) {
      return statement.replaced(by: ["lesson", word])
    }
    if word == LessonAction.next.rawValue, quiz.isStarted && !quiz.isFinished {
      return statement.replaced(by: ["quiz"])  // the question that is open
    }
    // It would be the beginning of 'checkpoint'.
    if word == LessonAction.check.rawValue { return statement.replaced(by: ["lesson", word]) }
    return statement
  }
}
