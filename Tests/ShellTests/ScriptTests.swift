import Architecture
import Foundation
import Testing

@testable import School
@testable import Shell

/// The top folder of the project.
let top = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent()

func read(_ path: String) -> String? {
  try? String(contentsOf: top.appending(path: path), encoding: .utf8)
}

@Suite struct ScriptTests {
  /// All but those of the patterns, which send too many requests for a debug build.
  static let scripts =
    (try? FileManager.default.subpathsOfDirectory(atPath: top.appending(path: "scripts").path))?
    .filter { $0.hasSuffix(".hop") && !$0.hasPrefix("patterns/") }.sorted().map { "scripts/" + $0 }
    ?? []

  static var lessons: [(name: String, text: String)] {
    let folder = top.appending(path: "lessons").path
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return files.sorted().map { (String($0.dropLast(3)), read("lessons/" + $0) ?? "") }
  }

  /// In the release build; the debug build gives the same bytes (`ProgramTests`).
  @Test func theTranscriptsStillShowWhatHappens() throws {
    let run = try ProgramTests.run(["test", "scripts", "README.md"], configuration: "release")
    #expect(run.status == 0, "\(run.output)\(run.error)")
    #expect(run.output.hasSuffix(" passed, 0 failed\n"))
  }

  @Test func thereAreScripts() { #expect(Self.scripts.count >= 9) }

  @Test func everyQuizKeyIsProved() {
    for question in Question.architecture {
      let session = Session()
      var output: [String] = []
      session.write = { output.append($0) }
      session.writeError = session.write
      let status = session.run(question.proof.commands.joined(separator: "\n"), name: "proof")
      #expect(status == 0, "\(question.id): \(output.suffix(3))")
      #expect(question.choices.count == 4 && question.choices.indices.contains(question.key))
    }
  }

  @Test(arguments: [
    ("send GET /orders/1; expect last.status == 200", 1), ("expect sent == 1", 0), ("# none", 0),
  ])
  func aScriptWithoutPromptsIsCheckedByItsExpectations(source: String, passed: Int) {
    var check = TranscriptCheck(readFile: { _ in nil }, write: { _ in })
    #expect(check.check(source, name: "plain.hop") == source)
    #expect(check.passed == passed && check.failed == 1 - passed)
  }

  /// In the release build, as some of them send much.
  @Test(arguments: Command.all.map(\.name)) func everyExampleOfTheHelpRuns(name: String) throws {
    let setup =
      "send GET /orders/42; send PUT /orders/1; send GET /orders/3; fail cache-b; "
      + "checkpoint before-the-storm; quiz start; quiz A; "
    let more = [
      "redo": "undo; ", "plot": "load 20rps for 2s; ", "restore": "fail database-a; ",
      "failover": "fail database-a; ",
    ]
    for example in Command.byName[name]?.examples ?? [] where name != "quit" && name != "live" {
      let isAnswer = example.line.contains("answer gateway-1")
      let before = name == "source" ? "" : setup + (more[name] ?? "")
      let run = try ProgramTests.run(
        ["-c", before + (isAnswer ? "incident start; " : "") + example.line],
        configuration: "release")
      #expect(run.status == 0 || (name == "expect" && run.status == 1), "\(example): \(run.error)")
    }
  }

  @Test func everyTryLineOfTheGlossaryRuns() throws {
    for term in Term.all {
      let run = try ProgramTests.run(["-c", term.tryIt], configuration: "release")
      #expect(run.status == 0, "\(term.name): \(run.error)")
    }
  }

  @Test func everyPatternAndEveryFaultIsExplained() {
    for pattern in Pattern.all {
      let term = Term.find(pattern.name)
      #expect(term?.name == pattern.name)
      #expect(term?.costs.isEmpty == false, "\(pattern.name) costs nothing?")
    }
    for fault in FaultCatalogue.all { #expect(Term.find(fault.name)?.name == fault.name) }
  }

  @Test func noWordExplainsTwoThings() {
    for term in Term.all {
      for name in [term.name] + term.aliases {
        #expect(Term.find(name)?.name == term.name, "'\(name)' is '\(term.name)' as well")
      }
    }
  }

  @Test func theFirstHelpFitsOneScreen() {
    let session = Session()
    var lines: [String] = []
    session.write = { lines.append($0) }
    session.run("help", name: "help")
    #expect(lines.count <= 23)
    #expect(lines.allSatisfy { $0.count < 80 })
  }

  @Test func everyReasonIsExplained() {
    for reason in Reason.allCases {
      #expect(!reason.sentence(at: "x").isEmpty && reason.status >= 200)
    }
    #expect(Set(Reason.allCases.map(\.name)).count == Reason.allCases.count)
  }
}
