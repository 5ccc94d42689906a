import Testing

@testable import Shell

/// What belongs to a moment of the deployment goes with it, and what is refused changes nothing.
@Suite struct MomentTests {
  @Test(arguments: [
    "repeat 1 { rewind a }", "repeat 1 { undo }", "lesson start 1", "incident start 1",
    "repeat 1 { repeat 1 { run 1s } }", "reset",
  ])
  func aBlockForLaterCanNotTravel(block: String) {
    let room = Room()
    room.run("send GET /orders/1; checkpoint a; at 1s { \(block) }; run 3s")
    #expect(room.run("expect sent == 1 and time < 10s") == 0)
    #expect(room.run("at 1s { \(block) }; run 3s") != 0)
    #expect(room.said.contains { $0.contains("happen at one moment") }, "\(room.said)")
  }

  @Test func undoBringsTheFiguresOfTheLoadBack() {
    let room = Room()
    room.session.options.isInteractive = true
    room.run("load 100rps for 2s; checkpoint a; show load.throughput")
    let before = room.said.last
    room.run("load 20rps for 10s")
    room.run("undo; show load.throughput")
    #expect(room.said.last == before)
  }

  @Test func undoWorksInAScriptThatAnotherOneReads() {
    let room = Room()
    room.session.readFile = { _ in "undo" }
    #expect(room.run("send GET /orders/1; source b.hop; expect sent == 0") == 0)
  }

  @Test func aPatternThatCanNotBeSwitchedOffChangesNothing() {
    let room = Room()
    room.run("show hash")
    let before = room.said.last
    #expect(room.run("disable round-robin") == 1)
    room.run("show hash")
    #expect(room.said.last == before)
  }

  @Test func curvesHaveNoValueWhereNothingHappened() {
    let room = Room()
    room.session.options.isJSON = true
    room.run(
      "run 3s; load 20rps for 2s; run 3s; load 20rps for 2s; plot load.p99 load.success-rate")
    let plot = room.said.last ?? ""
    // In milliseconds, as all durations in JSON.
    #expect(plot.contains(#"{"name":"load.p99","points":[[4000,73.5"#), "\(plot)")
    #expect(plot.contains(#""points":[[4000,1],[5000,1],[9000,1],[10000,1]]"#), "\(plot)")
    room.run("run 3s; plot queue.published")
    #expect(!(room.said.last ?? "").contains("NaN"))
  }

  @Test func changesThatAreNoLongerKeptAreSpokenOf() {
    let room = Room()
    room.run("undo")
    #expect(room.said.last?.contains("no command has changed anything") == true)
    room.run("repeat 60 { send GET /orders/1 }")
    for _ in 0..<60 { room.run("send GET /orders/1") }
    #expect(room.run("undo 50") == 0)
    #expect(room.run("undo") == 1)
    #expect(room.said.last?.contains("nothing more to undo: the latest 50") == true)
  }

  @Test func aScriptKeepsItsOwnProgress() {
    let session = Session()
    var said: [String] = []
    session.write = { said.append($0) }
    session.writeError = session.write
    session.classroom.documents = { [("01-two-tasks", LessonTests.document)] }
    session.run("lesson start 1 2; lesson play; lesson list", name: "script")
    #expect(said.joined(separator: "\n").contains("1 of 2"), "\(said)")
  }

  @Test func stepsLeaveCurves() {
    let room = Room()
    room.run("inject latency on service-a 1500ms; send GET /orders/1 --async; step 1000")
    #expect(room.run("plot gateway.requests") == 0)
    #expect(!room.said.contains { $0.contains("nothing") }, "\(room.said)")
  }

  @Test func whatIsAnsweredAfterALoadIsNoThroughputOfIt() {
    let room = Room()
    room.run("set service-b.slots 1; set service-b.queue-limit 2000; scale service-b 1")
    room.run("inject slow on service-b 10x; load 80rps for 5s --products 100%")
    #expect(room.run("expect load.success-rate == 100% and load.throughput < 60rps") == 0)
  }
}
