import Kernel

/// The deadlines of all questions and parked calls, with one pending event for each distinct patience.
///
/// With a fixed patience deadlines come due in the order in which they were set, so each lane is
/// a plain queue and only its head stands in the event queue. Nearly all are answered before: those
/// at the head that are, leave when the lane is full, so that it has room for the calls that are
/// open and hardly more.
struct DeadlineLanes: Sendable {
  struct Deadline: BitwiseCopyable, Sendable {
    let time: Instant
    let sequence: UInt64
    let ticket: Ticket
    /// Whether an answer is awaited: then the deadline stands for a timeout.
    let awaitsAnswer: Bool
  }

  struct Lane: Sendable {
    let patience: Duration
    var deadlines = Fifo<Deadline>()
    var isScheduled = false

    init(patience: Duration) { self.patience = patience }

    /// Adds a deadline; returns whether the lane's head must be scheduled now.
    mutating func add(_ deadline: Deadline) -> Bool {
      deadlines.append(deadline)
      if isScheduled { return false }
      isScheduled = true
      return true
    }
  }

  private(set) var lanes = OwnedArray<Lane>()

  /// Makes the lanes its own, if a copy shares them.
  mutating func own() {
    lanes.own()
    for index in lanes.indices { lanes[index].deadlines.own() }
  }

  /// The lane of a patience.
  @inline(__always)
  mutating func lane(of patience: Duration) -> Int {
    var index = 0
    while index < lanes.count {
      if lanes[index].patience == patience { return index }
      index &+= 1
    }
    return add(Lane(patience: patience))
  }

  @inline(never)
  private mutating func add(_ lane: Lane) -> Int {
    lanes.append(lane)
    return lanes.count - 1
  }

  /// Adds a deadline; returns whether the lane's head must be scheduled now.
  mutating func add(_ deadline: Deadline, to lane: Int) -> Bool { lanes[lane].add(deadline) }

  /// Whether a lane must grow for one more deadline.
  func isFull(_ lane: Int) -> Bool { lanes[lane].deadlines.isFull }

  func head(of lane: Int) -> Deadline? { lanes[lane].deadlines.first }

  mutating func removeHead(of lane: Int) { lanes[lane].deadlines.popFirst() }

  mutating func unschedule(_ lane: Int) { lanes[lane].isScheduled = false }

  func mix(into digest: inout Digest) {
    for lane in lanes {
      digest.mix(lane.patience)
      digest.mix(lane.isScheduled)
      for deadline in lane.deadlines.waiting {
        digest.mix(deadline.time)
        digest.mix(deadline.sequence)
        digest.mix(deadline.ticket.place)
        digest.mix(deadline.ticket.number)
        digest.mix(deadline.awaitsAnswer)
      }
    }
  }
}
