import Kernel
import Patterns

/// Failover by itself: primaries have to renew a lease, and where one runs out a replica takes over.
extension World {
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
    scheduleWatch(index, after: settings.loopWait)
  }

  private mutating func scheduleWatch(_ index: Int, after wait: Duration) {
    let ticket = Ticket(place: Int32(index), number: automaticFailovers[index].generation)
    queue.push(Event(kind: .watch, ticket: ticket), at: clock + wait)
  }

  /// The rules of a loop have changed: its next tick and the leases are as they ask from now on.
  mutating func rescheduleWatch(_ index: Int) {
    guard let settings = automaticFailovers[index].lease.active else { return }
    automaticFailovers[index].generation += 1
    for shard in automaticFailovers[index].leases.indices {
      automaticFailovers[index].leases[shard].shorten(to: settings.timeToLive, at: clock)
    }
    scheduleWatch(index, after: settings.loopWait)
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
