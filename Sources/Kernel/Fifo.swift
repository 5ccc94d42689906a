/// First in, first out: an array with a moving head.
@frozen
public struct Fifo<Element: Sendable>: Sendable {
  @usableFromInline var elements: ContiguousArray<Element> = []
  @usableFromInline var head = 0

  public init() {}

  @inlinable public var count: Int { elements.count - head }
  @inlinable public var isEmpty: Bool { elements.count == head }
  @inlinable public var first: Element? { isEmpty ? nil : elements[head] }

  @inlinable public mutating func append(_ element: Element) { elements.append(element) }

  @inlinable public mutating func popFirst() -> Element? {
    guard head < elements.count else { return nil }
    let element = elements[head]
    head += 1
    if head == elements.count {
      elements.removeAll(keepingCapacity: true)
      head = 0
    } else if head >= 1024 && head * 2 > elements.count {
      elements.removeSubrange(..<head)  // each element moves at most once for each one taken
      head = 0
    }
    return element
  }

  /// What waits, in the order of its arrival.
  @inlinable public var waiting: ArraySlice<Element> { ArraySlice(elements[head...]) }
}
