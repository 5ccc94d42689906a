import Kernel

/// Chooses which entry to give up: the one used least often, the least recently used among equals.
///
/// Constant time: entries of one frequency form a list, and so do the frequencies (Shah, Mitra and
/// Matani, "An O(1) algorithm for implementing the LFU cache eviction scheme", 2010). Without
/// ageing, as there: what was popular once stays.
public struct LeastFrequentlyUsed: Hashable, Sendable, Digestible {
  private struct Link: Hashable, Sendable {
    var key: UInt64 = 0
    var uses = 0
    var newer: Int32 = -1
    var older: Int32 = -1
  }
  private struct Ends: Hashable, Sendable {
    var newest: Int32 = -1
    var oldest: Int32 = -1
  }

  public let capacity: Int
  private var links: ContiguousArray<Link>
  private var index: PlaceIndex
  private var free: ContiguousArray<Int32>
  /// The list of the entries used so often; those used 4095 times and more share the last.
  private var lists: ContiguousArray<Ends> = [Ends()]
  private var least = 1

  public init(capacity: Int) {
    precondition(capacity > 0, "a cache without room holds nothing")
    self.capacity = capacity
    links = ContiguousArray(repeating: Link(), count: capacity)
    index = PlaceIndex(capacity: capacity)
    free = ContiguousArray((0..<Int32(capacity)).reversed())
  }

  public var count: Int { capacity - free.count }
  public func place(of key: UInt64) -> Int? { index.place(of: key).map(Int.init) }

  /// The place of a key, which has been used once more.
  public mutating func touch(_ key: UInt64) -> Int? {
    guard let place = index.place(of: key) else { return nil }
    let uses = links[Int(place)].uses
    unlink(place)
    link(place, uses: min(uses + 1, 4095))
    if least == uses && lists[uses].newest < 0 { least = links[Int(place)].uses }
    return Int(place)
  }

  public mutating func admit(_ key: UInt64) -> Eviction.Admission {
    if let place = touch(key) { return Eviction.Admission(place: place, evicted: nil) }
    var evicted: UInt64?
    if free.isEmpty {
      while lists[least].oldest < 0 { least += 1 }
      let victim = links[Int(lists[least].oldest)].key
      remove(victim)
      evicted = victim
    }
    let place = free.removeLast()
    links[Int(place)].key = key
    index.insert(key, at: place)
    link(place, uses: 1)
    least = 1
    return Eviction.Admission(place: Int(place), evicted: evicted)
  }

  public mutating func remove(_ key: UInt64) {
    guard let place = index.remove(key) else { return }
    unlink(place)
    free.append(place)
  }

  /// Mixes in the entries in their order, and how often each was used.
  public func mix(into digest: inout Digest) {
    for key in keys {
      digest.mix(key)
      digest.mix(index.place(of: key).map { links[Int($0)].uses } ?? 0)
    }
  }

  /// The keys, most often used first.
  public var keys: [UInt64] {
    lists.indices.reversed().flatMap { uses -> [UInt64] in
      var result: [UInt64] = []
      var place = lists[uses].newest
      while place >= 0 {
        result.append(links[Int(place)].key)
        place = links[Int(place)].older
      }
      return result
    }
  }

  private mutating func unlink(_ place: Int32) {
    let link = links[Int(place)]
    if link.newer >= 0 {
      links[Int(link.newer)].older = link.older
    } else {
      lists[link.uses].newest = link.older
    }
    if link.older >= 0 {
      links[Int(link.older)].newer = link.newer
    } else {
      lists[link.uses].oldest = link.newer
    }
  }

  private mutating func link(_ place: Int32, uses: Int) {
    while lists.count <= uses { lists.append(Ends()) }
    links[Int(place)].uses = uses
    links[Int(place)].newer = -1
    links[Int(place)].older = lists[uses].newest
    if lists[uses].newest >= 0 {
      links[Int(lists[uses].newest)].newer = place
    } else {
      lists[uses].oldest = place
    }
    lists[uses].newest = place
  }
}
