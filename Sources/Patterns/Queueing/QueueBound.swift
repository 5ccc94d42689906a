import Kernel

/// Refuses what a full queue can't hold, so that producers slow down (backpressure), rather than
/// let it grow until nothing in it is worth doing any more.
///
/// RabbitMQ's `max-length` with `overflow: reject-publish`.
public struct QueueBound: Hashable, Sendable, Digestible {
  public var maximumLength = 1000
  public private(set) var rejected = 0

  public init() {}

  public mutating func admits(depth: Int) -> Bool {
    if depth < maximumLength { return true }
    rejected += 1
    return false
  }

  public func mix(into digest: inout Digest) {
    digest.mix(maximumLength)
    digest.mix(rejected)
  }
}
