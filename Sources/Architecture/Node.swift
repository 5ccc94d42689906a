import Kernel
import Patterns

/// What the deployment keeps about one instance, whatever its kind. What each call looks at comes
/// first, and lies together.
struct Node: Sendable {
  var isUp = true
  /// Whether it passes on how much time is left, and does nothing when none is.
  var carriesDeadlines = false
  /// Calls that reached the node.
  var requests = 0
  var work: Random
  /// For the messages of requests.
  var network: Random
  /// From the arrival of a call to its answer.
  var latency = Histogram()
  var slots: WorkerSlots
  /// For the messages of no request: health checks, replication, heartbeats, tasks that are kept.
  var upkeep: Random
  /// Calls that it answered with a server error.
  var errors = 0
  /// Second questions that it really put (see `Hedging`).
  var hedges = 0
  /// How often it went down.
  var crashes = 0
  /// When it starts again by itself, if it is down.
  var restartsAt = Instant.distantFuture
  /// What the faults in force make of it, and the events that a pause keeps from it.
  var condition = Condition()
  var heldBack: ContiguousArray<World.Event> = []

  init(_ streams: Streams, slots: WorkerSlots) {
    self.slots = slots
    work = streams["work"]
    network = streams["network"]
    upkeep = streams["upkeep"]
  }

  mutating func reseed(_ streams: Streams) {
    work = streams["work"]
    network = streams["network"]
    upkeep = streams["upkeep"]
  }

  /// A call has reached the node: gives it a slot, if it needs one and there is one.
  mutating func admit(
    _ call: Int32, needsSlot: Bool, at now: Instant
  ) -> WorkerSlots.Admission {
    guard needsSlot else { return .admitted }
    requests &+= 1
    return slots.admit(call, at: now)
  }

  /// A call was answered in its place (see `Abort`): to whoever looks at it from outside it is one
  /// that it answered badly.
  mutating func countAborted(isError: Bool) {
    requests &+= 1
    if isError { errors &+= 1 }
  }

  /// A call that the node was asked for is answered.
  mutating func count(isError: Bool, after time: Duration) {
    latency.recordOwned(time)
    if isError { errors &+= 1 }
  }

  func mix(into digest: inout Digest) {
    digest.mix(isUp)
    digest.mix(crashes)
    digest.mix(restartsAt)
    digest.mix(carriesDeadlines)
    for event in heldBack {
      digest.mix(event.kind.rawValue)
      digest.mix(event.ticket.place)
      digest.mix(event.ticket.number)
    }
    slots.mix(into: &digest)
    digest.mix(requests)
    digest.mix(errors)
    digest.mix(hedges)
    latency.mix(into: &digest)
    work.mix(into: &digest)
    network.mix(into: &digest)
    upkeep.mix(into: &digest)
  }
}
