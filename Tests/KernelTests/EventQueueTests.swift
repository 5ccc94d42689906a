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

  @Test func aReservedPlaceIsKeptAmongEventsOfOneMoment() {
    var queue = EventQueue<Int>()
    let early = queue.reserveSequence()
    queue.push(2, at: .zero)
    queue.push(1, at: .zero, sequence: early)
    #expect(queue.pop().payload == 1)
    #expect(queue.pop().payload == 2)
  }
}

@Suite struct SlabAndFifoTests {
  @Test func aFreedPlaceIsTheNextOneGiven() {
    var slab = Slab<Int>()
    let (a, b) = (slab.take(0), slab.take(0))
    slab.release(a)
    #expect(slab.take(0) == a)
    #expect(a != b && slab.count == 2)
  }

  @Test func aFifoKeepsItsOrderWhileItsHeadMoves() {
    var fifo = Fifo<Int>()
    var next = 0
    var expected = 0
    for round in 0..<5000 {
      fifo.append(next)
      next += 1
      if round % 3 != 0 {
        #expect(fifo.popFirst() == expected)
        expected += 1
      }
    }
    #expect(fifo.count == next - expected)
    #expect(Array(fifo.waiting) == Array(expected..<next))
  }
}
