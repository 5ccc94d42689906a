import Kernel

/// Writes that are in the rows and that no reader of the primary sees yet, as they wait for standbys:
/// what was there before is read, as in PostgreSQL, where a transaction becomes visible when its wait
/// ends.
struct UnconfirmedWrites: Sendable {
  private struct Write: Sendable {
    let position: UInt64
    let id: UInt32
    let before: Record
  }

  /// In the order of commits.
  private var writes: [Write] = []

  /// The row as it was before the first of its writes that wait; nil when none does.
  subscript(id: UInt32) -> Record? {
    writes.isEmpty ? nil : writes.first { $0.id == id }?.before
  }

  mutating func add(_ position: UInt64, of id: UInt32, replacing before: Record) {
    writes.append(Write(position: position, id: id, before: before))
  }

  /// Standbys have everything up to a position.
  mutating func remove(upTo position: UInt64) {
    if !writes.isEmpty { writes.removeAll { $0.position <= position } }
  }

  func mix(into digest: inout Digest) { for write in writes { digest.mix(write.position) } }
}
