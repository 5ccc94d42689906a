import Architecture
import Kernel
import Language

/// Experiments: futures of one moment side by side, predictions, hypotheses.
let experimentCommands: [Command] = [
  Command(
    name: "compare", group: .experiment,
    summary: "run two futures of this moment, and compare them",
    parameters: [.init(name: "{ A } { B } : WORKLOAD | PATTERN", kind: .pattern, isRest: true)],
    details: [
      "Each block is run in a copy of the deployment, then the workload, with the same "
        + "requests at the same times in all of them; the live deployment is untouched. More than "
        + "two blocks work. An empty block changes nothing. 'over N seeds' at the end repeats it with other chance, and "
        + "gives means with their 95 % intervals. Counts, ratios and latencies are those of the "
        + "workload; 'better' praises speed and idleness only where no more requests failed.",
      "compare PATTERN runs the experiment of a pattern, without it and with it, on a fresh "
        + "deployment; 'over N seeds' goes here, too.",
    ],
    examples: [
      .init(
        line: "compare { } { scale service-a 4 } : load 300rps for 10s",
        meaning: "what twice the instances buy"),
      .init(
        line: "compare { disable cache-aside } { } : load 100rps for 5s over 4 seeds",
        meaning: "and how sure that is"),
      .init(line: "compare retry", meaning: "what the pattern buys and what it costs"),
    ]
  ) { session, arguments throws(CommandError) in
    let words = arguments.statement.words.dropFirst()
    if let word = words.first, word.block == nil, words.count == 1 || words.count == 4 {
      var rest = Array(words.dropFirst())
      let seeds = try ExperimentSyntax.takeSeeds(&rest)
      if rest.isEmpty { return try compare(pattern: word.text, seeds: seeds ?? 1, session) }
    }
    return try compare(arguments.statement, session)
  },
  Command(
    name: "sweep", group: .experiment, summary: "try several values of one setting",
    parameters: [.init(name: "PATH=V,V,V : WORKLOAD", kind: .setting, isRest: true)],
    details: [
      "PATH is a setting, scale.TIER for its instances, or a pattern with the values on and off.",
      "Each value is tried in a copy of the deployment, with the same chance.",
    ],
    examples: [
      .init(
        line: "sweep service-a.slots=1,2,4 : load 1500rps for 5s", meaning: "where the limit is"),
      .init(line: "sweep cache-a.ttl=1s,10s,60s : load 100rps for 20s", meaning: "what a TTL buys"),
      .init(line: "sweep retry=off,on : load 100rps for 5s", meaning: "a pattern"),
    ]
  ) { session, arguments throws(CommandError) in
    try sweep(arguments.statement, session)
  },
  Command(
    name: "predict", group: .experiment, summary: "say what will hold, then run a command and see",
    parameters: [.init(name: "EXPR : COMMAND", kind: .expression, isRest: true)],
    details: ["Each clause is graded with the actual value; the session keeps the score."],
    examples: [
      .init(
        line: "predict last.status == 503 and last.hops < 11 : send PUT /orders/42",
        meaning: "before you know")
    ]
  ) { session, arguments throws(CommandError) in
    try predict(arguments.statement, session)
  },
  Command(
    name: "hypothesis", group: .experiment,
    summary: "check a steady state before and after a block, as chaos experiments do",
    parameters: [.init(name: "EXPR : { … }", kind: .expression, isRest: true)],
    examples: [
      .init(
        line: "hypothesis queue.depth == 0 : { send GET /orders/42; settle }",
        meaning: "no task is left behind")
    ]
  ) { session, arguments throws(CommandError) in
    try hypothesis(arguments.statement, session)
  },
]

private func compare(_ statement: Statement, _ session: Session) throws(CommandError) -> Report {
  let form = "write it as in compare { } { scale service-a 4 } : load 300rps for 10s"
  let syntax = try ExperimentSyntax(statement, form: form)
  var starts: [Futures.Start] = []
  for word in syntax.before {
    guard let block = word.block else {
      throw .usage("'\(word.text)' must stand in braces; \(form)")
    }
    _ = try session.parse(block)
    starts.append(.init(label: block.label.isEmpty ? "as it is" : block.label, block: block))
  }
  guard (2...8).contains(starts.count) else {
    throw .usage("two to eight blocks are compared; \(form)")
  }
  _ = try session.parse(syntax.after)
  return try compare(starts, syntax.after, seeds: syntax.seeds, session)
}

private func compare(
  _ starts: [Futures.Start], _ workload: Block, seeds count: Int, gain: String? = nil,
  _ session: Session
) throws(CommandError) -> Report {
  let futures = Futures(starts: starts, workload: workload)
  let first = session.world.seed
  let seeds: [UInt64?] =
    count == 1 ? [nil] : (0..<count).map { first &+ 1 &+ UInt64($0) }
  let text = FuturesText(try futures.run(session, seeds: seeds), gain: gain)
  return Report(
    text.lines(session.style, width: session.options.width)
      + session.wrap(session.style.strong(text.sentence())), text.json)
}

/// The experiment of a pattern, on a fresh deployment: so its figures are the same each time.
private func compare(
  pattern name: String, seeds: Int, _ session: Session
) throws(CommandError) -> Report {
  guard let pattern = Pattern.find(name.lowercased()),
    let experiment = PatternExperiment.of(pattern.name)
  else {
    let hint = Suggestion.closest(to: name, among: PatternExperiment.all.map(\.pattern))
    throw .usage(
      hint.map { "there is no pattern '\(name)'; did you mean 'compare \($0)'?" }
        ?? "compare takes a pattern, or blocks as in compare { } { scale service-a 4 } : load "
        + "300rps for 10s")
  }
  let fresh = Session()
  fresh.options.width = session.options.width
  fresh.isInterrupted = session.isInterrupted
  fresh.progress = session.progress
  let starts = [("without", experiment.without), ("with", experiment.with)].map { word, commands in
    Futures.Start(
      label: "\(word) \(pattern.name)",
      block: Block(source: experiment.given + "\n" + commands, line: 1))
  }
  let workload = Block(source: experiment.workload, line: 1)
  var report = try compare(starts, workload, seeds: seeds, gain: experiment.gain, fresh)
  report.lines = session.wrap(session.style.quiet(experiment.command)) + report.lines
  report.lines += session.wrap(
    "Costs, seen here or not: \(pattern.costs). It ran on a fresh deployment; yours is as it was.")
  return report
}

private func sweep(_ statement: Statement, _ session: Session) throws(CommandError) -> Report {
  let form = "write it as in sweep cache-a.ttl=1s,10s : load 100rps for 10s"
  let syntax = try ExperimentSyntax(statement, form: form)
  // With blanks after the commas or without.
  let words = syntax.before.map(\.text)
  let isOne = zip(words, words.dropFirst()).allSatisfy { left, right in
    left.hasSuffix(",") || left.hasSuffix("=") || right.hasPrefix("=") || right.hasPrefix(",")
  }
  let text = words.joined()
  guard isOne, syntax.seeds == 1, let sign = text.firstIndex(of: "="), sign > text.startIndex
  else { throw .usage(form) }
  let path = String(text[..<sign])
  let values = text[sign...].dropFirst().split(separator: ",", omittingEmptySubsequences: false)
    .map(String.init)
  guard (2...20).contains(values.count), !values.contains("") else {
    throw .usage("two to twenty values are tried, each written out with commas between; \(form)")
  }
  let starts = values.map { value in
    Futures.Start(
      label: value, block: Block(source: command(path, value), line: statement.line))
  }
  _ = try session.parse(syntax.after)
  let watched = SettingPath.find(path, in: session.world)
  let outcomes = try Futures(starts: starts, workload: syntax.after, watched: watched)
    .run(session)[0]
  guard outcomes.contains(where: \.hasSent) else {
    throw .usage(
      "'\(syntax.after.label)' sends nothing that could be measured; put requests into the "
        + "workload, as in { \(syntax.after.label); load 100rps for 5s }")
  }
  return SweepText.report(path, outcomes, session)
}

/// The command that gives a path a value.
private func command(_ path: String, _ value: String) -> String {
  if path.hasPrefix("scale.") { return "scale \(path.dropFirst("scale.".count)) \(value)" }
  let parts = path.split(separator: "@", maxSplits: 1).map(String.init)
  if Pattern.find(parts[0]) != nil, ["on", "off"].contains(value) {
    let place = parts.count == 2 ? " on \(parts[1])" : ""
    return (value == "on" ? "enable " : "disable ") + parts[0] + place
  }
  return "set \(path) \(value)"
}

private func predict(_ statement: Statement, _ session: Session) throws(CommandError) -> Report {
  let form = "write it as in predict last.status == 503 : send PUT /orders/42"
  let syntax = try ExperimentSyntax(statement, form: form)
  let text = condition(syntax.before)
  let expression = try session.parseExpression(text)
  _ = try session.parse(syntax.after)
  try session.checkNames(of: expression)
  if let name = expression.bareNames.first {
    throw .usage("say what \(name) will be, as in \(form.dropFirst("write it as in ".count))")
  }
  let outcome = try session.outcome(of: expression, after: syntax.after) {
    before throws(CommandError) in
    guard let name = expression.names.first(where: { $0.hasPrefix("last.") }),
      session.lastRequest == before
    else { return }
    throw .usage(
      "'\(syntax.after.label)' sends no request of your own, and \(name) is of one; predict what it "
        + "changes, such as a node's state (it is taken back)")
  }
  let right = outcome.clauses.count { $0.holds && $0.hasValue }
  session.predictions.right += right
  session.predictions.all += outcome.clauses.count(where: \.hasValue)
  var lines = outcome.clauses.map { clause in
    guard clause.hasValue else { return "open: \(clause.text), it has no value yet" }
    let verdict = clause.holds ? session.style.good("right") : session.style.bad("wrong")
    return "\(verdict): \(clause.text), it is \(clause.actual)"
  }
  if outcome.clauses.contains(where: { !$0.hasValue }) {
    let advice =
      "What has no value is not graded. Several commands stand in braces: "
      + "predict \(text) : { \(syntax.after.label); … }"
    lines += session.wrap(session.style.quiet(advice))
  }
  let score = "predicted so far: \(session.predictions.right) right of \(session.predictions.all)"
  return Report(
    lines + [session.style.quiet(score)],
    .object([
      ("holds", .bool(outcome.isTrue)),
      ("clauses", .array(outcome.clauses.map(\.json))),
      ("right", .integer(session.predictions.right)), ("all", .integer(session.predictions.all)),
    ]))
}

/// A condition as it was typed, in quotes as a whole or without.
private func condition(_ words: [Word]) -> String {
  words.map { $0.isQuoted && $0.text.contains(" ") ? $0.text : $0.source }.joined(separator: " ")
}

private func hypothesis(_ statement: Statement, _ session: Session) throws(CommandError) -> Report {
  let form = "write it as in hypothesis queue.depth == 0 : { send GET /orders/42; settle }"
  let syntax = try ExperimentSyntax(statement, form: form)
  let text = condition(syntax.before)
  let expression = try session.parseExpression(text)
  _ = try session.parse(syntax.after)
  let before = try session.evaluate(expression)
  guard before.isTrue || !before.isKnown else {
    throw CommandError("it does not even hold before: " + actual(before))
  }
  let after = try session.outcome(of: expression, after: syntax.after)
  var report = Report(
    ["\(session.style.good("holds")) \(before.isKnown ? "before and after" : "after"): \(text)"]
      + session.wrap("The block has run; 'undo' takes it back.").map(session.style.quiet),
    .object([
      ("before", .array(before.clauses.map(\.json))), ("after", .array(after.clauses.map(\.json))),
      ("holds", .bool(after.isTrue)),
    ]))
  if !after.isTrue {
    report.failure =
      (before.isKnown ? "refuted: it held before; afterwards " : "refuted: afterwards ")
      + actual(after) + "; 'undo' takes the block back"
  }
  return report
}

extension Session {
  /// Runs a block and looks at a condition. One that makes no sense of what it finds takes the block
  /// back: it was a mistake in the command.
  fileprivate func outcome(
    of expression: Expression, after block: Block,
    checking check: (_ lastRequest: UInt32?) throws(CommandError) -> Void = { _ in }
  ) throws(CommandError) -> Expression.Outcome {
    let before = moment("")
    try run(block)
    do throws(CommandError) {
      try check(before.lastRequest)
      return try evaluate(expression)
    } catch {
      if error.kind == .usage { travel(to: before) }
      throw error
    }
  }
}

private func actual(_ outcome: Expression.Outcome) -> String {
  outcome.clauses.map(\.finding).joined(separator: ", ")
}

extension Expression.Clause {
  fileprivate var json: JSON {
    .object([("text", .string(text)), ("actual", .string(actual)), ("holds", .bool(holds))])
  }
}
