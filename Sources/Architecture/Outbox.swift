import Kernel
import Patterns

/// What a component sees of the world while it decides, and where it leaves what it says.
public struct Outbox: Sendable {
  struct Telling: Sendable {
    let node: NodeID
    let message: Message
  }
  struct Start: Sendable {
    /// Filled in when the decision is carried out.
    var node = NodeID.none
    let stage: UInt8
    let message: Message
    let request: UInt32
  }

  /// Something worth knowing later, by `why`; no decision depends on it.
  struct Remark: Sendable {
    let kind: Incident.Kind
    let node: NodeID
    let text: String
    let until: Instant
  }
  /// A second question, if the first is not answered in time.
  struct Hedge: Sendable {
    let node: NodeID
    let delay: Duration
  }

  /// The virtual time of the decision: a clock that only goes forward, by which waits are measured.
  public internal(set) var now = Instant.zero
  /// The node that decides.
  public internal(set) var here = NodeID.none
  /// What faults make of the node that decides.
  public internal(set) var condition = Condition()
  /// Who is there, and which database instance is primary.
  public internal(set) var directory = Directory()
  public internal(set) var texts = Texts()
  /// What the gateways count together when their rate limit is shared, as in a Redis that
  /// answers at once.
  var sharedRateLimit = RateLimit.State()
  /// What users carry from request to request: which keys they wrote lately.
  var pins = ReadRouting.Pins()
  var parcels = Parcels()
  /// What the decision asks a node.
  private(set) var question = Message(.probe)
  /// What the decision answers.
  private(set) var answer = Answer()
  var tellings: ContiguousArray<Telling> = []
  /// Calls that are to begin. The first of them may have been taken (see `takeStart`).
  var starts: ContiguousArray<Start> = []
  private var startsTaken = 0
  var wakes: ContiguousArray<Ticket> = []
  var remarks: ContiguousArray<Remark> = []
  private var hedge: Hedge?
  /// Whether the decision said nothing on the side.
  var isEmpty = true
  private let addressed = Addressed()

  public init() {}

  /// The clock on the node's wall, by which times to live and expiries are told: it can be wrong.
  public var timeOfDay: Instant { now + condition.clockSkew }

  /// Asks a node; go on at a stage when it has answered, or with a timeout as the answer.
  public mutating func ask<Stage: RawRepresentable<UInt8>>(
    _ node: NodeID, _ message: Message, patience: Duration, then stage: Stage
  ) -> Next<Stage> {
    question = message
    return .ask(node, patience: patience, then: stage)
  }

  /// The question says how long its sender waits.
  mutating func limitQuestion(to patience: Duration) {
    // Mostly it says so already, and a write would hold up the copy that is made next.
    if question.patience != patience { question.patience = patience }
  }

  /// Answers whoever asked; the call ends.
  public mutating func reply<Stage: RawRepresentable<UInt8>>(_ answer: Answer) -> Next<Stage> {
    self.answer = answer
    return .reply
  }

  /// Sends a message without waiting for an answer.
  public mutating func tell(_ node: NodeID, _ message: Message) {
    tellings.append(Telling(node: node, message: message))
    isEmpty = false
  }

  /// Starts a call of this node's own at a stage; `request` says whose trace it belongs to.
  public mutating func start<Stage: RawRepresentable<UInt8>>(
    _ stage: Stage, _ message: Message = Message(.probe), for request: UInt32 = 0
  ) {
    starts.append(Start(stage: stage.rawValue, message: message, request: request))
    isEmpty = false
  }

  /// The next call to begin, which there must be.
  mutating func takeStart() -> Start {
    let start = starts[startsTaken]
    startsTaken &+= 1
    if startsTaken == starts.count {
      while starts.popLast() != nil {}  // `removeAll` looks its type up each time
      startsTaken = 0
    }
    return start
  }

  /// Notes what the node has decided about another one.
  mutating func remark(
    _ kind: Incident.Kind, about node: NodeID, _ text: String, until: Instant = .distantFuture
  ) {
    remarks.append(Remark(kind: kind, node: node, text: text, until: until))
    isEmpty = false
  }

  /// Notes that instances were ejected for their answers.
  mutating func remark(ejected hosts: [Int], of tier: Tier) {
    for host in hosts {
      remark(.ejected, about: directory.instance(host, of: tier), "too many server errors")
    }
  }

  /// Puts the question that this decision asks to a second node too, after a while without an
  /// answer; the first answer counts.
  mutating func hedge(_ node: NodeID, after delay: Duration) {
    hedge = Hedge(node: node, delay: delay)
  }

  /// The hedge of this decision's question, if it has one.
  @inline(__always)
  mutating func takeHedge() -> Hedge? {
    guard hedge != nil else { return nil }
    defer { hedge = nil }
    return hedge
  }

  /// Lets a parked call of this node go on now; does nothing if it goes on already.
  public mutating func wake(_ ticket: Ticket) {
    wakes.append(ticket)
    isEmpty = false
  }
}
