import Architecture
import Kernel
import Language

/// Figures and curves of the latest time.
let measureCommands: [Command] = [
  Command(
    name: "metrics", group: .look, summary: "rates, errors, latencies and utilization of a while",
    parameters: [.init(name: "NODE", kind: .node, isRequired: false)],
    options: [.init(name: "over", value: ("D", .duration), summary: "how far back (60s)")],
    details: [
      "RED of what answers: rate, errors, duration. USE of what is used: utilization, "
        + "saturation (the queue), errors (rejected). Without NODE each tier; with a tier's name "
        + "its instances."
    ],
    examples: [
      .init(line: "metrics", meaning: "all tiers, over the last minute"),
      .init(line: "metrics service-a --over 10s", meaning: "its instances, over ten seconds"),
    ]
  ) { session, arguments throws(CommandError) in
    try metrics(arguments, session)
  },
  Command(
    name: "forecast", group: .look,
    summary: "what queueing theory says of the deployment under a load",
    parameters: [.init(name: "RATE", kind: .text, isRequired: false)],
    options: LoadPlan.mixOptions,
    details: [
      "Utilization and mean wait of each tier by M/M/c (Erlang C) with Allen and Cunneen's "
        + "correction for other service times, the bottleneck, and the rate that it allows. "
        + "Without RATE that of the latest load. 'load … --forecast' sets it beside what was "
        + "measured."
    ],
    examples: [
      .init(line: "forecast 300rps", meaning: "before any load is put on"),
      .init(line: "forecast 300rps --writes 50%", meaning: "with another mix"),
    ]
  ) { session, arguments throws(CommandError) in
    try forecast(arguments, session)
  },
  Command(
    name: "plot", group: .look, summary: "draw how observables went",
    parameters: [.init(name: "OBSERVABLE… [over D]", kind: .observable, isRest: true)],
    options: [.init(name: "ascii", value: nil, summary: "plain characters instead of braille")],
    details: [
      "One panel for each observable, with the moments of faults and commands on the time axis.",
      "Of what only grows its growth a second is drawn; of latencies those of each second.",
    ],
    examples: [
      .init(line: "plot load.p99", meaning: "the latest minute"),
      .init(line: "plot load.throughput service-a.queue-length over 30s", meaning: "two panels"),
    ]
  ) { session, arguments throws(CommandError) in
    try plot(arguments, session)
  },
]

private func forecast(_ arguments: Arguments, _ session: Session) throws(CommandError) -> Report {
  var mix = session.latestLoad.mix
  try LoadPlan.read(arguments, into: &mix)
  let rate: Double
  if let text = arguments["RATE"] {
    rate = try LoadPlan.rate(text)
  } else {
    guard session.latestLoad.rate > 0 else {
      throw .usage("name a rate, as in forecast 300rps; there was no load to take it from")
    }
    rate = session.latestLoad.rate
  }
  let forecast = Forecast(session.world, rate: rate, mix: mix)
  return Report(ForecastText.lines(forecast, nil, session), ForecastText.json(forecast))
}

private func metrics(_ arguments: Arguments, _ session: Session) throws(CommandError) -> Report {
  let over = try arguments.duration("over") ?? .seconds(60)
  guard over > .zero else { throw .usage("a window is longer than 0, such as --over 10s") }
  let directory = session.world.directory
  var groups: [(name: String, nodes: [NodeID])] = []
  if let name = arguments["NODE"] {
    switch try NodeNames.target(name, in: session.world) {
    case .node(let node): groups = [(session.world.name(of: node), [node])]
    case .tier(let tier):
      groups = directory.instances(of: tier).map { (session.world.name(of: $0), [$0]) }
    }
  } else {
    groups = Tier.allCases.filter { $0 != .user }.map { ($0.name, directory.instances(of: $0)) }
  }
  let now = session.courses.snapshot(of: session.world)
  let start = Instant(nanoseconds: max(now.at.nanoseconds - over.nanoseconds, 0))
  let before = start > .zero ? session.courses.snapshot(before: start) : nil
  let from = before.map { session.courses.end(of: $0, notAfter: start, session.world) }
  return MetricsText.report(
    groups, areTiers: arguments["NODE"] == nil, since: before, from ?? .zero, now, session)
}

private func plot(_ arguments: Arguments, _ session: Session) throws(CommandError) -> Report {
  var names = arguments.rest.map { $0.text.lowercased() }
  var over = Kernel.Duration.seconds(60)
  if let index = names.firstIndex(of: "over") {
    guard index + 2 == names.count else {
      throw .usage("after 'over' comes one duration, as in over 30s")
    }
    over = try Arguments.duration(names[index + 1])
    guard over >= .seconds(2) else { throw .usage("a plot covers at least 2s") }
    names.removeSubrange(index...)
  }
  guard !names.isEmpty, names.count <= 4 else {
    throw .usage("name one to four observables, such as plot load.p99 queue.depth")
  }
  let end = session.world.clock
  let from = max(end.nanoseconds - over.nanoseconds, 0)
  let start = Instant(nanoseconds: from)
  let marks = marks(from: start, to: end, session.world)
  var lines: [String] = []
  var results: [JSON] = []
  for name in names {
    let (points, unit) = try curve(name, from: start, session)
    guard !points.isEmpty else {
      throw CommandError(
        "there is no curve of \(name) in that time: "
          + (name.hasPrefix("load.") && session.world.journal.load.sent == 0
            ? "no load has run" : "nothing happened that it tells of"))
    }
    let width = max(min(session.options.width, 120) - 16, 20)
    let plot = PlotText(
      title: name, unit: unit, points: points, start: start, end: end, width: width,
      height: names.count > 1 ? 5 : 8,
      isPlain: session.options.isPlain || arguments.has("ascii"))
    lines += plot.lines(marks: marks.map(\.at), session.style)
    let values = points.map { point in
      // Durations in milliseconds, as everywhere in JSON.
      JSON.array([
        .number(point.at.milliseconds),
        .number(unit == .duration ? point.value * 1000 : point.value),
      ])
    }
    results.append(.object([("name", .string(name)), ("points", .array(values))]))
  }
  for (index, mark) in marks.enumerated() {
    lines.append(
      session.style.quiet("\((index + 1) % 10)  \(PlotText.time(mark.at))  \(mark.text)"))
  }
  return Report(lines, .object([("series", .array(results))]))
}

/// The points of one curve; throws when there is none of that name, or nothing was sampled yet.
private func curve(
  _ name: String, from start: Instant, _ session: Session
) throws(CommandError) -> (points: [(at: Instant, value: Double)], unit: Courses.Unit) {
  var full = Session.aliases[name] ?? name
  if let dot = name.firstIndex(of: "."),
    let target = NodeNames.find(String(name[..<dot]), in: session.world)
  {
    switch target {
    case .node(let node): full = session.world.name(of: node) + name[dot...]
    case .tier(let tier): full = tier.name + name[dot...]
    }
  }
  if let curve = session.courses.curve(full) {
    return (curve.points.filter { $0.at >= start }, curve.unit)
  }
  let names = session.courses.names
  let isKnown = session.observe(full) != nil
  guard !isKnown || !session.courses.samples.isEmpty else {
    throw CommandError("nothing has been going on yet; 'load 200rps for 30s' makes a curve")
  }
  guard isKnown else {
    let hint = Suggestion.question(about: name, among: names)
    throw .usage(
      "there is no curve of '\(name)'; "
        + (hint ?? session.observableHint(name)))
  }
  if names.contains("load.\(name)") {
    throw .usage("there is no curve of '\(name)'; did you mean 'load.\(name)'?")
  }
  let prefix = full.prefix { $0 != "." } + "."
  let own = names.filter { $0.hasPrefix(prefix) }
  let examples = (own.isEmpty ? names : own).prefix(3).joined(separator: ", ")
  let kind =
    prefix == "last."
    ? "what is of one request has none"
    : full.contains(".") ? "words and settings have none" : "what is of all that ever was has none"
  throw .usage(
    "there is no curve of '\(name)': \(kind); counts, latencies and shares such as \(examples) do")
}

/// What was done, by whom if it was nobody's command.
private func text(of incident: Incident, _ world: World) -> String {
  let name = incident.node == .none ? "" : world.name(of: incident.node)
  switch incident.kind {
  case .tripped:
    return "\(world.name(of: incident.by)) stops asking \(name): \(incident.text)"
  case .ejected: return "\(world.name(of: incident.by)) ejects \(name): \(incident.text)"
  case .scaled where incident.command == "autoscaling" && !incident.text.isEmpty:
    return "autoscaling of \(world.tier(of: incident.node).name): \(incident.text)"
  default:
    guard incident.command.isEmpty else { return incident.command }
    return [name, "\(incident.kind)", incident.text].filter { !$0.isEmpty }.joined(separator: " ")
  }
}

/// What was done to the deployment within a time, the latest nine.
private func marks(
  from start: Instant, to end: Instant, _ world: World
) -> [(at: Instant, text: String)] {
  var marks: [(at: Instant, text: String)] = []
  for incident in world.journal.incidents where incident.at >= start && incident.at <= end {
    let text = text(of: incident, world)
    if marks.last?.at == incident.at && marks.last?.text == text { continue }
    marks.append((incident.at, text))
  }
  return Array(marks.suffix(9))
}
