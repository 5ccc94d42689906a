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
  /// By shard: the position up to which the log was read.
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

  func mix(into digest: inout Digest) {
    digest.mix(isOn)
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
        return log.entries(after: min(position, log.position))?.contains(where: \.wantsEvent)
          ?? false
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
      guard queues[place].outboxes.isOn != isUsed else { continue }
      queues[place].outboxes.isOn = isUsed
      guard isUsed else { continue }
      queues[place].outboxes.positions = directory.sharding(of: OutboxCursors.tier).shards.map {
        logPosition(of: $0.primary)
      }
      outbox.now = clock
      outbox.here = queue
      guard isUp(queue) else { continue }
      queues[place].beginTailing(&outbox)
      flush(from: queue, for: 0)
      beginStarted()
    }
  }
}
