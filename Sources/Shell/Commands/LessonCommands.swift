import Language
import School

/// Lessons.
let lessonCommands: [Command] = [
  Command(
    name: "lesson", group: .learn, summary: "follow a lesson: read, try, reach its goals",
    parameters: [
      .init(name: "ACTION", kind: .oneOf(LessonAction.allCases.map(\.rawValue)), isRequired: false),
      .init(name: "LESSON", kind: .lesson, isRequired: false),
      .init(name: "PAGE", kind: .text, isRequired: false),
    ],
    details: [
      "lesson list tells which there are and what you have done; lesson start 2 opens one, at "
        + "the page where you left it. A page goes on when you have typed the commands that it "
        + "shows; lesson play types them for you, and lesson next goes on in any case, at the end "
        + "of a page to the next one. At a task: check tells how its goals stand, hint helps a "
        + "little more each time, solution shows one way, play goes that way before your eyes, "
        + "skip leaves it. lesson stop closes the lesson. Each task "
        + "begins with a fresh deployment; 'undo' brings the one before it back."
    ],
    examples: [
      .init(line: "lesson list", meaning: "which there are"),
      .init(line: "lesson start 1", meaning: "the first one"),
    ]
  ) { session, arguments throws(CommandError) in
    guard let word = arguments["ACTION"]?.lowercased() else {
      return session.classroom.run == nil ? try list(session) : LessonPages.report(session)
    }
    let isLeft = ["quit", "exit", "leave", "end"].contains(word)
    guard let action = LessonAction(rawValue: isLeft ? "stop" : word) else {
      let lessons = try session.classroom.lessons()
      if lessons.contains(where: { $0.answers(to: word) }) {
        return try start(word, at: arguments["LESSON"], session)
      }
      if Int(word) != nil { throw .usage("there are lessons 1 to \(lessons.count)") }
      if ["back", "previous", "prev"].contains(word) {
        throw .usage("'lesson start LESSON PAGE' opens any page, as in 'lesson start 2 1'")
      }
      let names = LessonAction.allCases.map(\.rawValue)
      let hint = Suggestion.closest(to: word, among: names + lessons.map(\.name))
      throw .usage(
        "'lesson \(word)' means nothing; "
          + (hint.map { "did you mean 'lesson \($0)'?" } ?? "'lesson list' tells which there are"))
    }
    if action != .start, let extra = arguments["LESSON"] {
      throw .usage("'\(extra)' was not expected; 'lesson start \(extra)' opens a lesson")
    }
    switch action {
    case .list: return try list(session)
    case .start: return try start(arguments["LESSON"], at: arguments["PAGE"], session)
    case .next where session.classroom.run == nil: return try start(nil, session)
    case .next: return try LessonPages.next(session)
    case .check: return try LessonTasks.check(session)
    case .hint: return try LessonTasks.hint(session)
    case .solution: return try LessonTasks.solution(session)
    case .play: return try LessonTasks.play(session)
    case .skip: return try LessonTasks.skip(session)
    case .stop: return try LessonPages.stop(session)
    }
  }
]

enum LessonAction: String, CaseIterable {
  case list, start, next, check, hint, solution, play, skip, stop
}

// MARK: Which there are

private func list(_ session: Session) throws(CommandError) -> Report {
  let lessons = try session.classroom.lessons()
  let progress = session.classroom.progress()
  var table = TextTable([.init("lesson"), .init("about"), .init("tasks done")])
  var results: [JSON] = []
  for lesson in lessons {
    let outcomes = lesson.tasks.map { progress.outcome(of: lesson.name, page: $0) }
    let done = outcomes.count { $0 == .solved || $0 == .helped }
    let (helped, skipped) = (outcomes.count { $0 == .helped }, outcomes.count { $0 == .skipped })
    let remarks =
      (helped > 0 ? ["\(helped) with help"] : []) + (skipped > 0 ? ["\(skipped) skipped"] : [])
    table.add([
      lesson.name, lesson.title,
      "\(done) of \(outcomes.count)"
        + (remarks.isEmpty ? "" : " (\(remarks.joined(separator: ", ")))"),
    ])
    results.append(
      .object([
        ("name", .string(lesson.name)), ("title", .string(lesson.title)),
        ("tasks", .array(outcomes.map { .string($0?.rawValue ?? "open") })),
      ]))
  }
  let next = lessons.first { session.classroom.isOpen($0, progress) }
  let hint = next.map { ["", session.style.quiet("'lesson start \($0.number)' opens it.")] } ?? []
  return Report(table.render(width: session.options.width).lines + hint, .array(results))
}

private func start(
  _ word: String?, at pageWord: String? = nil, _ session: Session
) throws(CommandError) -> Report {
  let lesson: Lesson
  if let word {
    lesson = try session.classroom.lesson(word)
  } else {
    lesson = try session.classroom.nextLesson()
  }
  let page = try page(pageWord, of: lesson)
  let left = session.classroom.progress().bookmark(in: lesson.name) ?? 0
  let position = page.map { $0 - 1 } ?? (left < lesson.pages.count ? left : 0)
  session.classroom.run = LessonRun(lesson, at: position)
  session.quizIsForemost = false
  session.classroom.following = nil
  session.classroom.setBookmark()
  var report = try LessonPages.enter(session)
  if page == nil && position > 0 {
    report.lines.append(
      session.style.quiet(
        "You left off here; 'lesson start \(lesson.number) 1' begins at the first page."))
  }
  return report
}

/// The page that a word means, if there is one.
private func page(_ word: String?, of lesson: Lesson) throws(CommandError) -> Int? {
  guard let word else { return nil }
  guard let page = Int(word), lesson.pages.indices.contains(page - 1) else {
    throw .usage("'\(lesson.title)' has the pages 1 to \(lesson.pages.count), not '\(word)'")
  }
  return page
}
