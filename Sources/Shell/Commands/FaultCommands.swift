import Architecture
import Kernel
import Language

/// Injecting faults and taking them away. None of these lets time pass.
let faultCommands: [Command] = [
  Command(
    name: "inject", group: .break, summary: "put a fault in force: latency, loss, pause, …",
    parameters: [.init(name: "KIND on TARGET [values] [for D]", kind: .fault, isRest: true)],
    choices: FaultCatalogue.all.filter { $0.name != "partition" }.map { fault in
      let values = fault.parameters.map { $0.standard == nil ? $0.name : "[\($0.name)]" }
      return .init(
        text: ([fault.name] + values).joined(separator: " "), meaning: fault.summary)
    },
    details: [
      "TARGET is a node, a tier, a list with commas, or a link such as gateway-1..service-a-2.",
      "It holds until 'restore TARGET' or 'restore all', or for D.",
    ],
    examples: [
      .init(
        line: "inject latency on database-a 200ms jitter 50ms", meaning: "each call takes longer"),
      .init(line: "inject loss on gateway-1..service-a-2 10%", meaning: "a bad link"),
      .init(line: "inject abort on service-b 503 50% for 30s", meaning: "half of its calls fail"),
      .init(line: "inject pause on database-a", meaning: "a grey failure: up, and silent"),
    ]
  ) { session, arguments throws(CommandError) in
    let fault = try FaultText.parse(arguments.rest.map(\.text), in: session.world)
    try requireRoom(session)
    return inject(fault, arguments.statement.text, session)
  },
  Command(
    name: "partition", group: .break, summary: "cut the network between two groups of nodes",
    parameters: [
      .init(name: "A", kind: .node), .init(name: "B", kind: .node),
      .init(
        name: "[one-way] [for D]", kind: .oneOf(["one-way", "for"]), isRequired: false, isRest: true
      ),
    ],
    options: [.init(name: "one-way", value: nil, summary: "the same as 'one-way'")],
    details: [
      "A and B are nodes, tiers, or lists of them with commas. 'one-way' cuts only what goes from "
        + "A to B. 'heal' mends it."
    ],
    examples: [
      .init(line: "partition database-a-1 database-a-2", meaning: "no replication any more"),
      .init(
        line: "partition gateway-1 service-a,service-b for 20s", meaning: "one gateway cut off"),
    ]
  ) { session, arguments throws(CommandError) in
    try partition(arguments, session)
  },
  Command(
    name: "heal", group: .break, summary: "mend all partitions",
    parameters: [.init(name: "all", kind: .oneOf(["all"]), isRequired: false)],
    examples: [.init(line: "heal", meaning: "the network is whole again")]
  ) { session, arguments throws(CommandError) in
    if let word = arguments["all"], word.lowercased() != "all" {
      throw .usage("'heal' mends all partitions; 'restore \(word)' lifts the faults of one")
    }
    let faults = session.world.faultsInForce
    var report = lift(
      faults.filter { $0.name == "partition" }, arguments.statement.text,
      nothing: "the network is whole", session)
    let others = faults.filter { $0.name != "partition" }.map { "\($0.name) on \($0.target.text)" }
    if !others.isEmpty {
      report.lines += session.wrap(
        "Still in force: \(others.joined(separator: ", ")); 'restore all' ends it.")
    }
    return report
  },
  Command(
    name: "faults", group: .break, summary: "list the faults in force and what put them there",
    examples: [.init(line: "faults", meaning: "with the time that each has left")]
  ) { session, _ in
    list(session)
  },
]

private func requireRoom(_ session: Session) throws(CommandError) {
  guard session.world.hasRoomForFault else {
    throw CommandError("this deployment has had 65535 faults, and counts no more; 'reset' it")
  }
}

private func inject(_ fault: FaultText, _ command: String, _ session: Session) -> Report {
  let isThere = session.world.faultsInForce.contains {
    $0.name == fault.type.name && $0.target.text == fault.target.text
  }
  let before = session.world.lostWrites
  session.world.inject(
    fault.type, fault.values, on: fault.target, text: fault.text, for: fault.duration,
    command: command)
  let lost = session.world.lostWrites - before
  let loss = lost > 0 ? " \(NumberText.counted(lost, "acknowledged write")) lost by it." : ""
  let time = fault.duration.map { " for \(DurationText.typed(nanoseconds: $0.nanoseconds))" }
  let isOver = fault.type.name == "restart"
  let end = time ?? (isOver ? "" : "; 'restore \(fault.target.text)' ends it")
  return Report(
    session.wrap(
      "\(session.style.bad(fault.text)) on \(fault.target.text)\(end): \(fault.type.summary)."
        + (isThere ? " It comes on top of the one that is in force there already." : "")
        + loss + idleness(of: fault, session.world)),
    .object([
      ("fault", .string(fault.type.name)), ("target", .string(fault.target.text)),
      ("text", .string(fault.text)),
      ("forMs", fault.duration.map { .number($0.milliseconds) } ?? .null),
    ]))
}

/// Says when a fault has nothing to act on yet, and whom it stays with when the primary changes.
private func idleness(of fault: FaultText, _ world: World) -> String {
  guard fault.type.name == "replication-pause" else {
    guard let tier = Tier.allCases.first(where: { $0.name == fault.target.text }),
      tier.kind == .database, fault.type.name != "restart"
    else { return "" }
    let primary = world.name(of: world.directory.primary(of: tier))
    return " It stays with \(primary) when another one is primary."
  }
  let hit = world.directory.nodes.filter { fault.target.contains($0, world.directory) }
  let primaries = hit.filter { world.directory.leader(of: $0).primary == $0 }
  guard primaries.count == hit.count, let primary = primaries.first else { return "" }
  return " \(world.name(of: primary)) is the primary and follows nobody: it does nothing yet."
}

private func partition(_ arguments: Arguments, _ session: Session) throws(CommandError) -> Report {
  var words = arguments.rest.map(\.text)
  var duration: Kernel.Duration?
  var isOneWay = arguments.has("one-way")
  while !words.isEmpty {
    let word = words.removeFirst()
    switch word {
    case "one-way": isOneWay = true
    case "for" where !words.isEmpty:
      let text = words.removeFirst()
      guard case .duration(let nanoseconds) = Quantity.parse(text), nanoseconds > 0 else {
        throw .usage("'\(text)' is no duration above 0, such as 30s")
      }
      duration = .nanoseconds(nanoseconds)
    default: throw .usage("'\(word)' is not understood; usage: partition A B [one-way] [for D]")
    }
  }
  let a = NodeNames.spelledOut(arguments.required("A"))
  let b = NodeNames.spelledOut(arguments.required("B"))
  let here = try FaultText.places(a, in: session.world)
  let there = try FaultText.places(b, in: session.world)
  let text = "\(a.lowercased())\(isOneWay ? ".." : " | ")\(b.lowercased())"
  let target = FaultTarget(here: here, there: there, isOneWay: isOneWay, text: text)
  let shared = session.world.directory.nodes.first { node in
    target.contains(node, session.world.directory)
      && FaultTarget(here: there, text: "").contains(node, session.world.directory)
  }
  if let shared {
    throw CommandError("\(session.world.name(of: shared)) can't be on both sides")
  }
  try requireRoom(session)
  guard let type = FaultCatalogue.find("partition") else { return Report() }
  session.world.inject(
    type, [], on: target, text: "partition", for: duration, command: arguments.statement.text)
  let time = duration.map { " for \(DurationText.typed(nanoseconds: $0.nanoseconds))" }
  return Report(
    session.wrap(
      "\(session.style.bad("partition")): nothing passes from \(a) to \(b)"
        + (isOneWay ? "" : " or back") + (time ?? "; 'heal' mends it") + "."),
    .object([
      ("fault", .string("partition")), ("target", .string(text)), ("oneWay", .bool(isOneWay)),
    ]))
}

/// Takes faults away and says which.
func lift(
  _ faults: [FaultInForce], _ command: String, nothing: String, _ session: Session
) -> Report {
  for fault in faults { session.world.lift(fault.id, command: command) }
  let lines = faults.flatMap {
    session.wrap("\($0.target.text): \($0.text) → \(session.style.good("lifted"))")
  }
  return Report(
    lines.isEmpty ? [nothing] : lines,
    .object([
      ("lifted", .array(faults.map { .string($0.name) })),
      ("targets", .array(faults.map { .string($0.target.text) })),
    ]))
}

private func list(_ session: Session) -> Report {
  let world = session.world
  var table = TextTable([
    .init("fault"), .init("on"), .init("since", right: true), .init("left", right: true),
    .init("by"),
  ])
  var json: [JSON] = []
  func add(_ name: String, _ target: String, _ since: Instant, _ until: Instant, _ by: String) {
    let left = until == .distantFuture ? nil : until - world.clock
    table.add([
      name, target, DurationText.format(nanoseconds: since.nanoseconds),
      left.map { DurationText.format(nanoseconds: $0.nanoseconds) } ?? "–", by,
    ])
    json.append(
      .object([
        ("fault", .string(name)), ("target", .string(target)),
        ("sinceMs", .number(since.milliseconds)),
        ("leftMs", left.map { .number($0.milliseconds) } ?? .null), ("command", .string(by)),
      ]))
  }
  for node in world.directory.nodes where !world.isUp(node) {
    guard
      let crash = world.journal.incidents.last(where: { $0.node == node && $0.kind == .crashed })
    else { continue }
    add("crash", world.name(of: node), crash.at, world.restart(of: node), crash.command)
  }
  for fault in world.faultsInForce {
    add(fault.text, fault.target.text, fault.since, fault.until, fault.command)
  }
  let rendered = table.wrapped(width: session.options.width)
  let none = world.hiddenFault == nil ? "no fault is in force" : "no fault is known"
  let lines =
    json.isEmpty
    ? [none] : [session.style.quiet(rendered[0])] + rendered.dropFirst()
  return Report(lines, .object([("faults", .array(json))]))
}
