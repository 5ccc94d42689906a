import Foundation
import Testing

/// The prompt as a person meets it, on a pseudo-terminal.
@Suite(.serialized) struct PromptTests {
  static let program = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: ".build/debug/hopsh").path

  func open(
    _ environment: [String: String] = ["HOPSH_HISTORY": ""], columns: Int = 80, rows: Int = 24
  ) -> PseudoTerminal {
    let terminal = PseudoTerminal(
      program: Self.program, environment: environment, columns: columns, rows: rows)
    #expect(terminal.wait(for: "hopsh>"))
    return terminal
  }

  /// The line that the prompt is on.
  func current(_ screen: Screen) -> String { screen.lines[screen.row] }

  /// Whether a new line can be typed; its hint does not matter.
  func isReady(_ screen: Screen) -> Bool {
    current(screen).hasPrefix("hopsh>") && screen.column == 7
  }

  @Test func theBannerSaysWhatToTry() {
    let terminal = open()
    #expect(terminal.screen.text.contains("send GET /orders/42"))
    #expect(terminal.screen.lines.allSatisfy { $0.count < 80 })
  }

  @Test func aLineRunsAndThePromptComesBack() {
    let terminal = open()
    terminal.type("echo héllo 日本\r")
    #expect(terminal.wait { $0.lines.contains("héllo 日本") && isReady($0) })
  }

  @Test func controlCGivesUpTheLineAndControlDLeaves() {
    let terminal = open()
    terminal.type("echo a")
    #expect(terminal.wait(for: "hopsh> echo a"))
    terminal.type("\u{3}")
    #expect(terminal.wait { $0.text.contains("echo a^C") && isReady($0) })
    #expect(!terminal.screen.lines.contains("a"))
    terminal.type("\u{4}")
    #expect(terminal.waitForExit() == 0)
  }

  @Test func controlCShowsTheLineOnce() {
    let terminal = open(columns: 40)
    terminal.type("echo ab\u{3}")
    #expect(terminal.wait { $0.lines.contains("hopsh> echo ab^C") && isReady($0) })
    let text = "echo " + String(repeating: "0123456789", count: 6)
    terminal.type(text + "\u{1}\u{3}")
    #expect(terminal.wait { $0.text.contains("6789^C") && isReady($0) })
    let shown = terminal.screen.text.replacing("\n", with: "")
    #expect(shown.contains("hopsh> echo ab^Chopsh> \(text)^Chopsh>"))
  }

  @Test func whatTabWouldInsertIsSeenBehindTheCursor() {
    let terminal = open()
    terminal.type("fai")
    #expect(terminal.wait { current($0) == "hopsh> fail" && $0.column == 10 })
    terminal.type("l gateway-1")
    #expect(terminal.wait { current($0) == "hopsh> fail gateway-1" })
    terminal.type("\r\u{15}send ")
    #expect(terminal.wait { current($0) == "hopsh> send METHOD PATH [BODY]" && $0.column == 12 })
    terminal.type("GET ")
    #expect(terminal.wait { current($0) == "hopsh> send GET PATH [BODY]" })
    terminal.type("/orders/42 \u{1}")
    #expect(terminal.wait { current($0) == "hopsh> send GET /orders/42" && $0.column == 7 })
    terminal.type("\u{5}\r")
    #expect(
      terminal.wait { $0.lines.contains("hopsh> send GET /orders/42") && isReady($0) })
  }

  @Test func theNextStepIsSeenOnAnEmptyLineAndTabTypesIt() {
    let terminal = open()
    #expect(terminal.wait { current($0) == "hopsh> send GET /orders/42" && $0.column == 7 })
    terminal.type("send G")
    #expect(terminal.wait { current($0) == "hopsh> send GET /orders/42" && $0.column == 13 })
    terminal.type("\t\r")
    #expect(terminal.wait { current($0) == "hopsh> trace" && $0.column == 7 })
    #expect(terminal.screen.text.contains("200 OK"))
    terminal.type("ma")
    #expect(terminal.wait { current($0) == "hopsh> map" && $0.column == 9 })
  }

  @Test func rightAndEndTakeTheHintWhereThereIsNothingToGoPast() {
    let terminal = open()
    terminal.type("\u{1B}[C\r")
    #expect(terminal.wait { $0.text.contains("200 OK") && isReady($0) })
    terminal.type("tra\u{5}\r")
    #expect(terminal.wait { $0.text.contains("hop  from") && isReady($0) })
    terminal.type("echo abd\u{1B}[D\u{1B}[Dx\u{1B}[C\u{1B}[Cy\u{1}\u{5}z\r")
    #expect(terminal.wait { $0.lines.contains("axbdyz") && isReady($0) })
    terminal.type("send \u{1B}[C")
    #expect(terminal.wait { current($0) == "hopsh> send METHOD PATH [BODY]" && $0.column == 12 })
  }

  @Test func withoutColourNothingIsShownThatWasNotTyped() {
    let terminal = open(["HOPSH_HISTORY": "", "NO_COLOR": "1"])
    terminal.type("send GET \u{1}")
    #expect(terminal.wait { current($0) == "hopsh> send GET" && $0.column == 7 })
  }

  @Test func aLoneEscapeIsAKeyForThoseWhoUseVi() throws {
    let home = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: home) }
    try "bind -v\n".write(to: home.appending(path: ".editrc"), atomically: true, encoding: .utf8)
    let terminal = open(["HOPSH_HISTORY": "", "HOME": home.path])
    terminal.type("echo one two")
    #expect(terminal.wait { current($0) == "hopsh> echo one two" })
    terminal.type("\u{1B}")
    #expect(terminal.wait { $0.column == 18 })
    terminal.type("bcwthree\u{1B}")
    #expect(terminal.wait { current($0) == "hopsh> echo one three" && $0.column == 20 })
    terminal.type("\r")
    #expect(terminal.wait { $0.lines.contains("one three") })
  }

  @Test func longWorkTellsHowFarItIsAndLeavesNoTrace() {
    let terminal = open()
    terminal.type("load 500rps for 3m\r")
    #expect(terminal.wait { current($0).contains("Ctrl-C stops") })
    terminal.type("\u{3}")
    #expect(terminal.wait { $0.text.contains("stopped by you") && isReady($0) })
    #expect(!terminal.screen.text.contains("Ctrl-C stops"))
  }

  @Test func controlCStopsACommandAndKeepsTheShell() {
    let terminal = open()
    terminal.type("echo started; send GET /orders/42 --count 1000000\r")
    #expect(terminal.wait { $0.lines.contains("started") })
    terminal.type("\u{3}")
    #expect(terminal.wait(for: "interrupted"))
    terminal.type("echo still here\r")
    #expect(terminal.wait { $0.lines.contains("still here") })
  }

  @Test func tabCompletesCommandsNodesAndOptions() {
    let terminal = open()
    terminal.type("fai\t")
    #expect(terminal.wait(for: "hopsh> fail"))
    terminal.type("\u{15}fail gat\t1\u{15}")
    terminal.type("restore a\t")
    #expect(terminal.wait(for: "hopsh> restore all"))
    terminal.type("\u{15}fail database-a\t")
    #expect(terminal.wait(for: "database-a-1  Database A, primary"))
    #expect(terminal.wait { current($0) == "hopsh> fail database-a" })
    terminal.type("\u{15}send GET /orders/42 --a\t")
    #expect(terminal.wait { current($0).hasPrefix("hopsh> send GET /orders/42 --as") })
  }

  @Test func upFindsLinesThatBeginAlikeAndTheHistoryOutlivesTheShell() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
    defer { try? FileManager.default.removeItem(atPath: file) }
    let first = open(["HOPSH_HISTORY": file])
    first.type("echo one\r")
    #expect(first.wait { $0.lines.contains("one") })
    first.type("quit\r")
    #expect(first.waitForExit() == 0)
    #expect(try String(contentsOfFile: file, encoding: .utf8) == "echo one\nquit\n")
    let second = open(["HOPSH_HISTORY": file])
    second.type("ec\u{1B}[A")
    #expect(second.wait { current($0) == "hopsh> echo one" })
    second.type("\u{1B}[B")
    #expect(second.wait { current($0).hasPrefix("hopsh> ec") && $0.column == 9 })
  }

  @Test func controlRFindsALineByAnyPartOfIt() {
    let terminal = open()
    terminal.type("echo first\r")
    #expect(terminal.wait { $0.lines.contains("first") && isReady($0) })
    terminal.type("echo second\r")
    #expect(terminal.wait { $0.lines.contains("second") && isReady($0) })
    terminal.type("\u{12}ho f\r")
    #expect(terminal.wait { $0.lines.filter { $0 == "first" }.count == 2 })
  }

  @Test func whatWasLearntOutlivesTheShell() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let file = folder + "/state/progress"
    let first = open(["HOPSH_HISTORY": "", "HOPSH_PROGRESS": file], rows: 50)
    first.type("lesson start 1; lesson skip\r")
    #expect(first.wait(for: "page 2 of"))
    first.type("send GET /orders/42; send GET /orders/42\r")
    #expect(first.wait { $0.lines.contains("Done.") })
    #expect(
      try String(contentsOfFile: file, encoding: .utf8)
        == "01-one-request at 2\n01-one-request 2 solved\n")
    first.type("quit\r")
    #expect(first.waitForExit() == 0)
    let second = open(["HOPSH_HISTORY": "", "HOPSH_PROGRESS": file])
    second.type("lesson l\t")
    #expect(second.wait { current($0).hasPrefix("hopsh> lesson list") })
    second.type("\r")
    #expect(second.wait(for: "1 of 2"))
    second.type("lesson start 02\t")
    #expect(second.wait { current($0).hasPrefix("hopsh> lesson start 02-cache-aside") })
  }

  @Test func aBlockGoesOnOverLines() {
    let terminal = open()
    terminal.type("repeat 2 {\r")
    #expect(terminal.wait { current($0) == "    {>" })
    terminal.type("echo inside\r}\r")
    #expect(terminal.wait { $0.lines.filter { $0 == "inside" }.count == 2 })
  }

  @Test func controlDGivesUpAnOpenQuoteAndKeepsTheShell() {
    let terminal = open()
    terminal.type("echo 'a\r")
    #expect(terminal.wait { current($0) == "    '>" })
    terminal.type("\u{4}")
    #expect(
      terminal.wait { $0.text.contains("the quote ' is not closed") && isReady($0) })
    terminal.type("echo b\r")
    #expect(terminal.wait { $0.lines.contains("b") })
  }

  @Test func aPasteOfSeveralLinesIsOneLineToEdit() {
    let terminal = open()
    terminal.type("\u{1B}[200~echo a\n# remark\necho b\n\u{1B}[201~")
    #expect(terminal.wait { current($0) == "hopsh> echo a; echo b" })
    terminal.type("\r")
    #expect(terminal.wait { $0.lines.contains("b") })
  }

  @Test func editingAWrappedLineShowsTheLine() {
    let terminal = open(columns: 40)
    let text = "echo " + String(repeating: "0123456789", count: 6)
    terminal.type(text)
    #expect(terminal.wait { $0.text.replacing("\n", with: "").contains(text) })
    terminal.type("\u{1}\u{1B}[C\u{1B}[C\u{1B}[C\u{1B}[CXY\u{5}\u{7F}")
    let edited = "echoXY " + String(repeating: "0123456789", count: 6).dropLast()
    #expect(terminal.wait { $0.text.replacing("\n", with: "").contains(edited) })
  }

  @Test func aDumbTerminalWorksWithoutCodes() {
    let terminal = open(["TERM": "dumb", "HOPSH_HISTORY": ""])
    terminal.type("echo plain\r")
    #expect(terminal.wait { $0.lines.contains("plain") })
  }

  @Test func aResizeRedrawsThePrompt() {
    let terminal = open()
    terminal.type("echo abc")
    #expect(terminal.wait(for: "hopsh> echo abc"))
    terminal.resize(columns: 60, rows: 20)
    #expect(terminal.wait(for: "hopsh> echo abc"))
    terminal.type("\r")
    #expect(terminal.wait { $0.lines.contains("abc") })
  }
}
