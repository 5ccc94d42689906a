import Testing

@testable import School
@testable import Shell

/// A page is told bit by bit: what its commands show is not given away before they were run.
@Suite struct LessonPageTests {
  static let document = """
    # Bit by bit

    ## A page

    Ask, and look.

    ```hopsh
    hopsh> send GET /orders/42
    ...

    hopsh> show last.cache; show last.status
    ...
    ```

    ```hopsh check
    hopsh> expect last.status == 200
    ...
    ```

    It was a miss.

    ```hopsh
    hopsh> send GET /orders/42
    ```

    It was a hit.

    ## The end

    That is all.
    """

  private static func opened() -> Room {
    let room = Room(lesson: document)
    room.run("lesson start 1")
    return room
  }

  private func tells(_ room: Room, _ text: String) -> Bool { room.said.contains(text) }

  @Test func itGoesOnWhenTheLastOfItsCommandsWasRun() {
    let room = Self.opened()
    #expect(tells(room, "Ask, and look.") && !tells(room, "It was a miss."))
    room.run("show last.status; send GET /orders/42; show last.cache")
    #expect(!tells(room, "It was a miss."))
    room.run("show   'last.status'")  // the same words, spelt differently
    #expect(tells(room, "It was a miss.") && !tells(room, "It was a hit."))
    room.run("send GET /orders/42")
    #expect(tells(room, "It was a hit.") && !tells(room, "That is all."))
    room.run("send GET /orders/42")
    #expect(!tells(room, "It was a hit."))
  }

  @Test func aCommandThatIsShownTwiceHasToBeTypedTwice() {
    let room = Room(
      lesson: Self.document.replacingOccurrences(
        of: "hopsh> send GET /orders/42\n...\n\nhopsh> show last.cache; show last.status",
        with: "hopsh> send GET /orders/42; send PUT /orders/42; send GET /orders/42"))
    room.run("lesson start 1; send GET /orders/42; echo 'something else'")
    #expect(!tells(room, "It was a miss."))
    room.run("send PUT /orders/42; send GET /orders/42")
    #expect(tells(room, "It was a miss."))
  }

  @Test func nextTellsTheRestAndThenTurnsThePage() {
    let room = Self.opened()
    room.run("lesson next")
    #expect(tells(room, "It was a miss.") && !tells(room, "Ask, and look."))
    room.run("lesson next")
    #expect(tells(room, "It was a hit."))
    room.run("lesson")
    #expect(tells(room, "Ask, and look.") && tells(room, "It was a hit."))
    room.run("lesson next")
    #expect(tells(room, "That is all."))
  }

  @Test func skipTurnsThePageAtOnce() {
    let room = Self.opened()
    room.run("lesson skip")
    #expect(tells(room, "That is all."))
  }

  @Test func playRunsWhatIsShownAndThePageGoesOn() {
    let room = Self.opened()
    room.run("lesson play")
    #expect(tells(room, "  hopsh> send GET /orders/42") && tells(room, "It was a miss."))
    #expect(room.session.world.journal.sent == 1)
    room.run("lesson play")
    #expect(tells(room, "It was a hit.") && room.session.world.journal.sent == 2)
    room.run("lesson play")  // all of it once more
    #expect(room.session.world.journal.sent == 2 && !tells(room, "It was a hit."))
  }

  @Test func whatWasReadStaysReadAfterUndo() {
    let room = Self.opened()
    room.session.options.isInteractive = true
    room.run("send GET /orders/42; show last.cache; show last.status")
    #expect(tells(room, "It was a miss."))
    room.run("undo; lesson")
    #expect(tells(room, "It was a miss."))
  }

  @Test func theChecksOfADocumentAreNeitherToldNorPlayed() {
    let room = Self.opened()
    room.run("lesson play")
    #expect(!room.said.contains { $0.contains("expect") })
  }

  @Test func aTaskIsToldAtOnce() throws {
    let lesson = try Lesson(reading: LessonTests.document, name: "01-two-tasks")
    #expect(lesson.pages.allSatisfy { $0.parts.count == 1 })
  }

  @Test func theNextCommandIsProposedButNoWayThroughATask() {
    let room = Room(
      lesson: Self.document + """


        ## A task

        Goals:

        - ask: `last.status == 200`

        ```hopsh solution
        send GET /orders/1
        ```

        ```hopsh wrong
        map
        ```
        """)
    var proposals: [String?] = []
    for line in [
      "lesson start 1", "send GET /orders/42", "show last.cache", "show last.status",
      "send GET /orders/42", "lesson next", "lesson next", "send GET /orders/1",
    ] {
      room.run(line)
      proposals.append(room.session.proposal)
    }
    #expect(
      proposals == [
        "send GET /orders/42", "show last.cache", "show last.status", "send GET /orders/42",
        "lesson next", "lesson next", nil, "lesson next",
      ])
  }

  @Test func theTourIsProposedAsLongAsItIsFollowed() {
    let (room, other) = (Room(), Room())
    for step in Session.tour {
      #expect(room.session.proposal == step)
      room.run(step)
    }
    #expect(room.session.proposal == "failover database-a")
    other.run("map")
    #expect(other.session.proposal == nil)
  }
}
