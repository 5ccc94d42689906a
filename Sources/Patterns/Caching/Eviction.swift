import Kernel

/// Which entry of a full cache has to go: one of several policies behind one face.
///
/// All deal in places: the user keeps what is stored in an array of `capacity` elements.
public struct Eviction: Sendable, Digestible {
  public enum Policy: Int, CaseIterable, Sendable { case lru, lfu, sieve, windowTinyLFU }

  /// What became of a key that asked to be kept.
  public struct Admission: Hashable, Sendable {
    /// Where the entry belongs; nil when it was not let in.
    public let place: Int?
    /// The key that had to go for it, if one had to.
    public let evicted: UInt64?
  }

  public let policy: Policy
  // One of them is there. Separate fields, as an enum's payload would be copied on each change.
  private var recency: LeastRecentlyUsed
  private var frequency: LeastFrequentlyUsed?
  private var sieve: Sieve?
  private var tinyLFU: WindowTinyLFU?
  public let capacity: Int

  public init(_ policy: Policy = .lru, capacity: Int) {
    self.policy = policy
    self.capacity = capacity
    recency = LeastRecentlyUsed(capacity: policy == .lru ? capacity : 1)
    switch policy {
    case .lru: break
    case .lfu: frequency = LeastFrequentlyUsed(capacity: capacity)
    case .sieve: sieve = Sieve(capacity: capacity)
    case .windowTinyLFU: tinyLFU = WindowTinyLFU(capacity: capacity)
    }
  }

  public var count: Int {
    switch policy {
    case .lru: recency.count
    case .lfu: frequency!.count
    case .sieve: sieve!.count
    case .windowTinyLFU: tinyLFU!.count
    }
  }

  /// The place of a key without counting it as a use.
  public func place(of key: UInt64) -> Int? {
    switch policy {
    case .lru: recency.place(of: key)
    case .lfu: frequency!.place(of: key)
    case .sieve: sieve!.place(of: key)
    case .windowTinyLFU: tinyLFU!.place(of: key)
    }
  }

  /// The place of a key, which is being used; nil when it is not kept.
  public mutating func touch(_ key: UInt64) -> Int? {
    switch policy {
    case .lru: recency.touch(key)
    case .lfu: frequency!.touch(key)
    case .sieve: sieve!.touch(key)
    case .windowTinyLFU: tinyLFU!.touch(key)
    }
  }

  /// A place for a key, new or not; evicts when there is no room.
  public mutating func admit(_ key: UInt64) -> Admission {
    switch policy {
    case .lru: recency.admit(key)
    case .lfu: frequency!.admit(key)
    case .sieve: sieve!.admit(key)
    case .windowTinyLFU: tinyLFU!.admit(key)
    }
  }

  /// Gives up a key.
  public mutating func remove(_ key: UInt64) {
    switch policy {
    case .lru: recency.remove(key)
    case .lfu: frequency!.remove(key)
    case .sieve: sieve!.remove(key)
    case .windowTinyLFU: tinyLFU!.remove(key)
    }
  }

  /// Mixes in all that decides who goes next.
  public func mix(into digest: inout Digest) {
    digest.mix(policy.rawValue)
    digest.mix(capacity)
    switch policy {
    case .lru: for key in recency.keys { digest.mix(key) }
    case .lfu: frequency!.mix(into: &digest)
    case .sieve: sieve!.mix(into: &digest)
    case .windowTinyLFU: tinyLFU!.mix(into: &digest)
    }
  }

  /// The keys, those that will be kept longest first.
  public var keys: [UInt64] {
    switch policy {
    case .lru: recency.keys
    case .lfu: frequency!.keys
    case .sieve: sieve!.keys
    case .windowTinyLFU: tinyLFU!.keys
    }
  }
}
