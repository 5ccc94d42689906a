import Kernel

/// What a cache had to do with an answer.
public enum CacheOutcome: UInt8, CaseIterable, Sendable {
  case none, hit, miss, stale, bypass

  public var name: String {
    switch self {
    case .none: "none"
    case .hit: "hit"
    case .miss: "miss"
    case .stale: "stale"
    case .bypass: "bypass"
    }
  }
}

/// What comes back from a node that was asked. Large fields first, as in a message.
public struct Answer: Hashable, Sendable {
  /// Of an answer from a cache: how old the copy is.
  public var age = Duration.zero
  /// Of a database: the position of its log that the answer reflects, and its term.
  public var position: UInt64 = 0
  public var epoch: UInt32 = 0
  public var record = Record()
  /// Something too large for a message that travels with the answer.
  var parcel = ParcelID.none
  public var status: UInt16 = 200
  public var reason = Reason.none
  /// Where the reason arose.
  public var failedAt = NodeID.none
  public var cache = CacheOutcome.none
  /// The instance whose business logic made the answer.
  public var servedBy = NodeID.none
  /// Of an expired copy: that it may be served at once, as the cache sees to a new one.
  public var isBeingRenewed = false
  /// Made up by the service, as the row could not be read (fallback).
  public var isPlaceholder = false

  public static let ok = Answer()

  public init(status: UInt16 = 200) { self.status = status }

  /// A failure that arises at a node.
  public init(_ reason: Reason, at node: NodeID) {
    status = reason.status
    self.reason = reason
    failedAt = node
  }

  public var isSuccess: Bool { status < 400 }
  /// The server's fault rather than the request's.
  public var isServerError: Bool { status >= 500 }

  func mix(into digest: inout Digest) {
    digest.mix(status)
    digest.mix(reason.rawValue)
    digest.mix(failedAt.rawValue)
    digest.mix(cache.rawValue)
    digest.mix(servedBy.rawValue)
    digest.mix(age)
    digest.mix(isBeingRenewed)
    digest.mix(isPlaceholder)
    record.mix(into: &digest)
    digest.mix(epoch)
    digest.mix(position)
    digest.mix(parcel.rawValue)
  }
}
