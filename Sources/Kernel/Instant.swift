/// A moment of virtual time, in whole nanoseconds since the deployment started.
@frozen
public struct Instant: Hashable, Comparable, Sendable {
  public var nanoseconds: Int64

  @inlinable public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  public static let zero = Instant(nanoseconds: 0)
  /// Later than any moment that a deployment reaches.
  public static let distantFuture = Instant(nanoseconds: .max)

  @inlinable public static func < (a: Instant, b: Instant) -> Bool { a.nanoseconds < b.nanoseconds }

  /// Saturates at `distantFuture`, so that a patience without end may be added to any moment.
  @inlinable public static func + (moment: Instant, duration: Duration) -> Instant {
    let (sum, overflow) = moment.nanoseconds.addingReportingOverflow(duration.nanoseconds)
    return Instant(nanoseconds: overflow ? .max : sum)
  }

  @inlinable public static func - (later: Instant, earlier: Instant) -> Duration {
    Duration(nanoseconds: later.nanoseconds &- earlier.nanoseconds)
  }

  public var milliseconds: Double { Double(nanoseconds) / 1e6 }
}
