import Kernel

/// Decides from the results of regular checks whether a host takes traffic, as HAProxy's
/// `fall` and `rise` do: some failures in a row put it out, some successes in a row bring it back.
public struct ActiveHealthCheck: Hashable, Sendable {
  public var fall: Int
  public var rise: Int
  public private(set) var isHealthy = true
  private var streak = 0

  /// HAProxy's defaults: out after 3 failures in a row, back after 2 successes in a row.
  public init(fall: Int = 3, rise: Int = 2) {
    self.fall = fall
    self.rise = rise
  }

  /// Counts one check; returns whether it changed the verdict.
  @discardableResult
  public mutating func record(success: Bool) -> Bool {
    if success == isHealthy {
      streak = 0
      return false
    }
    streak += 1
    if streak < (isHealthy ? fall : rise) { return false }
    isHealthy.toggle()
    streak = 0
    return true
  }

  /// Trusts the host again, as at the start.
  public mutating func reset() { self = ActiveHealthCheck(fall: fall, rise: rise) }

  public func mix(into digest: inout Digest) {
    digest.mix(fall)
    digest.mix(rise)
    digest.mix(isHealthy)
    digest.mix(streak)
  }
}
