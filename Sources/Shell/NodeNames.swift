import Architecture
import Language

/// Finds what a learner means by the name of a node or a tier.
enum NodeNames {
  enum Target: Equatable {
    case node(NodeID)
    case tier(Tier)
  }

  /// An instance, or a tier by its name or one of its short names; throws with a suggestion.
  static func target(_ text: String, in world: World) throws(CommandError) -> Target {
    if let target = find(text, in: world) { return target }
    if let group = group(named: text) {
      let names = group.map(\.name).joined(separator: " and ")
      throw CommandError("'\(text)' means \(names); name one of them")
    }
    if let dash = text.lastIndex(of: "-"), Int(text[text.index(after: dash)...]) != nil,
      let tier = tier(named: text[..<dash].lowercased())
    {
      let count = NumberText.counted(world.directory.count(of: tier), "instance")
      throw CommandError("there is no node '\(text)'; \(tier.name) has \(count)")
    }
    let known = all(in: world)
    let hint = Suggestion.question(about: text, among: known)
    throw CommandError("there is no node '\(text)'; \(hint ?? "'nodes' lists them")")
  }

  static func find(_ text: String, in world: World) -> Target? {
    let name = text.lowercased()
    if let node = world.directory.node(named: name) { return .node(node) }
    if let tier = tier(named: name) { return .tier(tier) }
    guard let dash = name.lastIndex(of: "-"), let tier = tier(named: String(name[..<dash]))
    else { return nil }
    return world.directory.node(named: tier.name + name[dash...]).map { .node($0) }
  }

  /// The full name of an instance that is called by a short one, or by that of its tier when it is
  /// the only one: `svc-a-1` is `service-a-1`.
  static func canonical(_ text: String, in world: World) -> String? {
    switch find(text, in: world) {
    case .node(let node): return world.name(of: node)
    case .tier(let tier):
      let nodes = world.directory.instances(of: tier)
      return nodes.count == 1 ? world.name(of: nodes[0]) : nil
    case nil: return nil
    }
  }

  /// `service`, `cache` and `database` mean both of their tiers.
  static func group(named name: String) -> [Tier]? {
    let kind: Tier.Kind
    switch name.lowercased() {
    case "service", "services": kind = .service
    case "cache", "caches": kind = .cache
    case "database", "databases", "db": kind = .database
    default: return nil
    }
    return Tier.allCases.filter { $0.kind == kind }
  }

  /// A list with the tiers in place of such a word: `cache,gateway-1` is
  /// `cache-a,cache-b,gateway-1`.
  static func spelledOut(_ list: String) -> String {
    list.split(separator: ",", omittingEmptySubsequences: false).map { name in
      group(named: String(name))?.map(\.name).joined(separator: ",") ?? String(name)
    }.joined(separator: ",")
  }

  /// The names that some words are: 'gateway-1, gateway-2', or 'database a' for database-a.
  static func joined(_ words: [String]) -> [String] {
    var names: [String] = []
    for word in words.flatMap({ $0.split(separator: ",").map(String.init) }) {
      if let last = names.last, word.count == 1, let letter = word.first,
        letter.isLetter || letter.isNumber
      {
        names[names.count - 1] = "\(last)-\(word.lowercased())"
      } else {
        names.append(word)
      }
    }
    return names
  }

  private static func tier(named name: String) -> Tier? {
    func named(_ name: some StringProtocol) -> Tier? {
      Tier.allCases.first { $0.name == name || $0.aliases.contains(String(name)) }
    }
    return named(name) ?? (name.hasSuffix("s") ? named(name.dropLast()) : nil)
  }

  /// One instance: a tier's name stands for its only instance or, of a database, its primary.
  static func node(_ text: String, in world: World) throws(CommandError) -> NodeID {
    switch try target(text, in: world) {
    case .node(let node): return node
    case .tier(let tier):
      if let node = representative(of: tier, in: world) { return node }
      let names = world.directory.instances(of: tier).map { world.name(of: $0) }
      throw CommandError(
        "\(tier.name) has \(names.count) instances; name one: \(names.joined(separator: ", "))")
    }
  }

  static func representative(of tier: Tier, in world: World) -> NodeID? {
    if tier.kind == .database { return world.directory.primary(of: tier) }
    return world.directory.count(of: tier) == 1 ? world.directory.first(of: tier) : nil
  }

  /// The primary of a database's shard: that of the instance named, or of the first shard, or of
  /// the first whose primary is down.
  static func primary(_ text: String, in world: World) throws(CommandError) -> NodeID {
    let tier = try database(text, in: world)
    if case .node(let node) = try target(text, in: world) {
      return world.directory.leader(of: node).primary
    }
    let primaries = world.directory.sharding(of: tier).shards.map(\.primary)
    return primaries.first { !world.isUp($0) } ?? primaries[0]
  }

  /// A database tier, by its own name or that of one of its instances.
  static func database(_ text: String, in world: World) throws(CommandError) -> Tier {
    let tier: Tier
    switch try target(text, in: world) {
    case .node(let node): tier = world.tier(of: node)
    case .tier(let named): tier = named
    }
    guard tier.kind == .database else {
      throw CommandError("\(tier.name) is no database; there are database-a and database-b")
    }
    return tier
  }

  /// Every name that is shown to people: all tiers, then instances.
  static func all(in world: World) -> [String] {
    Tier.allCases.flatMap { tier in
      [tier.name]
        + world.directory.instances(of: tier).map { world.name(of: $0) }
        .filter { $0 != tier.name }
    }
  }
}
