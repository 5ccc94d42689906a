/// What happens next: a priority queue of payloads by moment, and within a moment by the order
/// of their scheduling.
///
/// A 4-ary heap in one array: below a few hundred pending events nothing measured faster.
@frozen
public struct EventQueue<Payload: Sendable & Hashable>: Sendable {
  @frozen
  public struct Entry: Sendable {
    public let time: Int64
    public let sequence: UInt64
    public let payload: Payload

    @inlinable init(time: Int64, sequence: UInt64, payload: Payload) {
      self.time = time
      self.sequence = sequence
      self.payload = payload
    }

    @inlinable func precedes(_ other: Entry) -> Bool {
      time < other.time || (time == other.time && sequence < other.sequence)
    }
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
        heap[hole] = heap[parent]
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
        let child = hole << 2 + 1
        if child >= count { break }
        var least = child
        let end = min(child + 4, count)
        var candidate = child + 1
        while candidate < end {
          if heap[candidate].precedes(heap[least]) { least = candidate }
          candidate += 1
        }
        if !heap[least].precedes(last) { break }
        heap[hole] = heap[least]
        hole = least
      }
      heap[hole] = last
      return first
    }
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
