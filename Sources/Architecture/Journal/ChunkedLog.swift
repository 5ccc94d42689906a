/// An append-only log that keeps its latest entries, in chunks so that copies share what neither
/// side has changed.
struct ChunkedLog<Element: Sendable>: Sendable {
  private var chunks: ContiguousArray<ContiguousArray<Element>> = [[]]
  /// How many entries were dropped from the front; they keep their numbers.
  private(set) var dropped = 0
  private(set) var count = 0
  private let chunkLimit: Int

  private static var chunkSize: Int { 1024 }

  /// Keeps at least `limit` entries.
  init(keeping limit: Int) { chunkLimit = limit / Self.chunkSize + 2 }

  /// The numbers of the kept entries.
  var indices: Range<Int> { dropped..<dropped + count }

  /// Adds an entry; returns its number, counted from the very first.
  @discardableResult
  mutating func append(_ element: Element) -> Int {
    if chunks[chunks.count - 1].count == Self.chunkSize { openChunk() }
    chunks[chunks.count - 1].append(element)
    count += 1
    return dropped + count - 1
  }

  private mutating func openChunk() {
    if chunks.count == chunkLimit {
      var recycled = chunks.removeFirst()
      dropped += recycled.count
      count -= recycled.count
      recycled.removeAll(keepingCapacity: true)
      chunks.append(recycled)
    } else {
      var chunk = ContiguousArray<Element>()
      chunk.reserveCapacity(Self.chunkSize)
      chunks.append(chunk)
    }
  }

  func contains(_ number: Int) -> Bool { number >= dropped && number < dropped + count }

  /// The entry with a number, which must be kept.
  subscript(number: Int) -> Element {
    get { chunks[(number - dropped) / Self.chunkSize][(number - dropped) % Self.chunkSize] }
    _modify {
      let offset = number - dropped
      yield &chunks[offset / Self.chunkSize][offset % Self.chunkSize]
    }
  }
}
