import Language
import School

/// Proves that a lesson is not hollow: that its tasks are open at first, are not done by waiting
/// or by a wrong answer, are done by their solution, and not by it without what they teach.
public struct LessonProof {
  public private(set) var failures: [String] = []
  private let name: String

  /// Proves every task of a lesson's document.
  public init(of source: String, name: String) {
    self.name = name
    do throws(LessonError) {
      let file = name.split(separator: "/").last ?? ""
      let lesson = try Lesson(reading: source, name: String(file.prefix { $0 != "." }))
      for page in lesson.tasks { prove(lesson, page) }
      for question in lesson.questions { prove(question) }
    } catch {
      failures.append("\(name):\(error.line): \(error.message)")
    }
  }

  private mutating func prove(_ lesson: Lesson, _ page: Int) {
    guard let task = lesson.pages[page].task else { return }
    func claim(_ attempt: String, _ isSolution: Bool, _ fault: String, mayFail: Bool) {
      switch Self.attempt(attempt, at: page, of: lesson, mayFail: mayFail) {
      case .broken(let message): failures.append("\(name):\(task.line): \(message)")
      case .reached(let reached):
        let isDone = reached.count == task.goals.count
        if isDone == isSolution { return }
        let open = task.goals.indices.filter { !reached.contains($0) }
        let missing = open.map { task.goals[$0].condition }.joined(separator: ", ")
        failures.append("\(name):\(task.line): \(fault)\(isSolution ? ": \(missing)" : "")")
      }
    }
    claim("", false, "the goals are met before anything is done", mayFail: false)
    claim("run 1m", false, "the goals are met by waiting", mayFail: false)
    claim(task.solution, true, "the solution does not reach every goal", mayFail: false)
    for wrong in task.wrong {
      let first = wrong.prefix { $0 != "\n" }
      claim(wrong, false, "the goals are met by the wrong answer '\(first)'", mayFail: true)
    }
    if task.without.isEmpty, let pattern = task.patterns.first {
      failures.append(
        "\(name):\(task.line): the solution switches \(pattern) on, and no 'without' takes it away")
    }
    if !task.without.isEmpty {
      // Goals without a trial count once met: there it is taken away beforehand.
      let order =
        task.trial.isEmpty ? [task.without, task.solution] : [task.solution, task.without]
      // Without a trial the solution may well fail where it is taken away.
      claim(
        order.joined(separator: "\n"), false, "the goals are met without what the task teaches",
        mayFail: task.trial.isEmpty)
    }
  }

  /// The key of a question is what its proof shows.
  private mutating func prove(_ question: Question) {
    let session = Session()
    var errors: [String] = []
    session.write = { _ in }
    session.writeError = { errors.append($0) }
    let proof = question.proof.commands.joined(separator: "\n")
    if session.run(proof, name: question.id) != 0 {
      failures.append("\(name): '\(question.text)' is not proved: \(errors.joined(separator: " "))")
    }
  }

  private enum Attempt {
    case reached(Set<Int>)
    case broken(String)
  }

  /// Sets a task up, does something, and looks which goals are reached.
  private static func attempt(
    _ commands: String, at page: Int, of lesson: Lesson, mayFail: Bool
  ) -> Attempt {
    let session = Session()
    var errors: [String] = []
    session.write = { _ in }
    session.writeError = { errors.append($0) }
    session.classroom.run = LessonRun(lesson, at: page)
    do throws(CommandError) {
      try session.setUpPage()
      session.noticeGoals()
      session.options.continues = mayFail
      let status = session.run(commands, name: "attempt")
      guard status == 0 || mayFail && status == 1 else {
        return .broken(errors.joined(separator: " "))
      }
      _ = try session.checkGoals()
    } catch {
      return .broken(error.message)
    }
    return .reached(session.classroom.run?.met ?? [])
  }
}
