import Kernel
import Patterns

/// A whole deployment as a value: nodes, calls under way, pending events, random streams, journal.
///
/// Copying it is a snapshot. Time moves only when `advance` or one of its relatives is called.
public struct World: Sendable {
  public internal(set) var seed: UInt64
  public internal(set) var clock = Instant.zero
  public internal(set) var journal = Journal()
  public internal(set) var latencies = LatencyModel()
  /// Events handled since the start.
  public internal(set) var eventCount = 0
  private let addressed = Addressed()

  var queue = EventQueue<Event>()
  var calls = Slab<Call>()
  var lanes = DeadlineLanes()
  var hedges = Slab<PendingHedge>()
  var outbox = Outbox()
  /// Calls under way that belong to some request.
  var openCalls = 0
  var faults: FaultTable
  var autoscalings: ContiguousArray<Autoscaling> = ContiguousArray(
    World.scalableTiers.map {
      Autoscaling(tier: $0, metric: $0 == .worker ? .backlog : .utilization)
    }
  )
  var automaticFailovers: ContiguousArray<AutomaticFailover> = ContiguousArray(
    repeating: AutomaticFailover(), count: World.databaseTiers.count)
  var shardPlans: ContiguousArray<ShardPlan> = [ShardPlan(), ShardPlan()]
  /// By database: rows that are moving to other shards.
  var resharding: ContiguousArray<Resharding?> = [nil, nil]
  /// Whether any node may be under a condition that is not the usual one.
  var hasConditions = false

  var nodes = OwnedArray<Node>()
  /// Kind and place of each node: the directory without its names.
  var rooms: ContiguousArray<Room> = []
  var users = OwnedArray<User>()
  var loadBalancers = OwnedArray<LoadBalancer>()
  var gateways = OwnedArray<Gateway>()
  var services = OwnedArray<Service>()
  var caches = OwnedArray<Cache>()
  var databases = OwnedArray<Database>()
  var queues = OwnedArray<MessageQueue>()
  var workers = OwnedArray<Worker>()

  /// The last field, so that it is let go of last.
  var ownership = Ownership()

  struct Room: Sendable {
    let kind: Tier.Kind
    let place: Int32
  }

  /// Something that is due at a moment.
  struct Event: Hashable, Sendable {
    enum Kind: UInt8, Sendable {
      /// A message reaches its node.
      case delivery
      /// An answer reaches whoever asked; the ticket is that of the answered call.
      case answer
      /// A wait or a pause is over.
      case resumption
      /// The first deadline of a lane; the ticket's place is the lane.
      case deadline
      /// The deadline of one wait, kept back while its node was paused.
      case timeout
      /// A fault's time is over; the ticket's place is its id.
      case lift
      /// A node that crashed for a while starts again; the ticket has the node and the crash.
      case restart
      /// A question is put to a second node if it is still open; the ticket's place is the hedge.
      case hedge
      /// A tick of a tier's autoscaler; the ticket has its number and generation.
      case autoscaling
      /// A look at the primaries of a database; as for autoscaling.
      case watch
      /// Old primaries and their callers who can be reached again learn who is primary now.
      case word
      /// The rows of a database have been copied; the ticket's place is its number.
      case reshard
    }
    let kind: Kind
    let ticket: Ticket
  }

  /// A question that may be put to a second node.
  struct PendingHedge: Hashable, Sendable {
    var ticket = Ticket.none
    var node = NodeID.none
    var message = Message(.probe)
  }

  /// Without nodes: `init(_:seed:)` adds them.
  init(emptyWithSeed seed: UInt64) {
    self.seed = seed
    faults = FaultTable(seed: seed)
  }

  public var directory: Directory { outbox.directory }
  public var texts: Texts { outbox.texts }
  // MARK: The loop

  /// The moment of the next event.
  public var nextEventTime: Instant? { queue.nextTime }

  /// Handles the next event, which there must be.
  public mutating func handleNextEvent() {
    own()
    takeTurn()
  }

  /// The same in a deployment that no copy shares.
  @inline(__always)
  mutating func takeTurn() {
    let entry = queue.pop()
    clock = Instant(nanoseconds: entry.time)
    eventCount &+= 1
    if seldom(hasConditions) && holdBack(entry.payload) { return }
    let ticket = entry.payload.ticket
    var active: Int32?
    switch entry.payload.kind {
    case .delivery: active = deliver(ticket)
    case .answer: active = receive(ticket)
    case .resumption: active = resume(ticket)
    case .deadline: expire(lane: Int(ticket.place))
    case .timeout: active = timeOut(ticket)
    case .lift: lift(UInt16(ticket.place), command: "")
    case .restart: restart(ticket)
    case .hedge: hedge(ticket.place)
    case .autoscaling: autoscale(ticket)
    case .watch: watchPrimaries(ticket)
    case .word: tellTheUnaware()
    case .reshard: finishResharding(Int(ticket.place))
    }
    while true {
      if let active { step(active) }
      if outbox.starts.isEmpty { return }
      active = beginNext()
    }
  }

  /// A wait or a pause is over; returns the call that goes on.
  @inline(__always)
  private mutating func resume(_ ticket: Ticket) -> Int32? {
    guard mostly(!isOver(ticket)) else { return nil }
    calls[ticket.place].goOn()
    return ticket.place
  }

  /// Whoever was asked did not answer in time; returns the call that goes on.
  private mutating func timeOut(_ ticket: Ticket) -> Int32? {
    guard !isOver(ticket) else { return nil }
    let asked = calls[ticket.place].asked
    calls[ticket.place].hear(Answer(.upstreamTimeout, at: asked), from: asked)
    return ticket.place
  }

  /// The end of a crash that was to last for a while, unless somebody was faster.
  private mutating func restart(_ ticket: Ticket) {
    let node = NodeID(rawValue: UInt8(ticket.place))
    guard nodes[node.index].crashes == Int(ticket.number),
      nodes[node.index].restartsAt == clock
    else { return }
    restore(node, command: "")
  }

  /// A lane's first deadline has come: whoever still waits there gets a timeout for an answer.
  private mutating func expire(lane: Int) {
    while let deadline = lanes.head(of: lane) {
      let place = deadline.ticket.place
      let isCurrent = calls[place].ticket.number == deadline.ticket.number
      if isCurrent && deadline.time > clock {
        let event = Event(kind: .deadline, ticket: Ticket(place: Int32(lane), number: 0))
        queue.push(event, at: deadline.time, sequence: deadline.sequence)
        return
      }
      lanes.removeHead(of: lane)
      if isCurrent {
        let kind = deadline.awaitsAnswer ? Event.Kind.timeout : .resumption
        let event = Event(kind: kind, ticket: deadline.ticket)
        if hasConditions && holdBack(event) { continue }
        let active = deadline.awaitsAnswer ? timeOut(deadline.ticket) : resume(deadline.ticket)
        if let active { step(active) }
        if !outbox.starts.isEmpty { beginStarted() }
      }
    }
    lanes.unschedule(lane)
  }
}
