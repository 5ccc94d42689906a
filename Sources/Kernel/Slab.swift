/// Places for values that come and go: a place freed is the next one given.
///
/// A slab does not know whether an index is still current. Its user keeps a generation in the
/// value (a call has its ticket), which outlives the value's stay. A copy must `own` its values
/// before they are changed.
@frozen
public struct Slab<Element: Sendable>: Sendable {
  @usableFromInline var elements = OwnedArray<Element>()
  @usableFromInline var free = OwnedArray<Int32>()

  public init() {}

  /// How many places are taken.
  @inlinable public var count: Int { elements.count - free.count }
  /// How many places there are, taken or free.
  @inlinable public var capacity: Int { elements.count }

  /// Makes the values its own, if a copy shares them.
  @inlinable public mutating func own() {
    elements.own()
    free.own()
  }

  /// Gives a place, which holds what its last user left there, or `fresh` if it is new.
  @inlinable public mutating func take(_ fresh: @autoclosure () -> Element) -> Int32 {
    if mostly(!free.isEmpty) { return free.removeLast() }
    return add(fresh())
  }

  /// Makes a place, and room to give it back.
  @usableFromInline
  @inline(never)
  mutating func add(_ element: Element) -> Int32 {
    elements.append(element)
    free.reserve(elements.count)
    return Int32(truncatingIfNeeded: elements.count - 1)
  }

  /// Gives a place back. It must be taken.
  @inlinable public mutating func release(_ index: Int32) {
    let end = free.extendInPlace()
    free[unchecked: end] = index
  }

  /// The value at a place that the slab has given.
  @inlinable public subscript(index: Int32) -> Element {
    @inline(__always) _read { yield elements[unchecked: Int(index)] }
    @inline(__always) _modify { yield &elements[unchecked: Int(index)] }
  }

  /// The places given back, in the order in which they will be reused from the end.
  public var freePlaces: [Int32] { Array(free) }
}
