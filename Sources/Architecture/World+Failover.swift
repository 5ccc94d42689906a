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

  /// Acknowledged writes that are gone.
  public struct Losses: Hashable, Sendable {
    /// Those that can be named, in the order of their commits.
    public var named: [LostWrite] = []
    /// Earlier ones, which the log has forgotten.
    public var forgotten = 0

    public var count: Int { named.count + forgotten }

    /// How many, and the first of them by name; empty when there are none.
    var summary: String {
      guard count > 0 else { return "" }
      let names = named.prefix(3).map {
        $0.verb == .record ? "task \($0.task)" : "\($0.method.name) \($0.key.path)"
      }
      let rest = count > names.count && !names.isEmpty ? " …" : ""
      let list = names.isEmpty ? "" : ": " + names.joined(separator: ", ") + rest
      return "\(count) acknowledged lost\(list)"
    }
  }

  /// The acknowledged writes that a primary's latest crash has taken, until it starts again or
  /// another one is primary.
  public func lostInCrash(of node: NodeID) -> [LostWrite] {
    guard rooms[node.index].kind == .database else { return [] }
    return databases[directory[node].place].lostInCrash.map { LostWrite($0) }
  }

  /// What a promotion did.
  public struct Promotion: Hashable, Sendable {
    public let old: NodeID
    public let new: NodeID
    public let epoch: UInt32
    public let losses: Losses
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

  func received(by node: NodeID) -> UInt64 { databases[directory[node].place].received }

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
    boot(node)
    var losses = divergence(of: old, from: node)
    let learns = isUp(old) && (databases[directory[node].place].usesFencing || reaches(node, old))
    if learns { boot(old) }
    // One that goes on as a primary counts its losses when it learns of the new one.
    let countsNow = learns || !isUp(old)
    if countsNow { databases[directory[old].place].lostWrites += losses.count }
    databases[directory[old].place].isUnaware = !countsNow
    databases[directory[node].place].isUnaware = false
    losses.named += settleCrash(of: old, with: log(of: node))
    journal.note(
      Incident(
        at: clock, kind: .promoted, node: node, command: command, text: losses.summary, by: old))
    spreadWord(of: node, instead: leader)
    return Promotion(
      old: old, new: node, epoch: directory.leader(of: node).epoch, losses: losses,
      isOldUnaware: isUp(old) && !learns)
  }

  /// What a crash took from a primary's disk may be with the replica that goes on; returns what is not.
  private mutating func settleCrash(of old: NodeID, with log: ReplicationLog) -> [LostWrite] {
    let place = directory[old].place
    let lost = databases[place].lostInCrash.filter {
      !log.contains(position: $0.position, epoch: $0.epoch)
    }
    databases[place].lostWrites -= databases[place].lostInCrash.count - lost.count
    databases[place].lostInCrash = []
    return lost.map { LostWrite($0) }
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
  func divergence(of old: NodeID, from new: NodeID) -> Losses {
    let common = log(of: old).commonPosition(with: log(of: new))
    let acknowledged = databases[directory[old].place].acknowledged
    let term = databases[directory[old].place].epoch
    let firstKept = max(common, log(of: old).beginning)
    let entries = log(of: old).entries(after: firstKept) ?? []
    let named = entries.filter { entry in
      guard entry.position <= acknowledged else { return false }
      // What it found in its log when it became primary may never have been acknowledged.
      guard entry.epoch < term, entry.verb != .record, let record = journal[entry.request] else {
        return true
      }
      return !record.isAnswered || record.succeeded
    }.map { LostWrite($0) }
    // Before its first term lies what it was made from, when rows were moved.
    let start = max(common, log(of: old).terms.first?.after ?? 0)
    let forgotten = min(firstKept, acknowledged)
    return Losses(named: named, forgotten: Int(forgotten - min(start, forgotten)))
  }
}
