import Architecture
import Kernel
import Language

/// Switching patterns on and off while the deployment runs. None of these lets time pass.
let patternCommands: [Command] = [
  Command(
    name: "patterns", group: .settings, summary: "list the patterns: where, on or off, and why",
    parameters: [
      .init(name: "PATTERN|CHALLENGE", kind: .pattern, isRequired: false, isRest: true)
    ],
    examples: [
      .init(line: "patterns", meaning: "all of them"),
      .init(line: "patterns latency", meaning: "those for one challenge"),
      .init(line: "patterns retry", meaning: "one, tier by tier"),
    ]
  ) { session, arguments throws(CommandError) in
    try list(arguments.restText.isEmpty ? nil : arguments.restText, session)
  },
  Command(
    name: "enable", group: .settings, summary: "switch a pattern on",
    parameters: [
      .init(name: "PATTERN", kind: .pattern),
      .init(name: "[on TIER]", kind: .place, isRequired: false, isRest: true),
    ],
    details: ["Without 'on TIER' it is switched on where it is usual; 'patterns' says where."],
    examples: [
      .init(line: "enable circuit-breaker on service-a", meaning: "at both its instances"),
      .init(line: "enable retry", meaning: "where it is usual: at the gateways"),
    ]
  ) { session, arguments throws(CommandError) in
    try turn(on: true, arguments, session)
  },
  Command(
    name: "disable", group: .settings, summary: "switch a pattern off; its settings are kept",
    parameters: [
      .init(name: "PATTERN", kind: .pattern),
      .init(name: "[on TIER]", kind: .place, isRequired: false, isRest: true),
    ],
    details: ["Without 'on TIER' it is switched off everywhere."],
    examples: [
      .init(line: "disable health-checks", meaning: "requests go to dead instances too"),
      .init(line: "disable retry on gateway", meaning: "only there"),
    ]
  ) { session, arguments throws(CommandError) in
    try turn(on: false, arguments, session)
  },
]

private func find(_ name: String, or others: [String] = []) throws(CommandError) -> Pattern {
  if let pattern = Pattern.find(name) { return pattern }
  let words = name.lowercased().split { $0 == " " || $0 == "_" }.joined(separator: "-")
  if let advice = Pattern.advice[words] {
    throw .usage("'\(name)' can't be switched as such: \(advice)")
  }
  let hint = Suggestion.question(about: name, among: Pattern.knownNames + others)
  throw .usage("there is no pattern '\(name)'; \(hint ?? "'patterns' lists them")")
}

private func turn(
  on: Bool, _ arguments: Arguments, _ session: Session
) throws(CommandError) -> Report {
  let rest = arguments.rest.map(\.text)
  let more = rest.prefix { !["on", "at", "in", "for", "to"].contains($0) }
  let pattern = try find(([arguments.required("PATTERN")] + more).joined(separator: " "))
  let nodes = try places(pattern, Array(rest.dropFirst(more.count)), isEnabling: on, session)
  let changed = nodes.filter { pattern.isOn(at: $0, in: session.world) != on }
  if let obstacle = nodes.lazy.compactMap({
    pattern.obstacle(toTurnOn: on, at: $0, in: session.world)
  }).first {
    throw CommandError(obstacle)
  }
  let before = session.world
  let replaced = Pattern.all.filter { other in
    other.name != pattern.name && nodes.contains { isOn(other, at: $0, before) }
  }
  for node in nodes { pattern.turn(on: on, at: node, in: &session.world) }
  // Rows that move back take their time.
  if !on && pattern.name != "sharding"
    && changed.contains(where: { pattern.isOn(at: $0, in: session.world) })
  {
    session.world = before
    throw CommandError("\(pattern.name) is what is left when no other is on; enable another one")
  }
  if !changed.isEmpty {
    session.world.noteConfiguration(pattern.name, at: changed, command: arguments.statement.text)
  }
  let state = on ? session.style.good("on") : session.style.bad("off")
  let here = names(changed.isEmpty ? nodes : changed, session.world)
  let change =
    changed.isEmpty ? "\(on ? "on" : "off"), as it was" : "\(on ? "off" : "on") → \(state)"
  let gone = replaced.filter { other in
    nodes.contains { isOn(other, at: $0, before) && !isOn(other, at: $0, session.world) }
  }
  var line = "\(pattern.name) on \(here): \(change)."
  if !gone.isEmpty {
    line += " It takes the place of \(gone.map(\.name).joined(separator: ", "))."
  }
  if !changed.isEmpty && on { line += " Buys: \(pattern.buys). Costs: \(pattern.costs)." }
  for tier in Set(nodes.map { session.world.tier(of: $0) }).sorted(by: { $0.rawValue < $1.rawValue }
  ) {
    guard pattern.name == "sharding", let rows = session.world.rowsMoving(of: tier) else {
      continue
    }
    line +=
      " \(rows.moving) of \(NumberText.grouped(rows.total)) rows of \(tier.name) move; its writes are held until then."
  }
  // Where it works elsewhere too, one need not know.
  let remarks = nodes.map { pattern.remark(at: $0, in: session.world) }
  if on, let remark = remarks.first ?? nil, remarks.allSatisfy({ $0 != nil }) {
    line += " It has no effect there yet: \(remark)."
  }
  if on && !changed.isEmpty { line += whom(pattern, nodes, session.world) }
  return Report(
    session.wrap(line),
    .object([
      ("pattern", .string(pattern.name)), ("on", .bool(on)),
      ("changed", .array(changed.map { .string(session.world.name(of: $0)) })),
    ]))
}

private func isOn(_ pattern: Pattern, at node: NodeID, _ world: World) -> Bool {
  pattern.kinds.contains(world.tier(of: node).kind) && pattern.isOn(at: node, in: world)
}

/// The nodes that `on TIER` means.
private func places(
  _ pattern: Pattern, _ words: [String], isEnabling: Bool, _ session: Session
) throws(CommandError) -> [NodeID] {
  let directory = session.world.directory
  if words.isEmpty {
    let tiers = isEnabling ? pattern.standardTiers : pattern.tiers
    return tiers.flatMap { directory.instances(of: $0) }
  }
  guard words.count == 2, words[0] == "on" else {
    let tier = pattern.standardTiers.first?.name ?? "TIER"
    throw .usage("write it as \(isEnabling ? "enable" : "disable") \(pattern.name) on \(tier)")
  }
  var nodes: [NodeID] = []
  for name in NodeNames.spelledOut(words[1]).split(separator: ",").map(String.init) {
    switch try NodeNames.target(name, in: session.world) {
    case .node(let node): nodes.append(node)
    case .tier(let tier): nodes += directory.instances(of: tier)
    }
  }
  if let wrong = nodes.first(where: { !pattern.kinds.contains(directory[$0].tier.kind) }) {
    // At the tier that works with it, if there is one.
    let isTier = NodeNames.spelledOut(words[1]) == directory[wrong].tier.name
    let near = pattern.tiers.filter { $0.worksWith(directory[wrong].tier) }
    if isTier, near.count == 1, Pattern.ofData.contains(pattern.name) {
      return directory.instances(of: near[0])
    }
    let possible = pattern.tiers.map(\.name).joined(separator: ", ")
    throw CommandError(
      "\(directory[wrong].tier.name) can't have \(pattern.name); it works on \(possible)")
  }
  return nodes
}

/// Tiers where all instances are meant, else instances.
private func names(_ nodes: [NodeID], _ world: World) -> String {
  var words: [String] = []
  for tier in Tier.allCases {
    let here = nodes.filter { world.tier(of: $0) == tier }
    if here.isEmpty { continue }
    if here.count == world.directory.count(of: tier) {
      words.append(tier.name)
    } else {
      words += here.map { world.name(of: $0) }
    }
  }
  return words.joined(separator: ", ")
}

private func list(_ filter: String?, _ session: Session) throws(CommandError) -> Report {
  let world = session.world
  var patterns = Pattern.all
  if let filter {
    let word = filter.lowercased().replacing("-", with: " ")
    let challenge = Pattern.Challenge.allCases.first { $0.rawValue.hasPrefix(word) }
    if let challenge {
      patterns = patterns.filter { $0.challenge == challenge }
    } else if let family = Pattern.family(filter) {
      patterns = family
    } else {
      return one(try find(filter, or: Pattern.Challenge.allCases.map(\.rawValue)), session)
    }
  }
  let hasRoom = session.options.width >= 140
  var table = TextTable(
    [
      .init("pattern"), .init("state"), .init("where"),
      .init(hasRoom ? "buys" : "buys; costs"),
    ]
      + (hasRoom ? [.init("costs")] : []))
  var lines: [String] = []
  for pattern in patterns {
    table.add(
      [
        pattern.name, state(pattern, world), location(pattern, world),
        hasRoom ? pattern.buys : "\(pattern.buys); costs: \(pattern.costs)",
      ]
        + (hasRoom ? [pattern.costs] : []))
  }
  let rows = table.wrappedRows(width: session.options.width)
  lines += rows[0].map { session.style.quiet($0) }
  var challenge: Pattern.Challenge?
  for (pattern, row) in zip(patterns, rows.dropFirst()) {
    if pattern.challenge != challenge {
      challenge = pattern.challenge
      lines.append(session.style.strong(pattern.challenge.rawValue))
    }
    lines += state(pattern, world) == "off" ? row : row.map { session.style.good($0) }
  }
  if !hasRoom && filter == nil { lines.append("'patterns latency' lists those for one challenge.") }
  return Report(lines, .object([("patterns", .array(patterns.map { json($0, world) }))]))
}

private func nodes(of pattern: Pattern, _ world: World) -> [NodeID] {
  pattern.tiers.flatMap { world.directory.instances(of: $0) }
}

private func state(_ pattern: Pattern, _ world: World) -> String {
  nodes(of: pattern, world).contains { pattern.isOn(at: $0, in: world) } ? "on" : "off"
}

/// Where it is on, or where it would be switched on.
private func location(_ pattern: Pattern, _ world: World) -> String {
  let on = nodes(of: pattern, world).filter { pattern.isOn(at: $0, in: world) }
  if !on.isEmpty { return shorten(names(on, world)) }
  return shorten(pattern.standardTiers.map(\.name).joined(separator: ", "))
}

/// `service-a, service-b` is `service`; what is well known has its short name.
private func shorten(_ names: String) -> String {
  ["service", "cache", "database"].reduce(names) {
    $0.replacing("\($1)-a, \($1)-b", with: $1)
  }.replacing("load-balancer", with: "lb").replacing("database", with: "db")
    .replacing("user, lb, gateway, service, db", with: "request path")
}

private func one(_ pattern: Pattern, _ session: Session) -> Report {
  let world = session.world
  let width = min(session.options.width, 100) - 2
  var lines = ["\(session.style.strong(pattern.name)): for \(pattern.challenge.rawValue)"]
  lines += ["buys: \(pattern.buys)", "costs: \(pattern.costs)"].flatMap {
    DisplayWidth.wrap($0, width).map { "  " + $0 }
  }
  var table = TextTable([.init("tier"), .init("state")])
  for tier in pattern.tiers {
    let nodes = world.directory.instances(of: tier)
    let on = nodes.filter { pattern.isOn(at: $0, in: world) }
    let state =
      on.isEmpty ? "off" : on.count == nodes.count ? "on" : "on at \(names(on, world))"
    let moves = pattern.name == "sharding" && world.rowsMoving(of: tier) != nil
    table.add([tier.name, moves ? "\(state), while rows move" : state])
  }
  lines += table.render(showsHeader: false).lines.map { "  " + $0 }
  let prefix = pattern.name + "."
  let settings = SettingPath.all.filter { $0.setting.name.hasPrefix(prefix) }
  if let first = settings.first {
    let own = settings.filter { $0.tier == first.tier }.map { $0.setting.name }
    lines += DisplayWidth.wrap("settings: " + own.joined(separator: " "), width).map { "  " + $0 }
  }
  return Report(lines, json(pattern, world))
}

private func json(_ pattern: Pattern, _ world: World) -> JSON {
  let on = nodes(of: pattern, world).filter { pattern.isOn(at: $0, in: world) }
  return .object([
    ("name", .string(pattern.name)), ("challenge", .string(pattern.challenge.rawValue)),
    ("on", .bool(!on.isEmpty)), ("onAt", .array(on.map { .string(world.name(of: $0)) })),
    ("tiers", .array(pattern.tiers.map { .string($0.name) })),
    ("buys", .string(pattern.buys)), ("costs", .string(pattern.costs)),
  ])
}

/// Of a guard: whose calls it is about, as one may have meant those to the node.
private func whom(_ pattern: Pattern, _ nodes: [NodeID], _ world: World) -> String {
  guard let node = nodes.first else { return "" }
  let tier = world.tier(of: node)
  switch pattern.name {
  case "retry" where tier.kind == .service:
    return
      " It repeats what \(tier.name) asks its database; what \(tier.name) itself is asked, its "
      + "caller repeats: 'enable retry on gateway'."
  case "hedging":
    guard let setting = Setting.of(tier.kind).first(where: { $0.name == "hedging.delay" }) else {
      return ""
    }
    let delay = setting.value(in: world, at: node)
    let hint = delay >= 1_000_000_000 ? " ('set \(tier.name).hedging.delay 50ms')" : ""
    return " A second instance is asked when the first has not answered after "
      + DurationText.typed(nanoseconds: delay) + hint + "."
  default: return ""
  }
}
