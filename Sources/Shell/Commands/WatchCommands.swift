import Architecture
import Kernel
import Language

/// Looking closely while time passes: event by event, again and again, or along with the clock.
let watchCommands: [Command] = [
  Command(
    name: "step", group: .time, summary: "let the next events happen, and say what they are",
    parameters: [.init(name: "N", kind: .count, isRequired: false)],
    details: [
      "Health checks and other events that belong to no request pass without a word.",
      "'send … --async' puts a request on its way without waiting for its answer.",
    ],
    examples: [.init(line: "step 3", meaning: "three events of requests")]
  ) { session, arguments throws(CommandError) in
    try step(try arguments.count("N", 1...1000) ?? 1, session)
  },
  Command(
    name: "watch", group: .look, summary: "run a command again and again while time passes",
    parameters: [.init(name: "COMMAND", kind: .command, isRequired: false, isRest: true)],
    options: [
      .init(name: "every", value: ("D", .duration), summary: "virtual time between two looks (1s)"),
      .init(
        name: "count", value: ("N", .count),
        summary: "how many looks at most (5; 1,000 with --until)"),
      .init(name: "until", value: ("EXPR", .expression), summary: "stop when it holds"),
    ],
    details: [
      "The map without a COMMAND; of an observable or a node its value. EXPR in quotes, as in --until 'queue.depth == 0'. Ctrl-C stops it too."
    ],
    examples: [
      .init(line: "watch show queue.depth --count 3", meaning: "three looks, a second apart"),
      .init(
        line: "watch nodes worker --every 10s --until 'queue.depth == 0'",
        meaning: "until the tasks have drained"),
    ]
  ) { session, arguments throws(CommandError) in
    try watch(arguments, session)
  },
  Command(
    name: "live", group: .time, summary: "let virtual time follow the clock on the wall",
    parameters: [.init(name: "[for D]", kind: .oneOf(["for"]), isRequired: false, isRest: true)],
    details: [
      "The map shows it. Until Ctrl-C, the next command, or for D. The deployment itself never looks "
        + "at that clock.",
      "Something to see: 'load 50rps for 10m --async; at 5s { fail gateway-1 }; live'.",
    ],
    examples: [.init(line: "live for 1s", meaning: "one second of both")]
  ) { session, arguments throws(CommandError) in
    try live(arguments, session)
  },
]

private func step(_ count: Int, _ session: Session) throws(CommandError) -> Report {
  var lines: [String] = []
  var events: [JSON] = []
  let limit = session.world.clock + .minutes(60)
  while events.count < count {
    guard session.world.callsInFlight > 0 || session.world.hasWorkload || !session.schedule.isEmpty
    else { break }
    var event: World.EventDescription?
    guard try session.happen(notAfter: limit, telling: { event = $0 }) else { break }
    guard let event else { continue }
    let time = NumberText.fixed(session.world.clock.milliseconds, decimals: 2)
    lines += DisplayWidth.wrap(
      words: ["\(time) ms  #\(event.request) "] + event.text.split(separator: " ").map(String.init),
      indent: 4, session.options.width)
    events.append(
      .object([
        ("atMs", .number(session.world.clock.milliseconds)),
        ("request", .integer(Int(event.request))), ("text", .string(event.text)),
      ]))
    try session.stopIfInterrupted()
  }
  if events.isEmpty {
    lines = ["nothing is under way; 'send GET /orders/42 --async' puts a request on its way"]
  }
  return Report(lines, .object([("events", .array(events))]))
}

private func watch(_ arguments: Arguments, _ session: Session) throws(CommandError) -> Report {
  let every = try arguments.duration("every") ?? .seconds(1)
  guard every > .zero else { throw .usage("some time must pass between two looks") }
  let condition: Expression?
  if let text = arguments["until"] {
    condition = try session.parseExpression(text)
  } else {
    condition = nil
  }
  let count = try arguments.count("count", 1...10_000) ?? (condition == nil ? 5 : 1000)
  var source = arguments.rest.map(\.source).joined(separator: " ")
  if let first = arguments.rest.first?.text {
    let isValue = session.observe(first) != nil || NodeNames.find(first, in: session.world) != nil
    if isValue && Command.byName[first] == nil { source = "show " + source }
  } else {
    source = "map"
  }
  let block = Block(source: source, line: arguments.statement.line)
  for statement in try session.parse(block) {
    let command = try Command.find(statement.words[0].text, allowingPrefix: false)
    _ = try Arguments(statement, for: command)
  }
  var holds = false
  for look in 0..<count {
    session.beginLook(look == 0, .milliseconds(400))
    try session.stopIfInterrupted()
    let time = DurationText.format(nanoseconds: session.world.clock.nanoseconds)
    if !session.options.isJSON { session.write(session.style.quiet("── \(time) ──")) }
    try session.run(block)
    if let condition {
      holds = try session.evaluate(condition).isTrue
      if holds { break }
    }
    guard look + 1 < count else { break }
    try session.advance(until: { _ in false }, notAfter: session.world.clock + every)
  }
  let time = ("timeMs", JSON.number(session.world.clock.milliseconds))
  guard let text = arguments["until"] else { return Report([], .object([time])) }
  let looks = "\(NumberText.grouped(count)) \(count == 1 ? "look" : "looks")"
  return Report(
    holds ? [] : session.wrap("'\(text)' did not hold in \(looks)"),
    .object([time, ("holds", .bool(holds))]))
}

private func live(_ arguments: Arguments, _ session: Session) throws(CommandError) -> Report {
  let words = arguments.rest.map(\.text)
  var length = Kernel.Duration.minutes(60 * 24)
  if !words.isEmpty {
    guard words.count == 2, words[0] == "for" else { throw .usage("write it as in live for 10s") }
    length = try Arguments.duration(words[1])
  } else if !session.options.isInteractive {
    throw .usage("in a script say how long: live for 10s")
  }
  if words.isEmpty {
    session.write(
      session.style.quiet(
        "Time follows the clock on the wall; Ctrl-C ends it, or the next command."))
  }
  let start = session.world.clock
  try followClock(until: start + length, session)
  if words.isEmpty { session.forgetInterrupt() }
  let elapsed = (session.world.clock - start).nanoseconds
  if !session.isInBlock { session.replay = "run " + DurationText.typed(nanoseconds: elapsed) }
  let time = DurationText.format(nanoseconds: session.world.clock.nanoseconds)
  return Report(
    ["time is \(time)"], .object([("timeMs", .number(session.world.clock.milliseconds))]))
}

/// Lets time follow the clock on the wall until a moment or an interrupt. What is said meanwhile, by
/// commands whose moment has come, stands above the map.
private func followClock(until end: Instant, _ session: Session) throws(CommandError) {
  let tick = Kernel.Duration.milliseconds(50)
  let (write, start) = (session.write, session.world.clock)
  var said: [String] = []
  session.write = { said.append($0) }
  defer {
    session.write = write
    for line in said { write(line) }
  }
  var nextLook = start
  func look() {
    let map = MapText.lines(session)
    guard session.options.isInteractive, map.count < session.options.height else {
      let now = DurationText.format(nanoseconds: session.world.clock.nanoseconds)
      return session.progress("time is \(now); Ctrl-C ends it")
    }
    session.beginLook(nextLook == start, .zero)
    for line in said { write(line) }
    said = []
    session.beginLook(true, .zero)
    for line in map { write(line) }
  }
  while session.world.clock < end && !session.isInterrupted() {
    if session.world.clock >= nextLook {
      look()
      nextLook = session.world.clock + .milliseconds(200)
    }
    if session.sleep(tick) { break }
    do throws(CommandError) {
      try session.advance(
        until: { _ in false }, notAfter: min(session.world.clock + tick, end))
    } catch {
      guard error.kind == .interrupted else { throw error }
    }
  }
  if nextLook > start { look() }
}
