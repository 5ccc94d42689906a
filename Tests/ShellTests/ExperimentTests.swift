import Architecture
import Foundation
import Kernel
import Synchronization
import Testing

@testable import Shell

@Suite struct ExperimentTests {
  static func session() -> (Session, () -> [String]) {
    let session = Session()
    var lines: [String] = []
    session.write = { lines.append($0) }
    session.writeError = { lines.append($0) }
    return (session, { lines })
  }

  @Test(arguments: [
    "compare { fail service-a-1 } { enable retry } : load 50rps for 2s",
    "compare { } { reset --seed 3 } { scale cache-a 2 } : send PUT /orders/1",
    "sweep cache-a.ttl=1s,5s : load 30rps for 2s", "forecast 100rps",
    "compare { } { enable hedging } : load 20rps for 1s over 3 seeds", "sql select * from requests",
    "diff 1 2", "metrics",
  ])
  func lookingAheadLeavesTheDeploymentAsItIs(command: String) {
    let (session, lines) = Self.session()
    session.run("send GET /orders/1; send PUT /orders/1 x; load 20rps for 2s", name: "setup")
    let before = session.world.digest
    #expect(session.run(command, name: "test") == 0, "\(lines())")
    #expect(session.world.digest == before)
  }

  @Test(arguments: [
    "compare { quit } { } : load 10rps for 1s", "watch bogus", "watch sql",
    "sweep =1,2 : send GET /orders/1", "predict foo == 1 : send GET /orders/1",
    "at 1s { watch }", "forecast", "plot foo", "load stop", "load",
    "predict last.status == fast : send GET /orders/1",
    "hypothesis last.status == fast : { send GET /orders/1 }",
  ])
  func whatCannotBeIsRefusedAndChangesNothing(command: String) {
    let (session, _) = Self.session()
    let before = session.world.digest
    #expect(session.run(command, name: "test") != 0)
    #expect(session.world.digest == before)
  }

  @Test func bothFuturesMeetTheSameChance() {
    let (session, _) = Self.session()
    let futures = Futures(
      starts: ["a", "b"].map { .init(label: $0, block: .init(source: "", line: 1)) },
      workload: .init(source: "load 100rps for 3s", line: 1))
    let outcomes = try! futures.run(session)[0]
    #expect(outcomes[0].values == outcomes[1].values)
    #expect(outcomes[0].values["load.sent"]?.plain ?? 0 > 200)
  }

  @Test func aFutureIsWhatWouldHaveHappened() {
    let (session, _) = Self.session()
    let futures = Futures(
      starts: [.init(label: "", block: .init(source: "fail service-a-1", line: 1))],
      workload: .init(source: "load 100rps for 3s", line: 1))
    let outcome = try! futures.run(session)[0][0]
    session.run("fail service-a-1; load 100rps for 3s", name: "test")
    #expect(session.observe("load.p99") == outcome.values["load.p99"])
    #expect(session.observe("load.success-rate") == outcome.values["load.success-rate"])
  }

  @Test func otherSeedsGiveOtherFuturesAndTheSameOnesTheSame() {
    func run() -> [Double] {
      let (session, _) = Self.session()
      let futures = Futures(
        starts: [.init(label: "", block: .init(source: "", line: 1))],
        workload: .init(source: "load 50rps for 2s", line: 1))
      let runs = try! futures.run(session, seeds: [1, 2, 1])
      return runs.map { $0[0].values["load.p99"]?.plain ?? 0 }
    }
    let values = run()
    #expect(values[0] == values[2] && values[0] != values[1])
    #expect(run() == values)
  }

  @Test func aRecordedSessionPassesAsATestAtOnce() {
    let commands = [
      "send GET /orders/42", "sned", "fail database-a", "send PUT /orders/1 'a \"b\"'", "why",
      "repeat 2 {\n  send GET /products/1\n}", "expect last.status == 500", "undo", "map",
      "load 30rps for 2s", "plot load.p99", "quiz start", "quiz answer A", "explain retry",
      "lesson list", "lesson start 1; lesson next; send GET /orders/1", "lesson check",
      "echo '? 2'", "echo '# a'", "echo 'hopsh> quit'", "echo '...'", "echo '     > b'",
      "echo '```'",
    ]
    let session = Session()
    session.classroom.documents = { ScriptTests.lessons }
    let recorder = Recorder(path: "", of: session, seed: 9, commands: commands)
    var lines: [String] = []
    var check = TranscriptCheck(
      readFile: { _ in nil }, lessons: { ScriptTests.lessons }, write: { lines.append($0) })
    check.check(recorder.text, name: "recorded")
    #expect(check.passed == 1 && check.failed == 0, "\(lines.joined(separator: "\n"))")
    #expect(recorder.text.contains("hopsh> reset --seed 9"))
    #expect(recorder.text.contains("? 2") && recorder.text.contains("? 1"))
  }

  @Test func aLoadThatIsInterruptedSaysSoAndWhatFollowsIsNotToldOf() {
    let (session, lines) = Self.session()
    session.options.isJSON = true
    session.isInterrupted = { session.world.clock > Instant(nanoseconds: 2_000_000_000) }
    let status = session.run("echo a; load 500rps for 60s; echo after", name: "test")
    let objects = lines().filter { $0.hasPrefix("{") }
    #expect(status == 130 && objects.count == 2)
    #expect(objects.last?.contains(#""interrupted":true"#) == true)
    #expect(lines().last == "test:1: error: interrupted; from here on nothing was run")
  }

  @Test func timeThatFollowedTheWallIsRecordedAsTimeThatPassed() {
    let (session, _) = Self.session()
    var files: [String: String] = [:]
    session.writeFile = { path, text in
      files[path] = text
      return true
    }
    #expect(session.run("history; export session a", name: "test") == 1)
    session.run("live for 200ms; watch show time --count 2; export session b", name: "test")
    #expect(files["a"] == nil)
    #expect(files["b"]?.contains("hopsh> run 200ms\ntime is 200 ms\n") == true)
    #expect(files["b"]?.contains("hopsh> watch show time --count 2\n── 200 ms ──") == true)
  }

  @Test func anEstimateHasStudentsMargin() {
    let estimate = Estimate([1, 2, 3, 4, 5])
    #expect(estimate.mean == 3)
    #expect(abs(estimate.margin - 2.776 * 1.5811 / 2.2361) < 0.001)
    #expect(estimate.isClear)
    #expect(!Estimate([-1, 1]).isClear)
  }

  @Test func theCourseOfACounterIsItsGrowthASecond() throws {
    let (session, _) = Self.session()
    session.run("load 100rps for 5s --arrivals constant; run 3s", name: "test")
    let curve = try #require(session.courses.curve("gateway.requests"))
    #expect(curve.unit == .perSecond)
    // One or two that are on their way at the end of a second count in the next one.
    #expect(curve.points.prefix(4).allSatisfy { abs($0.value - 100) <= 5 })
    let p99 = try #require(session.courses.curve("load.p99"))
    #expect(p99.points[2].value > 0.02 && p99.unit == .duration)
  }

  @Test func futuresThatWereInterruptedAreNotCompared() {
    let (session, lines) = Self.session()
    let asked = Atomic(0)  // in the middle of the load
    session.isInterrupted = { asked.add(1, ordering: .relaxed).newValue > 12 }
    #expect(session.run("compare { } { } : load 50rps for 60s", name: "a") == 130)
    #expect(lines().last?.contains("interrupted") == true)
  }
}

/// The experiments of the patterns, in the release build: they send too much for a debug build.
@Suite struct PatternExperimentTests {
  /// What is told of two futures.
  struct Told: Decodable {
    struct Future: Decodable {
      let label: String
      let values: [String: Value]
    }
    struct Outcome: Decodable {
      let futures: [Future]
      let better: [String: String]
      let shows: String
    }
    enum Value: Decodable, Equatable {
      case number(Double)
      case other

      init(from decoder: any Decoder) throws {
        self = (try? decoder.singleValueContainer().decode(Double.self)).map(Value.number) ?? .other
      }
    }
    let ok: Bool
    let result: Outcome
  }

  @Test func eachPatternHasOne() {
    #expect(Set(PatternExperiment.all.map(\.pattern)) == Set(Pattern.all.map(\.name)))
    #expect(PatternExperiment.all.count == Pattern.all.count)
  }

  @Test func eachShowsWhatThePatternBuysAndWhatItCosts() throws {
    let commands = PatternExperiment.all.map { "compare \($0.pattern)" }.joined(separator: "\n")
    let run = try ProgramTests.run(["--json", "-c", commands], configuration: "release")
    #expect(run.status == 0, "\(run.error)")
    let lines = run.output.split(separator: "\n")
    #expect(lines.count == PatternExperiment.all.count)
    for (line, experiment) in zip(lines, PatternExperiment.all) {
      let told = try JSONDecoder().decode(Told.self, from: Data(line.utf8)).result
      let (without, with) = (told.futures[0], told.futures[1])
      #expect(with.label == "with \(experiment.pattern)")
      let gains = [without, with].map { $0.values[experiment.gain] }
      #expect(gains[0] != nil && gains[0] != gains[1], "\(experiment.pattern): \(experiment.gain)")
      // Speed is not praised where more requests fail: that is then the price.
      let better = told.better[experiment.gain]
      let isRefusing = experiment.price == "load.success-rate"
      #expect(better == with.label || better == nil && isRefusing, "\(experiment.pattern)")
      #expect(told.shows.hasPrefix("B buys \(experiment.gain) "), "\(told.shows)")
      if let price = experiment.price {
        #expect(told.better[price] == without.label, "\(experiment.pattern): \(price)")
      }
    }
  }
}
