import Architecture
import Foundation
import Testing

@testable import School
@testable import Shell

/// Following lessons, and the proof that a lesson is not hollow.
@Suite struct LessonTests {
  static let document = """
    # Two tasks

    ## A hit

    Goals:

    - from the cache: `last.cache == hit`
    - a write: `database-b.writes > 0`

    > Hint: Read twice.

    ```hopsh solution
    send GET /orders/42
    send GET /orders/42
    send PUT /products/1
    ```

    ```hopsh wrong
    send GET /orders/42
    ```

    ## Room

    ```hopsh setup
    set cache-b.capacity 1
    ```

    ```hopsh trial
    repeat 2 { send GET /products/1; send GET /products/2 }
    ```

    Goals:

    - found: `last.cache == hit`

    ```hopsh solution
    set cache-b.capacity 2
    ```

    ```hopsh wrong
    scale service-b 3
    ```

    ```hopsh without
    disable cache-aside on service-b
    ```

    ## Question: Which?

    1. This

       No.

    2. **That**

       Yes.

    It is shown.

    ```hopsh proof
    send GET /orders/42
    expect sent == 1
    ```
    """

  @Test func goalsAreReachedByWhateverCommandAndStayReached() {
    let room = Room(lesson: LessonTests.document)
    #expect(room.run("send GET /orders/42; lesson start 1") == 0)
    #expect(room.session.world.journal.sent == 0)  // the task begins afresh
    #expect(room.run("lesson next") == 1)
    room.run("send PUT /products/7; send GET /orders/7")
    #expect(room.said.contains("reached: a write") && !room.said.contains("Done."))
    room.run("lesson check")
    #expect(room.said.joined().contains("but last.cache is miss"))
    room.run("repeat 1 { send GET /orders/7 }")
    #expect(room.said.contains("reached: from the cache") && room.said.contains("Done."))
    #expect(room.progress == "01-two-tasks 1 solved\n")
    #expect(room.run("send GET /orders/900; lesson next") == 0)
    #expect(room.said.contains("Room"))
  }

  @Test func resetBeginsTheTaskAnewAndKeepsItsSetup() {
    let room = Room(lesson: LessonTests.document)
    room.run("lesson start 1; lesson skip; set cache-b.capacity 9; reset --seed 7")
    #expect(room.said.last == "a fresh deployment, seed 7, time 0; the task begins anew")
    room.run("lesson check; show cache-b.capacity")
    #expect(room.said.last == "cache-b.capacity = 1" && !room.said.contains("Done."))
    room.run("lesson stop; reset")
    #expect(room.said.last == "a fresh deployment, seed 7, time 0")
  }

  @Test func aLessonLeavesTheSessionItsSeed() {
    let room = Room(lesson: LessonTests.document)
    room.run("reset --seed 9; lesson start 1; lesson skip; lesson stop; reset")
    #expect(room.said.last == "a fresh deployment, seed 9, time 0")
    room.run("lesson start 1; lesson skip; undo 2; reset")
    #expect(room.said.last == "a fresh deployment, seed 9, time 0")
  }

  @Test func aFaultThatTheTaskGivesHasToStay() {
    let document = Self.document.replacing(
      "set cache-b.capacity 1", with: "set cache-b.capacity 1\ninject latency on cache-b 1ms")
    let room = Room(lesson: document)
    #expect(room.run("lesson start 1 2; restore all; set cache-b.capacity 2") == 0)
    #expect(room.run("lesson check") == 1)
    #expect(room.said.last?.contains("a fault that the task begins with is gone") == true)
    #expect(room.run("reset; set cache-b.capacity 2; lesson check") == 0)
    #expect(room.said.contains("Done."))
  }

  @Test func undoGoesBackToThePageThatTheDeploymentBelongsTo() {
    let room = Room(lesson: LessonTests.document)
    room.run("send GET /orders/42; lesson start 1 2; undo")
    #expect(room.session.classroom.run == nil && room.session.world.journal.sent == 1)
    #expect(room.said.contains { $0.hasPrefix("The lesson is closed") })
    #expect(room.run("lesson check") == 1)
    #expect(room.run("redo") == 0 && room.session.classroom.run?.position == 1)
    room.run("lesson start 1 1; send PUT /products/7; undo")
    #expect(room.session.classroom.run?.met == [])  // what was reached is not any more
    room.run("send PUT /products/7; lesson skip; undo")
    #expect(room.session.classroom.run?.position == 0 && room.session.classroom.run?.met == [1])
    #expect(room.said.last == "'Two tasks' is open at page 1.")
    room.run("send GET /orders/1; lesson solution; undo")
    #expect(room.session.classroom.run?.wasHelped == true)  // a look can't be taken back
  }

  @Test func aTaskThatWasDoneOnceLetsOneGoOn() {
    let room = Room(lesson: LessonTests.document)
    room.run("lesson start 1 2; set cache-b.capacity 2; lesson check; reset")
    #expect(room.session.classroom.run?.isDone == false)
    #expect(room.run("lesson next") == 0)
  }

  @Test func whoComesBackIsToldWhereToGoOn() {
    let room = Room(lesson: LessonTests.document)
    room.run("lesson start 1 2; lesson stop")
    #expect(room.run("lesson check") == 1)
    #expect(room.said.last?.hasSuffix("'lesson start 1' goes on with 'Two tasks'") == true)
    #expect(room.run("hint") == 2 && room.said.last?.contains("'lesson hint'") == true)
  }

  @Test func aTrialRunsOnACopy() {
    let room = Room(lesson: LessonTests.document)
    room.run("lesson start 1; lesson skip")
    #expect(room.progress == "01-two-tasks 1 skipped\n01-two-tasks at 2\n")
    let before = room.session.world.digest
    room.run("lesson check")
    #expect(room.said.joined(separator: " ").contains("but last.cache is miss"))
    #expect(room.session.world.digest == before && room.session.lastRequest == nil)
    #expect(room.run("lesson next") == 1)
    room.run("lesson play")
    #expect(room.said.contains("  hopsh> set cache-b.capacity 2") && room.said.contains("Done."))
    room.run("lesson next")
    #expect(room.progress == "01-two-tasks 1 skipped\n01-two-tasks 2 helped\n")
    #expect(
      room.said == [
        "That was 'Two tasks'.", "'quiz start 1' asks what you have learnt.",
        "It is the last. 'incident start' puts to use what you have learnt.",
      ])
    #expect(room.run("quiz start 1; quiz B; quiz proof") == 0)
    #expect(room.said.last == "Proved; your deployment is as it was.")
    #expect(room.run("lesson hint") == 1)
  }

  @Test func aLessonGoesOnWhereItWasLeft() {
    let room = Room(lesson: LessonTests.document)
    room.run("lesson start 1; lesson skip; lesson stop; lesson start 1")
    #expect(room.said.contains("Room"))
    #expect(room.said.last == "You left off here; 'lesson start 1 1' begins at the first page.")
    #expect(room.run("lesson start 1 1") == 0 && !room.said.contains("Room"))
    #expect(room.run("lesson start 1 3") == 2)
    #expect(room.said == ["room:1: error: 'Two tasks' has the pages 1 to 2, not '3'"])
    room.run("lesson 1 2; lesson skip")
    room.run("lesson start 1")
    #expect(!room.said.contains("Room"))  // it was over: from the beginning
  }

  @Test func aTrialGoesOnPastWhatCannotBeDone() {
    let room = Room(
      lesson: Self.document.replacingOccurrences(
        of: "repeat 2 {", with: "restore gateway-1; repeat 2 {"))
    room.run("lesson start 1; lesson skip; set cache-b.capacity 2")
    #expect(room.run("lesson check") == 0)
    #expect(room.said.contains { $0.contains("gateway-1 is up already") })
    #expect(room.said.contains("Done."))
  }

  @Test func aCommandThatMeansNothingLosesNothing() {
    let room = Room(lesson: LessonTests.document)
    room.run("lesson start 1; send PUT /products/7")
    for line in ["lesson nxt", "lesson start 9", "lesson hint 2", "lesson two", "lesson next x"] {
      #expect(room.run(line) == 2, "\(line)")
    }
    #expect(room.session.classroom.run?.met == [1])
    #expect(room.run("lesson stop") == 0 && room.session.classroom.run == nil)
    #expect(Room(lesson: "## No title").run("lesson list") == 1)
  }

  @Test func programsAreToldTheSame() throws {
    let room = Room(lesson: LessonTests.document)
    room.session.options.isJSON = true
    room.run("lesson start 1; send PUT /products/7; lesson check")
    let objects = try room.said.map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
    #expect(objects.count == 3)
    let result = try #require(objects[2]["result"] as? [String: Any])
    let goals = try #require(result["goals"] as? [[String: Any]])
    #expect(goals.map { $0["met"] as? Bool } == [false, true])
  }
}
