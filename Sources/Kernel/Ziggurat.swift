import Glibc

/// Draws from the exponential distribution by the ziggurat method (Marsaglia and Tsang, 2000; in Doornik's form with 256 layers of equal area).
///
/// Nearly every draw costs one random word, one comparison and one multiplication.
enum Ziggurat {
  /// One layer: its right edge and the density there and at the next edge, and the ratio of the
  /// two edges.
  struct Layer: Sendable {
    let edge: Double
    let ratio: Double
    let height: Double
    let nextHeight: Double
  }

  /// The 256 layers over a tail that begins at an edge.
  private static func layers(
    tail: Double, area: Double, density: (Double) -> Double, inverse: (Double) -> Double
  ) -> ContiguousArray<Layer> {
    var edges = ContiguousArray<Double>(repeating: 0, count: 257)
    edges[0] = area / density(tail)
    edges[1] = tail
    for layer in 2..<256 {
      edges[layer] = inverse(area / edges[layer - 1] + density(edges[layer - 1]))
    }
    return ContiguousArray(
      zip(edges, edges.dropFirst()).map { edge, next in
        Layer(edge: edge, ratio: next / edge, height: density(edge), nextHeight: density(next))
      })
  }

  private static let exponentialTail = 7.697_117_470_131_049_7
  private static let exponentialLayers = layers(
    tail: exponentialTail, area: 0.003_949_659_822_581_557_2,
    density: { exp(-$0) }, inverse: { -log($0) })

  /// Exponential with mean 1.
  static func exponential(_ random: inout Random) -> Double {
    var base = 0.0
    while true {
      let word = random.next()
      let number = Int(word & 0xFF)
      let layer = exponentialLayers[number]
      let u = Double(word >> 11) * 0x1p-53
      if u < layer.ratio { return base + u * layer.edge }
      if number == 0 {
        base += exponentialTail  // memoryless: beyond the tail it begins anew
        continue
      }
      let x = u * layer.edge
      let (low, high) = (layer.height, layer.nextHeight)
      if low + random.unit() * (high - low) < exp(-x) { return base + x }
    }
  }
}
