import Kernel

/// Bounds how many calls a node works on at once and how many may wait for their turn.
///
/// A thread pool with a bounded queue: what finds neither a free slot nor room to wait is turned
/// away at once. Keeps the time integral of the slots in use, from which utilisation follows.
public struct WorkerSlots: Sendable {
  /// Slots, or nil for no bound.
  public var capacity: Int?
  /// How many may wait.
  public var queueLimit: Int
  public private(set) var busy = 0
  public private(set) var rejected = 0
  private var waiting = Fifo<Int32>()
  private var busyNanoseconds: Int64 = 0
  private var changedAt = Instant.zero

  public enum Admission: Sendable { case admitted, queued, rejected }

  public init(capacity: Int?, queueLimit: Int) {
    self.capacity = capacity
    self.queueLimit = queueLimit
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

  /// The mean share of the slots in use since the start: 0...1, and 0 when there is no bound.
  public func utilization(at now: Instant) -> Double {
    guard let capacity, capacity > 0, now > .zero else { return 0 }
    return busySeconds(at: now) / (Double(capacity) * now.milliseconds / 1e3)
  }

  /// Slot-seconds used since the start.
  public func busySeconds(at now: Instant) -> Double {
    Double(busyNanoseconds + Int64(busy) * (now - changedAt).nanoseconds) / 1e9
  }

  private mutating func count(_ change: Int, at now: Instant) {
    busyNanoseconds += Int64(busy) * (now - changedAt).nanoseconds
    changedAt = now
    busy += change
  }

  public func mix(into digest: inout Digest) {
    digest.mix(capacity ?? -1)
    digest.mix(queueLimit)
    digest.mix(busy)
    digest.mix(rejected)
    for call in waiting.waiting { digest.mix(call) }
    digest.mix(busyNanoseconds)
    digest.mix(changedAt)
  }
}
