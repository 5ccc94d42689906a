import Kernel
import Patterns

/// What a learner may look at: read-only views of nodes and their components.
extension World {
  public func tier(of node: NodeID) -> Tier { directory[node].tier }
  public func name(of node: NodeID) -> String { directory.name(of: node) }

  /// Tasks in the queue that no worker has yet.
  public var tasksWaiting: Int { queues.reduce(0) { $0 + $1.waiting } }

  /// How long the user waits for an answer, unless a request says otherwise.
  public var userPatience: Duration { users[0].patience }

  public func loadBalancer(_ node: NodeID) -> LoadBalancer? {
    rooms[node.index].kind == .loadBalancer ? loadBalancers[directory[node].place] : nil
  }
  public func gateway(_ node: NodeID) -> Gateway? {
    rooms[node.index].kind == .gateway ? gateways[directory[node].place] : nil
  }
  public func service(_ node: NodeID) -> Service? {
    rooms[node.index].kind == .service ? services[directory[node].place] : nil
  }
  public func cache(_ node: NodeID) -> Cache? {
    rooms[node.index].kind == .cache ? caches[directory[node].place] : nil
  }
  public func database(_ node: NodeID) -> Database? {
    rooms[node.index].kind == .database ? databases[directory[node].place] : nil
  }
  public func messageQueue(_ node: NodeID) -> MessageQueue? {
    rooms[node.index].kind == .messageQueue ? queues[directory[node].place] : nil
  }
  public func worker(_ node: NodeID) -> Worker? {
    rooms[node.index].kind == .worker ? workers[directory[node].place] : nil
  }

  /// Calls that reached the node; server errors among its answers. Of a user: requests that were
  /// sent; those that failed.
  public func requests(at node: NodeID) -> Int {
    rooms[node.index].kind == .client ? journal.sent : nodes[node.index].requests
  }
  public func errors(at node: NodeID) -> Int { nodes[node.index].errors }
  /// Second questions that it put, as the first was not answered in time.
  public func hedges(at node: NodeID) -> Int { nodes[node.index].hedges }
  public func latency(at node: NodeID) -> Histogram {
    var latency = nodes[node.index].latency
    latency.own()  // the node goes on counting in what it has
    return latency
  }
  public func slots(at node: NodeID) -> WorkerSlots { nodes[node.index].slots }
  /// How many times as long its work takes under the faults in force.
  public func slowness(of node: NodeID) -> Double { nodes[node.index].condition.workFactor }
  public func utilization(at node: NodeID) -> Double {
    nodes[node.index].slots.use(at: clock).share ?? 0
  }

  /// How far a replica is behind: the writes it lacks, and the age of the oldest of them.
  public func lag(of node: NodeID) -> (entries: UInt64, age: Duration) {
    let primary = log(of: directory.leader(of: node).primary)
    let common = primary.commonPosition(with: log(of: node))
    guard common < primary.position else { return (0, .zero) }
    // What the log has forgotten is older than what it keeps.
    let oldest = primary.entry(after: max(common, primary.beginning))?.at ?? clock
    return (primary.position - common, clock - oldest)
  }

  /// Whether a replica has all that its primary has, and nothing else.
  public func hasCaughtUp(_ node: NodeID) -> Bool {
    let (primary, own) = (log(of: directory.leader(of: node).primary), log(of: node))
    return own.position == primary.position
      && primary.contains(position: own.position, epoch: own.epoch)
  }

  /// Acknowledged writes that the databases and the caches have lost so far.
  public var lostWrites: Int {
    databases.reduce(0) { $0 + $1.lostWrites } + caches.reduce(0) { $0 + $1.lostWrites }
  }

  /// How many rows SQLite has read or written at all instances.
  public var rowOperations: Int { databases.reduce(0) { $0 + $1.storage.rows.operations } }

  /// The replicas that are up and do not have what their primary has.
  public var laggingReplicas: [NodeID] {
    World.databaseTiers.flatMap { directory.instances(of: $0) }
      .filter { isUp($0) && !hasCaughtUp($0) }
  }

  /// How many rows of its resource a database instance holds.
  public func rowCount(of node: NodeID) -> Int {
    databases[directory[node].place].storage.rowCount
  }

  /// How often a database instance recorded a task that it had recorded before.
  public func repeatedTasks(at node: NodeID) -> Int {
    databases[directory[node].place].storage.rows.repeats
  }

  /// Read-only SQL over the rows of a database instance. Changes nothing that a request sees.
  /// Further tables stay in this copy of the deployment.
  public mutating func query(
    _ sql: String, at node: NodeID, with ledgers: [Query.Ledger] = []
  ) -> Result<Query.Table, Query.Refusal> {
    own()
    return databases[directory[node].place].storage.query(
      sql, with: ledgers, texts)
  }

  /// The calls at work or waiting at a node, with the stage that each has reached.
  public func stages(at node: NodeID) -> [(request: UInt32, verb: Verb, stage: String)] {
    (0..<Int32(calls.capacity)).compactMap { place in
      let call = calls[place]
      guard call.node == node, call.phase == .active || call.phase == .queued else { return nil }
      let stage = call.phase == .queued ? "waits for a slot" : stageName(of: call)
      return (call.request, call.message.verb, stage)
    }
  }

  func stageName(of call: Call) -> String {
    func name<Stage: RawRepresentable<UInt8>>(_ type: Stage.Type) -> String {
      Stage(rawValue: call.stage).map { "\($0)" } ?? "?"
    }
    switch rooms[call.node.index].kind {
    case .client: return name(User.Stage.self)
    case .loadBalancer: return name(LoadBalancer.Stage.self)
    case .gateway: return name(Gateway.Stage.self)
    case .service: return name(Service.Stage.self)
    case .cache: return name(Cache.Stage.self)
    case .database: return name(Database.Stage.self)
    case .messageQueue: return name(MessageQueue.Stage.self)
    case .worker: return name(Worker.Stage.self)
    }
  }
}

extension MessageQueue {
  /// How long the oldest kept task has been there: what operators watch.
  public func oldestAge(at now: Instant) -> Duration {
    tasks.oldestStoredAt.map { max(now - $0, .zero) } ?? .zero
  }

  /// The tasks kept, oldest first: whose they are and how often they were handed out.
  public var keptTasks: [(number: Int, request: UInt32, key: Key, deliveries: Int)] {
    tasks.kept.map {
      (
        $0.number, $0.receipt.task.request, $0.receipt.task.message.key,
        $0.receipt.deliveries
      )
    }
  }
}
