import Kernel

/// Names one wait of one call.
///
/// A call's place in the slab keeps a counter that every wait, and every end, moves on. So a late
/// answer, a timer of a wait that is over, and an answer to a call that a crash has ended all
/// carry a number that is no longer current, and are dropped.
@frozen
public struct Ticket: Hashable, Sendable, Digestible {
  var place: Int32
  var number: UInt32
  public static let none = Ticket(place: -1, number: 0)

  public func mix(into digest: inout Digest) {
    digest.mix(place)
    digest.mix(number)
  }
}

/// One piece of work at one node: a frame that lives from a message to its answer.
///
/// What a component must remember across a wait is a field of the call.
public struct Call: Sendable {
  enum Phase: UInt8, Sendable { case free, outbound, queued, active, returning }

  // What each turn looks at, from the message's verb to the stage, lies together: a frame is five
  // lines of the processor's cache.

  /// The message that this call handles.
  public internal(set) var message = Message(.probe)
  /// The node that handles the call, and the one that asked for it.
  public internal(set) var node = NodeID.none
  public internal(set) var origin = NodeID.none
  /// Whom the call waits for.
  public internal(set) var asked = NodeID.none
  /// The wait that comes next (see `Outbox.wake`).
  public internal(set) var ticket = Ticket.none
  var parent = Ticket.none
  /// The learner's or virtual user's request that it belongs to; 0 is none.
  public internal(set) var request: UInt32 = 0
  var span: UInt32 = 0
  public internal(set) var arrivedAt = Instant.zero
  var stage: UInt8 = 0
  var phase = Phase.free
  var holdsSlot = false
  /// Whether two nodes have the question, and neither has answered (hedging).
  var hasRival = false

  // What components keep across waits.
  /// How often the work was tried.
  public var attempt: UInt8 = 0
  /// Whether a bulkhead counts it.
  var holdsPlace = false
  /// The member of a cluster that was asked.
  public var upstream: UInt8 = 0
  /// What a cache has been to this call so far.
  public var cache = CacheOutcome.none
  /// Of a service: whether it has a connection to the database, from the pool or without one, or the
  /// cache writes in its place.
  enum Connection: UInt8, Sendable { case none, waiting, held, own, throughCache }
  var connection = Connection.none
  /// How it stands to a load of its key that several calls share.
  enum Flight: UInt8, Sendable { case none, leading, following }
  var flight = Flight.none
  /// Of a read: that no replica is to be asked any more.
  var needsPrimary = false

  /// What the last asked node answered, or what stands for it: a refusal, a reset, a timeout. In
  /// the end, the call's own answer.
  public internal(set) var answer = Answer()
  /// A copy to fall back on, and its age.
  public var fallback = Record()
  public var fallbackAge = Duration.zero
  var askedAt = Instant.zero
  /// The pause before the latest attempt.
  public var pause = Duration.zero
  private let addressed = Addressed()

  init() {}

  // MARK: Its life, each turn one access to its place in the slab

  /// A fresh start in a used place: everything but the counter that outlives it.
  mutating func begin(
    in place: Int32, _ message: Message, at node: NodeID, from origin: NodeID, request: UInt32,
    parent: Ticket
  ) {
    ticket.place = place
    self.message = message
    self.node = node
    self.origin = origin
    self.request = request
    self.parent = parent
    hasRival = false
    span = 0
    stage = 0
    phase = .outbound
    holdsSlot = false
    attempt = 0
    holdsPlace = false
    asked = .none
    connection = .none
    flight = .none
    needsPrimary = false
    cache = .none
    fallback.version = 0
    answer.parcel = .none
  }

  /// It has got what it needs to be worked on.
  mutating func activate(at moment: Instant, holdsSlot: Bool) {
    arrivedAt = moment
    phase = .active
    self.holdsSlot = holdsSlot
    goOn()
  }

  /// A wait is over: whatever else was to end it is no longer current.
  @inline(__always)
  mutating func goOn() { ticket.number &+= 1 }

  /// It waits for the answer of a node.
  @inline(__always)
  mutating func ask(_ node: NodeID, at moment: Instant) {
    asked = node
    askedAt = moment
    hasRival = false
  }

  /// Whether the time was over before the question could be put: nobody failed.
  var wasNotAsked: Bool { answer.reason == .deadlineExceeded && answer.failedAt == node }

  /// The node that was asked has answered, or this stands for its answer.
  mutating func hear(_ answer: Answer, from node: NodeID) {
    self.answer = answer
    asked = node
    hasRival = false
    goOn()
  }

  /// It is answered, and the answer is on its way.
  mutating func turnBack(span: UInt32) {
    self.span = span
    phase = .returning
    holdsSlot = false
    ticket.number &+= 1
  }

  /// Whatever still points to it is no longer current; returns what its answer carried.
  mutating func end() -> ParcelID {
    ticket.number &+= 1
    phase = .free
    let parcel = answer.parcel
    answer.parcel = .none
    return parcel
  }

  func mix(into digest: inout Digest) {
    digest.mix(ticket.number)
    digest.mix(phase.rawValue)
    if phase == .free { return }
    message.mix(into: &digest)
    answer.mix(into: &digest)
    digest.mix(node.rawValue)
    digest.mix(origin.rawValue)
    digest.mix(parent.place)
    digest.mix(parent.number)
    digest.mix(request)
    digest.mix(arrivedAt)
    digest.mix(stage)
    digest.mix(holdsSlot)
    digest.mix(hasRival)
    digest.mix(attempt)
    digest.mix(holdsPlace)
    digest.mix(upstream)
    digest.mix(pause)
    digest.mix(askedAt)
    digest.mix(cache.rawValue)
    digest.mix(connection.rawValue)
    digest.mix(flight.rawValue)
    digest.mix(needsPrimary)
    fallback.mix(into: &digest)
    digest.mix(fallbackAge)
  }
}
