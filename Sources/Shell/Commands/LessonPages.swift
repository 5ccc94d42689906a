import Language
import School

/// The pages of the open lesson.
enum LessonPages {
  /// The open lesson; refuses when there is none.
  static func open(_ session: Session) throws(CommandError) -> LessonRun {
    guard let run = session.classroom.run else {
      if let lesson = try session.classroom.unfinishedLesson() {
        throw CommandError(
          "no lesson is open; 'lesson start \(lesson.number)' goes on with '\(lesson.title)'")
      }
      throw CommandError("no lesson is open; 'lesson list' tells which there are")
    }
    return run
  }

  static func report(_ session: Session) -> Report {
    guard let run = session.classroom.run, let page = run.page else { return Report() }
    return Report(
      session.pageLines(),
      .object([
        ("lesson", .string(run.lesson.name)), ("page", .integer(run.position + 1)),
        ("of", .integer(run.lesson.pages.count)), ("title", .string(page.title)),
        ("task", .bool(page.task != nil)), ("done", .bool(run.isDone)),
        ("more", .bool(run.hasMore)),
      ]))
  }

  /// Shows a page that was turned to, with a fresh deployment if there is something to do on it.
  static func enter(_ session: Session) throws(CommandError) -> Report {
    let wasUsed = session.world.isUsed
    try session.setUpPage()
    var report = report(session)
    if wasUsed, let run = session.classroom.run, run.task != nil || run.hasExamples {
      report.lines.append(
        session.style.quiet("The deployment is a fresh one now; 'undo' brings yours back."))
    }
    return report
  }

  static func next(_ session: Session) throws(CommandError) -> Report {
    let run = try open(session)
    guard run.isDone || run.wasDone else {
      throw CommandError(
        "the task is not done yet: 'lesson check' tells what is missing, 'lesson skip' leaves it")
    }
    guard run.hasMore else { return try turn(session) }
    session.classroom.run?.readOn()
    var report = report(session)
    report.lines = session.partLines()
    return report
  }

  static func turn(_ session: Session) throws(CommandError) -> Report {
    session.classroom.run?.turnPage()
    session.classroom.setBookmark()
    guard let run = session.classroom.run, run.isOver else {
      return try enter(session)
    }
    session.classroom.run = nil
    let lessons = try session.classroom.lessons()
    let following = lessons.drop { $0.name != run.lesson.name }.dropFirst().first
    session.classroom.following = following
    var lines = [session.style.strong("That was '\(run.lesson.title)'.")]
    if !run.lesson.questions.isEmpty {
      lines.append("'quiz start \(run.lesson.number)' asks what you have learnt.")
    }
    if let following {
      lines.append("The next one is '\(following.title)': 'lesson start \(following.number)'.")
    } else {
      lines.append("It is the last. 'incident start' puts to use what you have learnt.")
    }
    return Report(
      lines,
      .object([("lesson", .string(run.lesson.name)), ("over", .bool(true))]))
  }

  static func stop(_ session: Session) throws(CommandError) -> Report {
    let run = try open(session)
    session.classroom.run = nil
    return Report(
      ["'\(run.lesson.title)' is closed; the deployment stays as it is."],
      .object([("lesson", .string(run.lesson.name))]))
  }
}
