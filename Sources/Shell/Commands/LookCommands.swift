import Architecture
import Kernel
import Language

/// Looking at the deployment changes nothing in it.
let lookCommands: [Command] = [
  Command(
    name: "map", group: .look, summary: "draw the architecture with its health and figures",
    examples: [.init(line: "map", meaning: "the whole diagram")]
  ) { session, _ in
    Report(MapText.lines(session), NodesTable.json(session.world.directory.nodes, session))
  },
  Command(
    name: "nodes", group: .look, summary: "list the instances and what they did",
    parameters: [.init(name: "TIER", kind: .node, isRequired: false)],
    examples: [
      .init(line: "nodes", meaning: "all of them"),
      .init(line: "nodes gateway", meaning: "how evenly the gateways were loaded"),
    ]
  ) { session, arguments throws(CommandError) in
    var nodes = session.world.directory.nodes
    if let name = arguments["TIER"], let tiers = NodeNames.group(named: name) {
      nodes = tiers.flatMap { session.world.directory.instances(of: $0) }
    } else if let name = arguments["TIER"] {
      switch try NodeNames.target(name, in: session.world) {
      case .node(let node): nodes = [node]
      case .tier(let tier): nodes = session.world.directory.instances(of: tier)
      }
    }
    return Report(NodesTable.lines(nodes, session), NodesTable.json(nodes, session))
  },
  Command(
    name: "show", group: .look, summary: "show a node, a tier, or the value of an observable",
    parameters: [.init(name: "NODE", kind: .observable, isRequired: false, isRest: true)],
    details: [
      "An observable is a named value such as last.status or cache-a.hit-ratio. Without NODE all",
      "of them are listed.",
    ],
    examples: [
      .init(line: "show cache-a", meaning: "every figure of the cache, and what it holds"),
      .init(line: "show last.latency", meaning: "one value"),
      .init(line: "show hash", meaning: "the fingerprint of the whole deployment"),
    ]
  ) { session, arguments throws(CommandError) in
    guard !arguments.rest.isEmpty else { return ObservablesText.report(session) }
    let words = NodeNames.joined(arguments.rest.map(\.text))
    let isOne = session.isShown(words.joined(separator: "."))
    if words.count > 1, !isOne, words.allSatisfy({ session.isShown($0) }) {
      var reports: [Report] = []
      for word in words { reports.append(try show(word, session)) }
      return Report(
        reports.flatMap(\.lines), .object([("shown", .array(reports.map(\.result)))]))
    }
    // 'cache-a hit-ratio' is how one says it.
    return try show(words.joined(separator: "."), session)
  },
  Command(
    name: "explain", group: .look, summary: "explain a component or a pattern",
    parameters: [.init(name: "TERM", kind: .term, isRequired: false, isRest: true)],
    examples: [
      .init(line: "explain cache-aside", meaning: "what, why, what real systems call it"),
      .init(line: "explain", meaning: "list what can be explained"),
    ]
  ) { session, arguments throws(CommandError) in
    try explain(arguments.restText, session)
  },
  Command(
    name: "sql", group: .look, summary: "ask a database instance for its rows, read-only",
    parameters: [.init(name: "[DATABASE] QUERY", kind: .sql, isRest: true)],
    details: [
      "Without a database, the one that has the table named in the query is asked.",
      "Tables: orders and activity in database-a, products in database-b; of the deployment "
        + "\(Ledger.names.joined(separator: ", ")), as in 'select * from requests limit 3'.",
    ],
    examples: [
      .init(
        line: "sql \"select * from orders where id = 42\"", meaning: "a row of the primary"),
      .init(
        line: "sql database-a-2 \"select count(*) from activity\"", meaning: "what a replica has"),
    ]
  ) { session, arguments throws(CommandError) in
    try sql(arguments, session)
  },
]

extension Session {
  /// Whether a word alone names what can be shown.
  fileprivate func isShown(_ word: String) -> Bool {
    observe(word) != nil || NodeNames.find(word, in: world) != nil
  }
}

private func show(_ name: String, _ session: Session) throws(CommandError) -> Report {
  if let value = session.observe(name) {
    return Report(
      ["\(name) = \(value.text)"], .object([("name", .string(name)), ("value", value.json)]))
  }
  let world = session.world
  guard let target = NodeNames.find(name, in: world) else {
    if NodeNames.group(named: name) != nil { _ = try NodeNames.target(name, in: world) }
    let hint = Suggestion.question(about: name, among: NodeNames.all(in: world))
    let isObservable = name.contains(".")
    throw CommandError(
      "there is no node or observable '\(name)'; \(hint ?? session.observableHint(name))",
      isObservable ? .usage : .failure)
  }
  switch target {
  case .node(let node): return Report(details(node, session), NodesTable.node(node, session))
  case .tier(let tier):
    let nodes = world.directory.instances(of: tier)
    guard nodes.count > 1 else {
      return Report(details(nodes[0], session), NodesTable.node(nodes[0], session))
    }
    let head = ["\(session.style.strong(tier.title)): \(tier.role)"]
    return Report(head + NodesTable.lines(nodes, session), NodesTable.tier(tier, session))
  }
}

private func details(_ node: NodeID, _ session: Session) -> [String] {
  let world = session.world
  let tier = world.tier(of: node)
  var lines = ["\(session.style.strong(world.name(of: node))): \(tier.role)"]
  var table = TextTable([.init("observable"), .init("value", right: true), .init("meaning")])
  for observable in Observable.of(tier.kind) where observable.isWorthShowing(node, world) {
    table.add([
      observable.name, observable.read(world, [node]).text, observable.summary,
    ])
  }
  lines += table.wrapped(width: session.options.width - 2, showsHeader: false).map { "  " + $0 }
  // A queue's are the tasks below.
  for stage in world.stages(at: node) where stage.request != 0 && stage.verb != .task {
    lines.append("  request #\(stage.request) (\(stage.verb)) waits at \(stage.stage)")
  }
  if let cache = world.cache(node) { lines += contents(of: cache, tier, session) }
  if let queue = world.messageQueue(node) {
    for task in queue.keptTasks.prefix(8) {
      lines.append(
        "  task \(task.number) of request #\(task.request), \(task.key.path): "
          + "delivered \(NumberText.counted(task.deliveries, "time")), not acknowledged")
    }
    if queue.depth > 8 { lines.append("  and \(queue.depth - 8) more") }
    for letter in queue.deadLetters.suffix(8) {
      lines.append(
        "  dead letter: task \(letter.number) of request #\(letter.request), \(letter.key.path), "
          + "handed out \(NumberText.counted(letter.deliveries, "time")) and given up")
    }
  }
  return lines
}

private func contents(of cache: Cache, _ tier: Tier, _ session: Session) -> [String] {
  let resource: Resource = tier == .cacheA ? .orders : .products
  let all = cache.contents(at: session.world.clock)
  guard !all.isEmpty else { return ["  it holds nothing"] }
  let shown = all.prefix(8).map {
    "  \(Key(resource, $0.id).path)  version \($0.record.version)  "
      + "\(DurationText.format(nanoseconds: $0.age.nanoseconds)) old"
  }
  let order = cache.copies.policy == .lru ? "most recently used first" : "those kept longest first"
  return ["  \(order):"] + shown
    + (all.count > 8 ? ["  and \(all.count - 8) more"] : [])
}

/// A reason by its name, or all of one HTTP status; nil when it is neither.
private func explanation(of text: String, _ session: Session) -> Report? {
  let reasons = Reason.allCases.filter { reason in
    reason != .none && (reason.name == text.lowercased() || "\(reason.status)" == text)
  }
  guard !reasons.isEmpty else { return nil }
  let lines = reasons.flatMap { reason in
    [session.style.strong("\(reason.status) \(reason.name)")]
      + [reason.sentence(at: "the node"), "elsewhere: \(reason.reference)"].flatMap {
        DisplayWidth.wrap($0, min(session.options.width, 100) - 2)
      }.map { "  " + $0 }
  }
  return Report(
    lines,
    .object([("reasons", .array(reasons.map { .string($0.name) }))]))
}

/// One of the three challenges: the patterns that meet it.
private func challenge(_ text: String, _ session: Session) -> Report? {
  let word = text.lowercased().replacing("-", with: " ")
  guard let challenge = Pattern.Challenge.allCases.first(where: { $0.rawValue == word })
  else { return nil }
  let patterns = Pattern.all.filter { $0.challenge == challenge }
  let width = min(session.options.width, 100) - 2
  let lines = patterns.flatMap {
    DisplayWidth.wrap("\($0.name): \($0.buys)", width).map { "  " + $0 }
  }
  return Report(
    [session.style.strong(challenge.rawValue) + ", and what meets it"] + lines
      + ["'patterns \(challenge.rawValue)' tells what each costs and where it is on."],
    .object([
      ("challenge", .string(challenge.rawValue)),
      ("patterns", .array(patterns.map { .string($0.name) })),
    ]))
}

private func explain(_ text: String, _ session: Session) throws(CommandError) -> Report {
  if text.isEmpty {
    func list(_ title: String, _ terms: [Term]) -> [String] {
      [session.style.strong(title)]
        + DisplayWidth.wrap(terms.map(\.name).joined(separator: "  "), 72).map { "  " + $0 }
    }
    return Report(
      Term.subjects.flatMap { list($0.title, $0.terms) },
      .object([("terms", .array(Term.all.map { .string($0.name) }))]))
  }
  let target = NodeNames.find(text, in: session.world)
  var name = text
  switch target {
  case .node(let node): name = session.world.tier(of: node).name
  case .tier(let tier): name = tier.name
  case nil: break
  }
  let reasons = explanation(of: text, session)
  guard let term = Term.find(name) else {
    if let reasons { return reasons }
    if let challenge = challenge(text, session) { return challenge }
    if !SettingPath.find(text, in: session.world).isEmpty {
      throw CommandError("'\(text)' is a setting; 'settings \(text)' tells what is known of it")
    }
    let known = Term.all.flatMap { [$0.name] + $0.aliases }
    let hint = Suggestion.question(about: text, among: known)
    throw .usage("nothing to explain under '\(text)'; \(hint ?? "'explain' lists all")")
  }
  let lessons = (try? session.classroom.lessons()) ?? []
  let lesson =
    lessons.first { $0.teaches(term.name) } ?? lessons.first { $0.shows(term.name) }
  let width = min(session.options.width, 100) - 2
  let lines =
    [session.style.strong(term.name)] + DisplayWidth.wrap(term.meaning, width).map { "  " + $0 }
    + (term.costs.isEmpty ? [] : DisplayWidth.wrap("costs: \(term.costs)", width).map { "  " + $0 })
    + DisplayWidth.wrap("elsewhere: \(term.elsewhere)", width).map { "  " + $0 }
    + tryLines(term, session)
    + (PatternExperiment.of(term.name).map {
      ["  measure: " + session.style.good("compare \($0.pattern)")]
    } ?? [])
    + (lesson.map { ["  lesson: " + session.style.good("lesson start \($0.number)")] } ?? [])
    + (reasons.map { [""] + $0.lines } ?? [])  // a failure may have its cause's name
  return Report(
    lines,
    .object([
      ("term", .string(term.name)), ("meaning", .string(term.meaning)),
      ("costs", .string(term.costs)), ("elsewhere", .string(term.elsewhere)),
      ("try", .string(term.tryIt)),
      ("experiment", PatternExperiment.of(term.name).map { .string($0.command) } ?? .null),
      ("lesson", lesson.map { .string($0.name) } ?? .null),
    ]))
}

/// Commands to try, broken between them; one that is too long for a line is broken at blanks.
private func tryLines(_ term: Term, _ session: Session) -> [String] {
  let head = "  try: "
  let width = min(session.options.width, 100) - head.count
  let commands = term.tryIt.split(separator: "; ").map(String.init)
  let words = commands.enumerated().flatMap { index, command -> [String] in
    let word = index + 1 < commands.count ? command + ";" : command
    return DisplayWidth.of(word) > width ? word.split(separator: " ").map(String.init) : [word]
  }
  let indent = String(repeating: " ", count: head.count)
  return DisplayWidth.wrap(words: words, width).enumerated().map {
    ($0 == 0 ? head : indent) + session.style.good($1)
  }
}
