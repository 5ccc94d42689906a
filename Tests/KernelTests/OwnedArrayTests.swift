import Testing

@testable import Kernel

@Suite struct OwnedArrayTests {
  @Test func aCopyThatOwnsItsElementsGoesItsOwnWay() {
    var original = OwnedArray<String>()
    for number in 0..<20 { original.append("\(number)") }
    var copy = original
    copy.own()
    copy[3] = "changed"
    #expect(copy.removeLast() == "19")
    copy.append("last")
    original.own()
    original[4] = "changed too"
    #expect(
      original.indices.map { original[$0] }.joined(separator: " ")
        == "0 1 2 3 changed too 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19")
    #expect(copy[3] == "changed" && copy[4] == "4" && copy[19] == "last" && copy.count == 20)
  }

  @Test func whoeverOwnsItsElementsAlreadyKeepsTheirPlace() {
    var array = OwnedArray<Int>()
    array.append(1)
    let before = array.base
    array.own()
    #expect(array.base == before)
  }

  @Test func anEmptyOneOwnsNothing() {
    var array = OwnedArray<Int>()
    var copy = array
    copy.own()
    copy.append(1)
    array.own()
    #expect(array.isEmpty && copy.count == 1)
  }

  @Test func whatIsTakenOutIsGoneAndTheRestMovesUp() {
    var array = OwnedArray<String>()
    for number in 0..<10 { array.append("\(number)") }
    array.removeFirst(7)
    #expect(array.joined() == "789")
    array.removeAll()
    array.append("again")
    #expect(array.joined() == "again" && array.count == 1)
  }
}
