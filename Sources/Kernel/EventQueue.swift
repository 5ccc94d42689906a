/// What happens next: a priority queue of payloads by moment, and within a moment by the order
/// of their scheduling.
///
/// The soonest lie sorted in a short list, the others wait in a 4-ary heap. Most of what happens
/// in a deployment is due again very soon (a hop lasts a fraction of a millisecond), so that it
/// passes but a few entries of the list and never sees the heap. A copy must `own` its entries
/// before they are changed.
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

  /// Those due first, in falling order: the first to come is the last. At their head lies the
  /// horizon, which none of them reaches and no `far` one precedes: it stops the search for an
  /// entry's place. There are none only if there are no others.
  @usableFromInline var near: OwnedArray<Entry>
  /// The others, as a heap.
  @usableFromInline var far = OwnedArray<Entry>()
  @usableFromInline var nextSequence: UInt64 = 0

  public init() {
    near = OwnedArray(capacity: Self.nearLimit + 1)
    _ = near.extend()
    moveHorizon()
  }

  @inlinable public var count: Int { near.count - 1 + far.count }
  @inlinable public var isEmpty: Bool { near.count == 1 }
  /// The moment of the first entry, or nil when nothing is pending.
  @inlinable public var nextTime: Instant? {
    isEmpty ? nil : Instant(nanoseconds: near[near.count &- 1].time)
  }

  /// What comes first; nil when nothing is pending.
  @inlinable public var first: Payload? { isEmpty ? nil : near[near.count &- 1].payload }

  /// Makes the entries its own, if a copy shares them.
  @inlinable public mutating func own() {
    near.own()
    far.own()
  }

  /// Takes the next place in the order of scheduling, for an entry that is pushed later.
  @inlinable public mutating func reserveSequence() -> UInt64 {
    nextSequence &+= 1
    return nextSequence
  }

  /// Pushes after all that have been pushed for the same moment.
  @inlinable public mutating func push(_ payload: Payload, at time: Instant) {
    let entry = Entry(time: time.nanoseconds, sequence: reserveSequence(), payload: payload)
    if seldom(near.count > Self.nearLimit) { return insert(entry) }
    let moment = entry.order._high
    if seldom(moment >= near.base.pointee.order._high) { return pushFar(entry) }
    var slot = near.base + near.extendInPlace()
    while (slot - 1).pointee.order._high <= moment {
      Self.move(slot - 1, to: slot)
      slot -= 1
    }
    slot.initialize(to: entry)
  }

  /// Pushes with a place in the order that was reserved earlier.
  @inlinable public mutating func push(_ payload: Payload, at time: Instant, sequence: UInt64) {
    insert(Entry(time: time.nanoseconds, sequence: sequence, payload: payload))
  }

  /// Inserts an entry wherever it belongs.
  @usableFromInline
  mutating func insert(_ entry: Entry) {
    if near.count > Self.nearLimit { moveHalfAway() }
    if near[0].precedes(entry) { return pushFar(entry) }
    var slot = near.base + near.extendInPlace()
    while (slot - 1).pointee.precedes(entry) {
      Self.move(slot - 1, to: slot)
      slot -= 1
    }
    slot.initialize(to: entry)
  }

  /// Takes the first entry out. The queue must not be empty.
  @inlinable public mutating func pop() -> Entry {
    precondition(!isEmpty, "nothing is pending")
    let first = near.removeLast()
    if seldom(isEmpty && !far.isEmpty) { fetch() }
    return first
  }

  // MARK: Between the list and the heap

  /// How many entries the list holds at most.
  @inlinable static var nearLimit: Int { 64 }

  /// Moves the later half of a full list to the heap.
  @usableFromInline
  mutating func moveHalfAway() {
    let half = Self.nearLimit / 2
    for index in (1...half).reversed() { pushFar(near[index]) }
    for index in 1...half { near[index] = near[index + half] }
    for _ in 0..<half { _ = near.shorten() }
    moveHorizon()
  }

  /// Fills half of the empty list from the heap.
  @usableFromInline
  mutating func fetch() {
    let fetched = Swift.min(Self.nearLimit / 2, far.count)
    for _ in 0..<fetched { _ = near.extend() }
    for index in (1...fetched).reversed() { near[index] = popFar() }
    moveHorizon()
  }

  /// Sets the horizon to the first of the heap, or beyond all time if there is none.
  private mutating func moveHorizon() {
    let horizon = far.isEmpty ? UInt128.max : far[0].order
    UnsafeMutableRawPointer(near.base).storeBytes(of: horizon, as: UInt128.self)
  }

  // MARK: The heap

  @inlinable mutating func pushFar(_ entry: Entry) {
    var hole = far.extend()
    let base = far.base
    while hole > 0 {
      let parent = (hole &- 1) >> 2
      if !entry.precedes(base[parent]) { break }
      Self.move(base + parent, to: base + hole)
      hole = parent
    }
    (base + hole).initialize(to: entry)
  }

  @inlinable mutating func popFar() -> Entry {
    let count = far.shorten()
    let base = far.base
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

  /// Mixes in every pending entry in its order, by way of `mixPayload`.
  public func mix(into digest: inout Digest, _ mixPayload: (Payload, inout Digest) -> Void) {
    digest.mix(nextSequence)
    for entry in near.dropFirst().reversed() + far.sorted(by: { $0.precedes($1) }) {
      digest.mix(entry.time)
      digest.mix(entry.sequence)
      mixPayload(entry.payload, &digest)
    }
  }
}
