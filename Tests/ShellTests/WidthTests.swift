import Language
import Testing

@testable import Architecture
@testable import Shell

/// What is shown for people fits a terminal of 80 columns.
@Suite struct WidthTests {
  /// The lines of a command, all of them.
  static func lines(of command: String, width: Int = 80) -> [String] {
    let session = Session()
    session.options.width = width
    var lines: [String] = []
    session.write = { lines.append($0) }
    session.writeError = { lines.append($0) }
    session.run(command, name: "width")
    return lines
  }

  static let pages =
    ["help", "help --reference", "patterns", "settings", "explain"]
    + Command.all.map { "help \($0.name)" } + Term.all.map { "explain \($0.name)" }
    + Pattern.all.map { "patterns \($0.name)" }
    + Reason.allCases.filter { $0 != .none }.map { "explain \($0.name)" }

  @Test func aPageToReadFitsTheTerminal() {
    let session = Session()
    var lines: [String] = []
    session.write = { lines.append($0) }
    session.classroom.documents = { ScriptTests.lessons }
    for page in Self.pages {
      lines = []
      #expect(session.run(page, name: "page") == 0 && !lines.isEmpty, "\(page)")
      for line in lines { #expect(DisplayWidth.of(line) <= 80, "\(page): \(line)") }
    }
  }

  @Test(arguments: [
    "send GET /orders/42; send GET /orders/42; diff 1 2; traces", "set cache-a.ttl 10s; settings",
    "repeat 4 { send GET /orders/42 --async }; step 100",
    "quiz start; quiz answer A; quiz proof", "forecast 300rps", "metrics", "map", "nodes",
    "sweep scale.service-a=1,2 : load 50rps for 2s",
  ])
  func aReportFitsTheTerminal(commands: String) {
    for line in Self.lines(of: commands) { #expect(DisplayWidth.of(line) <= 80, "\(line)") }
  }

  @Test func theUsageOfTheProgramFitsTheTerminal() {
    let lines = CommandLineArguments.usage.split(separator: "\n")
    #expect(lines.allSatisfy { DisplayWidth.of(String($0)) <= 80 })
  }

  @Test func theUsageOfACommandBreaksOnlyBetweenItsParts() {
    let usage = Self.lines(of: "help load", width: 60).drop { !$0.hasPrefix("usage:") }
      .prefix { $0.hasPrefix("usage:") || $0.hasPrefix("       ") }
    #expect(usage.count > 2)
    #expect(
      usage.allSatisfy { line in
        line.count { $0 == "[" } == line.count { $0 == "]" }
      })
  }

  @Test func aNumberIsNeverBroken() {
    for width in [50, 60, 80, 100, 120] {
      let lines = Self.lines(of: "settings", width: width)
      #expect(lines.allSatisfy { DisplayWidth.of($0) <= width })
      #expect(lines.contains { $0.contains(" 500 ") || $0.hasSuffix(" 500") })
    }
  }

  @Test(arguments: ["late", "refused", "lost"])
  func whatBecameOfAMessageIsSeenHoweverNarrowTheTraceIs(fate: String) {
    let setup = [
      "late": "set gateway.timeout 50ms; inject pause on database-a; send GET /orders/7; run 20s",
      "refused": "fail queue; send GET /orders/7; run 5s",
      "lost": "inject loss on user..load-balancer-1 100%; send GET /orders/7 --timeout 1s",
    ]
    let text = Self.lines(of: "\(setup[fate]!); trace --acks").joined(separator: "\n")
    #expect(text.contains(" · \(fate)"))
  }
}
