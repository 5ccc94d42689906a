import Kernel

/// Finds the place of a key: a hash table with linear probing and backward-shift deletion
/// (Knuth, TAOCP 6.4, algorithm R), the same in every process.
public struct PlaceIndex: Hashable, Sendable {
  private var keys: ContiguousArray<UInt64>
  private var places: ContiguousArray<Int32>
  private let mask: Int

  /// Room for `capacity` keys, at most half full.
  public init(capacity: Int) {
    var size = 4
    while size < capacity * 2 { size *= 2 }
    keys = ContiguousArray(repeating: 0, count: size)
    places = ContiguousArray(repeating: -1, count: size)
    mask = size - 1
  }

  private func home(of key: UInt64) -> Int {
    Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 32) & mask
  }

  private func slot(of key: UInt64) -> Int {
    var slot = home(of: key)
    while places[slot] >= 0 && keys[slot] != key { slot = (slot + 1) & mask }
    return slot
  }

  public func place(of key: UInt64) -> Int32? {
    let place = places[slot(of: key)]
    return place < 0 ? nil : place
  }

  public mutating func insert(_ key: UInt64, at place: Int32) {
    let slot = slot(of: key)
    keys[slot] = key
    places[slot] = place
  }

  public mutating func remove(_ key: UInt64) -> Int32? {
    var hole = slot(of: key)
    let place = places[hole]
    guard place >= 0 else { return nil }
    var slot = (hole + 1) & mask
    while places[slot] >= 0 {
      let distanceFromHome = (slot - home(of: keys[slot])) & mask
      let distanceFromHole = (slot - hole) & mask
      if distanceFromHome >= distanceFromHole {
        keys[hole] = keys[slot]
        places[hole] = places[slot]
        hole = slot
      }
      slot = (slot + 1) & mask
    }
    places[hole] = -1
    keys[hole] = 0
    return place
  }
}
