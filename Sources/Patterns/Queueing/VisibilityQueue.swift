import Kernel

/// Keeps tasks until somebody says that they are done: at-least-once delivery with a visibility
/// timeout, as in Amazon SQS.
///
/// A task received is hidden for the timeout. If no acknowledgement comes by then it is offered
/// again, so a crash loses nothing and a slow consumer may see a task twice.
public struct VisibilityQueue<Task: Sendable>: Sendable {
  public struct Receipt: Sendable {
    public var task: Task
    /// How often the task was handed out, this time included.
    public var deliveries: Int
    var visibleAgainAt: Instant
    var isHidden: Bool
    public let storedAt: Instant

    @inline(__always)
    mutating func hide(until moment: Instant) {
      deliveries += 1
      isHidden = true
      visibleAgainAt = moment
    }
  }

  public var visibilityTimeout: Duration
  public private(set) var published = 0
  public private(set) var acknowledged = 0
  /// Tasks given up.
  public private(set) var buried = 0
  private var receipts = NumberedTable<Receipt>()
  private var order: [Int] = []
  private var head = 0
  private var nextNumber = 1

  public init(visibilityTimeout: Duration = .seconds(30)) {
    self.visibilityTimeout = visibilityTimeout
  }

  /// Tasks kept, hidden or not.
  public var depth: Int { receipts.count }
  public var inFlight: Int { receipts.count - waiting }
  /// The same, counted one by one.
  public var hidden: Int { receipts.values.count(where: \.isHidden) }
  /// Tasks that may be received now.
  public private(set) var waiting = 0

  /// When the oldest kept task was stored; nil when the queue is empty.
  public var oldestStoredAt: Instant? {
    receipts.values.map(\.storedAt).min()
  }

  @discardableResult
  public mutating func publish(_ task: Task, at now: Instant) -> Int {
    let number = nextNumber
    nextNumber += 1
    published += 1
    receipts.insert(
      Receipt(task: task, deliveries: 0, visibleAgainAt: .zero, isHidden: false, storedAt: now),
      as: number)
    offer(number)
    return number
  }

  /// Hands out the task that has waited longest and hides it; nil when none is visible.
  public mutating func receive(at now: Instant) -> (number: Int, receipt: Receipt)? {
    while head < order.count {
      let number = order[head]
      head += 1
      if head >= 1024 && head * 2 > order.count {
        order.removeSubrange(..<head)
        head = 0
      }
      guard let place = receipts.place(of: number), !receipts[place].isHidden else { continue }
      receipts[place].hide(until: now + visibilityTimeout)
      waiting -= 1
      return (number, receipts[place])
    }
    return nil
  }

  /// The task is done. False when it is no longer kept: an earlier delivery was acknowledged.
  @discardableResult
  public mutating func acknowledge(_ number: Int) -> Bool {
    guard remove(number) else { return false }
    acknowledged += 1
    return true
  }

  /// Gives a task up: it is not kept any more, and was not done.
  public mutating func bury(_ number: Int) {
    if remove(number) { buried += 1 }
  }

  private mutating func remove(_ number: Int) -> Bool {
    guard let place = receipts.place(of: number) else { return false }
    if !receipts[place].isHidden { waiting -= 1 }
    receipts.remove(at: place)
    return true
  }

  /// A delivery that never reached its consumer: the task is visible again at once, and the
  /// attempt does not count.
  public mutating func putBack(_ number: Int) {
    guard let place = receipts.place(of: number), receipts[place].isHidden else { return }
    receipts[place].deliveries -= 1
    receipts[place].isHidden = false
    offer(number, first: true)
  }

  /// When a hidden task is due to be offered again.
  public func dueAt(_ number: Int) -> Instant? {
    guard let place = receipts.place(of: number), receipts[place].isHidden else { return nil }
    return receipts[place].visibleAgainAt
  }

  /// Offers a task again whose timeout has passed; false if it was done or is visible already.
  @discardableResult
  public mutating func expire(_ number: Int, at now: Instant) -> Bool {
    guard let place = receipts.place(of: number), receipts[place].isHidden,
      receipts[place].visibleAgainAt <= now
    else { return false }
    receipts[place].isHidden = false
    offer(number)
    return true
  }

  /// A restart: nothing is in flight any more, and what was kept is offered in its old order.
  public mutating func restart() {
    order = receipts.numbers
    head = 0
    waiting = order.count
    for number in order { receipts[receipts.place(of: number)!].isHidden = false }
  }

  private mutating func offer(_ number: Int, first: Bool = false) {
    waiting += 1
    if first && head > 0 {
      head -= 1
      order[head] = number
    } else if first {
      order.insert(number, at: 0)
    } else {
      order.append(number)
    }
  }

  /// The tasks kept, by number.
  public var kept: [(number: Int, receipt: Receipt)] {
    receipts.numbers.map { ($0, receipts[receipts.place(of: $0)!]) }
  }

  public func mix(into digest: inout Digest, _ mixTask: (Task, inout Digest) -> Void) {
    digest.mix(visibilityTimeout)
    digest.mix(published)
    digest.mix(acknowledged)
    digest.mix(buried)
    digest.mix(nextNumber)
    for number in order[head...] { digest.mix(number) }
    for (number, receipt) in kept {
      digest.mix(number)
      mixTask(receipt.task, &digest)
      digest.mix(receipt.deliveries)
      digest.mix(receipt.isHidden)
      digest.mix(receipt.visibleAgainAt)
    }
  }
}
