import Kernel

/// Who is there: the instances of each tier, and who is primary. Every node sees it, as real ones
/// see DNS and a configuration store.
public struct Directory: Hashable, Sendable {
  public struct Entry: Hashable, Sendable {
    public let name: String
    public let tier: Tier
    /// 1 for the first instance of its tier.
    public let number: Int
    /// Where the component stands in the array of its kind.
    let place: Int
  }

  public private(set) var entries: [Entry] = []
  private var members: [[NodeID]] = Array(repeating: [], count: Tier.allCases.count)
  /// Instances that were taken away, the last one first to come back.
  private var retired: [[NodeID]] = Array(repeating: [], count: Tier.allCases.count)
  private var sharding: [Sharding] = Array(repeating: Sharding(), count: Tier.allCases.count)

  public init() {}

  /// What the instances of a tier are called; there is but one user.
  static func name(of tier: Tier, number: Int) -> String {
    tier == .user ? tier.name : "\(tier.name)-\(number)"
  }

  mutating func add(_ tier: Tier, place: Int) -> NodeID {
    let id = NodeID(rawValue: UInt8(entries.count))
    let number = members[Int(tier.rawValue)].count + 1
    let name = Self.name(of: tier, number: number)
    entries.append(Entry(name: name, tier: tier, number: number, place: place))
    members[Int(tier.rawValue)].append(id)
    return id
  }

  /// Takes the last instance of a tier away.
  mutating func retireLast(of tier: Tier) {
    if let node = members[Int(tier.rawValue)].popLast() { retired[Int(tier.rawValue)].append(node) }
  }

  /// Brings back the instance that was taken away last; nil if none was.
  mutating func recallNext(of tier: Tier) -> NodeID? {
    guard let node = retired[Int(tier.rawValue)].popLast() else { return nil }
    members[Int(tier.rawValue)].append(node)
    return node
  }

  /// Whether an instance is in use, and was not taken away.
  public func isMember(_ node: NodeID) -> Bool {
    entries[node.index].number <= members[Int(entries[node.index].tier.rawValue)].count
  }

  public subscript(node: NodeID) -> Entry { entries[node.index] }
  public func name(of node: NodeID) -> String { node == .none ? "-" : entries[node.index].name }

  public func instances(of tier: Tier) -> [NodeID] { members[Int(tier.rawValue)] }
  /// With those that were taken away: what they did is a part of what the tier did.
  public func everyInstance(of tier: Tier) -> [NodeID] {
    members[Int(tier.rawValue)] + retired[Int(tier.rawValue)]
  }
  public func count(of tier: Tier) -> Int { members[Int(tier.rawValue)].count }
  public func instance(_ index: Int, of tier: Tier) -> NodeID {
    members[Int(tier.rawValue)][index]
  }

  /// The only instance of a tier, or the first.
  public func first(of tier: Tier) -> NodeID { members[Int(tier.rawValue)][0] }

  // MARK: Databases

  /// How the rows of a database are spread over its instances.
  public func sharding(of tier: Tier) -> Sharding { sharding[Int(tier.rawValue)] }

  /// The primary of a database's only shard, or of its first.
  public func primary(of tier: Tier) -> NodeID { sharding[Int(tier.rawValue)].shards[0].primary }

  /// The shard that an instance belongs to.
  public func shard(of node: NodeID) -> Int {
    let entry = entries[node.index]
    return (entry.number - 1) % sharding[Int(entry.tier.rawValue)].shards.count
  }

  /// The primary of the shard that an instance belongs to, and its term.
  public func leader(of node: NodeID) -> Sharding.Shard {
    sharding[Int(entries[node.index].tier.rawValue)].shards[shard(of: node)]
  }

  /// The primary of the shard that has a key, and its term.
  func leader(of key: Key) -> Sharding.Shard {
    sharding[Int(key.resource.database.rawValue)].leader(of: key.packed)
  }

  /// The instances of the shard that an instance belongs to, without its primary.
  public func replicas(besides primary: NodeID) -> [NodeID] {
    let shard = shard(of: primary)
    return instances(of: entries[primary.index].tier).filter {
      $0 != primary && self.shard(of: $0) == shard
    }
  }

  /// Makes an instance the primary of its shard, in a new epoch.
  mutating func promote(_ node: NodeID) {
    let shard = shard(of: node)
    sharding[Int(entries[node.index].tier.rawValue)].shards[shard].promote(node)
  }

  mutating func change(_ tier: Tier, _ body: (inout Sharding) -> Void) {
    body(&sharding[Int(tier.rawValue)])
  }

  /// Every node, in the order of the diagram.
  public var nodes: [NodeID] {
    Tier.allCases.flatMap { instances(of: $0) }
  }

  /// Finds an instance by its exact name, such as `gateway-2`.
  public func node(named name: String) -> NodeID? {
    entries.firstIndex { $0.name == name }.map { NodeID(rawValue: UInt8($0)) }
      .flatMap { isMember($0) ? $0 : nil }
  }

  func mix(into digest: inout Digest) {
    for entry in entries { digest.mix(entry.name) }
    for tier in members { digest.mix(tier.count) }
    for own in sharding { own.mix(into: &digest) }
  }
}
