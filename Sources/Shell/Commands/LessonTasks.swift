import Language
import School

/// What helps with the task of the open page, and the commands that a page shows.
enum LessonTasks {
  private static func task(_ session: Session) throws(CommandError) -> Lesson.Task {
    guard let task = try LessonPages.open(session).task else {
      throw CommandError("this page is no task; 'lesson next' goes on")
    }
    return task
  }

  static func check(_ session: Session) throws(CommandError) -> Report {
    _ = try task(session)
    let before = try LessonPages.open(session)
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

  static func hint(_ session: Session) throws(CommandError) -> Report {
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

  static func solution(_ session: Session) throws(CommandError) -> Report {
    let task = try task(session)
    session.classroom.run?.acceptHelp()
    let commands = task.solution.split(separator: "\n").map(String.init)
    return Report(
      ["One way:"] + commands.map { "  " + session.style.strong($0) }
        + [session.style.quiet("Type it, or let 'lesson play' do so.")],
      .object([("commands", .array(commands.map { .string($0) }))]))
  }

  static func play(_ session: Session) throws(CommandError) -> Report {
    let run = try LessonPages.open(session)
    guard let task = run.task else { return try playExamples(run, session) }
    session.classroom.run?.acceptHelp()
    try session.setUpPage()
    try session.runShown(task.solution)
    return task.trial.isEmpty ? Report() : try check(session)
  }

  private static func playExamples(
    _ run: LessonRun, _ session: Session
  ) throws(CommandError) -> Report {
    guard run.hasExamples else {
      throw CommandError("there is nothing to play on this page; 'lesson next' turns it")
    }
    // Of a page that was told to its end: all of it once more, or its last commands.
    let isOnceMore = run.examples.isEmpty
    if isOnceMore || run.part == 0 { try session.setUpPage() }
    try session.runShown(isOnceMore ? run.examplesSoFar : run.examples)
    guard run.hasMore else {
      session.classroom.run?.noteAllTyped()
      return Report()
    }
    session.classroom.run?.readOn()
    return Report([""] + session.partLines())
  }

  static func skip(_ session: Session) throws(CommandError) -> Report {
    if try LessonPages.open(session).task != nil { session.classroom.note(.skipped) }
    return try LessonPages.turn(session)
  }
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
    let score = predictions  // what is played is not the learner's guess
    defer {
      (options.echoes, options.width, write) = (before.echoes, before.width, tell)
      predictions = score
    }
    try run(Block(source: commands, line: 1))
  }
}
