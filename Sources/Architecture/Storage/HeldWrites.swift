import Kernel

/// Writes that a cache has acknowledged and the database does not have yet: the latest of each row.
struct HeldWrites: Sendable {
  private struct Held: Hashable, Sendable {
    /// The row as it is to be; of version 0 when it is to go.
    var record: Record
    /// The request that wrote it last.
    var request: UInt32
  }

  private var writes: [UInt64: Held] = [:]
  /// Reads the bodies of writes; made when the first comes.
  private var reader: Rows?

  var count: Int { writes.count }
  subscript(key: UInt64) -> Record? { writes.isEmpty ? nil : writes[key]?.record }
  func request(of key: UInt64) -> UInt32 { writes[key]?.request ?? 0 }

  /// What a body asks of a row; nil when it asks for what a column cannot hold.
  mutating func change(
    asking body: Text, of resource: Resource, _ texts: Texts
  ) -> RecordChange? {
    if reader == nil { reader = Rows(resource) }
    return reader!.change(asking: body, texts)
  }

  /// Keeps a row as it is to be; true if none of this key was held before.
  mutating func put(_ record: Record, of request: UInt32, for key: UInt64) -> Bool {
    writes.updateValue(Held(record: record, request: request), forKey: key) == nil
  }

  /// The database has a row now; false if there is a newer one to write.
  mutating func settle(_ key: UInt64, _ record: Record) -> Bool {
    guard writes[key]?.record == record else { return writes[key] == nil }
    writes[key] = nil
    return true
  }

  mutating func detach() { reader?.detach() }
  mutating func clear() { writes = [:] }

  func mix(into digest: inout Digest) {
    for key in writes.keys.sorted() {
      digest.mix(key)
      writes[key]?.record.mix(into: &digest)
    }
  }
}
