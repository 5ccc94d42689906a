import Kernel

/// The transactional outbox: the event of a write is a part of the same commit, and a relay reads
/// it from the database's log later (transaction log tailing, as Debezium does).
///
/// The queue keeps, for each shard of Database A, up to where it has read the log. Whatever fails
/// in between, no event of a committed write is forgotten.
struct OutboxCursors: Hashable, Sendable {
  /// The database whose writes leave tasks.
  static let tier = Tier.databaseA

  var isOn = false
  /// Whether nothing new is written to outboxes: what they hold is read, and that is the end.
  var isEnding = false
  /// By shard: the position up to which the log was read; `.max` stands for its end, whatever that is
  /// when it is asked.
  var positions: [UInt64] = []
  /// The shards whose log is being followed.
  var isTailing: Set<Int> = []

  /// The shards to begin to follow.
  mutating func beginning(_ directory: Directory) -> [Int] {
    guard isOn else { return [] }
    let shards = directory.sharding(of: Self.tier).shards.indices
    while positions.count < shards.count { positions.append(.max) }
    let fresh = shards.filter { !isTailing.contains($0) }
    isTailing.formUnion(fresh)
    return fresh
  }

  /// All of a shard's events have been read, and no more will come.
  mutating func end(_ shard: Int) {
    isTailing.remove(shard)
    if isTailing.isEmpty { (isOn, isEnding) = (false, false) }
  }

  func mix(into digest: inout Digest) {
    digest.mix(isOn)
    digest.mix(isEnding)
    for position in positions { digest.mix(position) }
    digest.mix(isTailing.count)
  }
}

extension Message {
  /// The task that a write's event in the outbox asks for.
  init(task entry: LogEntry) {
    self.init(.task)
    method = entry.method
    resource = entry.key.resource
    id = entry.key.id
    event = entry.request
    body = entry.record.note
  }
}

extension World {
  /// Whether events of committed writes have yet to be read by the queue.
  var hasUnreadEvents: Bool {
    queues.contains { queue in
      guard queue.outboxes.isOn else { return false }
      let shards = directory.sharding(of: OutboxCursors.tier).shards
      return zip(queue.outboxes.positions, shards).contains { position, shard in
        let log = databases[directory[shard.primary].place].storage.log
        return log.hasEvents(after: min(position, log.position))
      }
    }
  }

  /// Whether the services that leave tasks write them to the outbox.
  func usesOutbox(_ node: NodeID) -> Bool { services[directory[node].place].usesOutbox }

  mutating func turnOutbox(on: Bool, at node: NodeID) {
    services[directory[node].place].usesOutbox = on
    let isUsed = services.contains { $0.usesOutbox && $0.resource.publishesTasks }
    for queue in directory.instances(of: .queue) {
      let place = directory[queue].place
      let isFollowed = queues[place].outboxes.isOn
      queues[place].outboxes.isEnding = isFollowed && !isUsed
      if isUsed && !isFollowed {
        queues[place].outboxes.isOn = true
        followOutboxes(from: queue)
      }
    }
  }

  /// Lets a queue follow the logs of all shards, from where they end now.
  private mutating func followOutboxes(from queue: NodeID) {
    let place = directory[queue].place
    queues[place].outboxes.positions = directory.sharding(of: OutboxCursors.tier).shards.map {
      logPosition(of: $0.primary)
    }
    speak(for: queue)
    guard isUp(queue) else { return }
    queues[place].beginTailing(&outbox)
    flush(from: queue, for: 0)
    beginStarted()
  }

  /// The rows are in other shards now, whose logs are new.
  mutating func outboxesMoved() {
    for queue in directory.instances(of: .queue) where queues[directory[queue].place].outboxes.isOn
    {
      followOutboxes(from: queue)
    }
  }

  /// A shard goes on from a replica's log: what is read of it is no more than it has.
  mutating func outboxGoesBack(to node: NodeID) {
    guard directory[node].tier == OutboxCursors.tier else { return }
    let shard = directory.shard(of: node)
    for place in queues.indices where shard < queues[place].outboxes.positions.count {
      let position = queues[place].outboxes.positions[shard]
      queues[place].outboxes.positions[shard] = min(position, logPosition(of: node))
    }
  }
}
