import Kernel

/// Bounds how many calls a node works on at once and how many may wait for their turn.
///
/// A thread pool with a bounded queue: what finds neither a free slot nor room to wait is turned
/// away at once. Keeps the time integrals of the slots that there are and of those in use, from
/// which utilisation follows.
public struct WorkerSlots: Sendable {
  /// Slots, or nil for no bound.
  public private(set) var capacity: Int?
  public private(set) var busy = 0
  private var changedAt = Instant.zero
  /// In 128 bits: ten thousand slots fill 64 within eleven days.
  private var busyNanoseconds: Int128 = 0
  private var waiting = Fifo<Int32>()
  /// How many may wait.
  public var queueLimit: Int
  public private(set) var rejected = 0
  /// Slot-nanoseconds that there were until the number of slots changed last.
  private var offeredNanoseconds: Int128 = 0
  private var resizedAt: Instant

  public enum Admission: Sendable { case admitted, queued, rejected }

  /// Of a node that is there from a moment on.
  public init(capacity: Int?, queueLimit: Int, since moment: Instant = .zero) {
    self.capacity = capacity
    self.queueLimit = queueLimit
    resizedAt = moment
  }

  /// Whether all of them are taken.
  public var areBusy: Bool { busy >= capacity ?? .max }

  /// More slots, or fewer: calls that have one keep it. Whoever waits may get one by `admitNext`.
  public mutating func resize(to capacity: Int, at now: Instant) {
    offeredNanoseconds += Self.product(self.capacity ?? 0, now - resizedAt)
    resizedAt = now
    self.capacity = capacity
  }

  /// Gives a free slot to the call that has waited longest; nil when there is none of either.
  public mutating func admitNext(at now: Instant) -> Int32? {
    guard busy < capacity ?? .max, let next = waiting.popFirst() else { return nil }
    count(1, at: now)
    return next
  }

  public var queueLength: Int { waiting.count }

  /// Asks for a slot for a call that is known by a number.
  public mutating func admit(_ call: Int32, at now: Instant) -> Admission {
    guard let capacity else {
      count(1, at: now)
      return .admitted
    }
    if busy < capacity {
      count(1, at: now)
      return .admitted
    }
    if waiting.count < queueLimit {
      waiting.own()
      waiting.append(call)
      return .queued
    }
    rejected += 1
    return .rejected
  }

  /// Gives a slot back; returns the call that takes it over, if one was waiting.
  public mutating func release(at now: Instant) -> Int32? {
    if !waiting.isEmpty, busy <= capacity ?? .max, let next = waiting.popFirst() { return next }
    count(-1, at: now)
    return nil
  }

  /// A crash: everything in service and in the queue is gone.
  public mutating func clear(at now: Instant) {
    count(-busy, at: now)
    waiting = Fifo()
  }

  /// What of them was in use since the start.
  public func use(at now: Instant) -> SlotUse {
    let busy = busyNanoseconds + Self.product(busy, now - changedAt)
    let offered = offeredNanoseconds + Self.product(capacity ?? 0, now - resizedAt)
    return SlotUse(busy: Double(busy) / 1e9, offered: Double(offered) / 1e9)
  }

  private static func product(_ slots: Int, _ time: Duration) -> Int128 {
    Int128(slots) * Int128(time.nanoseconds)
  }

  private mutating func count(_ change: Int, at now: Instant) {
    busyNanoseconds += Self.product(busy, now - changedAt)
    changedAt = now
    busy += change
  }

  public func mix(into digest: inout Digest) {
    digest.mix(capacity ?? -1)
    digest.mix(queueLimit)
    digest.mix(busy)
    digest.mix(rejected)
    for call in waiting.waiting { digest.mix(call) }
    digest.mix(offeredNanoseconds)
    digest.mix(resizedAt)
    digest.mix(busyNanoseconds)
    digest.mix(changedAt)
  }
}
