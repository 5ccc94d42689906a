import Glibc
import Synchronization

/// The quantile function of a lognormal distribution with median 1, by which it is drawn: one
/// random word a draw, one look into a table, one multiplication.
///
/// It is exact at the table's knots and linear between them. The knots are log-linear in the
/// probability, as the buckets of `Histogram` are in the value: 32 to an octave on each side of
/// the median, down to 2⁻¹³. Beyond, a draw is computed. Between two knots a value is off by less
/// than a thousandth of σ. As each draw takes one word, whatever the parameters, streams of two
/// futures stay side by side when one of them changes a distribution.
struct LognormalQuantiles: @unchecked Sendable {
  /// The line through two neighbouring knots: its value at probability 0, and its slope.
  private struct Line {
    let base: Float
    let slope: Float
  }

  private static let precision = 5
  private static let octaves = 12
  /// How many lines there are on each side of the median.
  private static let side = octaves << precision
  /// The leading bits of the least probability in the table.
  private static let first = Int(0x1p-13.bitPattern >> (52 - UInt64(precision)))

  /// All lines below the median, then all above; before them the spread, so that one address is
  /// all that a distribution carries about.
  private let lines: UnsafePointer<Line>

  /// The standard deviation of the logarithm.
  var spread: Double { UnsafeRawPointer(lines).load(fromByteOffset: -8, as: Double.self) }

  /// A random word as a probability in (0, 1/2), and whether it counts from above.
  @inline(__always)
  func draw(_ random: inout Random) -> Double {
    let word = random.next()
    let probability = Double(word >> 11 | 1) * 0x1p-54
    let index = Int(probability.bitPattern >> (52 - UInt64(Self.precision))) &- Self.first
    let isAbove = word & 1 != 0
    guard mostly(index >= 0) else { return beyond(probability, isAbove) }
    let line = lines[isAbove ? index &+ Self.side : index]
    return Double(line.base) + Double(line.slope) * probability
  }

  private func beyond(_ probability: Double, _ isAbove: Bool) -> Double {
    let deviate = Self.normalQuantile(probability)
    return exp(spread * (isAbove ? -deviate : deviate))
  }

  /// The standard normal deviate below which one falls with a probability up to 1/2, by
  /// Newton's method: from 0 it nears the root from one side, as the function is convex there.
  static func normalQuantile(_ probability: Double) -> Double {
    var z = 0.0
    while true {
      let excess = erfc(-z / 2.squareRoot()) / 2 - probability
      let step = excess / (exp(-z * z / 2) / (2 * Double.pi).squareRoot())
      z -= step
      if step < 1e-13 { return z }
    }
  }

  // MARK: Tables

  /// Those made so far, by spread. A table is a pure function of it and is kept for good, so that
  /// a distribution can be copied without a count of references.
  private static let made = Mutex<[Double: LognormalQuantiles]>([:])

  /// Of no spread at all: always the median.
  static let none = LognormalQuantiles(spread: 0)

  static func of(spread: Double) -> LognormalQuantiles {
    made.withLock { made in
      if let known = made[spread] { return known }
      let quantiles = LognormalQuantiles(spread: spread)
      made[spread] = quantiles
      return quantiles
    }
  }

  private init(spread: Double) {
    let table = UnsafeMutableRawPointer.allocate(
      byteCount: 8 + 2 * Self.side * MemoryLayout<Line>.stride, alignment: 8)
    table.storeBytes(of: spread, as: Double.self)
    let lines = (table + 8).bindMemory(to: Line.self, capacity: 2 * Self.side)
    for index in 0..<Self.side {
      let (low, high) = (Self.knots[index], Self.knots[index + 1])
      for (place, sign) in [(index, 1.0), (index + Self.side, -1.0)] {
        let value = exp(sign * spread * low.deviate)
        let next = exp(sign * spread * high.deviate)
        let slope = (next - value) / (high.probability - low.probability)
        let line = Line(base: Float(value - slope * low.probability), slope: Float(slope))
        (lines + place).initialize(to: line)
      }
    }
    self.lines = UnsafePointer(lines)
  }

  /// The knots below the median, from the least probable up to the median itself.
  private static let knots = (0...side).map { index in
    let bits = UInt64(first + index) << (52 - UInt64(precision))
    let probability = Double(bitPattern: bits)
    return (probability: probability, deviate: normalQuantile(probability))
  }
}
