import Kernel

/// Sending requests and letting time pass.
extension World {
  /// What somebody asks of the deployment.
  public struct Request: Sendable {
    public var method: Method
    /// As typed, such as `/orders/42`.
    public var path: String
    public var body: String
    public var identity: Identity
    /// How long the user waits; nil for the user's usual patience.
    public var timeout: Duration?

    public init(
      _ method: Method, _ path: String, body: String = "", as identity: Identity = .learner,
      timeout: Duration? = nil
    ) {
      self.method = method
      self.path = path
      self.body = body
      self.identity = identity
      self.timeout = timeout
    }
  }

  /// Sends a request from the user now; returns its id. Nothing is delivered before time moves.
  public mutating func submit(_ request: Request) -> UInt32 {
    own()
    var message = Message(.request)
    message.method = request.method
    message.identity = request.identity
    message.bodyBytes = UInt32(clamping: request.body.utf8.count)
    message.body = outbox.texts.intern(request.body)
    message.patience = request.timeout ?? .forever
    if let key = Self.route(request.path) {
      message.resource = key.resource
      message.id = key.id
    } else {
      message.path = outbox.texts.intern(request.path)
    }
    let user = directory.first(of: .user)
    outbox.start(User.Stage.sending, message)
    flush(from: user, for: 0)
    beginStarted()
    return UInt32(journal.sent)
  }

  /// The resource of a path: `/orders/ID` or `/products/ID`, where ID is a whole number above 0.
  public static func route(_ path: String) -> Key? {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].isEmpty,
      let resource = Resource.allCases.first(where: { $0.name == parts[1] }),
      parts[2].utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }),
      let id = UInt32(parts[2]), id > 0
    else { return nil }
    return Key(resource, id)
  }

  /// Lets virtual users send requests from now on.
  public mutating func begin(_ workload: Workload) {
    own()
    let user = directory.first(of: .user)
    journal.beginLoad()
    outbox.here = user
    users[directory[user].place].begin(
      workload, firstRequest: UInt32(journal.sent + 1), &outbox)
    flush(from: user, for: 0)
    beginStarted()
  }

  /// Drops the figures of the latest load, as if there had been none.
  public mutating func forgetLoad() { journal.beginLoad() }

  /// A workload over the seeded rows, from now on for a while or for a number of requests.
  public mutating func makeWorkload(
    _ pace: Workload.Pace, _ mix: Workload.Mix = Workload.Mix(), for duration: Duration? = nil,
    count: Int = .max
  ) -> Workload {
    Workload(
      pace, mix, from: clock, to: duration.map { clock + $0 } ?? .distantFuture, count: count,
      seed: seed, &outbox.texts)
  }

  /// Ends the sending; what is under way goes on.
  public mutating func endWorkload() {
    own()
    for index in users.indices { users[index].workload = nil }
  }

  /// Whether anything has been done to it since it was made.
  public var isUsed: Bool { clock > .zero || journal.sent > 0 || !journal.incidents.isEmpty }

  /// Whether virtual users go on sending.
  public var hasWorkload: Bool { users.contains { $0.workload != nil } }

  /// Handles all that happens up to and at a moment, and sets the clock to it.
  public mutating func advance(to moment: Instant) {
    advance(until: { _ in false }, notAfter: moment)
  }

  /// Looks at another moment between the latest event and the next: nothing happens in between, and
  /// what depends on the time alone is as it is then.
  public mutating func look(at moment: Instant) {
    precondition(moment <= nextEventTime ?? .distantFuture)
    clock = moment
  }

  /// Handles events until a condition holds, but none later than `limit`; returns whether it
  /// holds. The clock stays at the event that made it true.
  @discardableResult
  public mutating func advance(
    until condition: (borrowing World) -> Bool, notAfter limit: Instant
  ) -> Bool {
    own()
    while !condition(self) {
      guard let next = queue.nextTime, next <= limit else {
        if limit > clock { clock = limit }
        return condition(self)
      }
      takeTurn()
    }
    return true
  }

  /// Whether nothing works for a request any more. A task that waits in the queue is at rest.
  public func isSettled(_ request: UInt32) -> Bool { journal.isSettled(request) }

  /// Whether nothing works for any request, no task is kept in the queue or by a service, and no
  /// cache holds a write.
  public var isQuiet: Bool { openCalls == 0 && isIdle }

  private var isIdle: Bool {
    !hasWorkload && tasksKept == 0 && !services.contains { $0.tasksHeld > 0 }
      && !caches.contains { $0.heldWrites > 0 } && !hasUnreadEvents
  }
  /// Calls under way for any request.
  public var callsInFlight: Int { openCalls }
  private var tasksKept: Int { queues.reduce(0) { $0 + $1.depth } }
}
