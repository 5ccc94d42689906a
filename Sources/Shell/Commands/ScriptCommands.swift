import Architecture
import Kernel
import Language

/// What scripts need: conditions, repetition, other scripts.
let scriptCommands: [Command] = [
  Command(
    name: "expect", group: .script,
    summary: "check a condition; a script stops if it does not hold",
    parameters: [.init(name: "EXPR", kind: .expression, isRest: true)],
    details: ["Operators: == != < <= > >=, joined by and, or, not and parentheses."],
    examples: [
      .init(
        line: "expect last.status == 503 and last.reason == connection-refused",
        meaning: "both must hold"),
      .init(line: "expect cache-a.hit-ratio >= 80%", meaning: "values have units"),
    ]
  ) { session, arguments throws(CommandError) in
    let expression = try session.parseExpression(arguments.restText)
    let outcome = try session.evaluate(expression)
    let clauses = outcome.clauses.map { clause in
      JSON.object([
        ("text", .string(clause.text)), ("actual", .string(clause.actual)),
        ("holds", .bool(clause.holds)),
      ])
    }
    var report = Report(
      ["\(session.style.good("ok")): \(arguments.restText)"],
      .object([("holds", .bool(outcome.isTrue)), ("clauses", .array(clauses))]))
    if !outcome.isTrue {
      report.failure =
        "expected \(arguments.restText), but "
        + outcome.clauses.map(\.finding).joined(separator: ", ")
    }
    return report
  },
  Command(
    name: "repeat", group: .script, summary: "run a block several times",
    parameters: [.init(name: "N", kind: .count), .init(name: "{ … }", kind: .block)],
    examples: [.init(line: "repeat 4 { send GET /products/7 }", meaning: "four requests")]
  ) { session, arguments throws(CommandError) in
    guard let count = try arguments.count("N", 0...100_000) else { return Report() }
    let block = try arguments.block("{ … }")
    _ = try session.parse(block)
    for _ in 0..<count where !session.wantsToQuit { try session.run(block, goingOn: true) }
    return Report([], .object([("count", .integer(count))]))
  },
  Command(
    name: "source", group: .script, summary: "run a script file",
    parameters: [.init(name: "FILE", kind: .file)],
    examples: [.init(line: "source scripts/01-one-request.hop", meaning: "its commands, here")]
  ) { session, arguments throws(CommandError) in
    let path = arguments.required("FILE")
    guard let text = session.readFile(path) else {
      throw .usage("'\(path)' can't be read; is the path right?")
    }
    let script = Session.script(of: text)
    do throws(CommandError) {
      try session.run(Block(source: script, line: 1), from: path, goingOn: true)
    } catch {
      throw error.placed(in: path)
    }
    return Report([], .object([("file", .string(path))]))
  },
  Command(
    name: "echo", group: .script, summary: "print a text",
    parameters: [.init(name: "TEXT", kind: .text, isRequired: false, isRest: true)],
    examples: [.init(line: "echo 'now the database fails'", meaning: "a remark in a script")]
  ) { _, arguments in
    Report([arguments.restText], .object([("text", .string(arguments.restText))]))
  },
]
