import Kernel

/// Writes that a cache has acknowledged and the database does not have yet: the latest of each row.
struct HeldWrites: Sendable {
  struct Held: Hashable, Sendable {
    /// The row as it is to be; of version 0 when it is to go.
    var record: Record
    /// The request that wrote it last.
    var request: UInt32
    /// How many writes were acknowledged since the database had it last, and how many of them are
    /// on their way there.
    var acknowledged = 0
    var underWay = 0
    /// The row as it is on its way there.
    var sent = Record()
    /// Of a row that was deleted and made anew meanwhile: how many of the writes came before that.
    /// The database deletes it first, so that its versions count from 1 again.
    var beforeReturn = 0
    /// The row was written past the cache while it was on its way.
    var isPassed = false
    /// What comes after the write that is on its way waits for nothing.
    var isUrgent = false
  }

  private var writes: [UInt64: Held] = [:]
  /// Reads the bodies of writes; made when the first comes.
  private var reader: Rows?

  /// The rows that are held, in order.
  var keys: [UInt64] { writes.keys.sorted() }
  /// Rows that the database does not have as they are to be.
  var count: Int { writes.count }
  /// Writes that were acknowledged and the database does not have.
  var acknowledged: Int { writes.values.reduce(0) { $0 + $1.acknowledged } }
  /// The row as it is to be; nil when it is not held, or was written otherwise since.
  subscript(key: UInt64) -> Record? {
    guard !writes.isEmpty, let held = writes[key], !held.isPassed else { return nil }
    return held.record
  }
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
    var held = writes[key] ?? Held(record: record, request: request)
    let returns = !held.record.exists && record.exists && held.acknowledged > held.underWay
    if returns { held.beforeReturn = held.acknowledged }
    (held.record, held.request, held.isPassed) = (record, request, false)
    held.acknowledged += 1
    return writes.updateValue(held, forKey: key) == nil
  }

  /// A row goes to the database: as it is now, unless it has to go first; nil if none is held.
  mutating func beginWriting(_ key: UInt64) -> Record? {
    guard let held = writes[key] else { return nil }
    // A deletion that is tried again, of a row that was made anew since.
    let isDeletedFirst = held.underWay > 0 && !held.sent.exists && held.record.exists
    let goesFirst = held.beforeReturn > 0 || isDeletedFirst
    let record = goesFirst ? Record() : held.record
    if !goesFirst {
      writes[key]?.underWay = held.acknowledged
    } else if held.beforeReturn > 0 {
      writes[key]?.underWay = held.beforeReturn
    }
    writes[key]?.sent = record
    return record
  }

  /// The database has a row now; false if there is a newer one to write.
  mutating func settle(_ key: UInt64, _ record: Record) -> Bool {
    guard let held = writes[key] else { return true }
    guard held.record == record else {
      writes[key]?.acknowledged -= held.underWay
      writes[key]?.underWay = 0
      writes[key]?.beforeReturn = max(0, held.beforeReturn - held.underWay)
      return false
    }
    writes[key] = nil
    return true
  }

  /// What was written while a row is on its way is to follow at once.
  mutating func hurry(_ key: UInt64) { writes[key]?.isUrgent = true }
  func isUrgent(_ key: UInt64) -> Bool { writes[key]?.isUrgent ?? false }

  /// Takes out the writes of some rows, but for those that are on their way: what comes after these
  /// follows at once. In the order of keys.
  mutating func take(where isForeign: (UInt64) -> Bool) -> [(key: UInt64, held: Held)] {
    let foreign = writes.keys.filter(isForeign).sorted()
    for key in foreign { hurry(key) }
    let keys = foreign.filter { writes[$0]?.underWay == 0 }
    return keys.compactMap { key in writes.removeValue(forKey: key).map { (key, $0) } }
  }

  /// Takes over a write from another cache; the latest of a row counts.
  mutating func takeOver(_ held: Held, for key: UInt64) {
    guard writes[key] == nil else { return }
    writes[key] = held
    writes[key]?.isUrgent = false
  }

  /// How many writes of a row are on their way to the database.
  func underWay(of key: UInt64) -> Int { writes[key]?.underWay ?? 0 }

  /// Gives a row up, but for what is on its way; returns how many acknowledged writes that takes
  /// away.
  mutating func drop(_ key: UInt64) -> Int {
    guard !writes.isEmpty, let held = writes[key] else { return 0 }
    writes[key]?.acknowledged = held.underWay
    writes[key]?.record = held.sent
    writes[key]?.beforeReturn = 0
    writes[key]?.isPassed = true
    if held.underWay == 0 { writes[key] = nil }
    return held.acknowledged - held.underWay
  }

  /// Whether a row was written past the cache while its write was on its way.
  func isPassed(_ key: UInt64) -> Bool { writes[key]?.isPassed ?? false }

  /// Gives up a row that is on its way; returns how many acknowledged writes that takes away.
  mutating func giveUp(_ key: UInt64) -> Int { writes.removeValue(forKey: key)?.acknowledged ?? 0 }

  mutating func detach() { reader?.detach() }
  mutating func clear() { writes = [:] }

  func mix(into digest: inout Digest) {
    for key in writes.keys.sorted() {
      digest.mix(key)
      writes[key]?.record.mix(into: &digest)
      writes[key]?.sent.mix(into: &digest)
      digest.mix(writes[key]?.acknowledged ?? 0)
      digest.mix(writes[key]?.underWay ?? 0)
      digest.mix(writes[key]?.isUrgent ?? false)
      digest.mix(writes[key]?.request ?? 0)
      digest.mix(writes[key]?.beforeReturn ?? 0)
      digest.mix(writes[key]?.isPassed ?? false)
    }
  }
}
