import Architecture
import Kernel
import Language
import School

/// Going to another moment: back, forth, to a name, or on until something holds.
let timeTravelCommands: [Command] = [
  Command(
    name: "until", group: .time, summary: "let time pass until a condition holds",
    parameters: [.init(name: "EXPR [within D]", kind: .expression, isRest: true)],
    details: ["Without 'within D' it gives up after 5 minutes of virtual time, and fails."],
    examples: [
      .init(line: "until queue.depth == 0 within 60s", meaning: "the waiting tasks have drained")
    ]
  ) { session, arguments throws(CommandError) in
    try advance(arguments.rest.map(\.text), session)
  },
  Command(
    name: "undo", group: .travel, summary: "take back the last commands that changed something",
    travels: true, parameters: [.init(name: "N", kind: .count, isRequired: false)],
    details: [
      "Commands that only looked do not count. The whole deployment goes back, rows included.",
      "The latest \(Timeline.limit) changes can be taken back; 'checkpoint' keeps a moment for longer.",
    ],
    examples: [
      .init(line: "undo", meaning: "as if the last change had not been made"),
      .init(line: "undo 3", meaning: "the last three"),
    ]
  ) { session, arguments throws(CommandError) in
    let count = try arguments.count("N", 1...Timeline.limit) ?? 1
    let nothing =
      session.timeline.hasForgotten
      ? "nothing more to undo: the latest \(Timeline.limit) changes are kept; 'checkpoint' keeps a moment for longer"
      : "nothing to undo: no command has changed anything"
    return try travel("undone", count, session, nothing) {
      session.timeline.undo(from: session.moment(""))
    }
  },
  Command(
    name: "redo", group: .travel, summary: "do again what was undone", travels: true,
    parameters: [.init(name: "N", kind: .count, isRequired: false)],
    examples: [.init(line: "redo", meaning: "after an undo too many")]
  ) { session, arguments throws(CommandError) in
    let count = try arguments.count("N", 1...Timeline.limit) ?? 1
    return try travel("done again", count, session, "nothing to redo") {
      session.timeline.redo(from: session.moment(""))
    }
  },
  Command(
    name: "checkpoint", group: .travel, summary: "name this moment, to rewind to it later",
    parameters: [.init(name: "NAME", kind: .text, isRequired: false)],
    examples: [
      .init(line: "checkpoint before-the-storm", meaning: "keep it"),
      .init(line: "checkpoint", meaning: "list the names"),
    ]
  ) { session, arguments in
    if let name = arguments["NAME"] {
      session.timeline.mark(name, session.moment("checkpoint"))
      return Report(["kept as '\(name)'"], session.whereabouts)
    }
    let names = session.timeline.checkpoints.map(\.name)
    let isTask = session.classroom.run?.task != nil
    let advice = isTask ? "; 'lesson check' looks at the goals of your task" : ""
    return Report(
      names.isEmpty ? ["no moment has a name yet\(advice)"] : names,
      .object([("checkpoints", .array(names.map { .string($0) }))]))
  },
  Command(
    name: "rewind", group: .travel, summary: "go back to a named moment", travels: true,
    parameters: [.init(name: "NAME", kind: .text, isRequired: false)],
    examples: [.init(line: "rewind before-the-storm", meaning: "'undo' takes the rewind back")]
  ) { session, arguments throws(CommandError) in
    let known = session.timeline.checkpoints
    guard let name = arguments["NAME"] else {
      let names = known.map { "'\($0.name)'" }.joined(separator: ", ")
      throw .usage(
        "NAME is missing; "
          + (known.isEmpty ? "'checkpoint NAME' names a moment" : "there is \(names)"))
    }
    guard let target = known.first(where: { $0.name == name }) else {
      let hint = Suggestion.question(about: name, among: known.map(\.name))
      throw CommandError(
        "no moment is called '\(name)'; "
          + (hint ?? "'checkpoint NAME' names one"))
    }
    let lesson = session.classroom.run
    session.timeline.leave(session.moment("rewind \(name)"))
    session.travel(to: target.moment)
    let news = session.lessonNews(since: lesson).flatMap { session.wrap($0) }
    return Report(["back at '\(name)'; " + session.timeText] + news, session.whereabouts)
  },
]

extension Session {
  /// What has become of the lesson that was open before the deployment went to another moment.
  fileprivate func lessonNews(since before: LessonRun?) -> [String] {
    guard let run = classroom.run else {
      guard let before else { return [] }
      return [
        "The lesson is closed, as this is your own deployment again; "
          + "'lesson start \(before.lesson.number) \(before.position + 1)' opens its page."
      ]
    }
    if run.lesson.name == before?.lesson.name && run.position == before?.position { return [] }
    return ["'\(run.lesson.title)' is open at page \(run.position + 1)."]
  }

  fileprivate var timeText: String {
    "time is \(DurationText.format(nanoseconds: world.clock.nanoseconds))"
  }

  fileprivate var whereabouts: JSON {
    .object([
      ("timeMs", .number(world.clock.milliseconds)), ("hash", .string(hash)),
    ])
  }
}

private func travel(
  _ verb: String, _ count: Int, _ session: Session, _ nothing: String,
  _ next: () -> Timeline.Moment?
) throws(CommandError) -> Report {
  var commands: [String] = []
  let lesson = session.classroom.run
  while commands.count < count, let moment = next() {
    session.travel(to: moment)
    commands.append(moment.command)
  }
  guard !commands.isEmpty else { throw CommandError(nothing) }
  let lines =
    commands.map { "\(verb): \($0)" } + [session.timeText]
    + session.lessonNews(since: lesson).flatMap { session.wrap($0) }
  return Report(
    lines,
    .object([
      ("commands", .array(commands.map { .string($0) })),
      ("timeMs", .number(session.world.clock.milliseconds)),
      ("hash", .string(session.hash)),
    ]))
}

private func advance(_ words: [String], _ session: Session) throws(CommandError) -> Report {
  var words = words
  var patience = Kernel.Duration.minutes(5)
  if let index = words.lastIndex(of: "within") {
    guard index + 2 == words.count else {
      throw .usage("after 'within' comes one duration, as in within 60s")
    }
    patience = try Arguments.duration(words[index + 1])
    guard patience <= .minutes(60 * 24 * 366) else {
      throw .usage("'\(words[index + 1])' is too long; wait at most 366d")
    }
    words.removeSubrange(index...)
  }
  let text = words.joined(separator: " ")
  let expression = try session.parseExpression(text)
  let start = session.world.clock
  let limit = start + patience
  var outcome = try session.evaluate(expression)
  var events = 0
  let changes = expression.changesWithTime
  while !outcome.isTrue {
    if changes, try session.waitQuietly(notAfter: limit, until: expression) {
      outcome = try session.evaluate(expression)
      break
    }
    guard try session.happen(notAfter: limit) else { break }
    outcome = try session.evaluate(expression)
    events += 1
    if events % 1000 == 0 { try session.stopIfInterrupted() }
  }
  if !outcome.isTrue {
    try session.advance(until: { _ in false }, notAfter: limit)
    outcome = try session.evaluate(expression)
  }
  guard outcome.isTrue else {
    let clauses = outcome.clauses.map(\.finding)
    let time = DurationText.typed(nanoseconds: patience.nanoseconds)
    throw CommandError("after \(time) still not \(text): \(clauses.joined(separator: ", "))")
  }
  let elapsed = session.world.clock - start
  return Report(
    ["\(text) after \(DurationText.format(nanoseconds: elapsed.nanoseconds)); \(session.timeText)"],
    .object([
      ("holds", .bool(true)), ("elapsedMs", .number(elapsed.milliseconds)),
      ("timeMs", .number(session.world.clock.milliseconds)),
    ]))
}

extension Expression {
  /// Whether it is about something that changes while nothing happens.
  fileprivate var changesWithTime: Bool {
    names.contains { name in
      ["time", "oldest-age", "lag", "utilization", "throughput"].contains {
        name == $0 || name.hasSuffix("." + $0)
      }
    }
  }
}

extension Session {
  /// Lets the clock go on for as long as nothing happens, to the moment from which on a condition
  /// holds until something does; it stays where it is if it does not hold then.
  fileprivate func waitQuietly(
    notAfter limit: Instant, until condition: Expression
  ) throws(CommandError) -> Bool {
    let start = world.clock
    let happenings = [
      world.nextEventTime, schedule.first?.moment, loadUnderWay?.end,
      Courses.boundary(after: start),
    ]
    let next = happenings.compactMap { $0 }.min() ?? .distantFuture
    guard next > start else { return false }
    // What holds only when something happens is for whoever lets it happen.
    var (before, moment) = (start, min(limit, start + .nanoseconds((next - start).nanoseconds - 1)))
    guard moment > start else { return false }
    world.look(at: moment)
    guard try evaluate(condition).isTrue else {
      world.look(at: start)
      return false
    }
    while moment - before > .nanoseconds(1) {
      let half = before + .nanoseconds((moment - before).nanoseconds / 2)
      world.look(at: half)
      if try evaluate(condition).isTrue { moment = half } else { before = half }
    }
    world.look(at: moment)
    return true
  }
}
