import Kernel

/// Chooses which entry to give up by how often keys were asked for lately, also those not kept.
///
/// Einziger, Friedman and Manes, "TinyLFU" (2017), as in Caffeine: new entries enter a window of 1 %
/// kept by recency; what leaves it competes with the main part's victim, and the one with the
/// higher estimated frequency stays. The main part is a segmented LRU, 80 % of it protected.
public struct WindowTinyLFU: Hashable, Sendable, Digestible {
  public let capacity: Int
  private var window: LeastRecentlyUsed
  private var probation: LeastRecentlyUsed
  private var protected: LeastRecentlyUsed
  private let protectedLimit: Int
  private let mainLimit: Int
  private var sketch: CountMinSketch
  private var places: PlaceIndex
  private var free: ContiguousArray<Int32>

  public init(capacity: Int) {
    precondition(capacity > 0, "a cache without room holds nothing")
    self.capacity = capacity
    let windowSize = max(1, capacity / 100)
    mainLimit = max(0, capacity - windowSize)
    protectedLimit = mainLimit * 8 / 10
    window = LeastRecentlyUsed(capacity: windowSize + 1)
    probation = LeastRecentlyUsed(capacity: max(1, mainLimit + 1))
    protected = LeastRecentlyUsed(capacity: max(1, protectedLimit + 1))
    sketch = CountMinSketch(capacity: capacity)
    places = PlaceIndex(capacity: capacity)
    free = ContiguousArray((0..<Int32(capacity)).reversed())
  }

  public var count: Int { capacity - free.count }
  public func place(of key: UInt64) -> Int? { places.place(of: key).map(Int.init) }

  public mutating func touch(_ key: UInt64) -> Int? {
    sketch.add(key)
    guard let place = place(of: key) else { return nil }
    if window.touch(key) == nil && protected.touch(key) == nil && probation.remove(key) {
      promote(key)
    }
    return place
  }

  /// What is used in probation is protected; the protected part's oldest goes back.
  private mutating func promote(_ key: UInt64) {
    guard protectedLimit > 0 else {
      _ = probation.admit(key)
      return
    }
    _ = protected.admit(key)
    if protected.count > protectedLimit, let demoted = protected.victim {
      protected.remove(demoted)
      _ = probation.admit(demoted)
    }
  }

  public mutating func admit(_ key: UInt64) -> Eviction.Admission {
    if let place = place(of: key) {
      _ = touch(key)
      return Eviction.Admission(place: place, evicted: nil)
    }
    _ = window.admit(key)
    var evicted: UInt64?
    if window.count > window.capacity - 1, let candidate = window.victim {
      window.remove(candidate)
      evicted = compete(candidate)
    }
    if let evicted, evicted != key, let place = places.remove(evicted) { free.append(place) }
    guard evicted != key, let place = free.popLast() else {
      return Eviction.Admission(place: nil, evicted: nil)
    }
    places.insert(key, at: place)
    return Eviction.Admission(place: Int(place), evicted: evicted)
  }

  /// What leaves the window enters the main part, or whoever was asked for less often goes.
  private mutating func compete(_ candidate: UInt64) -> UInt64? {
    if probation.count + protected.count < mainLimit {
      _ = probation.admit(candidate)
      return nil
    }
    guard let victim = probation.victim ?? protected.victim,
      sketch.estimate(candidate) > sketch.estimate(victim)
    else { return candidate }
    if !probation.remove(victim) { protected.remove(victim) }
    _ = probation.admit(candidate)
    return victim
  }

  public mutating func remove(_ key: UInt64) {
    guard let place = places.remove(key) else { return }
    if !window.remove(key) && !probation.remove(key) { protected.remove(key) }
    free.append(place)
  }

  /// Mixes in the entries of each part in their order, and what is known of all keys.
  public func mix(into digest: inout Digest) {
    for part in [protected, probation, window] {
      digest.mix(part.count)
      for key in part.keys { digest.mix(key) }
    }
    sketch.mix(into: &digest)
  }

  /// The keys: the protected ones, those on probation, those in the window.
  public var keys: [UInt64] { protected.keys + probation.keys + window.keys }
}

/// Estimates how often keys were seen lately, in little memory: four rows of four-bit counters,
/// halved when ten times the capacity was counted (Cormode and Muthukrishnan, 2005; TinyLFU).
public struct CountMinSketch: Hashable, Sendable, Digestible {
  private var counters: ContiguousArray<UInt8>
  private let mask: Int
  private var additions = 0
  private let sampleSize: Int

  public init(capacity: Int) {
    var width = 16
    while width < capacity { width *= 2 }
    mask = width - 1
    counters = ContiguousArray(repeating: 0, count: width * 4)
    sampleSize = 10 * max(capacity, 1)
  }

  private func slot(_ row: Int, _ key: UInt64) -> Int {
    var digest = Digest()
    digest.mix(key)
    digest.mix(row)
    return row * (mask + 1) + (Int(truncatingIfNeeded: digest.value >> 20) & mask)
  }

  public mutating func add(_ key: UInt64) {
    for row in 0..<4 {
      let slot = slot(row, key)
      if counters[slot] < 15 { counters[slot] += 1 }
    }
    additions += 1
    if additions >= sampleSize {
      for slot in counters.indices { counters[slot] /= 2 }
      additions /= 2
    }
  }

  /// How often a key was seen of late: at least so often as the halvings have left, up to 15, and
  /// rarely more.
  public func estimate(_ key: UInt64) -> Int {
    (0..<4).map { Int(counters[slot($0, key)]) }.min() ?? 0
  }

  public func mix(into digest: inout Digest) {
    digest.mix(additions)
    for counter in counters { digest.mix(counter) }
  }
}
