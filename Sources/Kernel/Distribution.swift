import Glibc

/// How long something takes: a distribution of durations.
public struct Distribution: Sendable {
  public enum Shape: UInt8, Sendable { case constant, exponential, lognormal }

  /// In nanoseconds: the mean, or the median of a lognormal.
  let scale: Double
  /// What a lognormal is drawn by; that of no spread at all for other shapes.
  private let quantiles: LognormalQuantiles
  public let shape: Shape
  /// The standard deviation of a lognormal's logarithm.
  var spread: Double { quantiles.spread }

  private init(_ shape: Shape, scale: Duration, spread: Double = 0) {
    self.shape = shape
    self.scale = Double(scale.nanoseconds)
    quantiles = shape == .lognormal ? .of(spread: spread) : .none
  }

  public static func constant(_ duration: Duration) -> Distribution {
    Distribution(.constant, scale: duration)
  }

  public static func exponential(mean: Duration) -> Distribution {
    Distribution(.exponential, scale: mean)
  }

  /// Lognormal by the two percentiles that operators know: μ = ln p50, σ = ln(p99/p50) / 2.326.
  public static func lognormal(p50: Duration, p99: Duration) -> Distribution {
    precondition(p50 > .zero && p99 >= p50, "a lognormal needs 0 < p50 ≤ p99")
    let ratio = Double(p99.nanoseconds) / Double(p50.nanoseconds)
    return Distribution(.lognormal, scale: p50, spread: log(ratio) / 2.326)
  }

  /// A draw, in whole nanoseconds, never negative.
  public func sample(_ random: inout Random) -> Duration {
    switch shape {
    case .constant: Duration(nanoseconds: Int64(scale))
    case .exponential: Duration(nanoseconds: Int64(scale * Ziggurat.exponential(&random)))
    case .lognormal: Duration(nanoseconds: Int64(scale * quantiles.draw(&random)))
    }
  }

  /// The mean, in seconds.
  public var mean: Double {
    scale * exp(spread * spread / 2) / 1e9
  }

  /// The mean of the square, in seconds squared.
  public var meanSquare: Double {
    switch shape {
    case .constant: mean * mean
    case .exponential: 2 * mean * mean
    case .lognormal: mean * mean * exp(spread * spread)
    }
  }

  /// The 99th percentile.
  public var p99: Duration {
    switch shape {
    case .constant: Duration(nanoseconds: Int64(scale))
    case .exponential: Duration(nanoseconds: Int64(scale * log(100.0)))
    case .lognormal: Duration(nanoseconds: Int64((scale * exp(2.326 * spread)).rounded()))
    }
  }

  public func mix(into digest: inout Digest) {
    digest.mix(shape.rawValue)
    digest.mix(scale)
    digest.mix(spread)
  }
}

extension Distribution: Hashable {
  public static func == (one: Distribution, other: Distribution) -> Bool {
    one.shape == other.shape && one.scale == other.scale && one.spread == other.spread
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(shape)
    hasher.combine(scale)
    hasher.combine(spread)
  }
}

/// e to the power x.
public func exponential(_ x: Double) -> Double { exp(x) }

/// x to the power y, for positive x.
public func power(_ x: Double, _ y: Double) -> Double { pow(x, y) }
