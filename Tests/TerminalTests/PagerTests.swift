import Testing

@testable import hopsh

/// Reports that are longer than the screen.
extension PromptTests {
  @Test func whatIsLongerThanTheScreenGoesThroughThePager() {
    let terminal = open(["HOPSH_HISTORY": "", "PAGER": "sed s/^/paged:/"])
    terminal.type("settings\r")
    #expect(terminal.wait { $0.text.contains("paged:") && isReady($0) })
    terminal.type("echo short; echo enough\r")
    #expect(terminal.wait { $0.lines.contains("enough") && $0.lines.contains("short") })
    terminal.type("repeat 1 { settings }\r")
    #expect(terminal.wait { !$0.text.contains("paged:") && isReady($0) })
  }

  @Test func longReportsStopAtEachScreenAndGiveWayToTheNextCommand() {
    let terminal = open(["HOPSH_HISTORY": "", "PAGER": PseudoTerminal.unset])
    let more = "-- space goes on, q ends --"
    terminal.type("settings\r")
    #expect(terminal.wait { current($0) == more })
    let first = terminal.screen.lines
    terminal.type(" ")
    #expect(terminal.wait { current($0) == more && $0.lines != first })
    terminal.type("\u{1B}[B")
    terminal.type("q")
    #expect(terminal.wait { isReady($0) && !$0.text.contains(more) })
    terminal.type("settings; echo after\r")
    #expect(terminal.wait { current($0) == more })
    terminal.type("echo typed\r")
    #expect(terminal.wait { $0.lines.contains("typed") && isReady($0) })
    #expect(terminal.screen.lines.contains("after"))
    terminal.type("settings\r")
    #expect(terminal.wait { current($0) == more })
    terminal.type("\u{3}")
    #expect(terminal.wait { isReady($0) })
    terminal.type("map\r")
    #expect(terminal.wait { $0.text.contains("Worker Service") && isReady($0) })
  }
}
