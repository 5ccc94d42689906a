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
  private var primaries: [NodeID] = Array(repeating: .none, count: Tier.allCases.count)
  private var epochs: [UInt32] = Array(repeating: 0, count: Tier.allCases.count)

  public init() {}

  mutating func add(_ tier: Tier, place: Int) -> NodeID {
    let id = NodeID(rawValue: UInt8(entries.count))
    let number = members[Int(tier.rawValue)].count + 1
    entries.append(Entry(name: "\(tier.name)-\(number)", tier: tier, number: number, place: place))
    if tier == .user {
      entries[id.index] = Entry(name: "user", tier: tier, number: 1, place: place)
    }
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
  public func count(of tier: Tier) -> Int { members[Int(tier.rawValue)].count }
  public func instance(_ index: Int, of tier: Tier) -> NodeID {
    members[Int(tier.rawValue)][index]
  }

  /// The only instance of a tier, or the first.
  public func first(of tier: Tier) -> NodeID { members[Int(tier.rawValue)][0] }

  public func primary(of tier: Tier) -> NodeID { primaries[Int(tier.rawValue)] }
  /// The term of the current primary: it grows with every promotion.
  public func epoch(of tier: Tier) -> UInt32 { epochs[Int(tier.rawValue)] }

  /// Makes an instance the primary of its tier, in a new epoch.
  mutating func promote(_ node: NodeID) {
    let tier = Int(entries[node.index].tier.rawValue)
    primaries[tier] = node
    epochs[tier] += 1
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
    for primary in primaries { digest.mix(primary.rawValue) }
    for epoch in epochs { digest.mix(epoch) }
  }
}
