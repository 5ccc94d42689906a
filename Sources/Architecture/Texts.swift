import Glibc
import Kernel

/// A text of the deployment, by its number in `Texts`.
public struct Text: Hashable, Sendable {
  public let rawValue: UInt32
  public static let empty = Text(rawValue: 0)
}

/// Keeps each distinct text once, so that records, messages and cache entries are plain numbers.
public struct Texts: Sendable {
  private var all: ContiguousArray<String> = [""]
  private var slots: ContiguousArray<UInt32>
  private var mask: Int

  public init() {
    slots = ContiguousArray(repeating: 0, count: 8192)
    mask = 8191
  }

  public subscript(text: Text) -> String { all[Int(text.rawValue)] }

  /// The number of a text, the same one each time.
  public mutating func intern(_ string: String) -> Text {
    var string = string
    return string.withUTF8 { intern($0) }
  }

  /// The number of a text given as UTF-8, without making a string if it is known.
  public mutating func intern(_ utf8: UnsafeBufferPointer<UInt8>) -> Text {
    if utf8.isEmpty { return .empty }
    var slot = Self.hash(utf8) & mask
    while slots[slot] != 0 {
      if isEqual(all[Int(slots[slot])], utf8) { return Text(rawValue: slots[slot]) }
      slot = (slot + 1) & mask
    }
    let text = Text(rawValue: UInt32(all.count))
    all.append(String(decoding: utf8, as: UTF8.self))
    slots[slot] = text.rawValue
    if all.count * 2 > mask { grow() }
    return text
  }

  private func isEqual(_ string: String, _ utf8: UnsafeBufferPointer<UInt8>) -> Bool {
    let same = string.utf8.withContiguousStorageIfAvailable {
      $0.count == utf8.count && memcmp($0.baseAddress!, utf8.baseAddress!, utf8.count) == 0
    }
    return same ?? string.utf8.elementsEqual(utf8)
  }

  private mutating func grow() {
    mask = mask * 2 + 1
    slots = ContiguousArray(repeating: 0, count: mask + 1)
    for number in 1..<all.count {
      var string = all[number]
      var slot = string.withUTF8 { Self.hash($0) } & mask
      while slots[slot] != 0 { slot = (slot + 1) & mask }
      slots[slot] = UInt32(number)
    }
  }

  /// FNV-1a.
  private static func hash(_ utf8: UnsafeBufferPointer<UInt8>) -> Int {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return Int(truncatingIfNeeded: hash >> 16)
  }

  func mix(into digest: inout Digest) { digest.mix(all.count) }
}
