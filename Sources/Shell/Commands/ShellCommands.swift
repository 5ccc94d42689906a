import Architecture
import Language

/// Help, history, leaving.
let shellCommands: [Command] = [
  Command(
    name: "help", group: .shell, summary: "list the commands, or explain one",
    parameters: [.init(name: "COMMAND", kind: .command, isRequired: false)],
    options: [
      .init(name: "reference", value: nil, summary: "everything as a page of Markdown")
    ],
    examples: [
      .init(line: "help", meaning: "one screen, by what you want to do"),
      .init(line: "help send", meaning: "examples first, then the details"),
    ]
  ) { session, arguments throws(CommandError) in
    if arguments.has("reference") {
      return Report(ReferenceText.lines(width: session.options.width))
    }
    guard let name = arguments["COMMAND"] else { return overview(session) }
    return HelpText.report(try Command.find(name, allowingPrefix: true), session)
  },
  Command(
    name: "history", group: .shell, summary: "list the lines typed so far",
    parameters: [.init(name: "N", kind: .count, isRequired: false)],
    examples: [.init(line: "history 10", meaning: "the last ten")]
  ) { session, arguments throws(CommandError) in
    let limit = try arguments.count("N", 1...10_000) ?? 50
    let all = session.typedLines
    let first = max(0, all.count - limit)
    let lines = all[first...].enumerated().map { "\(first + $0.offset + 1)  \($0.element)" }
    return Report(lines, .object([("lines", .array(all[first...].map { .string($0) }))]))
  },
  Command(
    name: "clear", group: .shell, summary: "clear the screen (also Ctrl-L)",
    details: ["The deployment stays as it is; only a prompt has a screen to clear."],
    examples: [.init(line: "clear", meaning: "an empty screen")]
  ) { session, _ in
    // To the top left corner, then nothing from there to the end.
    let options = session.options
    let hasScreen = options.isInteractive && !options.isPlain && !options.isJSON
    return Report(hasScreen ? ["\u{1B}[H\u{1B}[2J"] : [])
  },
  Command(
    name: "quit", group: .shell, summary: "leave (also Ctrl-D)",
    examples: [.init(line: "quit", meaning: "the deployment is gone, the history is kept")]
  ) { session, _ in
    session.wantsToQuit = true
    return Report()
  },
]

private func overview(_ session: Session) -> Report {
  let first = [
    ("send GET /orders/42", "a request through the whole architecture"),
    ("trace", "its 14 hops, one by one"),
    ("fail database-a", "break something; then send it again"),
    ("why", "the reason, in plain words"),
    ("map", "the diagram, with health and figures"),
    ("lesson start 1", "read, try, reach goals; then quiz"),
  ]
  var lines = [session.style.strong("try first")]
  lines += first.map { line, meaning in
    let padding = String(repeating: " ", count: 22 - line.count)
    return "  " + session.style.good(line) + padding + meaning
  }
  lines.append(session.style.strong("all commands"))
  for group in Command.Group.allCases {
    let names = Command.all.filter { $0.group == group }.map(\.name)
    let padding = String(repeating: " ", count: 12 - group.title.count)
    lines.append("  " + group.title + padding + session.style.good(names.joined(separator: "  ")))
  }
  lines.append("help COMMAND shows examples; explain TERM explains a pattern; TAB completes.")
  let commands = Command.all.map { command in
    JSON.object([
      ("name", .string(command.name)), ("usage", .string(command.usage)),
      ("summary", .string(command.summary)),
    ])
  }
  return Report(lines, .object([("commands", .array(commands))]))
}
