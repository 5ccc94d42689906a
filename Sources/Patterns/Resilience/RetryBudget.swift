import Kernel

/// Bounds the retries by a share of the work under way, so that they can't feed an overload.
///
/// Envoy's `retry_budget`: `budget_percent` 20 % of the active requests, and at least
/// `min_retry_concurrency` 3.
public struct RetryBudget: Hashable, Sendable, Digestible {
  /// 0...1.
  public var share: Double
  public var minimum: Int
  /// Requests under way, and those of them that are in a retry.
  public private(set) var active = 0
  public private(set) var retrying = 0
  public private(set) var denied = 0

  public init(share: Double = 0.2, minimum: Int = 3) {
    self.share = share
    self.minimum = minimum
  }

  public mutating func begin() { active += 1 }

  /// Asks to try a request again; `isRetrying` tells whether it was a retry that failed.
  public mutating func allowsRetry(isRetrying: Bool) -> Bool {
    if isRetrying { return true }  // it holds its place in the budget already
    guard retrying < max(minimum, Int(share * Double(active))) else {
      denied += 1
      return false
    }
    retrying += 1
    return true
  }

  public mutating func end(wasRetrying: Bool) {
    active = max(active - 1, 0)
    if wasRetrying { retrying = max(retrying - 1, 0) }
  }

  public func mix(into digest: inout Digest) {
    digest.mix(share)
    digest.mix(minimum)
    digest.mix(active)
    digest.mix(retrying)
    digest.mix(denied)
  }
}
