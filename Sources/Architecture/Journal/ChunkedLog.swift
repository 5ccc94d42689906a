import Kernel

/// An append-only log that keeps its latest entries, in chunks so that copies share what neither
/// side has changed. A copy must `own` the latest chunk before anything is changed.
struct ChunkedLog<Element: Sendable>: Sendable {
  private var full: ContiguousArray<OwnedArray<Element>> = []
  private var latest = OwnedArray<Element>()
  /// The number of the first entry of the latest chunk.
  private var latestStart = 0
  /// How many entries were dropped from the front; they keep their numbers.
  private(set) var dropped = 0
  private let chunkLimit: Int

  private static var chunkBits: Int { 10 }
  private static var chunkSize: Int { 1 << chunkBits }

  /// Keeps at least `limit` entries.
  init(keeping limit: Int) { chunkLimit = limit / Self.chunkSize + 2 }

  var count: Int { latestStart - dropped + latest.count }
  /// The numbers of the kept entries.
  var indices: Range<Int> { dropped..<latestStart + latest.count }

  /// Makes the latest chunk its own, if a copy shares it.
  mutating func own() { latest.own() }

  /// Adds an entry; returns its number, counted from the very first.
  @discardableResult
  @inline(__always)
  mutating func append(_ element: Element) -> Int {
    if seldom(latest.count == Self.chunkSize) { openChunk() }
    latest.append(element)
    return latestStart &+ latest.count &- 1
  }

  private mutating func openChunk() {
    full.append(latest)
    latestStart += latest.count
    if full.count == chunkLimit {
      latest = full.removeFirst()
      dropped += latest.count
      latest.own()
      latest.removeAll()
    } else {
      latest = OwnedArray()
    }
  }

  func contains(_ number: Int) -> Bool { number >= dropped && number < latestStart + latest.count }

  /// The entry with a number, which must be kept.
  subscript(number: Int) -> Element {
    if number >= latestStart { return latest[number - latestStart] }
    let offset = number - dropped
    return full[offset >> Self.chunkBits][offset & (Self.chunkSize - 1)]
  }

  /// Changes the entry with a number; does nothing if it is no longer kept.
  @inline(__always)
  mutating func change(_ number: Int, _ body: (inout Element) -> Void) {
    let offset = number &- latestStart
    if mostly(latest.indices.contains(offset)) {
      body(&latest[offset])
    } else if contains(number) {
      let offset = number - dropped
      full[offset >> Self.chunkBits].own()
      body(&full[offset >> Self.chunkBits][offset & (Self.chunkSize - 1)])
    }
  }
}
