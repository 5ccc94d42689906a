/// A length of virtual time, in whole nanoseconds.
@frozen
public struct Duration: Hashable, Comparable, Sendable {
  public var nanoseconds: Int64

  @inlinable public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  public static let zero = Duration(nanoseconds: 0)
  public static let forever = Duration(nanoseconds: .max)

  @inlinable public static func nanoseconds(_ n: Int64) -> Duration { Duration(nanoseconds: n) }
  @inlinable public static func microseconds(_ n: Int64) -> Duration {
    Duration(nanoseconds: n * 1_000)
  }
  @inlinable public static func milliseconds(_ n: Int64) -> Duration {
    Duration(nanoseconds: n * 1_000_000)
  }
  @inlinable public static func seconds(_ n: Int64) -> Duration {
    Duration(nanoseconds: n * 1_000_000_000)
  }
  @inlinable public static func minutes(_ n: Int64) -> Duration { .seconds(n * 60) }

  @inlinable public static func < (a: Duration, b: Duration) -> Bool {
    a.nanoseconds < b.nanoseconds
  }
  /// Beyond what 64 bits hold it is for ever; no sum of ours is below zero by so much.
  @inlinable public static func + (a: Duration, b: Duration) -> Duration {
    let (sum, overflow) = a.nanoseconds.addingReportingOverflow(b.nanoseconds)
    return Duration(nanoseconds: overflow ? .max : sum)
  }
  @inlinable public static func - (a: Duration, b: Duration) -> Duration {
    Duration(nanoseconds: a.nanoseconds &- b.nanoseconds)
  }

  /// As many times as long; saturates.
  public static func * (duration: Duration, factor: Double) -> Duration {
    let product = Double(duration.nanoseconds) * factor
    return Duration(nanoseconds: product < 9e18 ? Int64(product) : .max)
  }

  public var seconds: Double { Double(nanoseconds) / 1e9 }
  public var milliseconds: Double { Double(nanoseconds) / 1e6 }
}
