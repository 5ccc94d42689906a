/// What happens next: a priority queue of payloads by moment, and within a moment by the order
/// of their scheduling.
///
/// A 4-ary heap in one array: below a few hundred pending events nothing measured faster.
@frozen
public struct EventQueue<Payload: BitwiseCopyable & Sendable & Hashable>: Sendable {
  @frozen
  public struct Entry: Sendable {
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

  @usableFromInline var heap: ContiguousArray<Entry> = []
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
    let entry = Entry(time: time.nanoseconds, sequence: sequence, payload: payload)
    heap.append(entry)
    heap.withUnsafeMutableBufferPointer { heap in
      var hole = heap.count - 1
      while hole > 0 {
        let parent = (hole - 1) >> 2
        if !entry.precedes(heap[parent]) { break }
        Self.move(parent, to: hole, in: heap)
        hole = parent
      }
      heap[hole] = entry
    }
  }

  /// Takes the first entry out. The queue must not be empty.
  @inlinable public mutating func pop() -> Entry {
    let last = heap.removeLast()
    if heap.isEmpty { return last }
    return heap.withUnsafeMutableBufferPointer { heap in
      let first = heap[0]
      let count = heap.count
      var hole = 0
      while true {
        let child = hole << 2 &+ 1
        if child >= count { break }
        let least = Self.first(of: heap, from: child)
        if !heap[least].precedes(last) { break }
        Self.move(least, to: hole, in: heap)
        hole = least
      }
      heap[hole] = last
      return first
    }
  }

  /// Moves an entry as a block of bytes rather than field by field; the hole is another place.
  @inlinable static func move(
    _ source: Int, to hole: Int, in heap: UnsafeMutableBufferPointer<Entry>
  ) {
    guard let first = heap.baseAddress else { return }
    (first + hole).initialize(from: first + source, count: 1)
  }

  /// Which of up to four children, the first of which is at `child`, comes first.
  @inlinable static func first(
    of heap: UnsafeMutableBufferPointer<Entry>, from child: Int
  ) -> Int {
    let (second, third, fourth) = (child &+ 1, child &+ 2, child &+ 3)
    if fourth < heap.count {
      let left = heap[second].precedes(heap[child]) ? second : child
      let right = heap[fourth].precedes(heap[third]) ? fourth : third
      return heap[right].precedes(heap[left]) ? right : left
    }
    var least = child
    for candidate in second..<max(second, heap.count) where heap[candidate].precedes(heap[least]) {
      least = candidate
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
