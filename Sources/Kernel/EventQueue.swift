/// What happens next: a priority queue of payloads by moment, and within a moment by the order
/// of their scheduling.
///
/// A 4-ary heap in one array: below a few hundred pending events nothing measured faster. A copy
/// must `own` its entries before they are changed.
@frozen
public struct EventQueue<Payload: BitwiseCopyable & Sendable & Hashable>: Sendable {
  @frozen
  public struct Entry: BitwiseCopyable, Sendable {
    /// The moment above the place in the order of scheduling: compared without a branch.
    @usableFromInline let order: UInt128
    public let payload: Payload

    @inlinable init(time: Int64, sequence: UInt64, payload: Payload) {
      order = UInt128(_low: sequence, _high: UInt64(bitPattern: time))
      self.payload = payload
    }

    @inlinable public var time: Int64 { Int64(bitPattern: order._high) }
    @inlinable public var sequence: UInt64 { order._low }
    @inlinable func precedes(_ other: Entry) -> Bool { order < other.order }
  }

  @usableFromInline var heap = OwnedArray<Entry>()
  @usableFromInline var nextSequence: UInt64 = 0

  public init() {}

  @inlinable public var count: Int { heap.count }
  @inlinable public var isEmpty: Bool { heap.isEmpty }
  /// The moment of the first entry, or nil when nothing is pending.
  @inlinable public var nextTime: Instant? {
    heap.isEmpty ? nil : Instant(nanoseconds: heap[0].time)
  }

  /// What comes first; nil when nothing is pending.
  @inlinable public var first: Payload? { heap.isEmpty ? nil : heap[0].payload }

  /// Makes the entries its own, if a copy shares them.
  @inlinable public mutating func own() { heap.own() }

  /// Takes the next place in the order of scheduling, for an entry that is pushed later.
  @inlinable public mutating func reserveSequence() -> UInt64 {
    nextSequence &+= 1
    return nextSequence
  }

  @inlinable public mutating func push(_ payload: Payload, at time: Instant) {
    push(payload, at: time, sequence: reserveSequence())
  }

  /// Pushes with a place in the order that was reserved earlier.
  @inlinable public mutating func push(_ payload: Payload, at time: Instant, sequence: UInt64) {
    var hole = heap.extend()
    let entry = Entry(time: time.nanoseconds, sequence: sequence, payload: payload)
    let base = heap.base
    while hole > 0 {
      let parent = (hole &- 1) >> 2
      if !entry.precedes(base[parent]) { break }
      Self.move(base + parent, to: base + hole)
      hole = parent
    }
    (base + hole).initialize(to: entry)
  }

  /// Takes the first entry out. The queue must not be empty.
  @inlinable public mutating func pop() -> Entry {
    let count = heap.shorten()
    let base = heap.base
    let first = base[0]
    let last = base + count
    var hole = base
    var child = 1
    while child < count {
      let least = base + Self.first(of: base, from: child, to: count)
      if !least.pointee.precedes(last.pointee) { break }
      Self.move(least, to: hole)
      hole = least
      child = (least - base) << 2 &+ 1
    }
    if hole != last { Self.move(last, to: hole) }
    return first
  }

  /// Moves an entry as a block of bytes rather than field by field; the hole is another place.
  @inlinable
  @inline(__always)
  static func move(_ source: UnsafeMutablePointer<Entry>, to hole: UnsafeMutablePointer<Entry>) {
    hole.initialize(from: source, count: 1)
  }

  /// Which of up to four children, the first of which is at `child`, comes first.
  @inlinable
  @inline(__always)
  static func first(
    of base: UnsafeMutablePointer<Entry>, from child: Int, to count: Int
  ) -> Int {
    if child &+ 3 < count {
      let four = base + child
      let left = four[1].precedes(four[0]) ? 1 : 0
      let right = four[3].precedes(four[2]) ? 3 : 2
      return child &+ (four[right].precedes(four[left]) ? right : left)
    }
    var least = child
    var candidate = child &+ 1
    while candidate < count {
      if base[candidate].precedes(base[least]) { least = candidate }
      candidate &+= 1
    }
    return least
  }

  /// Mixes in every pending entry, by way of `mixPayload`.
  public func mix(into digest: inout Digest, _ mixPayload: (Payload, inout Digest) -> Void) {
    digest.mix(nextSequence)
    for entry in heap {
      digest.mix(entry.time)
      digest.mix(entry.sequence)
      mixPayload(entry.payload, &digest)
    }
  }
}
