/// A stream of random numbers: xoshiro256++ 1.0 (Blackman and Vigna, 2019).
///
/// Each purpose of each component has a stream of its own, derived from the seed and the two
/// names, so that changing one part of a deployment never reshuffles another.
@frozen
public struct Random: RandomNumberGenerator, Hashable, Sendable {
  @usableFromInline var a: UInt64
  @usableFromInline var b: UInt64
  @usableFromInline var c: UInt64
  @usableFromInline var d: UInt64

  public init(seed: UInt64) {
    var splitMix = SplitMix(state: seed)
    a = splitMix.next()
    b = splitMix.next()
    c = splitMix.next()
    d = splitMix.next()
  }

  /// The stream of one purpose of one component, such as ("gateway-1", "work").
  public init(seed: UInt64, component: String, purpose: String) {
    var digest = Digest()
    digest.mix(seed)
    digest.mix(component)
    digest.mix(purpose)
    self.init(seed: digest.value)
  }

  @inlinable
  @inline(__always)
  public mutating func next() -> UInt64 {
    let sum = a &+ d
    let result = (sum << 23 | sum >> 41) &+ a
    let t = b << 17
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= t
    d = d << 45 | d >> 19
    return result
  }

  /// Uniform in [0, 1), in steps of 2⁻⁵³.
  @inlinable public mutating func unit() -> Double {
    Double(next() >> 11) * 0x1p-53
  }

  /// Uniform in 0 ..< count, without bias (Lemire, 2019). `count` must be above zero.
  @inlinable public mutating func below(_ count: Int) -> Int {
    Int(next(upperBound: UInt64(count)))
  }

  public func mix(into digest: inout Digest) {
    digest.mix(a)
    digest.mix(b)
    digest.mix(c)
    digest.mix(d)
  }
}

/// The random streams of one component, each by its purpose: no two of them draw alike.
public struct Streams: Hashable, Sendable {
  public let seed: UInt64
  public let component: String

  public init(seed: UInt64, component: String) {
    self.seed = seed
    self.component = component
  }

  public subscript(purpose: String) -> Random {
    Random(seed: seed, component: component, purpose: purpose)
  }
}

/// Turns one number into a row of well-mixed ones: SplitMix64 (Steele, Lea, Flood, 2014).
struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Digest.finish(state)
  }
}
