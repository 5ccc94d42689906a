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
      return session.classroom.run == nil ? try list(session) : page(session)
    }
    guard let action = LessonAction(rawValue: word) else {
      let lessons = try session.classroom.lessons()
      if lessons.contains(where: { $0.answers(to: word) }) {
        return try start(word, at: arguments["LESSON"], session)
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
    case .next: return try next(session)
    case .check: return try check(session)
    case .hint: return try hint(session)
    case .solution: return try solution(session)
    case .play: return try play(session)
    case .skip: return try skip(session)
    case .stop: return try stop(session)
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
  session.classroom.setBookmark()
  var report = try enter(session)
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

// MARK: Its pages

/// The open lesson; refuses when there is none.
private func open(_ session: Session) throws(CommandError) -> LessonRun {
  guard let run = session.classroom.run else {
    if let name = session.classroom.progress().latestBookmark,
      let lesson = try session.classroom.lessons().first(where: { $0.name == name })
    {
      throw CommandError(
        "no lesson is open; 'lesson start \(lesson.number)' goes on with '\(lesson.title)'")
    }
    throw CommandError("no lesson is open; 'lesson list' tells which there are")
  }
  return run
}

private func task(_ session: Session) throws(CommandError) -> Lesson.Task {
  guard let task = try open(session).task else {
    throw CommandError("this page is no task; 'lesson next' goes on")
  }
  return task
}

private func page(_ session: Session) -> Report {
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
private func enter(_ session: Session) throws(CommandError) -> Report {
  try session.setUpPage()
  var report = page(session)
  if let run = session.classroom.run, run.task != nil || run.hasExamples {
    report.lines.append(
      session.style.quiet("The deployment is a fresh one now; 'undo' brings yours back."))
  }
  return report
}

private func next(_ session: Session) throws(CommandError) -> Report {
  let run = try open(session)
  guard run.isDone || run.wasDone else {
    throw CommandError(
      "the task is not done yet: 'lesson check' tells what is missing, 'lesson skip' leaves it")
  }
  guard run.hasMore else { return try turn(session) }
  session.classroom.run?.readOn()
  var report = page(session)
  report.lines = session.partLines()
  return report
}

private func turn(_ session: Session) throws(CommandError) -> Report {
  session.classroom.run?.turnPage()
  session.classroom.setBookmark()
  guard let run = session.classroom.run, run.isOver else {
    return try enter(session)
  }
  session.classroom.run = nil
  let lessons = try session.classroom.lessons()
  let following = lessons.drop { $0.name != run.lesson.name }.dropFirst().first
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

private func stop(_ session: Session) throws(CommandError) -> Report {
  let run = try open(session)
  session.classroom.run = nil
  return Report(
    ["'\(run.lesson.title)' is closed; the deployment stays as it is."],
    .object([("lesson", .string(run.lesson.name))]))
}

// MARK: Its tasks

private func check(_ session: Session) throws(CommandError) -> Report {
  _ = try task(session)
  let before = try open(session)
  let states = try session.checkGoals()
  for line in states.flatMap({ session.goalLines($0) }) where !session.options.isJSON {
    session.write(line)
  }
  session.concludeIfDone(before: before)
  let goals = states.map { state in
    JSON.object([
      ("text", .string(state.goal.text)), ("condition", .string(state.goal.condition)),
      ("met", .bool(state.isMet)), ("actual", .string(state.actual)),
    ])
  }
  return Report(
    [], .object([("done", .bool(states.allSatisfy(\.isMet))), ("goals", .array(goals))]))
}

private func hint(_ session: Session) throws(CommandError) -> Report {
  let count = try task(session).hints.count
  guard let hint = session.classroom.run?.nextHint() else {
    return Report(["There is no hint for this one; 'lesson solution' shows a way."])
  }
  var lines = session.wrap("Hint \(hint.number) of \(count): \(hint.text)")
  if hint.number == count {
    lines.append(session.style.quiet("It was the last one; 'lesson solution' shows a way."))
  }
  return Report(
    lines,
    .object([
      ("hint", .integer(hint.number)), ("of", .integer(count)), ("text", .string(hint.text)),
    ]))
}

private func solution(_ session: Session) throws(CommandError) -> Report {
  let task = try task(session)
  session.classroom.run?.acceptHelp()
  let commands = task.solution.split(separator: "\n").map(String.init)
  return Report(
    ["One way:"] + commands.map { "  " + session.style.strong($0) }
      + [session.style.quiet("Type it, or let 'lesson play' do so.")],
    .object([("commands", .array(commands.map { .string($0) }))]))
}

private func play(_ session: Session) throws(CommandError) -> Report {
  let run = try open(session)
  guard let task = run.task else {
    guard run.hasExamples else {
      throw CommandError("there is nothing to play on this page; 'lesson next' turns it")
    }
    guard run.hasMore else {
      // The page was told: all of it once more, or its last commands.
      if run.examples.isEmpty || run.part == 0 { try session.setUpPage() }
      try session.runShown(run.examples.isEmpty ? run.examplesSoFar : run.examples)
      return Report()
    }
    if run.part == 0 { try session.setUpPage() }
    try session.runShown(run.examples)
    session.classroom.run?.readOn()
    return Report([""] + session.partLines())
  }
  session.classroom.run?.acceptHelp()
  try session.setUpPage()
  try session.runShown(task.solution)
  return task.trial.isEmpty ? Report() : try check(session)
}

extension Session {
  /// Runs commands as if somebody typed them; indented, for nobody did.
  fileprivate func runShown(_ commands: String) throws(CommandError) {
    let (before, tell) = (options, write)
    options.echoes = true
    if !options.isJSON {
      options.width -= 2
      write = { [unowned self] in for line in shownLines($0) { tell(line) } }
    }
    defer { (options.echoes, options.width, write) = (before.echoes, before.width, tell) }
    try run(Block(source: commands, line: 1))
  }
}

private func skip(_ session: Session) throws(CommandError) -> Report {
  if try open(session).task != nil { session.classroom.note(.skipped) }
  return try turn(session)
}
