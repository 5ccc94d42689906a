import Testing

@testable import hopsh

/// What is drawn again and again while time passes.
extension PromptTests {
  @Test func watchShowsEachLookAndLiveEndsWithControlC() {
    let terminal = open()
    terminal.type("watch show time --count 2 --every 2s\r")
    #expect(terminal.wait { $0.lines.contains("── 2.00 s ──") && isReady($0) })
    terminal.type("live\r")
    #expect(terminal.wait { current($0) == "" })
    terminal.type("\u{3}")
    #expect(terminal.wait { $0.text.contains("time is") && isReady($0) })
    #expect(!terminal.screen.text.contains("interrupted"))
  }

  @Test func aPictureThatIsWatchedIsDrawnInItsPlace() {
    let terminal = open()
    terminal.type("watch nodes gateway --count 3 --every 2s\r")
    #expect(terminal.wait { $0.lines.contains("── 4.00 s ──") && isReady($0) })
    #expect(!terminal.screen.text.contains("2.00 s"))
    #expect(terminal.screen.lines.filter { $0.hasPrefix("gateway-1") }.count == 1)
  }

  @Test func whoeverTypesWhileTimePassesGoesOnWithThatLine() {
    let terminal = open()
    terminal.type("live\r")
    #expect(terminal.wait { $0.text.contains("Worker Service") })
    terminal.type("e")
    #expect(terminal.wait { current($0) == "hopsh> e" && $0.text.contains("time is") })
    terminal.type("cho typed\r")
    #expect(terminal.wait { $0.lines.contains("typed") && isReady($0) })
    terminal.type("live\r")
    #expect(terminal.wait { $0.text.contains("Worker Service") && current($0) == "" })
    terminal.type("echo at once\r")
    #expect(terminal.wait { $0.lines.contains("at once") && isReady($0) })
  }

  @Test func liveDrawsTheMapAsTimePassesBelowWhatHappens() {
    let terminal = open(rows: 50)
    terminal.type("load 50rps for 9s --async; at 400ms { fail gateway-1 }; live for 1s\r")
    #expect(terminal.wait { $0.lines.contains("time is 1.00 s") && isReady($0) })
    let lines = terminal.screen.lines
    #expect(lines.filter { $0.hasSuffix("Load Balancer") }.count == 1)
    let said = lines.firstIndex { $0.hasPrefix("gateway-1: up → down") } ?? lines.count
    #expect(said < lines.firstIndex { $0.hasSuffix("Load Balancer") } ?? 0)
    #expect(lines.contains { $0.hasPrefix("time 1.00 s   sent ") })
  }
}
