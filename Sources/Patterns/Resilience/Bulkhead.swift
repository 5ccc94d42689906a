import Kernel

/// Bounds how many calls to one dependency may be under way, so that a slow one can't take all
/// of its caller's capacity with it.
///
/// resilience4j's semaphore bulkhead: `maxConcurrentCalls` 25, no waiting. Envoy calls the same
/// limit a circuit breaker (`max_requests`).
public struct Bulkhead: Hashable, Sendable, Digestible {
  public var maxConcurrent: Int
  public private(set) var inUse = 0
  public private(set) var rejected = 0

  public init(maxConcurrent: Int = 25) { self.maxConcurrent = maxConcurrent }

  /// Takes a place; false when none is free.
  public mutating func enter() -> Bool {
    guard inUse < maxConcurrent else {
      rejected += 1
      return false
    }
    inUse += 1
    return true
  }

  public mutating func leave() { inUse = max(inUse - 1, 0) }

  public func mix(into digest: inout Digest) {
    digest.mix(maxConcurrent)
    digest.mix(inUse)
    digest.mix(rejected)
  }
}
