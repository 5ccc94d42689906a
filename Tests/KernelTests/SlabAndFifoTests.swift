import Testing

@testable import Kernel

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
    #expect(fifo.waiting == Array(expected..<next))
    #expect(fifo.first == expected)
  }

  @Test func aFifoThroughWhichMuchPassesStaysShort() {
    var fifo = Fifo<Int>()
    for number in 0..<10_000 {
      fifo.append(number)
      if number >= 5 { #expect(fifo.popFirst() == number - 5) }
    }
    #expect(fifo.cells.count == 8)
    while fifo.popFirst() != nil {}
    #expect(fifo.isEmpty && fifo.first == nil && fifo.waiting.isEmpty)
  }

  @Test func aCopyOfAFifoGoesItsOwnWay() {
    var original = Fifo<Int>()
    for number in 0..<6 { original.append(number) }
    original.popFirst()
    var copy = original
    copy.own()
    copy.append(6)
    copy.popFirst()
    original.own()
    original.append(60)
    #expect(original.waiting == [1, 2, 3, 4, 5, 60] && copy.waiting == [2, 3, 4, 5, 6])
  }
}
