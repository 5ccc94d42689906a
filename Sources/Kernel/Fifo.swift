/// First in, first out, in a circle of cells no longer than twice what ever waited at once.
///
/// What is added lies where something was just taken, so that a short queue stays in the
/// processor's cache however much passes through it. A copy must `own` its cells before it adds.
@frozen
public struct Fifo<Element: BitwiseCopyable & Sendable>: Sendable {
  /// As many as a power of two, or none.
  @usableFromInline var cells = OwnedArray<Element>()
  @usableFromInline var head = 0
  @usableFromInline var size = 0

  public init() {}

  @inlinable public var count: Int { size }
  @inlinable public var isEmpty: Bool { count == 0 }
  /// Whether it must grow for one more element.
  @inlinable public var isFull: Bool { count == cells.count }
  @inlinable public var first: Element? { isEmpty ? nil : cells[head] }

  /// What waits, in the order of its arrival.
  public var waiting: [Element] { (0..<count).map { cells[cell(of: $0)] } }

  /// Makes the cells its own, if a copy shares them.
  @inlinable public mutating func own() { cells.own() }

  @inlinable func cell(of index: Int) -> Int { (head &+ index) & (cells.count &- 1) }

  @inlinable public mutating func append(_ element: Element) {
    if seldom(isFull) { grow(filledWith: element) }
    cells.base[cell(of: count)] = element
    size &+= 1
  }

  /// Takes the first element out; nil when nothing waits.
  @discardableResult
  @inlinable public mutating func popFirst() -> Element? {
    guard size > 0 else { return nil }
    let element = cells.base[head]
    head = cell(of: 1)
    size &-= 1
    return element
  }

  /// Doubles the circle, and begins it with the head.
  @usableFromInline
  mutating func grow(filledWith element: Element) {
    var larger = OwnedArray<Element>()
    for index in 0..<count { larger.append(cells[cell(of: index)]) }
    while larger.count < max(8, count * 2) { larger.append(element) }
    cells = larger
    head = 0
  }
}
