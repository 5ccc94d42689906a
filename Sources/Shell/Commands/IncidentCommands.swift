import Architecture
import Language
import School

/// Incidents to diagnose.
let incidentCommands: [Command] = [
  Command(
    name: "incident", group: .learn, summary: "diagnose an incident: find what is wrong",
    parameters: [
      .init(
        name: "ACTION", kind: .oneOf(IncidentAction.allCases.map(\.rawValue)), isRequired: false),
      .init(name: "PLACE", kind: .node, isRequired: false),
      .init(name: "FAULT", kind: .fault, isRequired: false),
    ],
    details: [
      "incident start begins one in a fresh deployment, incident start 3 the third: it was well, "
        + "something happened, and nothing but its effects shows. Look at metrics, nodes, traces, "
        + "trace, why, show and sql; try what you like. incident answer PLACE FAULT names the "
        + "cause, with the faults of 'help inject'; incident hint helps, incident solution tells. "
        + "incident stop leaves it; without a word incident shows the alert again."
    ],
    examples: [
      .init(line: "incident start", meaning: "the first that you have not solved"),
      .init(line: "incident answer gateway-1 slow", meaning: "what you think it is"),
      .init(line: "incident list", meaning: "which there are"),
    ]
  ) { session, arguments throws(CommandError) in
    guard let word = arguments["ACTION"]?.lowercased() else {
      return session.incident == nil ? list(session) : alert(try session.openIncident(), session)
    }
    guard let action = IncidentAction(rawValue: word) else {
      if find(word) != nil { return try start(word, session) }
      let hint = Suggestion.closest(to: word, among: IncidentAction.allCases.map(\.rawValue))
      throw .usage(
        "'incident \(word)' means nothing; "
          + (hint.map { "did you mean 'incident \($0)'?" }
            ?? "'incident list' tells which there are"))
    }
    if action != .answer, let extra = action == .start ? arguments["FAULT"] : arguments["PLACE"] {
      throw .usage("'\(extra)' was not expected after 'incident \(word)'")
    }
    switch action {
    case .list: return list(session)
    case .start: return try start(arguments["PLACE"], session)
    case .hint: return try hint(session)
    case .answer: return try answer(arguments["PLACE"], arguments["FAULT"], session)
    case .solution: return try solution(session)
    case .stop:
      let run = try session.openIncident()
      session.incident = nil
      session.reset(seed: nil)
      return Report(
        ["Incident \(run.number) is left open; the deployment is a fresh one."],
        .object([("incident", .integer(run.number))]))
    }
  }
]

private enum IncidentAction: String, CaseIterable {
  case list, start, hint, answer, solution, stop
}

/// The name under which progress keeps incidents.
private let shelf = "incident"

private func find(_ word: String) -> Int? {
  let drills = IncidentDrill.all
  if let number = Int(word) { return drills.indices.contains(number - 1) ? number - 1 : nil }
  return drills.firstIndex { $0.name == word.lowercased() }
}

// MARK: Which there are

private func list(_ session: Session) -> Report {
  let progress = session.classroom.progress()
  var table = TextTable([.init("", right: true), .init("what people say"), .init("done")])
  var results: [JSON] = []
  for (index, drill) in IncidentDrill.all.enumerated() {
    let outcome = progress.outcome(of: shelf, page: index)
    table.add([
      "\(index + 1)", drill.complaint,
      outcome == .solved ? "yes" : outcome == .helped ? "told" : "",
    ])
    results.append(
      .object([
        ("number", .integer(index + 1)), ("name", .string(drill.name)),
        ("complaint", .string(drill.complaint)),
        ("outcome", .string(outcome?.rawValue ?? "open")),
      ]))
  }
  return Report(
    table.render(width: session.options.width).lines
      + ["", session.style.quiet(invitation(session, "begins the first that is open"))],
    .array(results))
}

private func start(_ word: String?, _ session: Session) throws(CommandError) -> Report {
  let index: Int
  if let word {
    guard let found = find(word) else {
      let names = IncidentDrill.all.map(\.name)
      let hint = Suggestion.question(about: word, among: names)
      throw .usage(
        "there is no incident '\(word)'; \(hint ?? "they are numbered 1 to \(names.count)")")
    }
    index = found
  } else {
    let progress = session.classroom.progress()
    let indices = IncidentDrill.all.indices
    index = indices.first { progress.outcome(of: shelf, page: $0) != .solved } ?? 0
  }
  let wasUsed = session.world.isUsed
  try session.begin(IncidentDrill.all[index], number: index + 1)
  var report = alert(try session.openIncident(), session)
  if wasUsed {
    report.lines.append(
      session.style.quiet("The deployment is a fresh one now; 'undo' brings yours back."))
  }
  return report
}

private func alert(_ run: IncidentRun, _ session: Session) -> Report {
  var table = TextTable([.init(""), .init("before", right: true), .init("since", right: true)])
  for figure in run.figures { table.add([figure.name, figure.before, figure.since]) }
  let lines =
    [session.style.strong("Incident \(run.number)")]
    + session.wrap("“\(run.drill.complaint)”")
    + [""] + table.render(width: session.options.width).lines.map { "  " + $0 } + [""]
    + session.wrap(
      "It was well for 20 s, then something happened, and the load went on for 30 s. What is it? "
        + "Look at metrics, nodes, traces --load, trace, why. 'incident answer PLACE FAULT' names "
        + "the cause, 'incident hint' helps.")
  let figures = run.figures.map { figure in
    JSON.object([
      ("name", .string(figure.name)), ("before", .string(figure.before)),
      ("since", .string(figure.since)),
    ])
  }
  return Report(
    lines,
    .object([
      ("incident", .integer(run.number)), ("name", .string(run.drill.name)),
      ("complaint", .string(run.drill.complaint)), ("figures", .array(figures)),
    ]))
}

// MARK: Help

private func hint(_ session: Session) throws(CommandError) -> Report {
  var run = try session.openIncident()
  let hint = run.nextHint()
  session.incident = run
  let count = run.drill.hints.count
  var lines = session.wrap("Hint \(hint.number) of \(count): \(hint.text)")
  if hint.number == count {
    lines.append(session.style.quiet("It was the last one; 'incident solution' tells the cause."))
  }
  return Report(
    lines,
    .object([
      ("hint", .integer(hint.number)), ("of", .integer(count)), ("text", .string(hint.text)),
    ]))
}

private func solution(_ session: Session) throws(CommandError) -> Report {
  let run = try session.openIncident()
  return Report(
    reveal(run, .helped, session), .object([("cause", .string(run.drill.fault))]))
}

// MARK: Answers

private func answer(
  _ place: String?, _ kind: String?, _ session: Session
) throws(CommandError) -> Report {
  var run = try session.openIncident()
  guard var place, var kind else {
    throw .usage("name a place and a fault, as in 'incident answer gateway-1 slow'")
  }
  if FaultCatalogue.find(place.lowercased()) != nil, FaultCatalogue.find(kind.lowercased()) == nil {
    swap(&place, &kind)
  }
  guard let fault = FaultCatalogue.find(kind.lowercased()) else {
    let hint = FaultText.hint(about: kind)
    throw .usage("there is no fault '\(kind)'; \(hint ?? "'help inject' lists them")")
  }
  let spelled = try spelledOut(place, session)
  let verdict = run.judge(place: spelled, kind: fault.name)
  session.incident = run
  let lines: [String]
  switch verdict {
  case .right:
    let isSame = run.drill.fault.split(separator: " ").contains(Substring(fault.name))
    lines =
      [session.style.good("Right.") + (isSame ? "" : " From outside the two look the same here.")]
      + reveal(run, .solved, session)
  case .place:
    lines = session.wrap(
      "The place is right. But \(fault.name) (\(fault.summary)) would look different; 'help "
        + "inject' lists what can happen.")
  case .near:
    lines = session.wrap(
      "You are near: it is not \(spelled) as such. One instance, all of them, or another link, such "
        + "as gateway-1..service-b?")
  case .wrong:
    lines = session.wrap(
      "\(session.style.bad("Not so.")) \(spelled) is well. 'incident hint' "
        + "helps.")
  }
  return Report(
    lines,
    .object([
      ("verdict", .string(verdict.rawValue)), ("place", .string(spelled)),
      ("fault", .string(fault.name)), ("answers", .integer(run.answers)),
    ]))
}

/// How to go on.
private func invitation(_ session: Session, _ next: String) -> String {
  let progress = session.classroom.progress()
  let isOpen = IncidentDrill.all.indices.contains { progress.outcome(of: shelf, page: $0) == nil }
  return isOpen
    ? "'incident start' \(next)." : "all are solved: 'incident start 3' begins one of them again."
}

/// A node, a tier or a link by its full name.
private func spelledOut(_ place: String, _ session: Session) throws(CommandError) -> String {
  var ends: [String] = []
  for end in place.components(separatedBy: "..") {
    switch try NodeNames.target(NodeNames.spelledOut(end), in: session.world) {
    case .node(let node): ends.append(session.world.name(of: node))
    case .tier(let tier): ends.append(tier.name)
    }
  }
  return ends.joined(separator: "..")
}

/// Tells the cause, what showed it, and what to learn from it; the incident is over, its fault
/// still in force and known to all from now on.
private func reveal(
  _ run: IncidentRun, _ outcome: Progress.Outcome, _ session: Session
) -> [String] {
  session.incident = nil
  session.classroom.note(outcome, of: shelf, page: run.number - 1)
  let findings = run.drill.evidence.map { session.finding($0) }
  guard let fault = session.world.reveal(run.fault) else { return [] }
  var lines = session.wrap(
    "It was \(fault.text) on \(fault.target.text), since "
      + "\(DurationText.format(nanoseconds: fault.since.nanoseconds)): "
      + "\(type(of: fault.fault).summary).")
  lines.append("What showed it:")
  for finding in findings {
    let wrapped = DisplayWidth.wrap(finding, 76)
    lines += wrapped.enumerated().map { ($0.offset == 0 ? "  - " : "    ") + $0.element }
  }
  lines += session.wrap(run.drill.moral)
  lines += session.wrap(
    session.style.quiet(
      "'restore \(fault.target.text)' ends it; \(invitation(session, "begins the next one"))"))
  return lines
}
