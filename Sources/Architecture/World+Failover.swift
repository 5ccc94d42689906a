import Kernel
import Patterns

/// Who is primary: promotion by hand and by itself, and what becomes of an old primary.
extension World {
  /// A write that was acknowledged and that the new primary does not have.
  public struct LostWrite: Hashable, Sendable {
    public let verb: Verb
    public let method: Method
    public let key: Key
    public let request: UInt32
    public let task: UInt32
    public let committedAt: Instant

    init(_ entry: LogEntry) {
      verb = entry.verb
      method = entry.method
      key = entry.key
      request = entry.request
      task = entry.task
      committedAt = entry.at
    }
  }

  /// What a promotion did.
  public struct Promotion: Hashable, Sendable {
    public let old: NodeID
    public let new: NodeID
    public let epoch: UInt32
    public let lost: [LostWrite]
    /// The old primary is up, and does not know that it is none any more.
    public let isOldUnaware: Bool
  }

  /// The replica that a failover of a primary would promote: of those that are up the one with the
  /// most advanced log, and the first among equals. Nil when no replica is up.
  public func candidate(after primary: NodeID) -> NodeID? {
    directory.replicas(besides: primary).filter {
      isUp($0) && databases[directory[$0].place].hasHistory
    }.max { first, second in
      // As in Raft: the later epoch counts more than the longer log.
      let (a, b) = (log(of: first), log(of: second))
      if a.epoch != b.epoch { return a.epoch < b.epoch }
      let (p, q) = (received(by: first), received(by: second))
      return p == q ? first.rawValue > second.rawValue : p < q
    }
  }

  public func logPosition(of node: NodeID) -> UInt64 { log(of: node).position }

  private func received(by node: NodeID) -> UInt64 { databases[directory[node].place].received }

  func log(of node: NodeID) -> ReplicationLog {
    databases[directory[node].place].storage.log
  }

  /// Makes a replica the primary of its shard in a new epoch, as an operator would: at once, and
  /// with what the replica has. With fencing the old primary is put out of its role whatever
  /// state it is in; without, only if word reaches it.
  public mutating func promote(_ node: NodeID, command: String) -> Promotion {
    own()
    let leader = directory.leader(of: node)
    let old = leader.primary
    outbox.directory.promote(node)
    outboxGoesBack(to: node)
    journal.note(Incident(at: clock, kind: .promoted, node: node, command: command))
    boot(node)
    let lost = divergence(of: old, from: node)
    let learns = isUp(old) && (databases[directory[node].place].usesFencing || reaches(node, old))
    if learns { boot(old) }
    // One that goes on as a primary counts its losses when it learns of the new one.
    if learns || !isUp(old) { databases[directory[old].place].lostWrites += lost.count }
    spreadWord(of: node, instead: leader)
    return Promotion(
      old: old, new: node, epoch: directory.leader(of: node).epoch, lost: lost,
      isOldUnaware: isUp(old) && !learns)
  }

  /// A primary that comes back with less than a replica has got of it goes on in a new epoch: the same
  /// positions would else stand for two different writes.
  mutating func beginNewHistory(of node: NodeID) {
    guard rooms[node.index].kind == .database else { return }
    let leader = directory.leader(of: node)
    guard leader.primary == node,
      directory.replicas(besides: node).contains(where: { replica in
        log(of: replica).epoch >= log(of: node).epoch
          && received(by: replica) > logPosition(of: node)
      })
    else { return }
    outbox.directory.promote(node)
    outboxGoesBack(to: node)
    spreadWord(of: node, instead: leader)
  }

  /// What an old primary acknowledged and a new one does not have.
  private func divergence(of old: NodeID, from new: NodeID) -> [LostWrite] {
    let common = log(of: old).commonPosition(with: log(of: new))
    let acknowledged = databases[directory[old].place].acknowledged
    let term = databases[directory[old].place].epoch
    return (log(of: old).entries(after: common) ?? []).filter { entry in
      guard entry.position <= acknowledged else { return false }
      // What it found in its log when it became primary may never have been acknowledged.
      guard entry.epoch < term, entry.verb != .record, let record = journal[entry.request] else {
        return true
      }
      return !record.isAnswered || record.succeeded
    }.map { LostWrite($0) }
  }

  /// Callers whom word of a promotion does not reach go on with the old primary.
  private mutating func spreadWord(of new: NodeID, instead old: Sharding.Shard) {
    let shard = directory.shard(of: new)
    for caller in callers(of: directory[new].tier) where !reaches(new, caller) {
      changeView(of: caller) { $0.miss(old, of: shard) }
    }
  }

  private func callers(of database: Tier) -> [NodeID] {
    let resource = Resource.allCases.first { $0.database == database } ?? .orders
    let workers = resource.publishesTasks ? directory.instances(of: .worker) : []
    return directory.instances(of: resource.service) + directory.instances(of: resource.cache)
      + workers
  }

  private mutating func changeView(of node: NodeID, _ body: (inout DatabaseView) -> Void) {
    let place = directory[node].place
    switch rooms[node.index].kind {
    case .service: body(&services[place].view)
    case .cache: body(&caches[place].view)
    case .worker: body(&workers[place].view)
    default: break
    }
  }

  /// Whether messages pass between two nodes, and the second one takes notice of them.
  private func reaches(_ from: NodeID, _ to: NodeID) -> Bool {
    isUp(to) && !nodes[to.index].condition.isPaused && !faults.separates(from, to, directory)
  }

  // MARK: Old primaries

  /// Whether an old primary does not know that it is none any more, or a caller of it.
  var hasUnaware: Bool {
    directory.nodes.contains {
      switch directory[$0].tier.kind {
      case .database:
        databases[directory[$0].place].isPrimary && directory.leader(of: $0).primary != $0
      case .service: services[directory[$0].place].view.isOutdated
      case .cache: caches[directory[$0].place].view.isOutdated
      case .worker: workers[directory[$0].place].view.isOutdated
      default: false
      }
    }
  }

  /// Some time after a change of the faults: those who can be reached again learn who is primary, and give up
  /// what they took meanwhile.
  mutating func tellTheUnaware() {
    for node in directory.nodes where directory[node].tier.kind == .database && isUp(node) {
      let leader = directory.leader(of: node)
      guard databases[directory[node].place].isPrimary, leader.primary != node,
        reaches(leader.primary, node)
      else { continue }
      noteSplitBrain(of: node, leader.primary)
      boot(node)
    }
    for tier in [Tier.databaseA, .databaseB] {
      let primary = directory.primary(of: tier)
      for caller in callers(of: tier) where reaches(primary, caller) {
        changeView(of: caller) { $0.refresh() }
      }
    }
  }

  /// What an old primary acknowledged after it was none any more is lost: it follows the new one.
  private mutating func noteSplitBrain(of old: NodeID, _ new: NodeID) {
    let lost = divergence(of: old, from: new)
    guard !lost.isEmpty else { return }
    databases[directory[old].place].lostWrites += lost.count
    journal.note(
      Incident(
        at: clock, kind: .diverged, node: old, command: "",
        text: "\(lost.count) acknowledged", by: new))
  }

  // MARK: By itself

  static let databaseTiers: [Tier] = [.databaseA, .databaseB]

  /// The automatic failover of one database.
  struct AutomaticFailover: Sendable {
    /// One lease for each shard.
    var leases: [LeaderLease] = []
    var lease = Switch(LeaderLease())
    /// Tells the ticks of this loop from those of one that was turned off.
    var generation: UInt32 = 0
    /// How often a replica took over.
    var failovers = 0

    func mix(into digest: inout Digest) {
      for lease in leases { lease.mix(into: &digest) }
      lease.mix(into: &digest)
      digest.mix(generation)
      digest.mix(failovers)
    }
  }

  func automaticFailover(of node: NodeID) -> Int {
    Self.databaseTiers.firstIndex(of: directory[node].tier) ?? 0
  }

  public func failovers(of node: NodeID) -> Int {
    automaticFailovers[automaticFailover(of: node)].failovers
  }

  mutating func turnAutomaticFailover(on: Bool, at index: Int) {
    guard automaticFailovers[index].lease.isOn != on else { return }
    automaticFailovers[index].lease.turn(on: on)
    automaticFailovers[index].generation += 1
    automaticFailovers[index].leases = []
    if on { watchPrimaries(index) }
  }

  /// A tick of the loop: primaries renew their leases; where one has run out a replica takes over.
  mutating func watchPrimaries(_ ticket: Ticket) {
    let index = Int(ticket.place)
    guard automaticFailovers[index].generation == ticket.number else { return }
    watchPrimaries(index)
  }

  private mutating func watchPrimaries(_ index: Int) {
    guard let settings = automaticFailovers[index].lease.active else { return }
    let tier = Self.databaseTiers[index]
    for shard in directory.sharding(of: tier).shards.indices {
      if automaticFailovers[index].leases.count <= shard {
        automaticFailovers[index].leases.append(settings)
        automaticFailovers[index].leases[shard].renew(at: clock, position: 0)
      }
      watchPrimary(of: tier, shard, index)
    }
    let ticket = Ticket(place: Int32(index), number: automaticFailovers[index].generation)
    queue.push(Event(kind: .watch, ticket: ticket), at: clock + settings.loopWait)
  }

  private mutating func watchPrimary(of tier: Tier, _ shard: Int, _ index: Int) {
    let primary = directory.sharding(of: tier).shards[shard].primary
    let settings = automaticFailovers[index].lease.blueprint
    automaticFailovers[index].leases[shard].timeToLive = settings.timeToLive
    automaticFailovers[index].leases[shard].maximumLag = settings.maximumLag
    if reachesStore(primary) {
      automaticFailovers[index].leases[shard].renew(at: clock, position: logPosition(of: primary))
      return
    }
    let lease = automaticFailovers[index].leases[shard]
    guard lease.isExpired(at: clock), let node = candidate(after: primary), reachesStore(node),
      lease.accepts(position: received(by: node)), hasAcknowledged(node, of: primary)
    else { return }
    _ = promote(node, command: "automatic failover")
    automaticFailovers[index].failovers += 1
    automaticFailovers[index].leases[shard].renew(at: clock, position: logPosition(of: node))
  }

  /// Whether a replica may take over from a primary that waited for standbys: only one that has all
  /// that was acknowledged, as Patroni keeps in its `/sync` key who has.
  private func hasAcknowledged(_ node: NodeID, of primary: NodeID) -> Bool {
    let old = databases[directory[primary].place]
    guard old.synchronousCommit.level.isRemote else { return true }
    let common = old.storage.log.commonPosition(with: log(of: node))
    let isPart = common == logPosition(of: node)
    return max(common, isPart ? received(by: node) : 0) >= old.acknowledged
  }

  /// Whether a node can renew a lease: the store that keeps it is wherever most nodes are.
  private func reachesStore(_ node: NodeID) -> Bool {
    guard isUp(node), !nodes[node.index].condition.isPaused else { return false }
    let others = directory.nodes.filter { $0 != node && directory[$0].tier != .user }
    let near = others.count { !faults.separates(node, $0, directory) }
    return near * 2 > others.count
  }
}
