import Kernel

/// Chooses which of a bounded number of entries to give up: the one not used for longest.
///
/// It deals in places: the user keeps what is stored in an array of `capacity` elements. A hash
/// index with linear probing and a doubly linked list in arrays: no allocation after the first.
public struct LeastRecentlyUsed: Hashable, Sendable {
  private struct Link: Hashable, Sendable {
    var key: UInt64 = 0
    var newer: Int32 = -1
    var older: Int32 = -1
  }

  public let capacity: Int
  private var links: ContiguousArray<Link>
  private var index: PlaceIndex
  private var free: ContiguousArray<Int32>
  private var newest: Int32 = -1
  private var oldest: Int32 = -1

  public init(capacity: Int) {
    precondition(capacity > 0, "a cache without room holds nothing")
    self.capacity = capacity
    links = ContiguousArray(repeating: Link(), count: capacity)
    index = PlaceIndex(capacity: capacity)
    free = ContiguousArray((0..<Int32(capacity)).reversed())
  }

  public var count: Int { capacity - free.count }

  /// The place of a key without counting it as a use.
  public func place(of key: UInt64) -> Int? { index.place(of: key).map(Int.init) }

  /// The place of a key, which becomes the most recently used one.
  public mutating func touch(_ key: UInt64) -> Int? {
    guard let place = index.place(of: key) else { return nil }
    if place != newest {
      unlink(place)
      linkNewest(place)
    }
    return Int(place)
  }

  /// A place for a key, new or not, as the most recently used; evicts when there is no room.
  public mutating func admit(_ key: UInt64) -> Eviction.Admission {
    if let place = touch(key) { return Eviction.Admission(place: place, evicted: nil) }
    var evicted: UInt64?
    if free.isEmpty {
      let victim = links[Int(oldest)].key
      remove(victim)
      evicted = victim
    }
    let place = free.removeLast()
    links[Int(place)].key = key
    index.insert(key, at: place)
    linkNewest(place)
    return Eviction.Admission(place: Int(place), evicted: evicted)
  }

  /// Gives up a key; returns whether it was there.
  @discardableResult
  public mutating func remove(_ key: UInt64) -> Bool {
    guard let place = index.remove(key) else { return false }
    unlink(place)
    free.append(place)
    return true
  }

  /// The key that would go next.
  public var victim: UInt64? { oldest < 0 ? nil : links[Int(oldest)].key }

  /// The keys, most recently used first.
  public var keys: [UInt64] {
    var result: [UInt64] = []
    var place = newest
    while place >= 0 {
      result.append(links[Int(place)].key)
      place = links[Int(place)].older
    }
    return result
  }

  private mutating func unlink(_ place: Int32) {
    let link = links[Int(place)]
    if link.newer >= 0 { links[Int(link.newer)].older = link.older } else { newest = link.older }
    if link.older >= 0 { links[Int(link.older)].newer = link.newer } else { oldest = link.newer }
  }

  private mutating func linkNewest(_ place: Int32) {
    links[Int(place)].newer = -1
    links[Int(place)].older = newest
    if newest >= 0 { links[Int(newest)].newer = place } else { oldest = place }
    newest = place
  }
}
