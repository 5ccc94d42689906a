import Kernel

/// Spreading the rows of a database over several primaries, and bringing them together again.
extension World {
  /// What a resharding will be or is.
  struct Resharding: Sendable {
    let tier: Tier
    let target: Sharding
    /// The rows that have to go elsewhere, and how many there are.
    let moving: Int
    let total: Int
    let command: String
  }

  /// Why the rows of a database can't be spread over so many shards; nil when they can.
  public func obstacle(toShard tier: Tier, into count: Int) -> String? {
    if tier == OutboxCursors.tier, hasUnreadEvents, !isUp(directory.first(of: .queue)) {
      return "events of the outbox are unread; restore the queue, which reads them, first"
    }
    if directory.count(of: tier) < count {
      return "\(count) shards need \(count) instances, and \(tier.name) has "
        + "\(directory.count(of: tier)); 'scale \(tier.name) \(count)' first"
    }
    if resharding[databaseIndex(tier)] != nil {
      return "rows of \(tier.name) are moving already; wait for them: 'run 1s'"
    }
    let down = owners(of: tier, count).first { !isUp($0) }
    return down.map { "\(name(of: $0)) is down, and would have a shard; restore it first" }
  }

  private func databaseIndex(_ tier: Tier) -> Int { Self.databaseTiers.firstIndex(of: tier) ?? 0 }

  /// The primaries with so many shards: those who are it now where they can stay, or the first
  /// instance of each new shard.
  private func owners(of tier: Tier, _ count: Int) -> [NodeID] {
    let current = directory.sharding(of: tier).shards.map(\.primary)
    return (0..<count).map { shard in
      current.first { (directory[$0].number - 1) % count == shard }
        ?? directory.instance(shard, of: tier)
    }
  }

  /// Begins to move rows: writes are refused until they are where they belong. What it takes is
  /// the copying, by the number of rows (50 µs each and 10 ms for the change of the routing).
  public mutating func reshard(
    _ tier: Tier, into count: Int, _ scheme: Sharding.Scheme, command: String
  ) {
    own()
    precondition(obstacle(toShard: tier, into: count) == nil, "\(tier.name) can't be resharded")
    let old = directory.sharding(of: tier)
    guard old.shards.count != count || old.scheme != scheme else { return }
    let target = Sharding(count, scheme)
    let resource = databases[directory[directory.primary(of: tier)].place].resource
    let owners = owners(of: tier, count)
    var (moving, total) = (0, 0)
    for source in old.shards.map(\.primary) {
      let ids = databases[directory[source].place].storage.ids(texts)
      total += ids.count
      moving += ids.count { owners[target.shard(of: Key(resource, $0).packed)] != source }
    }
    outbox.directory.change(tier) { $0.holdsWrites = true }
    resharding[databaseIndex(tier)] = Resharding(
      tier: tier, target: target, moving: moving, total: total, command: command)
    let ticket = Ticket(place: Int32(databaseIndex(tier)), number: 0)
    let time = Duration.milliseconds(10) + .microseconds(Int64(50 * moving))
    queue.push(Event(kind: .reshard, ticket: ticket), at: clock + time)
  }

  /// The copying is over: rows, routing and roles change at one moment. Nothing changes if an
  /// instance that would have a shard has gone down meanwhile.
  mutating func finishResharding(_ index: Int) {
    guard let plan = resharding[index] else { return }
    resharding[index] = nil
    let tier = plan.tier
    outbox.directory.change(tier) { $0.holdsWrites = false }
    let (count, resource) = (plan.target.shards.count, Resource.allCases[index])
    let sources = directory.sharding(of: tier).shards.map(\.primary)
    let owners = owners(of: tier, count)
    guard directory.count(of: tier) >= count, (owners + sources).allSatisfy({ isUp($0) }) else {
      note(plan, "given up: an instance went away; all rows stay where they were")
      return
    }
    guard tier != OutboxCursors.tier || !hasUnreadEvents else {
      note(plan, "given up: the queue has not read all outboxes; all rows stay where they were")
      return
    }
    moveRows(from: sources, to: owners) { plan.target.shard(of: Key(resource, $0).packed) }
    let epoch = directory.sharding(of: tier).shards.map(\.epoch).max() ?? 0
    outbox.directory.change(tier) { sharding in
      sharding = plan.target
      for shard in owners.indices { sharding.shards[shard].begin(owners[shard], after: epoch) }
    }
    for owner in owners {
      databases[directory[owner].place].restartHistory(epoch: epoch + 1)
    }
    note(plan, "\(plan.moving) of \(plan.total) rows moved, \(count) shards")
    for node in directory.instances(of: tier) where isUp(node) { boot(node) }
    if tier == OutboxCursors.tier { outboxesMoved() }
  }

  private mutating func moveRows(
    from sources: [NodeID], to owners: [NodeID], _ shard: (UInt32) -> Int
  ) {
    var moved: [[Rows.Moved]] = Array(repeating: [], count: owners.count)
    for source in sources {
      let rows = databases[directory[source].place].storage.giveUp(
        where: { owners[shard($0)] != source }, &outbox.texts)
      for row in rows { moved[shard(row.id)].append(row) }
    }
    for (owner, rows) in zip(owners, moved) {
      let place = directory[owner].place
      // A replica that becomes a primary begins empty: what it had was another shard's copy.
      if !sources.contains(owner) {
        _ = databases[place].storage.giveUp(where: { _ in true }, &outbox.texts)
      }
      databases[place].storage.takeOver(rows, texts)
    }
  }

  private mutating func note(_ plan: Resharding, _ text: String) {
    journal.note(
      Incident(
        at: clock, kind: .scaled, node: directory.first(of: plan.tier), command: plan.command,
        text: text))
  }

  /// Whether rows are on their way to another shard.
  public var movesRows: Bool { Self.databaseTiers.contains { rowsMoving(of: $0) != nil } }

  /// How far a resharding is: the rows that move and their number in all; nil when none is under
  /// way.
  public func rowsMoving(of tier: Tier) -> (moving: Int, total: Int)? {
    guard tier.kind == .database else { return nil }
    return resharding[databaseIndex(tier)].map { ($0.moving, $0.total) }
  }
}
