import Language
import Testing

@Suite struct ParserTests {
  func words(_ source: String) throws -> [[String]] {
    try Parser.parse(source).map { $0.words.map(\.text) }
  }

  @Test func statementsEndAtSemicolonsAndNewLines() throws {
    #expect(try words("a b; c\n\n  d # e; f\n") == [["a", "b"], ["c"], ["d"]])
    #expect(try Parser.parse("a\n\nb").map(\.line) == [1, 3])
  }

  @Test func quotesKeepBlanksAndJoin() throws {
    #expect(
      try words("a 'b  c' \"d \\\" \\\\ e\" f'g'\"h\"") == [["a", "b  c", "d \" \\ e", "fgh"]])
    #expect(try words("a ''") == [["a", ""]])
    #expect(try words("a b#c") == [["a", "b#c"]])
  }

  @Test func aBlockKeepsItsSource() throws {
    let statement = try Parser.parse("repeat 2 {\n a '}' # }\n { b }\n}; c")[0]
    #expect(statement.words[2].block == Block(source: "\n a '}' # }\n { b }\n", line: 1))
    #expect(try words("send PUT /x {\"a\":\"b c\"}")[0][3] == "{\"a\":\"b c\"}")
  }

  @Test func aBlockNeedsNoBlankBefore() throws {
    #expect(try words("a 2{ b }") == [["a", "2", "{ b }"]])
    #expect(try words("a {}{b}:c") == [["a", "{}", "{b}", ":c"]])
    #expect(try words("a 'b'{ ; d") == [["a", "b{"], ["d"]])
    #expect(try words("a b{c d={1}") == [["a", "b{c", "d={1}"]])
  }

  @Test(arguments: ["a 'b", "a \"b", "a { b", "{ '}' "])
  func whatIsOpenAsksForMore(source: String) {
    #expect { try Parser.parse(source) } throws: { ($0 as? SyntaxError)?.isIncomplete == true }
  }

  @Test(arguments: ["}", "a }", "{ a }b"])
  func whatCannotBecomeRightIsRefused(source: String) {
    #expect { try Parser.parse(source) } throws: { ($0 as? SyntaxError)?.isIncomplete == false }
  }
}

@Suite struct QuantityTests {
  @Test func valuesHaveUnits() {
    #expect(Quantity.parse("250ms") == .duration(nanoseconds: 250_000_000))
    #expect(Quantity.parse("1.5s") == .duration(nanoseconds: 1_500_000_000))
    #expect(Quantity.parse("10µs") == .duration(nanoseconds: 10_000))
    #expect(Quantity.parse("200rps") == .rate(perSecond: 200))
    #expect(Quantity.parse("80%") == .percent(0.8))
    #expect(Quantity.parse("1_000") == .number(1000))
    #expect(Quantity.parse("1e6") == .number(1e6))
    #expect(Quantity.parse("circuit-open") == .word("circuit-open"))
    #expect(Quantity.parse("99999999999d") == .word("99999999999d"))
  }

  @Test func aBareNumberIsNoDuration() {
    #expect { try Quantity.duration("5") } throws: {
      ($0 as? QuantityError)?.message.contains("5s") == true
    }
    #expect(throws: QuantityError.self) { try Quantity.duration("-5s") }
  }

  @Test func durationsAreWrittenWithThreeFigures() {
    let texts = [
      0, 5_000, 46_217_000, 999_600_000, 1_500_000_000, 59_960_000_000, 3_780_000_000_000,
    ]
    .map { DurationText.format(nanoseconds: $0) }
    #expect(texts == ["0 ms", "0.005 ms", "46.2 ms", "1.00 s", "1.50 s", "1 m 00 s", "1 h 03 m"])
  }

  @Test func numbersAreWrittenTheSameEverywhere() {
    #expect(NumberText.grouped(-1_234_567) == "-1,234,567")
    #expect(NumberText.fixed(2.675, decimals: 1) == "2.7")
    #expect(NumberText.fixed(-0.01, decimals: 1) == "0.0")
    #expect(NumberText.percent(0.8734) == "87.3 %")
  }
}

@Suite struct ExpressionTests {
  let values: [String: Quantity] = [
    "last.status": .number(503), "last.reason": .word("circuit-open"),
    "last.latency": .duration(nanoseconds: 46_000_000), "cache-a.hit-ratio": .percent(0.8),
    "gateway.state": .word("up"), "a.requests": .number(4), "b.requests": .number(4),
    "load.p99": .absent,
  ]

  func holds(_ text: String) throws -> Bool {
    try Expression.parse(text).evaluate { values[$0] }.isTrue
  }

  @Test(arguments: [
    "last.status == 503 and last.reason == circuit-open", "last.status==503", "last.latency < 50ms",
    "cache-a.hit-ratio >= 80%", "cache-a.hit-ratio >= 0.8", "not last.status == 200",
    "last.status == 200 or (last.status > 500 and gateway.state)", "a.requests == b.requests",
    "last.reason != none", "last.latency > 0", "last.latency <= 46 ms", "load.p99 == none",
    "last.latency != none", "not load.p99 != none",
    "last.status == 500 + 3", "a.requests + b.requests - 1 > a.requests",
    "last.latency + 4ms == 50 ms",
    "cache-a.hit-ratio - 70% == 10%", "50ms > last.latency", "503 == last.status",
    "8 <= a.requests + b.requests",
  ])
  func trueOnesHold(text: String) throws { #expect(try holds(text)) }

  @Test(arguments: [
    "last.status == 503 and last.reason == none", "last.latency > 50ms", "",
    "last.status ==", "== 3", "(last.status == 503", "last.status == 503 last.status",
    "last.reason < 3", "last.latency == 46", "no.such == 1", "last.status == fast",
    "cache-a.hit-ratio >= 80", "a.requests < 5%", "last.status == none", "load.p99 < 5ms",
    "load.p99 > 5ms", "load.p99 != 5ms", "not load.p99 < 5ms", "not load.p99 != 5ms",
    "load.p99 != none", "load.p99", "load.p99 == last.latency",
    "last.latency < load.p99", "a.requests + load.p99 > 0", "50ms < last.latency", "3 == 3",
    "a.requests + 1s > 0", "a.requests +",
    "a.requests == b.requests + nothing",
  ])
  func othersDoNotHoldOrAreRefused(text: String) {
    let result = (try? holds(text)) ?? false
    #expect(!result)
  }

  @Test func clausesTellWhatWasFound() throws {
    let outcome = try Expression.parse("last.status == 200 and last.latency < 1s")
      .evaluate { values[$0] }
    #expect(outcome.clauses.map(\.actual) == ["503", "46.0 ms"])
    #expect(outcome.clauses.map(\.holds) == [false, true])
    let early = try Expression.parse("load.p99 < 5ms").evaluate { values[$0] }
    #expect(early.clauses[0].finding == "load.p99 has no value yet")
  }

  @Test(arguments: [
    ("cache-a.hit-ratio >= 90", "did you mean 90%?"),
    ("last.latency < 50", "write 50ms or 50s"), ("last.status == fast", "'fast' is not one"),
  ])
  func aValueOfAnotherKindIsAnswered(text: String, advice: String) throws {
    let error = #expect(throws: ExpressionError.self) { try holds(text) }
    #expect(error?.message.hasSuffix(advice) == true)
  }
}

@Suite struct SuggestionTests {
  @Test func oneCloseWordIsSuggested() {
    let known = ["send", "settle", "fail", "failover", "trace", "traces"]
    #expect(Suggestion.closest(to: "sned", among: known) == "send")
    #expect(Suggestion.closest(to: "fial", among: known) == "fail")
    #expect(Suggestion.closest(to: "failov", among: known) == "failover")
    #expect(Suggestion.closest(to: "xyzzy", among: known) == nil)
  }
}

@Suite struct TextTableTests {
  @Test func columnsLineUpByDisplayWidth() {
    var table = TextTable([.init("name"), .init("n", right: true)])
    table.add(["日本", "1"])
    table.add(["é", "22"])
    #expect(table.render().lines == ["name   n", "日本   1", "é     22"])
  }

  @Test func whatIsCutIsCounted() {
    var table = TextTable([.init("name"), .init("n", right: true)])
    table.add(["a very long name indeed", "1"])
    let rendered = table.render(width: 14)
    #expect(rendered.lines[1] == "a very lon…  1")
    #expect(rendered.cut == 1)
  }
}

@Suite struct JSONTests {
  @Test func textIsEscapedAndNumbersArePlain() {
    let value = JSON.object([
      ("a", .string("q\" \\ \n \u{1} é")), ("b", .number(1.5)), ("c", .number(.nan)),
      ("d", .array([.integer(-3), .bool(true), .null])), ("e", .number(2)),
    ])
    #expect(
      value.text
        == #"{"a":"q\" \\ \n \u0001 é","b":1.5,"c":null,"d":[-3,true,null],"e":2}"#)
  }
}

@Suite struct TranscriptTests {
  @Test func linesMayEndAsOnWindows() {
    let transcript = Transcript(
      "hopsh> echo a\r\na\r\n\r\nhopsh> map x\r\n...\r\n? 2\r\n", name: "")
    #expect(transcript.steps.map(\.command) == ["echo a", "map x"])
    #expect(transcript.steps[0].expected == ["a"] && transcript.steps[1].status == 2)
    #expect(Transcript.isTranscript("# Title\r\nhopsh> echo a\r\n"))
  }

  @Test func aHeadingOfAnyLevelEndsAnOutputAndAStatusMayStandFirst() {
    let steps = Transcript("hopsh> echo a\na\n## Next\nhopsh> no\n? 2\n...\n", name: "").steps
    #expect(steps[0].expected == ["a"] && steps[1].phase == "Next")
    #expect(steps[1].status == 2 && steps[1].expected == ["..."])
    #expect(Transcript.written("## Next") == "[..]## Next")
    #expect(Transcript.written("#1  200 OK") == "#1  200 OK")
  }

  let source = """
    # One
    Prose.
    hopsh> a
    x
    hopsh> b {
         > c }
    y [..] z
    ? 1

    hopsh> d
    ...
    end
    """

  @Test func commandsOutputsAndStatusesAreFound() {
    let steps = Transcript(source, name: "t").steps
    #expect(steps.map(\.command) == ["a", "b {\nc }", "d"])
    #expect(steps.map(\.status) == [0, 1, 0])
    #expect(steps.map(\.line) == [3, 5, 10])
    #expect(steps[0].phase == "One")
    #expect(
      Transcript.commands(of: source).split(separator: "\n", omittingEmptySubsequences: false)[5]
        == "c }")
  }

  @Test func wildcardsStandForTextAndLines() {
    let steps = Transcript(source, name: "t").steps
    #expect(Transcript.check(steps[0], actual: ["x", ""], status: 0) == nil)
    #expect(Transcript.check(steps[0], actual: ["x"], status: 1) != nil)
    #expect(Transcript.check(steps[1], actual: ["y anything z"], status: 1) == nil)
    #expect(Transcript.check(steps[1], actual: ["y z"], status: 1) != nil)
    #expect(Transcript.check(steps[2], actual: ["1", "2", "end"], status: 0) == nil)
    #expect(Transcript.check(steps[2], actual: ["1", "2"], status: 0) != nil)
  }

  @Test(arguments: [
    ("a\n...", ["b", "c", "d"], "b\n..."), ("a\n...\nz", ["b", "c", "z"], "b\n...\nz"),
    ("...\nz", ["a", "y"], "a\ny"), ("a\n[..]b\nc", ["x", "ab", "c", "d"], "x\n[..]b\nc\nd"),
    ("a\nb\nc", ["a"], "a"), ("...\nb\n...", ["a", "b", "c"], "...\nb\n..."),
    ("a\n...\nc\nd", ["a", "b", "c", "e"], "a\n...\nc\ne"),
  ])
  func blessingKeepsTheWildcardsThatStillHold(expected: String, actual: [String], blessed: String) {
    let transcript = Transcript("hopsh> go\n\(expected)\n", name: "t")
    let result = transcript.blessed(with: [(actual, 0)])
    #expect(result == "hopsh> go\n\(blessed)\n")
    #expect(Transcript(result, name: "t").blessed(with: [(actual, 0)]) == result)
  }

  @Test func blessingPutsTheActualOutputInAndIsIdempotent() {
    let results: [(lines: [String], status: Int)] = [
      (["new"], 0), (["y 1 z", "more"], 2), (["1", "end"], 0),
    ]
    let blessed = Transcript(source, name: "t").blessed(with: results)
    let steps = Transcript(blessed, name: "t").steps
    #expect(steps[0].expected == ["new"])
    #expect(steps[1].expected == ["y [..] z", "more"] && steps[1].status == 2)
    #expect(steps[2].expected == ["...", "end"])
    #expect(Transcript(blessed, name: "t").blessed(with: results) == blessed)
  }
}
