import Kernel
import Testing

@Suite struct EventQueueTests {
  @Test func eventsComeOutInTheOrderOfTheirTimes() {
    var random = Random(seed: 1)
    var queue = EventQueue<Int>()
    var times: [Int64] = []
    for index in 0..<2000 {
      let time = Int64(random.below(500))
      times.append(time)
      queue.push(index, at: Instant(nanoseconds: time))
    }
    var out: [(Int64, Int)] = []
    while !queue.isEmpty {
      let entry = queue.pop()
      out.append((entry.time, entry.payload))
    }
    let expected = times.enumerated().sorted { ($0.element, $0.offset) < ($1.element, $1.offset) }
    #expect(out.map(\.1) == expected.map(\.offset))
  }

  @Test func pushesBetweenPopsComeOutInOrderHoweverManyArePending() {
    var random = Random(seed: 2)
    for pending in [1, 20, 47, 48, 49, 100, 3000] {
      var queue = EventQueue<Int>()
      var reference: [(time: Int64, number: Int)] = []
      var now: Int64 = 0
      func push(_ number: Int) {
        // Mostly soon, at times far away, and often at one moment.
        let time = now + Int64(random.below(random.below(4) == 0 ? 10_000 : 40))
        queue.push(number, at: Instant(nanoseconds: time))
        let place = reference.firstIndex { $0.time > time } ?? reference.count
        reference.insert((time, number), at: place)
      }
      for number in 0..<pending { push(number) }
      for number in pending..<pending + 2000 {
        #expect(queue.nextTime?.nanoseconds == reference[0].time)
        now = reference[0].time
        #expect(queue.pop().payload == reference.removeFirst().number)
        push(number)
        #expect(queue.count == pending)
      }
    }
  }

  @Test func whatIsDueAtTheEndOfTimeComesLastAndWaitsWithTheOthers() {
    for pending in [0, 40, 64, 65, 66, 200] {
      var queue = EventQueue<Int>()
      queue.push(-1, at: .distantFuture)
      let early = queue.reserveSequence()
      for number in 0..<pending { queue.push(number, at: Instant(nanoseconds: 7)) }
      queue.push(-2, at: .distantFuture)
      queue.push(-3, at: Instant(nanoseconds: 7), sequence: early)
      var out: [Int] = []
      while !queue.isEmpty { out.append(queue.pop().payload) }
      #expect(out == [-3] + Array(0..<pending) + [-1, -2])
    }
  }

  @Test func aCopyKeepsWhatItHasWhenTheOtherGoesOn() {
    var queue = EventQueue<Int>()
    for number in 0..<100 { queue.push(number, at: Instant(nanoseconds: Int64(number))) }
    var copy = queue
    copy.own()
    for _ in 0..<50 { _ = copy.pop() }
    copy.push(1000, at: .zero)
    #expect(queue.count == 100)
    #expect(queue.pop().payload == 0)
    #expect(copy.pop().payload == 1000)
  }

  @Test func theDigestTellsWhatIsPendingAndNotHowItIsKept() {
    func digest(_ numbers: [Int], beforehand: Int) -> UInt64 {
      var queue = EventQueue<Int>()
      for number in numbers.prefix(beforehand) {
        queue.push(number, at: Instant(nanoseconds: Int64(number)), sequence: UInt64(number))
      }
      let early = queue.isEmpty ? nil : queue.pop()
      for number in numbers.dropFirst(beforehand) {
        queue.push(number, at: Instant(nanoseconds: Int64(number)), sequence: UInt64(number))
      }
      if let early {
        let time = Instant(nanoseconds: early.time)
        queue.push(early.payload, at: time, sequence: early.sequence)
      }
      var digest = Digest()
      queue.mix(into: &digest) { $1.mix($0) }
      return digest.value
    }
    let numbers = Array(1...200)
    #expect(digest(numbers, beforehand: 0) == digest(numbers.reversed(), beforehand: 77))
    #expect(digest(numbers, beforehand: 0) != digest(Array(2...200), beforehand: 0))
  }

  @Test func aReservedPlaceIsKeptAmongEventsOfOneMoment() {
    var queue = EventQueue<Int>()
    let early = queue.reserveSequence()
    queue.push(2, at: .zero)
    queue.push(1, at: .zero, sequence: early)
    #expect(queue.pop().payload == 1)
    #expect(queue.pop().payload == 2)
  }
}
