import Kernel

/// Chooses which entry to give up: a queue in the order of insertion, a bit for each entry that
/// was used, and a hand that looks for one that was not.
///
/// Zhang et al., "SIEVE is Simpler than LRU" (NSDI 2024). A hit sets the bit and moves nothing; the
/// hand goes from the oldest entry to the newest, clears bits on its way, evicts the first entry
/// without one, and stays where it was.
public struct Sieve: Hashable, Sendable, Digestible {
  private struct Link: Hashable, Sendable {
    var key: UInt64 = 0
    var wasVisited = false
    var newer: Int32 = -1
    var older: Int32 = -1
  }

  public let capacity: Int
  private var links: ContiguousArray<Link>
  private var index: PlaceIndex
  private var free: ContiguousArray<Int32>
  private var newest: Int32 = -1
  private var oldest: Int32 = -1
  private var hand: Int32 = -1

  public init(capacity: Int) {
    precondition(capacity > 0, "a cache without room holds nothing")
    self.capacity = capacity
    links = ContiguousArray(repeating: Link(), count: capacity)
    index = PlaceIndex(capacity: capacity)
    free = ContiguousArray((0..<Int32(capacity)).reversed())
  }

  public var count: Int { capacity - free.count }
  public func place(of key: UInt64) -> Int? { index.place(of: key).map(Int.init) }

  public mutating func touch(_ key: UInt64) -> Int? {
    guard let place = index.place(of: key) else { return nil }
    links[Int(place)].wasVisited = true
    return Int(place)
  }

  public mutating func admit(_ key: UInt64) -> Eviction.Admission {
    if let place = touch(key) { return Eviction.Admission(place: place, evicted: nil) }
    let evicted = free.isEmpty ? evict() : nil
    let place = free.removeLast()
    links[Int(place)] = Link(key: key, older: newest)
    if newest >= 0 { links[Int(newest)].newer = place } else { oldest = place }
    newest = place
    index.insert(key, at: place)
    return Eviction.Admission(place: Int(place), evicted: evicted)
  }

  private mutating func evict() -> UInt64 {
    var place = hand >= 0 ? hand : oldest
    while links[Int(place)].wasVisited {
      links[Int(place)].wasVisited = false
      place = links[Int(place)].newer
      if place < 0 { place = oldest }
    }
    hand = links[Int(place)].newer
    let key = links[Int(place)].key
    removePlace(place)
    return key
  }

  public mutating func remove(_ key: UInt64) {
    guard let place = index.place(of: key) else { return }
    if hand == place { hand = links[Int(place)].newer }
    removePlace(place)
  }

  private mutating func removePlace(_ place: Int32) {
    let link = links[Int(place)]
    _ = index.remove(link.key)
    if link.newer >= 0 { links[Int(link.newer)].older = link.older } else { newest = link.older }
    if link.older >= 0 { links[Int(link.older)].newer = link.newer } else { oldest = link.newer }
    free.append(place)
  }

  /// Mixes in the entries in their order, which of them were used, and where the hand is.
  public func mix(into digest: inout Digest) {
    var place = newest
    while place >= 0 {
      let link = links[Int(place)]
      digest.mix(link.key)
      digest.mix(link.wasVisited)
      digest.mix(place == hand)
      place = link.older
    }
  }

  /// The keys, the latest inserted first.
  public var keys: [UInt64] {
    var result: [UInt64] = []
    var place = newest
    while place >= 0 {
      result.append(links[Int(place)].key)
      place = links[Int(place)].older
    }
    return result
  }
}
