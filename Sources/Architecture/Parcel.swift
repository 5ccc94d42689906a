import Kernel

/// Names something too large for a message that travels with an answer.
struct ParcelID: Hashable, Sendable {
  var rawValue: Int32
  static let none = ParcelID(rawValue: -1)
}

/// What a database sends to a replica.
enum Parcel: Sendable {
  case nothing
  /// The writes after the replica's position, in order.
  case entries(Shipment)
  /// Everything, for a replica whose history is not a part of the primary's.
  indirect case copy(Storage)
}

/// Writes in the order of a log, at least one. As most often it is one, the first of them needs no
/// array.
struct Shipment: Sendable {
  private let first: LogEntry
  private let others: [LogEntry]

  /// Nil of no entries.
  init?(_ entries: some Collection<LogEntry>) {
    guard let first = entries.first else { return nil }
    self.first = first
    others = entries.count == 1 ? [] : Array(entries.dropFirst())
  }

  var last: LogEntry { others.last ?? first }

  var count: Int { others.count + 1 }
  subscript(index: Int) -> LogEntry { index == 0 ? first : others[index - 1] }
}

/// Parcels under way. A parcel belongs to its answer: taken when read, dropped with the call.
struct Parcels: Sendable {
  private var slab = Slab<Parcel>()

  mutating func put(_ parcel: consuming Parcel) -> ParcelID {
    slab.own()
    let place = slab.take(.nothing)
    swap(&slab[place], &parcel)
    return ParcelID(rawValue: place)
  }

  mutating func take(_ id: ParcelID) -> Parcel {
    guard id != .none else { return .nothing }
    slab.own()
    var parcel = Parcel.nothing
    swap(&slab[id.rawValue], &parcel)
    slab.release(id.rawValue)
    return parcel
  }
}

extension Outbox {
  mutating func pack(_ parcel: consuming Parcel) -> ParcelID { parcels.put(parcel) }
  mutating func unpack(_ id: ParcelID) -> Parcel { parcels.take(id) }
  /// Throws away what nobody takes out any more.
  mutating func drop(_ id: ParcelID) { _ = parcels.take(id) }

  /// Takes the parcel out of an answer, which has none then.
  mutating func unpack(_ answer: inout Answer) -> Parcel {
    let id = answer.parcel
    answer.parcel = .none
    return parcels.take(id)
  }
}
