/// An array that does not ask at each write whether its elements are shared with a copy.
///
/// A copy shares the elements, as that of any array does. Whoever writes calls `own` first: once,
/// before any number of writes. A debug build stops at a write without it. An `Array` asks at each
/// write, which costs a call of the runtime; it was a tenth of an event's time.
@frozen
public struct OwnedArray<Element: Sendable>: @unchecked Sendable {
  @frozen @usableFromInline
  struct Size: Sendable {
    @usableFromInline var count: Int
    @usableFromInline let capacity: Int

    @inlinable init(count: Int, capacity: Int) {
      self.count = count
      self.capacity = capacity
    }
  }

  @usableFromInline
  final class Storage: ManagedBuffer<Size, Element> {
    deinit { _ = withUnsafeMutablePointers { $1.deinitialize(count: $0.pointee.count) } }
  }

  @usableFromInline var storage: Storage

  public init() { self.init(capacity: 0) }

  /// Without elements, and with room for so many.
  public init(capacity: Int) { storage = Self.makeStorage(capacity: capacity) }

  /// So many elements that are all alike.
  public init(repeating element: Element, count: Int) {
    self.init(capacity: count)
    base.initialize(repeating: element, count: count)
    size.pointee.count = count
  }

  @usableFromInline
  static func makeStorage(capacity: Int) -> Storage {
    let made = Storage.create(minimumCapacity: capacity) { _ in
      Size(count: 0, capacity: capacity)
    }
    return unsafeDowncast(made, to: Storage.self)
  }

  @inlinable public var count: Int { size.pointee.count }

  /// Taken by its address: a field of a class would be guarded against overlapping access.
  @inlinable var size: UnsafeMutablePointer<Size> {
    storage.withUnsafeMutablePointerToHeader { $0 }
  }

  /// The first of the elements, which lie side by side.
  @inlinable var base: UnsafeMutablePointer<Element> {
    storage.withUnsafeMutablePointerToElements { $0 }
  }

  @inlinable public subscript(index: Int) -> Element {
    @inline(__always)
    _read {
      checkBounds(index)
      yield base[index]
    }
    @inline(__always)
    _modify {
      checkBounds(index)
      checkOwnership()
      yield &base[index]
    }
  }

  /// As `self[index]`, for an index that is sure to be right: only a debug build looks.
  @inlinable subscript(unchecked index: Int) -> Element {
    @inline(__always)
    _read {
      assert(index >= 0 && index < count, "there is no such element")
      yield base[index]
    }
    @inline(__always)
    _modify {
      assert(index >= 0 && index < count, "there is no such element")
      checkOwnership()
      yield &base[index]
    }
  }

  @inlinable
  @inline(__always)
  func checkBounds(_ index: Int) {
    precondition(UInt(bitPattern: index) < UInt(bitPattern: count), "there is no such element")
  }

  @inlinable
  @inline(__always)
  mutating func checkOwnership() {
    assert(isKnownUniquelyReferenced(&storage), "a copy that shares its elements is written to")
  }

  // MARK: Changing

  /// Makes the elements its own, if it shares them.
  @inlinable public mutating func own() {
    if seldom(!isKnownUniquelyReferenced(&storage)) {
      reallocate(capacity: size.pointee.capacity)
    }
  }

  @inlinable
  @inline(__always)
  public mutating func append(_ element: Element) {
    checkOwnership()
    let count = count
    if seldom(count == size.pointee.capacity) { grow() }
    (base + count).initialize(to: element)
    size.pointee.count = count &+ 1
  }

  /// Makes room for one more element at the end, which must be initialized next; returns its index.
  @inlinable
  @inline(__always)
  mutating func extend() -> Int where Element: BitwiseCopyable {
    checkOwnership()
    let count = count
    if seldom(count == size.pointee.capacity) { grow() }
    size.pointee.count = count &+ 1
    return count
  }

  /// As `extend`, where there is room for sure.
  @inlinable
  @inline(__always)
  mutating func extendInPlace() -> Int where Element: BitwiseCopyable {
    checkOwnership()
    let count = count
    assert(count < size.pointee.capacity, "there is no room")
    size.pointee.count = count &+ 1
    return count
  }

  /// Gives up the last element, which there must be, and leaves its bytes; returns its index.
  @inlinable
  @inline(__always)
  mutating func shorten() -> Int where Element: BitwiseCopyable {
    checkOwnership()
    let last = count &- 1
    precondition(last >= 0, "nothing is left to take")
    size.pointee.count = last
    return last
  }

  /// Takes the last element out. There must be one.
  @inlinable
  @inline(__always)
  public mutating func removeLast() -> Element {
    checkOwnership()
    let last = count &- 1
    precondition(last >= 0, "nothing is left to take")
    size.pointee.count = last
    return (base + last).move()
  }

  /// Takes all elements out, and keeps their room.
  @inlinable public mutating func removeAll() {
    checkOwnership()
    base.deinitialize(count: count)
    size.pointee.count = 0
  }

  /// Takes so many elements out at the front.
  @inlinable public mutating func removeFirst(_ removed: Int) {
    checkOwnership()
    precondition(removed >= 0 && removed <= count, "there are not so many elements")
    base.deinitialize(count: removed)
    base.moveInitialize(from: base + removed, count: count - removed)
    size.pointee.count = count - removed
  }

  /// Makes room for so many elements, if there is not.
  @usableFromInline
  mutating func reserve(_ needed: Int) {
    if size.pointee.capacity < needed { reallocate(capacity: Swift.max(needed, count * 2)) }
  }

  /// Doubles the room.
  @usableFromInline
  mutating func grow() { reallocate(capacity: Swift.max(8, count * 2)) }

  /// Moves on to other storage: with the elements if nobody shares them, else with copies.
  @usableFromInline
  mutating func reallocate(capacity: Int) {
    let count = count
    let next = Self.makeStorage(capacity: capacity)
    let target = next.withUnsafeMutablePointerToElements { $0 }
    if isKnownUniquelyReferenced(&storage) {
      target.moveInitialize(from: base, count: count)
      size.pointee.count = 0
    } else {
      target.initialize(from: base, count: count)
    }
    storage = next
    size.pointee.count = count
  }
}

extension OwnedArray: RandomAccessCollection, MutableCollection {
  @inlinable public var startIndex: Int { 0 }
  @inlinable public var endIndex: Int { count }
}
