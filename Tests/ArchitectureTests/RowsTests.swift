import Kernel
import Testing

@testable import Architecture

/// The rows of an instance against a plain dictionary.
@Suite struct RowsTests {
  /// Rows, and beside them what they should be.
  private struct Pair {
    var rows: Rows
    var model: [UInt32: Record]

    mutating func apply(_ verb: Verb, _ id: UInt32, version: UInt32, _ texts: Texts) {
      var record = Record()
      record.version = version
      record.quantity = Int32(id) * 7
      model[id] = verb == .write ? record : nil
      let entry = LogEntry(
        position: 0, epoch: 0, verb: verb, key: Key(.orders, id), method: .put, record: record,
        task: 0, request: 0, at: .zero)
      rows.apply(entry, texts)
    }

    mutating func agree(_ id: UInt32, _ texts: inout Texts) -> Bool {
      rows.read(id, &texts) == model[id] ?? Record()
    }

    /// What SQL says of the whole table.
    mutating func agreeInSQL(_ texts: Texts) -> Bool {
      let table = try? rows.query("select id, version from orders order by id", texts).get()
      let expected = model.sorted { $0.key < $1.key }.map { id, record in
        [Query.Value.integer(Int64(id)), .integer(Int64(record.version))]
      }
      return table?.rows == expected
    }
  }

  @Test func writesThatAreGatheredAreSeenAtOnce() {
    var (random, texts) = (Random(seed: 4), Texts())
    var pairs = [Pair(rows: Rows(.orders), model: [:])]
    for version in 1...3000 {
      let place = random.below(pairs.count)
      let id = UInt32(1 + random.below(20))
      let verb = random.below(4) == 0 ? Verb.delete : .write
      pairs[place].apply(verb, id, version: UInt32(version), texts)
      let (other, seen) = (random.below(pairs.count), UInt32(1 + random.below(20)))
      #expect(pairs[other].agree(seen, &texts) == true)
      #expect(pairs[other].rows.count == pairs[other].model.count)
      if random.below(50) == 0 { #expect(pairs[other].agreeInSQL(texts) == true) }
      if random.below(100) == 0 {
        pairs.append(pairs[other])  // a copy, with writes that the table does not have
        if pairs.count > 3 { pairs.removeFirst() }
      }
    }
  }

  /// Whoever looks in between sees the same, and changes nothing of what is seen later.
  @Test func activityKeepsTheLatestTasksWheneverItIsLookedAt() throws {
    var random = Random(seed: 6)
    let texts = Texts()
    var (quiet, observed) = (Rows(.orders), Rows(.orders))
    let limit = Int(Rows.activityLimit)
    // Out of order by a few, as competing workers do them, and now and then one long after its time.
    var tasks = Array(1...limit + 5000)
    for index in tasks.indices.dropLast(6) { tasks.swapAt(index, index + random.below(6)) }
    for (position, task) in tasks.enumerated() {
      var entry = LogEntry(
        position: UInt64(position + 1), epoch: 1, verb: .record, key: Key(.orders, 7), method: .get,
        record: Record(), task: UInt32(task), request: 0, at: .zero)
      quiet.apply(entry, texts)
      observed.apply(entry, texts)
      if position % 1500 == 0 { _ = observed.times(of: UInt32(task)) }
      if position % 700 == 699 {
        entry.task = UInt32(1 + random.below(200))
        quiet.apply(entry, texts)
        observed.apply(entry, texts)
      }
    }
    let sql = "select min(task), max(task), count(*), sum(times) from activity"
    let table = try quiet.query(sql, texts).get()
    #expect(table.rows == (try observed.query(sql, texts).get().rows))
    guard case .integer(let oldest) = table.rows[0][0] else { return }
    #expect(oldest > 3900 && oldest <= 5001)
    #expect(table.rows[0][1] == .integer(Int64(limit + 5000)))
  }

  /// They share one SQLite database until the first of them writes.
  @Test func deploymentsOnSeveralThreadsMayLookAtTheRowsThatTheyBeginWith() async {
    await withTaskGroup(of: Int.self) { group in
      for seed in 0..<8 as Range<UInt64> {
        group.addTask {
          let world = World(seed: seed)
          let primary = world.directory.primary(of: .databaseA)
          return (0..<4000).reduce(0) { sum, _ in
            sum + world.rowCount(of: primary) + world.repeatedTasks(at: primary)
          }
        }
      }
      for await sum in group { #expect(sum == 4000 * SeedRows.orderCount) }
    }
  }

  @Test func theSameBodyAsksForTheSameOnceMore() throws {
    var (rows, texts) = (Rows(.orders), Texts())
    let bodies = (0..<20).map { texts.intern("{\"quantity\": \($0)}") }
    let wrong = texts.intern("{\"quantity\": \"many\"}")
    for _ in 0..<3 {
      for (number, body) in bodies.enumerated() {
        #expect(rows.change(asking: body, texts)?.quantity == Int32(number))
        #expect(rows.change(asking: bodies[0], texts)?.quantity == 0)
        #expect(rows.change(asking: wrong, texts) == nil)
      }
    }
  }
}
