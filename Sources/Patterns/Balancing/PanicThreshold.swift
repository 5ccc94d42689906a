import Kernel

/// When too few hosts are healthy, trusts none of the verdicts and uses them all.
///
/// Envoy's `healthy_panic_threshold` 50 %, and strictly below it: of two hosts one down is no
/// panic. Some requests then fail at dead hosts, but the few live ones are not drowned.
public struct PanicThreshold: Hashable, Sendable, Digestible {
  /// 0...1.
  public var share: Double
  /// Requests that were routed in panic.
  public private(set) var routed = 0

  public init(share: Double = 0.5) { self.share = share }

  public func isPanic(available: Int, of count: Int) -> Bool {
    count > 0 && Double(available) / Double(count) < share
  }

  public mutating func note() { routed += 1 }

  public func mix(into digest: inout Digest) {
    digest.mix(share)
    digest.mix(routed)
  }
}
