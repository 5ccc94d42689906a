import Kernel
import Patterns
import Testing

@Suite struct RoundRobinTests {
  @Test func everyMemberHasItsTurn() {
    var turn = RoundRobin()
    let picks = (0..<6).map { _ in turn.pick(of: 3) { _ in true } }
    #expect(picks == [0, 1, 2, 0, 1, 2])
  }

  @Test func whoMayNotBeTakenIsPassedOver() {
    var turn = RoundRobin()
    let picks = (0..<4).map { _ in turn.pick(of: 3) { $0 != 1 } }
    #expect(picks == [0, 2, 0, 2])
    #expect(turn.pick(of: 3) { _ in false } == nil)
  }
}

@Suite struct HealthCheckTests {
  @Test func threeFailuresInARowPutOutAndTwoSuccessesBringBack() {
    var check = ActiveHealthCheck(fall: 3, rise: 2)
    check.record(success: false)
    check.record(success: false)
    check.record(success: true)
    check.record(success: false)
    check.record(success: false)
    #expect(check.isHealthy)
    let result1 = check.record(success: false)
    #expect(result1)
    #expect(!check.isHealthy)
    check.record(success: true)
    #expect(!check.isHealthy)
    let result2 = check.record(success: true)
    #expect(result2)
    #expect(check.isHealthy)
  }
}

@Suite struct LeastRecentlyUsedTests {
  @Test func theOneNotUsedForLongestGoes() {
    var cache = LeastRecentlyUsed(capacity: 2)
    _ = cache.admit(1)
    _ = cache.admit(2)
    _ = cache.touch(1)
    #expect(cache.admit(3).evicted == 2)
    #expect(cache.keys == [3, 1])
  }

  @Test func itBehavesLikeAListThatIsSearched() {
    var random = Random(seed: 3)
    var cache = LeastRecentlyUsed(capacity: 50)
    var model: [UInt64] = []
    for _ in 0..<20_000 {
      let key = UInt64(random.below(120)) << 32 | UInt64(random.below(2))
      switch random.below(3) {
      case 0:
        #expect((cache.touch(key) != nil) == model.contains(key))
        if let index = model.firstIndex(of: key) { model.insert(model.remove(at: index), at: 0) }
      case 1:
        let evicted = cache.admit(key).evicted
        if let index = model.firstIndex(of: key) {
          model.remove(at: index)
          #expect(evicted == nil)
        } else if model.count == 50 {
          #expect(evicted == model.popLast())
        }
        model.insert(key, at: 0)
      default:
        let isRemoved = cache.remove(key)
        #expect(isRemoved == model.contains(key))
        model.removeAll { $0 == key }
      }
    }
    #expect(cache.keys == model)
    #expect(cache.count == model.count)
  }
}

@Suite struct WorkerSlotsTests {
  @Test func slotTimeOverManyDaysIsNoTooLargeNumber() {
    var slots = WorkerSlots(capacity: 10_000, queueLimit: 0)
    let end = Instant.zero + .minutes(60 * 24 * 365)
    slots.resize(to: 20_000, at: end)
    #expect(slots.use(at: end).offered == 10_000 * 365 * 86_400)
  }

  @Test func callsAreAdmittedThenQueuedThenRejected() {
    var slots = WorkerSlots(capacity: 1, queueLimit: 1)
    #expect(slots.admit(1, at: .zero) == .admitted)
    #expect(slots.admit(2, at: .zero) == .queued)
    #expect(slots.admit(3, at: .zero) == .rejected)
    #expect(slots.release(at: .zero) == 2)
    #expect(slots.busy == 1)
    #expect(slots.release(at: .zero) == nil)
    #expect(slots.busy == 0 && slots.rejected == 1)
  }

  @Test func utilizationIsTheShareOfSlotSecondsUsed() {
    var slots = WorkerSlots(capacity: 2, queueLimit: 0)
    _ = slots.admit(1, at: .zero)
    _ = slots.release(at: Instant(nanoseconds: 1_000_000_000))
    #expect(slots.use(at: Instant(nanoseconds: 2_000_000_000)).share == 0.25)
  }

  @Test func utilizationCountsTheSlotsThatThereWere() {
    let second = Instant(nanoseconds: 1_000_000_000)
    var slots = WorkerSlots(capacity: 1, queueLimit: 1, since: second)
    _ = slots.admit(1, at: second)
    let before = slots.use(at: second)
    #expect(before.share == nil)
    slots.resize(to: 3, at: second + .seconds(1))
    #expect(slots.use(at: second + .seconds(1)).share == 1)
    #expect(slots.use(at: second + .seconds(2)).share == 0.5)
  }

  @Test func slotsThatAreAddedGoToThoseWhoWait() {
    var slots = WorkerSlots(capacity: 1, queueLimit: 2)
    for call in 1...3 as ClosedRange<Int32> { _ = slots.admit(call, at: .zero) }
    #expect(slots.admitNext(at: .zero) == nil)
    slots.resize(to: 2, at: .zero)
    #expect(slots.admitNext(at: .zero) == 2 && slots.busy == 2)
    #expect(slots.admitNext(at: .zero) == nil && slots.queueLength == 1)
  }
}

@Suite struct VisibilityQueueTests {
  @Test func aTaskIsHiddenUntilItsTimeoutAndThenOfferedAgain() {
    var queue = VisibilityQueue<String>(visibilityTimeout: .seconds(30))
    let number = queue.publish("a", at: .zero)
    #expect(queue.receive(at: .zero)?.receipt.deliveries == 1)
    #expect(queue.receive(at: .zero) == nil)
    #expect(queue.inFlight == 1 && queue.waiting == 0)
    let result3 = queue.expire(number, at: Instant(nanoseconds: 29_999_999_999))
    #expect(!result3)
    let result4 = queue.expire(number, at: Instant(nanoseconds: 30_000_000_000))
    #expect(result4)
    #expect(queue.receive(at: Instant(nanoseconds: 30_000_000_000))?.receipt.deliveries == 2)
    let result5 = queue.acknowledge(number)
    #expect(result5)
    let result6 = queue.acknowledge(number)
    #expect(!result6)
    #expect(queue.depth == 0 && queue.acknowledged == 1)
  }

  @Test func aDeliveryThatNeverArrivedDoesNotCount() {
    var queue = VisibilityQueue<String>()
    let first = queue.publish("a", at: .zero)
    queue.publish("b", at: .zero)
    _ = queue.receive(at: .zero)
    queue.putBack(first)
    let again = queue.receive(at: .zero)
    #expect(again?.number == first && again?.receipt.deliveries == 1)
  }

  @Test func aRestartOffersEverythingInItsOldOrder() {
    var queue = VisibilityQueue<Int>()
    for task in 0..<3 { queue.publish(task, at: .zero) }
    _ = queue.receive(at: .zero)
    _ = queue.receive(at: .zero)
    queue.restart()
    #expect(queue.waiting == 3)
    let order = (0..<3).map { _ in queue.receive(at: .zero)?.receipt.task }
    #expect(order == [0, 1, 2])
  }

  /// One task is never done while thousands pass: against a plain dictionary.
  @Test func whatIsKeptIsWhatWasNotAcknowledged() {
    var random = Random(seed: 3)
    var queue = VisibilityQueue<Int>()
    var kept: [Int: Int] = [:]
    for task in 0..<5000 {
      kept[queue.publish(task, at: .zero)] = task
      while let (number, receipt) = queue.receive(at: .zero) {
        if kept[number] != receipt.task { Issue.record("\(number) was \(receipt.task)") }
      }
      if kept.count > random.below(60), let number = kept.keys.filter({ $0 > 1 }).min() {
        let isKept = queue.acknowledge(number)
        #expect(isKept)
        kept[number] = nil
        let isStillKept = queue.acknowledge(number)
        #expect(!isStillKept)
      }
    }
    #expect(queue.kept.map(\.number) == kept.keys.sorted())
    #expect(queue.kept.map(\.receipt.task) == kept.sorted { $0.key < $1.key }.map(\.value))
    #expect(queue.depth == kept.count && queue.hidden == kept.count && queue.waiting == 0)
  }
}

@Suite struct BearerTokenTests {
  let authority = TokenAuthority(secret: 99)

  @Test func aTokenIsValidUntilItExpires() {
    let token = authority.issue([.read], until: Instant(nanoseconds: 2_000_000_000))
    #expect(authority.check(token, at: Instant(nanoseconds: 1_999_999_999)) == .valid([.read]))
    #expect(authority.check(token, at: Instant(nanoseconds: 2_000_000_000)) == .expired)
    #expect(authority.check(.none, at: .zero) == .missing)
  }

  @Test func whoeverChangesATokenForgesIt() {
    var token = authority.issue([.read], until: Instant(nanoseconds: 2_000_000_000))
    token.scopes = [.read, .write]
    #expect(authority.check(token, at: .zero) == .forged)
    let foreign = TokenAuthority(secret: 98).issue(
      [.read], until: Instant(nanoseconds: 2_000_000_000))
    #expect(authority.check(foreign, at: .zero) == .forged)
  }
}
