/// A running 64-bit fingerprint of a value: the same on every machine and in every process.
///
/// Not a cryptographic hash: it tells states apart, it does not guard them.
@frozen
public struct Digest: Hashable, Sendable {
  public private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  public init() {}

  public mutating func mix(_ word: UInt64) {
    value = Self.finish((value ^ word) &+ 0x9E37_79B9_7F4A_7C15)
  }

  public mutating func mix<Integer: FixedWidthInteger>(_ number: Integer) {
    mix(UInt64(truncatingIfNeeded: number))
  }

  public mutating func mix(_ flag: Bool) { mix(flag ? 1 as UInt64 : 2) }
  public mutating func mix(_ number: Double) { mix(number.bitPattern) }
  public mutating func mix(_ moment: Instant) { mix(moment.nanoseconds) }
  public mutating func mix(_ duration: Duration) { mix(duration.nanoseconds) }

  public mutating func mix(_ text: String) {
    mix(text.utf8.count)
    var word: UInt64 = 0
    var filled = 0
    for byte in text.utf8 {
      word = word << 8 | UInt64(byte)
      filled += 1
      if filled == 8 {
        mix(word)
        word = 0
        filled = 0
      }
    }
    if filled > 0 { mix(word) }
  }

  /// The mixing step of SplitMix64: every bit of the input moves every bit of the output.
  static func finish(_ word: UInt64) -> UInt64 {
    var z = word
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Sixteen hexadecimal digits.
  public var text: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

/// A value that is a part of some state's fingerprint.
public protocol Digestible {
  func mix(into digest: inout Digest)
}

extension Int: Digestible {
  public func mix(into digest: inout Digest) { digest.mix(self) }
}
