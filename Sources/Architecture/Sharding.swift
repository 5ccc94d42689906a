import Kernel
import Patterns

/// How the rows of a database are spread over its instances: one shard, or several by key, each
/// with a primary of its own. Instance n belongs to shard (n − 1) modulo their number.
public struct Sharding: Hashable, Sendable {
  /// A part of the rows, and who takes writes for it.
  public struct Shard: Hashable, Sendable {
    public fileprivate(set) var primary = NodeID.none
    /// The term of the current primary: it grows with every promotion.
    public fileprivate(set) var epoch: UInt32 = 0

    mutating func begin(_ node: NodeID, after epoch: UInt32) {
      self.epoch = epoch
      promote(node)
    }

    mutating func promote(_ node: NodeID) {
      primary = node
      epoch += 1
    }
  }

  /// How a key finds its shard.
  public enum Scheme: Int, CaseIterable, Sendable {
    /// By consistent hashing: another shard takes 1/n of the keys from the others.
    case ring
    /// By the remainder of the key: another shard moves nearly all keys.
    case modulo
  }

  public internal(set) var shards = [Shard()]
  public private(set) var scheme = Scheme.ring
  /// Whether writes are refused for now, as rows move.
  public internal(set) var holdsWrites = false
  private var ring = RingHash()

  public init() {}

  /// The rule for a number of shards.
  init(_ count: Int, _ scheme: Scheme) {
    shards = Array(repeating: Shard(), count: count)
    self.scheme = scheme
    if count > 1 { ring.resize(to: count) }
  }

  public func shard(of key: UInt64) -> Int {
    guard shards.count > 1 else { return 0 }
    switch scheme {
    case .ring: return ring.member(for: key) ?? 0
    case .modulo: return Int(key & 0xFFFF_FFFF) % shards.count
    }
  }

  func leader(of key: UInt64) -> Shard { shards[shard(of: key)] }

  func mix(into digest: inout Digest) {
    for shard in shards {
      digest.mix(shard.primary.rawValue)
      digest.mix(shard.epoch)
    }
    digest.mix(scheme.rawValue)
    digest.mix(holdsWrites)
  }
}

/// Whom a caller takes for the primary: the one in the directory, unless word of a change has not
/// reached it.
struct DatabaseView: Hashable, Sendable {
  /// By shard: the primary that this caller still believes in.
  private var outdated: [Int: Sharding.Shard] = [:]

  var isOutdated: Bool { !outdated.isEmpty }

  /// The primary to ask about a key, and its term.
  func leader(of key: Key, _ directory: Directory) -> Sharding.Shard {
    guard !outdated.isEmpty else { return directory.leader(of: key) }
    let shard = directory.sharding(of: key.resource.database).shard(of: key.packed)
    return outdated[shard] ?? directory.leader(of: key)
  }

  /// Word of a promotion does not get here.
  mutating func miss(_ old: Sharding.Shard, of shard: Int) {
    if outdated[shard] == nil { outdated[shard] = old }
  }

  /// An answer shows that the belief was wrong, or word has come.
  mutating func refresh() { if !outdated.isEmpty { outdated = [:] } }

  mutating func learn(from answer: Answer) { if answer.isServerError { refresh() } }

  func mix(into digest: inout Digest) {
    for shard in outdated.keys.sorted() {
      digest.mix(shard)
      digest.mix(outdated[shard]?.primary.rawValue ?? 0)
    }
  }
}
