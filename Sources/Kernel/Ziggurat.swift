import Glibc

/// Draws from the exponential and the normal distribution by the ziggurat method
/// (Marsaglia and Tsang, 2000; in Doornik's form with 256 layers of equal area).
///
/// Nearly every draw costs one random word, one comparison and one multiplication.
enum Ziggurat {
  /// The layers of one density: their right edges, the ratios of neighbouring edges, and the
  /// density at each edge.
  struct Layers: Sendable {
    let edge: ContiguousArray<Double>
    let ratio: ContiguousArray<Double>
    let height: ContiguousArray<Double>
    let tail: Double

    init(
      tail: Double, area: Double, density: (Double) -> Double, inverse: (Double) -> Double
    ) {
      var edge = ContiguousArray<Double>(repeating: 0, count: 257)
      edge[0] = area / density(tail)
      edge[1] = tail
      for layer in 2..<256 {
        edge[layer] = inverse(area / edge[layer - 1] + density(edge[layer - 1]))
      }
      self.edge = edge
      ratio = ContiguousArray((0..<256).map { edge[$0 + 1] / edge[$0] })
      height = ContiguousArray(edge.map(density))
      self.tail = tail
    }
  }

  static let exponentialLayers = Layers(
    tail: 7.697_117_470_131_049_7, area: 0.003_949_659_822_581_557_2,
    density: { exp(-$0) }, inverse: { -log($0) })

  static let normalLayers = Layers(
    tail: 3.654_152_885_361_008_8, area: 0.004_928_673_233_974_655,
    density: { exp(-0.5 * $0 * $0) }, inverse: { (-2 * log($0)).squareRoot() })

  /// Exponential with mean 1.
  static func exponential(_ random: inout Random) -> Double {
    let layers = exponentialLayers
    var base = 0.0
    while true {
      let word = random.next()
      let layer = Int(word & 0xFF)
      let u = Double(word >> 11) * 0x1p-53
      if u < layers.ratio[layer] { return base + u * layers.edge[layer] }
      if layer == 0 {
        base += layers.tail  // memoryless: beyond the tail it begins anew
        continue
      }
      let x = u * layers.edge[layer]
      let low = layers.height[layer]
      let high = layers.height[layer + 1]
      if low + random.unit() * (high - low) < exp(-x) { return base + x }
    }
  }

  /// Normal with mean 0 and standard deviation 1.
  static func normal(_ random: inout Random) -> Double {
    let layers = normalLayers
    while true {
      let word = random.next()
      let layer = Int(word & 0xFF)
      let u = Double(word >> 11) * 0x1p-52 - 1
      if abs(u) < layers.ratio[layer] { return u * layers.edge[layer] }
      if layer == 0 { return normalTail(u < 0, &random) }
      let x = u * layers.edge[layer]
      let low = layers.height[layer]
      let high = layers.height[layer + 1]
      if low + random.unit() * (high - low) < exp(-0.5 * x * x) { return x }
    }
  }

  /// Beyond the last edge of the normal density (Marsaglia, 1964).
  private static func normalTail(_ negative: Bool, _ random: inout Random) -> Double {
    let tail = normalLayers.tail
    while true {
      let x = log(1 - random.unit()) / tail
      let y = log(1 - random.unit())
      if -2 * y > x * x { return negative ? x - tail : tail - x }
    }
  }
}
