import Kernel
import Testing

@testable import Shell

@Suite struct RobustnessTests {
  static let lines = [
    "send GET /orders/42", "send PUT /orders/42 '{\"status\":\"paid\"}' --as reader",
    "send DELETE /products/7 --timeout 20ms", "trace last --acks", "traces failed --count 3",
    "fail database-a", "restore all", "failover database-b", "run 10s", "settle", "map", "nodes",
    "show cache-a", "show last.latency", "explain lru", "sql \"select * from orders limit 2\"",
    "expect last.status == 200 and queue.depth < 5", "repeat 2 { send GET /products/1; trace }",
    "quiz start", "quiz answer B", "load 50rps for 2s --writes 20%", "help send", "history 5",
    "undo 2", "redo", "checkpoint a",
    "rewind a",
    "enable retry on gateway", "disable fencing", "inject latency on cache-a 20ms for 5s",
    "partition service-a-1 database-a for 3s", "scale worker 3", "plot load.p99 over 10s",
    "compare { } { scale service-a 3 } : load 20rps for 1s",
    "sweep retry=on,off : send GET /orders/1",
    "predict last.status == 200 : send GET /orders/2", "forecast 100rps --writes 10%",
    "metrics service-a --over 5s", "diff 1 2", "step 3", "watch show queue.depth --count 2",
    "hypothesis queue.depth == 0 : { send GET /orders/1; settle }", "live for 1ms",
    "load 20rps for 20s --async", "load stop", "load", "load 5 users for 1s think 100ms",
    "load 5rps to 20rps for 2s spike 2x at 1s for 1s",
    "at 1s { fail worker-2 }", "sql select count(*) from requests", "send GET /orders/1 --async",
    "set cache-a.ttl 10s", "settings gateway", "until queue.depth == 0 within 60s", "echo 'a b' c",
    "why",
    "reset --seed 3",
  ]
  static let fragments = [
    "{", "}", "'", "\"", ";", "#", "--", "--as", "==", "and", "(", ")", "-1", "1e308",
    "99999999999",
    "日本", "\u{0}", "\u{1B}[2J", "%", ".", "last.", "database-a", "/", "\\", "\n", "0", "ns", "𝄞",
  ]

  /// A line with some of its words replaced, removed, doubled or cut.
  static func mutate(_ line: String, _ random: inout Random) -> String {
    var words = line.split(separator: " ").map(String.init)
    for _ in 0...random.below(3) {
      let index = words.isEmpty ? 0 : random.below(words.count)
      switch random.below(6) {
      case 0: words.insert(fragments[random.below(fragments.count)], at: index)
      case 1 where !words.isEmpty: words.remove(at: index)
      case 2 where !words.isEmpty: words[index] = fragments[random.below(fragments.count)]
      case 3 where !words.isEmpty: words.insert(words[index], at: index)
      case 4 where !words.isEmpty: words[index] = String(words[index].shuffled(using: &random))
      default:
        let other = lines[random.below(lines.count)].split(separator: " ").map(String.init)
        words.insert(other[random.below(other.count)], at: index)
      }
    }
    return words.joined(separator: " ")
  }

  @Test(arguments: 0..<4 as Range<UInt64>)
  func tenThousandMutatedLinesNeitherCrashNorChangeWhatTheyAreRefused(seed: UInt64) {
    var random = Random(seed: seed)
    let session = Session()
    session.write = { _ in }
    session.writeError = { _ in }
    session.run("send GET /orders/1 --count 3; fail worker-1", name: "setup")
    var refused = 0
    var after = session.world.digest
    for index in 0..<2500 {
      let line = Self.mutate(Self.lines[random.below(Self.lines.count)], &random)
      let before = after
      let hadSchedule = !session.schedule.isEmpty
      let status = session.run(line, name: "fuzz")
      // A wait that ends in vain, a check after something was done, and a block whose moment had
      // come have let time pass.
      let acts = ["until", "hypothesis", "predict", "watch"].contains { line.contains($0) }
      let isRefused = !hadSchedule && (status == 2 || (status == 1 && !acts))
      after = session.world.digest
      if isRefused, !line.contains(where: { ";{\n".contains($0) }) {
        refused += 1
        #expect(after == before, "line \(index) of seed \(seed): \(line)")
      }
      // A line may have let years pass or stopped the shell; go on from a moderate world.
      if session.wantsToQuit || session.world.clock.nanoseconds > 86_400_000_000_000 {
        session.reset(seed: nil)
        session.wantsToQuit = false
        after = session.world.digest
      }
      #expect(session.world.conservationBreach == nil)
    }
    #expect(refused > 500)
  }
}
