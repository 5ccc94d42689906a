import Architecture
import Kernel
import Language

/// Letting virtual time pass.
let timeCommands: [Command] = [
  Command(
    name: "run", group: .time, summary: "let virtual time pass",
    parameters: [.init(name: "D", kind: .duration)],
    examples: [.init(line: "run 61s", meaning: "long enough for a cached row to expire")]
  ) { session, arguments throws(CommandError) in
    guard let duration = try arguments.duration("D") else { return Report() }
    guard duration <= .minutes(60 * 24 * 366) else {
      throw .usage("'\(arguments.required("D"))' is too long; run at most 366d")
    }
    let start = session.world.journal.incidents.count
    let end = session.world.clock + duration
    try session.advance(until: { _ in false }, notAfter: end)
    return session.timeReport("", since: start)
  },
  Command(
    name: "settle", group: .time,
    summary: "let time pass until nothing is under way and the queue is empty",
    details: [
      "Replicas get 5 s more to catch up with their primary. Gives up after 5 minutes of virtual",
      "time and says what is left.",
    ],
    examples: [.init(line: "settle", meaning: "for instance after a failover")]
  ) { session, _ throws(CommandError) in
    let start = session.world.journal.incidents.count
    let limit = session.world.clock + .minutes(5)
    let isQuiet = try session.advance(until: { $0.isQuiet }, notAfter: limit)
    if isQuiet {
      let patience = session.world.clock + .seconds(5)
      try session.advance(
        until: { $0.isQuiet && $0.laggingReplicas.isEmpty && !$0.movesRows }, notAfter: patience)
      let behind = session.world.laggingReplicas.map { node in
        let (name, lag) = (session.world.name(of: node), Int(session.world.lag(of: node).entries))
        return lag > 0
          ? ", but \(name) lacks \(NumberText.counted(lag, "write")) of its primary"
          : ", but \(name) has yet to give up what its primary never had"
      }
      return session.timeReport("all is quiet\(behind.joined()); ", since: start)
    }
    let queued = Int(session.observe("queue.depth")?.plain ?? 0)
    return session.timeReport(
      "not settled after 5 m: "
        + "\(NumberText.counted(session.world.callsInFlight, "call")) under way, "
        + "\(NumberText.counted(queued, "task")) in the queue; ", since: start)
  },
  Command(
    name: "at", group: .time, summary: "run commands later, when virtual time has come so far",
    parameters: [.init(name: "D", kind: .duration), .init(name: "{ … }", kind: .block)],
    details: ["D counts from now. The commands may change things and look, not let time pass."],
    examples: [
      .init(
        line: "at 10s { fail database-a }; load 100rps for 30s", meaning: "a failure in mid-load")
    ]
  ) { session, arguments throws(CommandError) in
    guard let delay = try arguments.duration("D") else { return Report() }
    guard delay <= .minutes(60 * 24 * 366) else {
      throw .usage("'\(arguments.required("D"))' is too long; at most 366d")
    }
    let block = try arguments.block("{ … }")
    for statement in try session.parse(block) { try checkScheduled(statement) }
    let moment = session.world.clock + delay
    let place = session.schedule.firstIndex { $0.moment > moment } ?? session.schedule.count
    session.schedule.insert(
      ScheduledBlock(moment: moment, block: block, source: session.source), at: place)
    if delay == .zero { try session.runScheduled() }
    let time = DurationText.format(nanoseconds: moment.nanoseconds)
    let text = block.source.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return Report(
      ["at \(time): \(text)"],
      .object([("atMs", .number(moment.milliseconds)), ("commands", .string(text))]))
  },
  Command(
    name: "reset", group: .time, summary: "start over with a fresh deployment",
    options: [.init(name: "seed", value: ("N", .count), summary: "another source of chance")],
    examples: [
      .init(line: "reset", meaning: "the same deployment as at the start"),
      .init(line: "reset --seed 7", meaning: "the same rows, other latencies"),
    ]
  ) { session, arguments throws(CommandError) in
    var seed: UInt64?
    if let text = arguments["seed"] {
      guard let number = UInt64(text) else {
        throw .usage("'\(text)' is no seed; give a whole number of 0 or more")
      }
      seed = number
    }
    let isTask = session.classroom.run?.task != nil
    if isTask {
      try session.setUpPage(seed: seed ?? session.world.seed)
      if let seed { session.options.seed = seed }
    } else if session.classroom.run != nil {
      session.reset(seed: seed ?? session.world.seed, isLasting: seed != nil)
    } else {
      session.reset(seed: seed)
    }
    let beginning = isTask ? "; the task begins anew" : ""
    return Report(
      ["a fresh deployment, seed \(session.world.seed), time 0\(beginning)"],
      .object([("seed", .integer(Int(truncatingIfNeeded: session.world.seed)))]))
  },
]

/// What a control loop of the deployment did: a failover or a change of scale.
private func ownWork(_ incident: Incident, _ world: World) -> String? {
  switch incident.kind {
  case .promoted where incident.command == "automatic failover":
    let name = world.tier(of: incident.node).name
    let loss = incident.text.isEmpty ? "" : "; \(incident.text)"
    return "automatic failover of \(name): \(world.name(of: incident.by)) → "
      + world.name(of: incident.node) + loss
  case .scaled where incident.command == "autoscaling" && !incident.text.isEmpty:
    return "autoscaling of \(world.tier(of: incident.node).name): \(incident.text)"
  default: return nil
  }
}

/// A command of an 'at' block happens at one moment, between two events.
private func checkScheduled(_ statement: Statement) throws(CommandError) {
  let command = try Command.find(statement.words[0].text, allowingPrefix: false)
  _ = try Arguments(statement, for: command)
  try command.checkScheduled()
}

extension Command {
  /// Refuses to be run by an `at` block where it can't be.
  func checkScheduled() throws(CommandError) {
    guard !happensAtOneMoment else { return }
    throw .usage(
      "'\(name)' can't stand in an 'at' block, whose commands happen at one moment: they change "
        + "things or look")
  }
}

extension Session {
  /// How far time has come, and what the deployment has done by itself since so many incidents.
  fileprivate func timeReport(_ prefix: String, since start: Int) -> Report {
    let time = DurationText.format(nanoseconds: world.clock.nanoseconds)
    let happened = world.journal.incidents.dropFirst(start).compactMap { incident in
      ownWork(incident, world).map {
        "\(DurationText.format(nanoseconds: incident.at.nanoseconds)): \($0)"
      }
    }
    return Report(
      happened.suffix(9).flatMap { wrap($0) } + ["\(prefix)time is \(time)"],
      .object([
        ("timeMs", .number(world.clock.milliseconds)), ("quiet", .bool(world.isQuiet)),
        ("happened", .array(happened.map { .string($0) })),
      ]))
  }
}
