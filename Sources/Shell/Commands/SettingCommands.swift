import Architecture
import Kernel
import Language

/// Changing how the deployment works while it runs.
let settingCommands: [Command] = [
  Command(
    name: "set", group: .settings, summary: "change a setting while the deployment runs",
    takesAssignment: true,
    parameters: [.init(name: "PATH", kind: .setting), .init(name: "VALUE", kind: .text)],
    details: [
      "PATH is a tier and a name, such as cache-a.ttl; 'cache.ttl' means both caches.",
      "'settings' lists all of them with range, default and where they come from.",
    ],
    examples: [
      .init(line: "set cache-a.ttl 10s", meaning: "copies expire sooner"),
      .init(line: "set queue.visibility-timeout 5s", meaning: "tasks are offered again sooner"),
      .init(line: "set service.slots 2", meaning: "both services work on less at once"),
    ]
  ) { session, arguments throws(CommandError) in
    try change(
      arguments.required("PATH"), arguments.required("VALUE"), arguments.statement.text, session)
  },
  Command(
    name: "settings", group: .settings, summary: "list settings with their values and ranges",
    parameters: [.init(name: "PATH", kind: .setting, isRequired: false)],
    examples: [
      .init(line: "settings", meaning: "all of them"),
      .init(line: "settings cache-a", meaning: "those of one tier"),
      .init(line: "settings gateway.timeout", meaning: "one, with all that is known of it"),
    ]
  ) { session, arguments throws(CommandError) in
    try list(arguments["PATH"], session)
  },
]

/// A setting of one tier, or of one instance of it.
struct SettingPath {
  let tier: Tier
  let setting: Setting
  /// Nil for all instances.
  var instance: NodeID?
  var instanceName: String?

  var text: String { "\(instanceName ?? tier.name).\(setting.name)" }

  func value(_ world: World) -> Quantity { quantity(current(world)) }

  /// A value as it would be typed.
  func text(_ value: Int64) -> String {
    if case .duration = setting.unit { return DurationText.typed(nanoseconds: value) }
    return quantity(value).text
  }

  func current(_ world: World) -> Int64 { setting.value(in: world, at: node(world)) }

  func set(_ value: Int64, in world: inout World) {
    if let instance {
      setting.set(value, at: instance, in: &world)
    } else {
      setting.set(value, on: tier, in: &world)
    }
  }

  func quantity(_ value: Int64) -> Quantity {
    switch setting.unit {
    case .duration: .duration(nanoseconds: value)
    case .count, .bytes: .number(Double(value))
    case .share: .percent(Double(value) / 10_000)
    case .factor: .number(Double(value) / 10_000)
    case .choice(let names): .word(names[Int(value)])
    }
  }

  /// What may be typed, in words.
  var allowed: String {
    if case .choice(let names) = setting.unit { return names.joined(separator: ", ") }
    return "\(text(setting.range.lowerBound)) to \(text(setting.range.upperBound))"
  }

  /// The same of the whole tier.
  var ofTier: SettingPath { SettingPath(tier: tier, setting: setting) }

  /// Itself, or where the instances of its tier differ, one for each of them.
  func apart(in world: World) -> [SettingPath] {
    guard instance == nil else { return [self] }
    let single = world.directory.instances(of: tier).map { node in
      SettingPath(
        tier: tier, setting: setting, instance: node, instanceName: world.name(of: node))
    }
    return Set(single.map { $0.current(world) }).count > 1 ? single : [self]
  }

  /// The instance, or the first of the tier.
  func node(_ world: World) -> NodeID { instance ?? world.directory.first(of: tier) }

  static let all: [SettingPath] = Tier.allCases.flatMap { tier in
    Setting.of(tier.kind).map { SettingPath(tier: tier, setting: $0) }
  }

  /// Other names that people type.
  private static let aliases = [
    "replication": "synchronous-commit", "replication-mode": "synchronous-commit",
    "automatic-failover.maximum-lag-on-failover": "automatic-failover.max-lag",
    "dead-letters.max-receive-count": "dead-letters.delivery-limit",
    "health-checks.interval": "health-interval", "health-checks.fall": "fall",
    "health-checks.rise": "rise", "health-check.interval": "health-interval",
    "choice-count": "least-request.choice-count",
    "hash-balance-factor": "ring-hash.hash-balance-factor",
  ]

  /// Other systems write `max_tokens` for what is `max-tokens` here.
  static func dashed(_ text: String) -> String { text.lowercased().replacing("_", with: "-") }

  /// The settings of a pattern by their names alone, where it works unless one says otherwise.
  static func ofPattern(_ text: String) -> [SettingPath] {
    let name = dashed(text)
    guard let pattern = Pattern.find(String(name.prefix { $0 != "." })) else { return [] }
    let rest = name.drop { $0 != "." }
    let full = pattern.name + rest
    let others = aliases.filter { $0.key == full || rest.isEmpty && $0.key.hasPrefix(full + ".") }
    let paths = all.filter {
      $0.setting.name == full || rest.isEmpty && $0.setting.name.hasPrefix(full + ".")
        || pattern.kinds.contains($0.tier.kind) && others.values.contains($0.setting.name)
    }
    let standard = paths.filter { pattern.standard.contains($0.tier.kind) }
    return rest.isEmpty || standard.isEmpty ? paths : standard
  }

  /// The paths that a text means: one, those of a tier, or those of a kind of tiers.
  static func find(_ text: String, in world: World) -> [SettingPath] {
    var parts = dashed(text).split(separator: ".", maxSplits: 1).map(String.init)
    guard let first = parts.first else { return [] }
    if parts.count == 2 { parts[1] = aliases[parts[1]] ?? parts[1] }
    if parts.count == 2, case .node(let node) = NodeNames.find(first, in: world) {
      let tier = world.tier(of: node)
      return Setting.of(tier.kind).filter { $0.name == parts[1] }.map {
        SettingPath(tier: tier, setting: $0, instance: node, instanceName: world.name(of: node))
      }
    }
    let isPattern = parts.count == 2 && Pattern.find(parts[1]) != nil
    return all.filter { path in
      let tier = path.tier
      let kind = String(tier.name.prefix { $0 != "-" })
      let isTier = tier.name == first || tier.aliases.contains(first)
      return (isTier || (kind == first && tier != .loadBalancer))
        && (parts.count == 1 || path.setting.name == parts[1]
          || isPattern && path.setting.name.hasPrefix(parts[1] + "."))
    }
  }
}

extension Session {
  fileprivate func settingPaths(_ text: String) throws(CommandError) -> [SettingPath] {
    let found = SettingPath.find(text, in: world)
    guard found.isEmpty else { return found }
    let byPattern = SettingPath.ofPattern(text)
    guard byPattern.isEmpty else { return byPattern }
    let known = SettingPath.all.map(\.text) + Tier.allCases.map(\.name)
    let hint = Suggestion.question(about: text, among: known)
    throw .usage("there is no setting '\(text)'; \(hint ?? "'settings' lists them")")
  }
}

private func change(
  _ name: String, _ text: String, _ command: String, _ session: Session
) throws(CommandError) -> Report {
  let paths = try session.settingPaths(name)
  guard name.contains("."), Set(paths.map(\.setting.name)).count == 1 else {
    let names = paths.filter { $0.tier == paths[0].tier }.map(\.setting.name).joined(
      separator: ", ")
    throw .usage("which one of \(name)? It has \(names)")
  }
  let value = try parse(text, for: paths[0])
  var lines: [String] = []
  for path in paths {
    if let obstacle = path.setting.obstacle(
      to: value, at: path.node(session.world), in: session.world)
    {
      throw CommandError(obstacle)
    }
  }
  let changes = paths.map { path in
    path.apart(in: session.world).map { (path: $0, old: $0.current(session.world)) }
  }
  if changes.joined().contains(where: { $0.old != value }) {
    let nodes = paths.flatMap { path in
      path.instance.map { [$0] } ?? session.world.directory.everyInstance(of: path.tier)
    }
    session.world.noteConfiguration(
      paths.count == 1 ? paths[0].text : name.lowercased(), at: nodes, command: command)
  }
  for (path, changed) in zip(paths, changes) {
    path.set(value, in: &session.world)
    for (path, old) in changed {
      let change =
        old == value ? "\(path.text(old)), as it was" : "\(path.text(old)) → \(path.text(value))"
      lines.append("\(path.text): \(change)")
    }
    if path.setting.name.hasPrefix("sharding."), let rows = session.world.rowsMoving(of: path.tier)
    {
      lines.append(
        "\(rows.moving) of \(NumberText.grouped(rows.total)) rows move; writes are held until then."
      )
    }
  }
  if paths[0].tier == .worker, paths[0].setting.name == "slots",
    let queue = session.world.messageQueue(session.world.directory.first(of: .queue)),
    value > queue.prefetch
  {
    let limit = "'queue.prefetch' hands each worker no more than \(queue.prefetch) tasks at once."
    lines += session.wrap(limit).map(session.style.quiet)
  }
  lines += paths.compactMap { contradiction(of: $0, in: session.world) }.flatMap(session.wrap)
    .map(session.style.quiet)
  if let idle = IdleSetting.text(IdleSetting.among(paths, in: session.world)) {
    lines += session.wrap(idle).map(session.style.quiet)
  }
  return Report(
    lines,
    .object([
      ("changed", .array(paths.map { .string($0.text) })), ("value", paths[0].quantity(value).json),
    ]))
}

/// Of a setting and the other that belongs to it: which of the two has no effect, if the lower bound
/// is above the upper.
private func contradiction(of path: SettingPath, in world: World) -> String? {
  let pairs = [("autoscaling.min", "autoscaling.max"), ("retry.base", "retry.cap")]
  guard let (low, high) = pairs.first(where: { [$0.0, $0.1].contains(path.setting.name) }),
    let lower = Setting.of(path.tier.kind).first(where: { $0.name == low }),
    let upper = Setting.of(path.tier.kind).first(where: { $0.name == high })
  else { return nil }
  let node = path.node(world)
  guard lower.value(in: world, at: node) > upper.value(in: world, at: node) else { return nil }
  return "\(path.tier.name).\(low) is above \(high), and \(high) prevails."
}

/// The value in the setting's unit; throws with the range.
private func parse(_ text: String, for path: SettingPath) throws(CommandError) -> Int64 {
  let setting = path.setting
  let value: Int64?
  switch (setting.unit, Quantity.parse(text)) {
  case (.duration, .duration(let nanoseconds)): value = nanoseconds
  case (.duration, .number(0)): value = 0
  case (.count, .number(let number)), (.bytes, .number(let number)):
    value = number == number.rounded() ? Int64(exactly: number) : nil
  case (.share, .percent(let share)), (.factor, .number(let share)):
    value = Int64(exactly: (share * 10_000).rounded())
  case (.choice(let names), _):
    value = names.firstIndex(of: SettingPath.dashed(text)).map { Int64($0) }
  default: value = nil
  }
  if let value, setting.range.contains(value) { return value }
  let example = setting.unit == .duration ? ", such as 250ms or 2s" : ""
  if setting.unit == .duration, case .number = Quantity.parse(text) {
    throw .usage("\(path.text) takes a time with its unit: did you mean '\(text)s' or '\(text)ms'?")
  }
  if setting.unit == .share, case .number(let number) = Quantity.parse(text) {
    let percent = number > 0 && number < 1 ? number * 100 : number
    if setting.range.contains(Int64(min(percent * 100, 1e15).rounded())) {
      throw .usage(
        "\(path.text) takes a share: did you mean '\(NumberText.plain(percent))%'?")
    }
  }
  throw .usage("\(path.text) takes \(path.allowed)\(example), not '\(text)'")
}

private func list(_ name: String?, _ session: Session) throws(CommandError) -> Report {
  let asked =
    try name.map { name throws(CommandError) in try session.settingPaths(name) }
    ?? SettingPath.all
  let paths = asked.flatMap { $0.apart(in: session.world) }
  let fresh = World(.standard, seed: session.world.seed)
  var table = TextTable([
    .init("setting"), .init("value", right: true), .init("default", right: true),
    .init("meaning"),
  ])
  for path in paths {
    table.add([
      path.text, path.text(path.current(session.world)), path.text(path.ofTier.current(fresh)),
      path.setting.summary,
    ])
  }
  let rows = table.wrappedRows(width: session.options.width)
  var lines = rows[0].map { session.style.quiet($0) } + rows.dropFirst().flatMap { $0 }
  if asked.count == 1, let path = asked.first {
    lines += session.wrap("takes \(path.allowed); real systems: \(path.setting.source)")
  }
  let json = paths.map { path in
    JSON.object([
      ("path", .string(path.text)), ("value", path.value(session.world).json),
      ("default", path.ofTier.value(fresh).json),
      ("from", path.quantity(path.setting.range.lowerBound).json),
      ("to", path.quantity(path.setting.range.upperBound).json),
      ("meaning", .string(path.setting.summary)), ("source", .string(path.setting.source)),
    ])
  }
  return Report(lines, .object([("settings", .array(json))]))
}
