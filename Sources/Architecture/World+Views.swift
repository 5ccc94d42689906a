import Kernel

/// Who believes whom to be primary: callers that word of a promotion has not reached, and old
/// primaries that do not know that they are none any more.
extension World {
  /// Callers whom word of a promotion does not reach go on with the old primary.
  mutating func spreadWord(of new: NodeID, instead old: Sharding.Shard) {
    let shard = directory.shard(of: new)
    // One that is down will look when it starts.
    for caller in callers(of: directory[new].tier) where isUp(caller) && !reaches(new, caller) {
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

  /// Whoever starts, or comes back, looks who is primary.
  mutating func refreshView(of node: NodeID) { changeView(of: node) { $0.refresh() } }

  /// Whether messages pass between two nodes, and the second one takes notice of them.
  func reaches(_ from: NodeID, _ to: NodeID) -> Bool {
    isUp(to) && !nodes[to.index].condition.isPaused && !faults.separates(from, to, directory)
  }

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

  /// An old primary that went down before it heard of the new one starts as a replica.
  mutating func noteUncountedLosses(of node: NodeID) {
    guard rooms[node.index].kind == .database, databases[directory[node].place].isUnaware,
      directory.leader(of: node).primary != node
    else { return }
    noteSplitBrain(of: node, directory.leader(of: node).primary)
  }

  /// What an old primary acknowledged after it was none any more is lost: it follows the new one.
  private mutating func noteSplitBrain(of old: NodeID, _ new: NodeID) {
    let lost = divergence(of: old, from: new)
    databases[directory[old].place].isUnaware = false
    guard lost.count > 0 else { return }
    databases[directory[old].place].lostWrites += lost.count
    journal.note(
      Incident(
        at: clock, kind: .diverged, node: old, command: "",
        text: "\(lost.count) acknowledged", by: new))
  }
}
