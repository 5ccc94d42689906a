import Architecture
import Language

/// The table of instances.
enum NodesTable {
  static func lines(_ nodes: [NodeID], _ session: Session) -> [String] {
    let world = session.world
    var table = TextTable([
      .init("node"), .init("state"), .init("requests", right: true), .init("errors", right: true),
      .init("p99", right: true), .init("busy", right: true), .init("more"),
    ])
    for node in nodes where world.tier(of: node) != .user {
      let p99 = world.latency(at: node).quantile(0.99)?.nanoseconds
      table.add([
        world.name(of: node), world.isUp(node) ? "up" : "DOWN", "\(world.requests(at: node))",
        "\(world.errors(at: node))", p99.map { DurationText.format(nanoseconds: $0) } ?? "–",
        world.slots(at: node).capacity.map { "\(world.slots(at: node).busy)/\($0)" } ?? "–",
        [more(node, world), shunned(node, world)].filter { !$0.isEmpty }.joined(separator: ", "),
      ])
    }
    let rendered = table.render(width: session.options.width)
    return [session.style.quiet(rendered.lines[0])]
      + rendered.lines.dropFirst().map { line in
        line.contains("DOWN") ? session.style.bad(line) : line
      }
  }

  private static func more(_ node: NodeID, _ world: World) -> String {
    if let cache = world.cache(node) {
      return "hits \(cache.copies.hits), kept \(cache.copies.count)"
    }
    if let database = world.database(node) {
      let lag = Int(world.lag(of: node).entries)
      let isSharded = world.directory.sharding(of: world.tier(of: node)).shards.count > 1
      let shard = isSharded ? "shard \(world.directory.shard(of: node) + 1), " : ""
      // One that is down does not know that it has a successor.
      let wasPrimary =
        database.isPrimary && !world.isUp(node) && world.directory.leader(of: node).primary != node
      return shard
        + (database.isPrimary
          ? "\(wasPrimary ? "was " : "")primary, epoch \(database.epoch)"
          : "replica, lag \(NumberText.counted(lag, "write"))")
    }
    if let queue = world.messageQueue(node) { return "depth \(queue.depth)" }
    if let worker = world.worker(node) { return "done \(worker.processed)" }
    return ""
  }

  /// Which proxies send nothing there, and why.
  private static func shunned(_ node: NodeID, _ world: World) -> String {
    let (unhealthy, ejected) = world.shunners(of: node)
    func names(_ nodes: [NodeID]) -> String {
      let tiers = Set(nodes.map { world.tier(of: $0) })
      if tiers.count == 1, let tier = tiers.first, nodes.count == world.directory.count(of: tier) {
        return tier.name
      }
      return nodes.map { world.name(of: $0) }.joined(separator: ", ")
    }
    var parts: [String] = []
    if !unhealthy.isEmpty { parts.append("unhealthy for \(names(unhealthy))") }
    if !ejected.isEmpty { parts.append("ejected by \(names(ejected))") }
    return parts.joined(separator: ", ")
  }

  static func json(_ nodes: [NodeID], _ session: Session) -> JSON {
    .object([("nodes", .array(nodes.map { node($0, session) }))])
  }

  static func node(_ node: NodeID, _ session: Session) -> JSON {
    .object(members(session.world.name(of: node), session.world.tier(of: node), session))
  }

  /// The tier's observables, then its instances.
  static func tier(_ tier: Tier, _ session: Session) -> JSON {
    let nodes = session.world.directory.instances(of: tier).map { node($0, session) }
    return .object(members(tier.name, tier, session) + [("nodes", .array(nodes))])
  }

  private static func members(
    _ name: String, _ tier: Tier, _ session: Session
  ) -> [(String, JSON)] {
    let head: [(String, JSON)] = [("name", .string(name)), ("tier", .string(tier.name))]
    return head
      + Observable.of(tier.kind).map {
        ($0.name, session.observe("\(name).\($0.name)")?.json ?? .null)
      }
  }
}

extension Quantity {
  /// Durations in milliseconds, shares as 0...1; null for what has no value.
  var json: JSON {
    switch self {
    case .number(let value), .percent(let value), .rate(let value): .number(value)
    case .duration(let nanoseconds): .number(Double(nanoseconds) / 1e6)
    case .word(let word): .string(word)
    case .absent: .null
    }
  }
}
