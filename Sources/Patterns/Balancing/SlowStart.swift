import Kernel

/// Gives a host that has just come back a growing share of its traffic, so that it can warm up.
///
/// Envoy's formula: weight · max(minimum, (t / window)^(1 / aggression)), for t within the window.
public struct SlowStart: Hashable, Sendable, Digestible {
  public var window: Duration
  public var aggression: Double
  /// 0...1; Envoy's min_weight_percent 10 %.
  public var minimumShare: Double

  public init(window: Duration = .seconds(30), aggression: Double = 1, minimumShare: Double = 0.1) {
    self.window = window
    self.aggression = aggression
    self.minimumShare = minimumShare
  }

  /// What a host's weight is multiplied by, `time` after it came back.
  public func factor(after time: Duration) -> Double {
    guard window > .zero, time < window else { return 1 }
    let progress = max(0, time.seconds / window.seconds)
    return max(minimumShare, power(progress, 1 / aggression))
  }

  public func mix(into digest: inout Digest) {
    digest.mix(window)
    digest.mix(aggression)
    digest.mix(minimumShare)
  }
}
