import Architecture
import Kernel
import Language

/// Breaking and repairing nodes. Only a failover of a primary that is up lets time pass, until its
/// replica has caught up.
let breakCommands: [Command] = [
  Command(
    name: "fail", group: .break, summary: "crash a node: it refuses connections until restored",
    parameters: [.init(name: "NODE", kind: .instance, isRest: true)],
    details: [
      "A database's name stands for its current primary. Several are named with commas or blanks."
    ],
    examples: [
      .init(line: "fail database-a", meaning: "the primary of Database A"),
      .init(line: "fail worker-2", meaning: "one of the workers"),
    ]
  ) { session, arguments throws(CommandError) in
    try fail(arguments, session)
  },
  Command(
    name: "restore", group: .break, summary: "start a node that is down, and lift the faults on it",
    parameters: [.init(name: "NODE|all", kind: .instanceToRestore, isRest: true)],
    examples: [
      .init(line: "restore database-a-1", meaning: "an old primary comes back as a replica"),
      .init(line: "restore all", meaning: "whatever is down, and all faults"),
    ]
  ) { session, arguments throws(CommandError) in
    try restore(arguments, session)
  },
  Command(
    name: "failover", group: .break, summary: "promote a database's replica to primary",
    parameters: [.init(name: "DATABASE", kind: .database)],
    details: [
      "The replica with the most advanced log is promoted, in a new epoch. With the primary "
        + "down, acknowledged writes that no replica has are lost, and are listed. With the "
        + "primary up, it is a switchover: the replica catches up first, for up to 10 s, and "
        + "nothing is lost if it can. In an 'at' block there is no time for that."
    ],
    examples: [.init(line: "failover database-a", meaning: "after 'fail database-a'")]
  ) { session, arguments throws(CommandError) in
    try failover(arguments, session)
  },
]

private func consequence(of node: NodeID, _ world: World) -> String {
  let name = world.name(of: node)
  let tier = world.tier(of: node)
  switch tier.kind {
  case .database where world.directory.leader(of: node).primary == node:
    let lost = world.lostInCrash(of: node).count
    let gone =
      lost > 0
      ? " \(NumberText.counted(lost, "acknowledged write")) had not reached its disk." : ""
    let isSharded = world.directory.sharding(of: tier).shards.count > 1
    let next =
      world.candidate(after: node) == nil
      ? "restore \(name)" : "failover \(isSharded ? name : tier.name)"
    let writes = isSharded ? "Writes of its shard fail now" : "Writes fail now"
    return "\(writes); \(copies(of: tier, world)).\(gone) Next: '\(next)'."
  case .database: return consequence(ofReplica: node, world)
  case .cache:
    let lost = world.cache(node)?.lostWrites ?? 0
    let gone =
      lost > 0
      ? " \(NumberText.counted(lost, "acknowledged write")) so far died with it (write-behind)."
      : ""
    return "What it held is gone; reads go to the database.\(gone)"
  case .messageQueue: return "Tasks can't be published; those it kept are safe on disk."
  case .worker:
    let queue = world.directory.first(of: .queue)
    return world.messageQueue(queue)?.awaitsAcknowledgements ?? true
      ? "Its tasks are offered again when their visibility timeout is over."
      : "Its tasks are lost: acknowledgements are off."
  case .gateway, .service:
    return world.directory.instances(of: tier).contains(where: world.isUp)
      ? "Requests still go there until health checks notice, then to the others."
      : "There is no other: whoever needs it gets an error until 'restore \(name)'."
  default: return "Nothing gets through until 'restore \(name)'."
  }
}

/// What cached copies of a database's rows are good for without it.
private func copies(of tier: Tier, _ world: World) -> String {
  let resource = Resource.allCases.first { $0.database == tier }
  let caches = resource.map { world.directory.instances(of: $0.cache) } ?? []
  let standIn = caches.compactMap { world.cache($0)?.copies.freshness }.contains {
    $0.usesStaleIfError && $0.staleIfError > .zero
  }
  let isUsed = (resource.map { world.directory.instances(of: $0.service) } ?? []).contains {
    world.service($0)?.usesCache ?? false
  }
  if !isUsed { return "reads, too, as there is no cache" }
  return standIn
    ? "cached reads are served as stale"
    : "cached reads are served as stale until their time is over (stale-if-error is off)"
}

private func consequence(ofReplica node: NodeID, _ world: World) -> String {
  let primary = world.directory.leader(of: node).primary
  if !world.isUp(primary) { return "Its primary, \(world.name(of: primary)), is down, too." }
  let others = world.directory.replicas(besides: primary).filter { world.isUp($0) }.count
  if let commit = world.database(primary)?.synchronousCommit, commit.level.isRemote,
    others < commit.quorum
  {
    return "Writes wait for a standby now, for there are too few (synchronous-commit)."
  }
  return world.candidate(after: primary) == nil
    ? "The primary goes on; a failover has nobody to promote." : "The primary goes on."
}

private func fail(_ arguments: Arguments, _ session: Session) throws(CommandError) -> Report {
  // 'database a' is how one says it.
  let joined = NodeNames.joined(arguments.rest.map(\.text))
  guard !joined.isEmpty else { throw .usage("NODE is missing, as in 'fail database-a'") }
  var nodes: [NodeID] = []
  for name in joined {
    let node = try NodeNames.node(name, in: session.world)
    guard session.world.tier(of: node) != .user else {
      throw CommandError("the user can't fail; it is you")
    }
    guard !nodes.contains(node) else { continue }
    guard session.world.isUp(node) || session.world.restart(of: node) < .distantFuture else {
      let name = session.world.name(of: node)
      throw CommandError("\(name) is down already; 'restore \(name)' brings it back")
    }
    nodes.append(node)
  }
  let restarting = nodes.filter { !session.world.isUp($0) }
  for node in nodes { session.world.fail(node, command: arguments.statement.text) }
  let lines = nodes.flatMap { node in
    guard !restarting.contains(node) else {
      return session.wrap(
        "\(session.world.name(of: node)): stays \(session.style.bad("down")), and will not start "
          + "by itself.")
    }
    return session.wrap(
      "\(session.world.name(of: node)): up → \(session.style.bad("down")). "
        + consequence(of: node, session.world))
      + list(session.world.lostInCrash(of: node))
  }
  let values = nodes.map {
    JSON.object([("node", .string(session.world.name(of: $0))), ("state", .string("down"))])
  }
  return Report(lines, values.count == 1 ? values[0] : .object([("nodes", .array(values))]))
}

private func restore(_ arguments: Arguments, _ session: Session) throws(CommandError) -> Report {
  var name = NodeNames.joined(arguments.rest.map(\.text)).joined(separator: ",")
  let list = NodeNames.spelledOut(name)
  if session.world.faultsInForce.contains(where: { $0.target.text == list }) { name = list }
  var nodes: [NodeID] = []
  let faults = try faults(on: name, session)
  if name.lowercased() == "all" {
    nodes = session.world.directory.nodes.filter { !session.world.isUp($0) }
    guard !nodes.isEmpty || !faults.isEmpty else {
      return Report(["nothing is down"], .object([("restored", .array([]))]))
    }
  } else if !name.contains("..") && (faults.isEmpty || !name.contains(",")) {
    for name in name.split(separator: ",") {
      switch try NodeNames.target(String(name), in: session.world) {
      case .node(let node): nodes.append(node)
      case .tier(let tier):
        nodes += session.world.directory.instances(of: tier).filter { !session.world.isUp($0) }
      }
    }
  }
  let down = nodes.filter { !session.world.isUp($0) }
  guard !down.isEmpty || !faults.isEmpty else {
    throw CommandError(
      "\(name) is up already, and " + whatElse(isOn: nodes, name, session.world))
  }
  let lifted = lift(faults, arguments.statement.text, nothing: "", session)
  var lines = faults.isEmpty ? [] : lifted.lines
  for node in down {
    session.world.restore(node, command: arguments.statement.text)
    lines += session.wrap(restored(node, session))
  }
  let names = down.map { JSON.string(session.world.name(of: $0)) }
  let targets = faults.map { JSON.string("\($0.name) on \($0.target.text)") }
  return Report(lines, .object([("restored", .array(names)), ("lifted", .array(targets))]))
}

/// The faults that a name means: those on a node, a tier, a link, or all.
private func faults(
  on name: String, _ session: Session
) throws(CommandError) -> [FaultInForce] {
  let world = session.world
  let name = name.lowercased()
  if name == "all" { return world.faultsInForce }
  if name.contains("..") || name.contains(",") {
    let found = world.faultsInForce.filter { $0.target.text == name }
    // A list of nodes may be of such as are down.
    guard found.isEmpty && name.contains("..") else { return found }
    throw CommandError("no fault is on '\(name)'; 'faults' lists them")
  }
  let nodes: [NodeID]
  let tier: Tier?
  switch try NodeNames.target(name, in: world) {
  case .node(let node): (nodes, tier) = ([node], nil)
  case .tier(let named): (nodes, tier) = (world.directory.instances(of: named), named)
  }
  return world.faultsInForce.filter { fault in
    !fault.target.isLink
      && fault.target.here.allSatisfy { place in
        switch place {
        case .node(let node): nodes.contains(node)
        case .tier(let other): other == tier
        }
      }
  }
}

/// The faults that nodes have a part in, and what ends them.
private func whatElse(isOn nodes: [NodeID], _ name: String, _ world: World) -> String {
  let near = (try? NodeNames.target(name, in: world)).map { target in
    switch target {
    case .node(let node): [node]
    case .tier(let tier): world.directory.instances(of: tier)
    }
  }
  let fault = world.faultsInForce.first { fault in
    (near ?? nodes).contains { fault.target.touches($0, world.directory) }
  }
  guard let fault else {
    return "no fault \(world.hiddenFault == nil ? "is" : "is known to be") on it"
  }
  let end = fault.name == "partition" ? "heal" : "restore \(fault.target.text)"
  return "the \(fault.name) is on \(fault.target.text); '\(end)' ends it"
}

private func restored(_ node: NodeID, _ session: Session) -> String {
  let world = session.world
  let line = "\(world.name(of: node)): down → \(session.style.good("up"))."
  let tier = world.tier(of: node)
  guard let database = world.database(node) else {
    return tier.kind == .cache ? line + " It is empty and fills again." : line
  }
  if database.isPrimary {
    let hasLost = database.synchronousCommit.level == .off || database.lostWrites > 0
    let rows = hasLost ? "what was on its disk" : "all its rows"
    return line + " It is still the primary, with \(rows)."
  }
  let leader = world.directory.leader(of: node)
  let (old, new) = (database.epoch, leader.epoch)
  let primary = world.name(of: leader.primary)
  let lag = world.lag(of: node).entries
  let behind =
    lag > 0 ? " It lacks \(NumberText.counted(Int(lag), "write")); 'settle' lets it catch up." : ""
  guard old > 0 && old < new else { return line + " It follows \(primary) as a replica." + behind }
  let who = database.usesFencing ? "fenced, it" : "it"
  return line + " Its epoch \(old) is over: \(who) follows \(primary) in epoch \(new) as a replica."
    + behind
}
