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
      proveTasks(of: lesson)
      let unproved = Parallel.map(lesson.questions, Self.failure).compactMap { $0 }
      failures += unproved.map { "\(name): \($0)" }
    } catch {
      failures.append("\(name):\(error.line): \(error.message)")
    }
  }

  /// Something that may be done at a task, and whether that is to reach its goals.
  private struct Claim {
    let page: Int
    let commands: String
    var isSolution = false
    /// What is wrong where it is not so.
    let fault: String
    var mayFail = false
  }

  /// Each attempt has a deployment of its own, so they run side by side.
  private mutating func proveTasks(of lesson: Lesson) {
    let claims = lesson.tasks.flatMap { self.claims(of: lesson, $0) }
    let attempts = Parallel.map(claims) { Self.attempt($0, at: lesson) }
    for (claim, attempt) in zip(claims, attempts) {
      guard let task = lesson.pages[claim.page].task else { continue }
      switch attempt {
      case .broken(let message): failures.append("\(name):\(task.line): \(message)")
      case .reached(let reached):
        let isDone = reached.count == task.goals.count
        if isDone == claim.isSolution { continue }
        let open = task.goals.indices.filter { !reached.contains($0) }
        let missing = open.map { task.goals[$0].condition }.joined(separator: ", ")
        failures.append(
          "\(name):\(task.line): \(claim.fault)\(claim.isSolution ? ": \(missing)" : "")")
      }
    }
  }

  private mutating func claims(of lesson: Lesson, _ page: Int) -> [Claim] {
    guard let task = lesson.pages[page].task else { return [] }
    var claims = [
      Claim(page: page, commands: "", fault: "the goals are met before anything is done"),
      Claim(page: page, commands: "run 1m", fault: "the goals are met by waiting"),
      Claim(
        page: page, commands: task.solution, isSolution: true,
        fault: "the solution does not reach every goal"),
    ]
    claims += task.wrong.map { wrong in
      let first = wrong.prefix { $0 != "\n" }
      return Claim(
        page: page, commands: wrong, fault: "the goals are met by the wrong answer '\(first)'",
        mayFail: true)
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
      claims.append(
        Claim(
          page: page, commands: order.joined(separator: "\n"),
          fault: "the goals are met without what the task teaches", mayFail: task.trial.isEmpty))
    }
    return claims
  }

  /// Why a question's key is not what its proof shows; nil when it is.
  private static func failure(of question: Question) -> String? {
    let session = Session()
    var errors: [String] = []
    session.write = { _ in }
    session.writeError = { errors.append($0) }
    let proof = question.proof.commands.joined(separator: "\n")
    guard session.run(proof, name: question.id) != 0 else { return nil }
    return "'\(question.text)' is not proved: \(errors.joined(separator: " "))"
  }

  private enum Attempt {
    case reached(Set<Int>)
    case broken(String)
  }

  /// Sets a task up, does something, and looks which goals are reached.
  private static func attempt(_ claim: Claim, at lesson: Lesson) -> Attempt {
    let session = Session()
    var errors: [String] = []
    session.write = { _ in }
    session.writeError = { errors.append($0) }
    session.classroom.run = LessonRun(lesson, at: claim.page)
    do throws(CommandError) {
      try session.setUpPage()
      session.noticeGoals()
      session.options.continues = claim.mayFail
      let status = session.run(claim.commands, name: "attempt")
      guard status == 0 || claim.mayFail && status == 1 else {
        return .broken(errors.joined(separator: " "))
      }
      _ = try session.checkGoals()
    } catch {
      return .broken(error.message)
    }
    return .reached(session.classroom.run?.met ?? [])
  }
}
