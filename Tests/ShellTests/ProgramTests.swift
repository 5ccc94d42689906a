import Foundation
import Testing

/// The program as a whole: arguments, exit statuses, streams, the same bytes each time.
@Suite struct ProgramTests {
  struct Run {
    let status: Int32
    let output: String
    let error: String
  }

  static func run(
    _ arguments: [String], input: String? = nil, configuration: String = "debug"
  ) throws -> Run {
    let process = Process()
    process.executableURL = top.appending(path: ".build/\(configuration)/hopsh")
    process.arguments = arguments
    process.currentDirectoryURL = top
    let (output, error, standardInput) = (Pipe(), Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = error
    process.standardInput = standardInput
    try process.run()
    standardInput.fileHandleForWriting.write(Data((input ?? "").utf8))
    try standardInput.fileHandleForWriting.close()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    let errors = String(decoding: error.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return Run(status: process.terminationStatus, output: text, error: errors)
  }

  @Test func exitStatusesTellWhatHappened() throws {
    #expect(try Self.run(["-c", "send GET /orders/42"]).status == 0)
    #expect(try Self.run(["-c", "expect sent == 1"]).status == 1)
    #expect(try Self.run(["-c", "sned"]).status == 2)
    #expect(
      try Self.run(["-c", "fail gateway-1", "-c", "expect gateway.state == degraded"]).status == 0)
    #expect(try Self.run(["-c", "repeat 2 {"]).status == 2)
    #expect(try Self.run(["no-such-file.hop"]).status == 2)
    #expect(try Self.run(["--seed", "7", "test", "README.md"]).status == 2)
    #expect(try Self.run(["--sed", "3"]).status == 2)
    #expect(try Self.run(["--version"]).status == 0)
  }

  @Test func aScriptStopsAtItsFirstFailureUnlessToldToGoOn() throws {
    let script = "echo a\nexpect sent == 1\necho b\n"
    let stopped = try Self.run(["-"], input: script)
    #expect(stopped.status == 1 && stopped.output == "a\n")
    #expect(stopped.error == "stdin:2: error: expected sent == 1, but sent is 0\n")
    let whole = try Self.run(["--continue"], input: script)
    #expect(whole.status == 1 && whole.output == "a\nb\n")
  }

  @Test func goingOnHoldsInsideBlocksAndOtherScripts() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "hopsh-\(getpid()).hop")
    try "echo in\nfail nothing\necho out\n".write(to: file, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(at: file) }
    let script = "repeat 2 { fail nothing; echo b }\nat 1s { bad; fail nothing; echo c }\nrun 2s\n"
    let run = try Self.run(["--continue", "-", file.path, "no-such-file.hop"], input: script)
    #expect(run.status == 1 || run.status == 2)
    #expect(run.output.hasPrefix("b\nb\n") && run.output.hasSuffix("in\nout\n"))
    let sourced = try Self.run(["--continue", "-c", "source \(file.path); echo end"])
    #expect(sourced.status == 1 && sourced.output == "in\nout\nend\n")
    #expect(sourced.error.hasPrefix("\(file.path):2: error: there is no node"))
    let stopped = try Self.run(["-c", "source \(file.path); echo end"])
    #expect(stopped.status == 1 && stopped.output == "in\n")
    #expect(stopped.error.hasPrefix("-c:1: error: \(file.path):2: there is no node"))
  }

  @Test func aCommandThatFailsInABlockHasItsObjectAndTheBlockItsOwn() throws {
    let line = "repeat 2 { echo a; fail nothing }"
    let stopped = try Self.run(["--json", "-c", line]).output.split(separator: "\n")
    #expect(stopped.map { $0.contains(#""ok":true"#) } == [true, false, false])
    #expect(stopped[1].contains(#""command":"fail""#) && stopped[2].contains(#""repeat""#))
    let whole = try Self.run(["--json", "--continue", "-c", line]).output.split(separator: "\n")
    #expect(whole.map { $0.contains(#""ok":true"#) } == [true, false, true, false, false])
    #expect(whole[4].contains(#""error":"2 commands inside failed""#))
    let scheduled = "at 1s { fail nothing }; run 2s"
    let run = try Self.run(["--json", "--continue", "-c", scheduled]).output.split(separator: "\n")
    #expect(run.map { $0.contains(#""ok":true"#) } == [true, false, true])
  }

  @Test func whatFailsInAFutureFailsTheComparison() throws {
    let commands = "compare { repeat 1 { fail nothing } } { } : send GET /orders/1"
    let run = try Self.run(["--continue", "-c", commands])
    #expect(run.status == 1 && run.error.contains("there is no node 'nothing'"))
  }

  @Test func aBlockOfAnotherScriptIsToldByItsOwnPlace() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "hopsh-at-\(getpid()).hop")
    try "echo a\nat 1s {\n  fail nothing\n}\n".write(to: file, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(at: file) }
    let script = "source \(file.path)\nrun 2s\n"
    let stopped = try Self.run(["-"], input: script)
    #expect(stopped.error.hasPrefix("stdin:") && stopped.error.contains(": \(file.path):3: there"))
    let whole = try Self.run(["--continue", "-"], input: script)
    #expect(whole.error.hasPrefix("\(file.path):3: error: there is no node"))
  }

  @Test func flagsTakeNoValue() throws {
    let run = try Self.run(["--json=no", "-c", "echo a"])
    #expect(run.status == 2 && run.output == "" && run.error.contains("--json takes no value"))
    #expect(try Self.run(["--continue=", "-c", "echo a"]).status == 2)
  }

  @Test func aByteOrderMarkIsNoPartOfACommand() throws {
    #expect(try Self.run(["-"], input: "\u{FEFF}echo a\n").output == "a\n")
  }

  @Test func aScriptThatRunsItselfEndsWithOneShortMessage() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "hopsh-loop-\(getpid()).hop")
    try "source \(file.path)\n".write(to: file, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(at: file) }
    let run = try Self.run([file.path])
    #expect(run.status == 1 && run.error.count < 200 && run.error.contains("nested too deep"))
  }

  @Test func jsonIsOneObjectACommand() throws {
    let run = try Self.run(["--json", "-c", "send GET /orders/42; trace; fail nothing"])
    let lines = run.output.split(separator: "\n")
    let objects = try lines.map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
    #expect(objects.count == 3)
    #expect(objects.map { $0["command"] as? String } == ["send", "trace", "fail"])
    #expect(objects.map { $0["ok"] as? Bool } == [true, true, false])
    let sent = try #require(objects[0]["result"] as? [String: Any])
    #expect(sent["status"] as? Int == 200 && sent["hops"] as? Int == 14)
    #expect(Set(sent.keys).isSuperset(of: ["id", "reason", "latencyMs", "cache", "servedBy"]))
    let trace = try #require(objects[1]["result"] as? [String: Any])
    let hops = try #require(trace["hops"] as? [[String: Any]])
    #expect(hops.map { $0["number"] as? Int } == Array(1...14))
    #expect(hops.filter { $0["background"] as? Bool == true }.count == 3)
    #expect(objects[2]["error"] is String)
    let many = try Self.run(["--json", "-c", "send GET /orders/1 --count 3"]).output
    for key in ["id", "status", "reason", "hops", "latencyMs", "cache", "servedBy", "count"] {
      #expect(many.contains("\"\(key)\":"))
    }
  }

  @Test func debugAndReleaseGiveTheSameBytes() throws {
    let scripts = ScriptTests.scripts
    let debug = try Self.run(["--continue", "--echo"] + scripts)
    let release = try Self.run(["--continue", "--echo"] + scripts, configuration: "release")
    let again = try Self.run(["--continue", "--echo"] + scripts, configuration: "release")
    #expect(debug.output == release.output && debug.error == release.error)
    #expect(release.output == again.output)
    let commands = "send GET /orders/3 --count 2000; show hash"
    let hashes = try ["debug", "release"].map {
      try Self.run(["--seed", "7", "-c", commands], configuration: $0).output
    }
    #expect(hashes[0] == hashes[1] && hashes[0].contains("hash ="))
  }
}
