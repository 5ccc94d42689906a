/// Values by their numbers, from 1 on, each in a place that is used again when it goes.
///
/// As a dictionary, without a hash of the runtime's: three looks at one cost a task as much as its
/// wait in the queue.
struct NumberedTable<Value: Sendable>: Sendable {
  private var index = PlaceIndex(capacity: 16)
  private var capacity = 16
  private var cells: ContiguousArray<Value> = []
  /// The number of the value in each place; 0 is none.
  private var occupants: ContiguousArray<Int> = []
  private var free: ContiguousArray<Int32> = []

  var count: Int { cells.count - free.count }

  /// The numbers, in rising order.
  var numbers: [Int] { occupants.filter { $0 > 0 }.sorted() }
  /// The values, in no order that means anything.
  var values: some Sequence<Value> {
    zip(occupants, cells).lazy.filter { $0.0 > 0 }.map(\.1)
  }

  /// Where the value of a number is; nil when there is none.
  @inline(__always)
  func place(of number: Int) -> Int? {
    index.place(of: UInt64(number)).map { Int($0) }
  }

  subscript(place: Int) -> Value {
    @inline(__always) _read { yield cells[place] }
    @inline(__always) _modify { yield &cells[place] }
  }

  /// Adds a value under a number that has none.
  mutating func insert(_ value: Value, as number: Int) {
    if let place = free.popLast() {
      cells[Int(place)] = value
      occupants[Int(place)] = number
      index.insert(UInt64(number), at: place)
      return
    }
    if cells.count == capacity { grow() }
    index.insert(UInt64(number), at: Int32(cells.count))
    cells.append(value)
    occupants.append(number)
  }

  /// Gives up the value in a place; its cell keeps it until the place is used again.
  mutating func remove(at place: Int) {
    _ = index.remove(UInt64(occupants[place]))
    occupants[place] = 0
    free.append(Int32(place))
  }

  private mutating func grow() {
    capacity *= 2
    index = PlaceIndex(capacity: capacity)
    for (place, number) in occupants.enumerated() {
      index.insert(UInt64(number), at: Int32(place))
    }
  }
}
