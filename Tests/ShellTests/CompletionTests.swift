import Testing

@testable import Shell

/// TAB offers what may stand at the place, and nothing else.
@Suite struct CompletionTests {
  static func words(_ line: String) -> [String] {
    Completion.candidates(for: line, in: Session()).map(\.text)
  }

  @Test func onlyWhatCanBeBrokenIsOfferedToFail() {
    let words = Self.words("fail ")
    #expect(Set(words).isSuperset(of: ["gateway-1", "queue", "database-a", "database-a-2"]))
    #expect(!words.contains("user") && !words.contains("gateway") && !words.contains("worker"))
  }

  @Test func afterInjectComeTheKindsAndNoNodes() {
    let words = Self.words("inject ")
    #expect(words.contains("latency") && words.contains("crash"))
    #expect(!words.contains("gateway-1") && !words.contains("partition"))
  }

  @Test func aFaultIsOnSomethingThenHasValuesAndATime() {
    #expect(Self.words("inject latency ") == ["on"])
    let targets = Self.words("inject latency on ")
    #expect(targets.contains("gateway-1") && targets.contains("service-a"))
    #expect(!targets.contains("latency"))
    #expect(Self.words("inject latency on gat").allSatisfy { $0.hasPrefix("gateway") })
    #expect(Self.words("inject latency on gateway ") == ["delay", "jitter", "for"])
    #expect(Self.words("inject crash on gateway-1 ") == ["for"])
    #expect(Self.words("inject crash on gateway-1 for ").isEmpty)
  }

  @Test func aPatternIsSwitchedOnSomewhere() {
    #expect(Self.words("enable retry ") == ["on"])
    #expect(Self.words("enable retry on ").contains("gateway"))
    #expect(Self.words("disable ret").contains("retry"))
  }

  @Test func onlyStartTakesTheNameOfALesson() {
    let session = Session()
    session.classroom.documents = { ScriptTests.lessons }
    func words(_ line: String) -> [String] {
      Completion.candidates(for: line, in: session).map(\.text)
    }
    #expect(!words("lesson start ").isEmpty)
    #expect(words("lesson st ").isEmpty)
    #expect(words("lesson st") == ["start", "stop"])
    #expect(words("quiz answer ") == ["A", "B", "C", "D"])
  }
}

/// What a prompt has and a script has not.
@Suite struct ClearTests {
  @Test(arguments: [(true, false, 1), (false, false, 0), (true, true, 0)])
  func onlyAPromptOnAScreenIsCleared(isInteractive: Bool, isPlain: Bool, count: Int) {
    let session = Session()
    session.options.isInteractive = isInteractive
    session.options.isPlain = isPlain
    var lines: [String] = []
    session.write = { lines.append($0) }
    #expect(session.run("clear", name: "clear") == 0)
    #expect(lines == Array(repeating: "\u{1B}[H\u{1B}[2J", count: count))
  }
}
