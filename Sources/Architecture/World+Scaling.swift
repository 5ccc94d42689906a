import Kernel
import Patterns

/// More instances of a tier, or fewer.
extension World {
  /// The most instances that a tier can have.
  public static let scaleLimit = 32
  /// How many instances a deployment can have in all, with those that were taken away.
  static let nodeLimit = 250

  /// Why a tier can't have so many instances; nil when it can.
  public func obstacle(toScale tier: Tier, to count: Int) -> String? {
    switch tier.kind {
    case .client: return "the user is you"
    case .loadBalancer, .messageQueue: return "\(tier.name) has one instance"
    default: break
    }
    guard (1...Self.scaleLimit).contains(count) else {
      return "a tier has 1 to \(Self.scaleLimit) instances"
    }
    let known = nodes.indices.count { directory[NodeID(rawValue: UInt8($0))].tier == tier }
    guard nodes.count + max(0, count - known) <= Self.nodeLimit else {
      return
        "a deployment has at most \(Self.nodeLimit) instances in all, and here are \(nodes.count)"
    }
    if rowsMoving(of: tier) != nil { return "rows of \(tier.name) are moving; wait for them" }
    for shard in directory.sharding(of: tier).shards where tier.kind == .database {
      guard directory[shard.primary].number > count else { continue }
      return "\(name(of: shard.primary)) is a primary and would have to go; "
        + "'failover \(name(of: shard.primary))' first"
    }
    return nil
  }

  /// Adds instances at the end, with the settings of the first, or takes the last ones away: they
  /// get nothing new, and finish what they have begun.
  public mutating func scale(_ tier: Tier, to count: Int, command: String) {
    own()
    precondition(obstacle(toScale: tier, to: count) == nil, "\(tier.name) can't have \(count)")
    let before = directory.count(of: tier)
    guard count != before else { return }
    var added: [NodeID] = []
    while directory.count(of: tier) < count { added.append(addInstance(of: tier)) }
    while directory.count(of: tier) > count { outbox.directory.retireLast(of: tier) }
    journal.note(
      Incident(
        at: clock, kind: .scaled, node: directory.first(of: tier), command: command,
        text: "\(before) → \(count)"))
    // Those that were taken away, too: they finish what they have begun, and may come back.
    for index in nodes.indices {
      resizeClusters(of: NodeID(rawValue: UInt8(index)), tier, to: count)
    }
    for place in services.indices where services[place].resource.cache == tier {
      services[place].caches.resize(to: count)
    }
    if tier.kind == .cache { handOverHeldWrites(of: tier) }
    if tier == .worker { for place in queues.indices { queues[place].resize(to: count) } }
    updateConditions()
    for node in added { boot(node) }
  }

  /// A new instance, or one that was taken away before and starts afresh.
  private mutating func addInstance(of tier: Tier) -> NodeID {
    let model = directory.first(of: tier)
    let node: NodeID
    if let old = outbox.directory.recallNext(of: tier) {
      node = old
      noteUncountedLosses(of: old)
      let isBusy = isUp(old) && works(old)
      nodes[old.index].isUp = true
      endOwnWork(of: old, butTasks: isBusy)
      if isBusy { refresh(old) } else { crashComponent(old) }
    } else {
      node = add(tier) { [directory] in directory.count(of: $0) }
      if tier.kind == .database { databases[directory[node].place].hasHistory = false }
    }
    for setting in Setting.of(tier.kind) where !setting.isOfInstances {
      setting.write(&self, node, setting.read(self, model))
    }
    for pattern in Pattern.all where pattern.kinds.contains(tier.kind) {
      let isOn = pattern.isOn(self, model)
      if pattern.isOn(self, node) != isOn { pattern.turn(&self, node, isOn) }
    }
    return node
  }

  /// Whether calls of others are under way at a node, or tasks that it holds.
  private func works(_ node: NodeID) -> Bool {
    (0..<Int32(calls.capacity)).contains { place in
      let call = calls[place]
      guard call.node == node, call.phase == .active || call.phase == .queued else { return false }
      return call.origin != node || call.request != 0 || call.message.verb.needsSlot
    }
  }

  /// What was true of the others when it was taken away may be so no more.
  private mutating func refresh(_ node: NodeID) {
    switch rooms[node.index].kind {
    case .cache: caches[directory[node].place].copies.clear()
    case .database:
      databases[directory[node].place].forgetOwnCalls()
      drainDisk(of: node)
    default: break
    }
    refreshView(of: node)
  }

  /// Ends what a node does for nobody's request: its booting begins that anew. Tasks that it holds
  /// are its own, too.
  private mutating func endOwnWork(of node: NodeID, butTasks keepsTasks: Bool) {
    for place in 0..<Int32(calls.capacity) {
      let call = calls[place]
      if call.phase != .free, call.node == node, call.origin == node, call.request == 0,
        !call.message.verb.needsSlot || (call.message.verb == .publish && !keepsTasks)
      {
        retire(place)
      }
    }
  }

  /// Proxies learn who is there, and begin to check those whom they have never seen.
  private mutating func resizeClusters(of node: NodeID, _ tier: Tier, to count: Int) {
    let now = clock
    var fresh: [(UInt32, Range<Int>)] = []
    var number: UInt32 = 0
    changeClusters(of: node) { cluster in
      if cluster.tier == tier { fresh.append((number, cluster.hosts.resize(to: count, at: now))) }
      number += 1
    }
    speak(for: node)
    for (number, range) in fresh {
      let cluster = clusters(of: node)[Int(number)]
      switch rooms[node.index].kind {
      case .gateway:
        cluster.beginChecks(of: range, number: number, at: Gateway.Stage.probing, &outbox)
      default: cluster.beginChecks(of: range, at: LoadBalancer.Stage.probing, &outbox)
      }
    }
    flush(from: node, for: 0)
    beginStarted()
  }
}
