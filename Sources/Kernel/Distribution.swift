import Glibc

/// How long something takes: a distribution of durations.
@frozen
public struct Distribution: Hashable, Sendable {
  public enum Shape: UInt8, Sendable { case constant, exponential, lognormal }

  public let shape: Shape
  /// Constant and exponential: the mean in nanoseconds. Lognormal: ln of the median.
  let location: Double
  /// Lognormal: the standard deviation of the logarithm.
  let spread: Double

  init(shape: Shape, location: Double, spread: Double) {
    self.shape = shape
    self.location = location
    self.spread = spread
  }

  public static func constant(_ duration: Duration) -> Distribution {
    Distribution(shape: .constant, location: Double(duration.nanoseconds), spread: 0)
  }

  public static func exponential(mean: Duration) -> Distribution {
    Distribution(shape: .exponential, location: Double(mean.nanoseconds), spread: 0)
  }

  /// Lognormal by the two percentiles that operators know: μ = ln p50, σ = ln(p99/p50) / 2.326.
  public static func lognormal(p50: Duration, p99: Duration) -> Distribution {
    precondition(p50 > .zero && p99 >= p50, "a lognormal needs 0 < p50 ≤ p99")
    let median = Double(p50.nanoseconds)
    return Distribution(
      shape: .lognormal, location: log(median),
      spread: log(Double(p99.nanoseconds) / median) / 2.326)
  }

  /// A draw, in whole nanoseconds, never negative.
  public func sample(_ random: inout Random) -> Duration {
    switch shape {
    case .constant:
      return Duration(nanoseconds: Int64(location))
    case .exponential:
      return Duration(nanoseconds: Int64(location * Ziggurat.exponential(&random)))
    case .lognormal:
      return Duration(nanoseconds: Int64(exp(location + spread * Ziggurat.normal(&random))))
    }
  }

  /// The mean, in seconds.
  public var mean: Double {
    shape == .lognormal ? exp(location + spread * spread / 2) / 1e9 : location / 1e9
  }

  /// The mean of the square, in seconds squared.
  public var meanSquare: Double {
    switch shape {
    case .constant: mean * mean
    case .exponential: 2 * mean * mean
    case .lognormal: exp(2 * location + 2 * spread * spread) / 1e18
    }
  }

  /// The 99th percentile.
  public var p99: Duration {
    switch shape {
    case .constant: Duration(nanoseconds: Int64(location))
    case .exponential: Duration(nanoseconds: Int64(location * log(100.0)))
    case .lognormal: Duration(nanoseconds: Int64(exp(location + 2.326 * spread).rounded()))
    }
  }

  public func mix(into digest: inout Digest) {
    digest.mix(shape.rawValue)
    digest.mix(location)
    digest.mix(spread)
  }
}

/// e to the power x.
public func exponential(_ x: Double) -> Double { exp(x) }

/// x to the power y, for positive x.
public func power(_ x: Double, _ y: Double) -> Double { pow(x, y) }
