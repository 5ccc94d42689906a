import Architecture
import Language
import Testing

@testable import Shell

@Suite struct JudgementTests {
  func best(_ name: String, _ scores: [Double?], success: [Double?] = []) -> [Int] {
    Judgement(name: name, scores: scores, success: success.isEmpty ? [] : [success]).best
  }

  @Test func lessLatencyIsBetter() { #expect(best("load.p99", [0.09, 0.05]) == [1]) }

  @Test func whatHardlyDiffersIsNotJudged() { #expect(best("load.p99", [0.0501, 0.05]) == []) }

  @Test func speedIsNoGoodWhereMoreRequestsFail() {
    #expect(best("load.p99", [0.09, 0.05], success: [1, 0.4]) == [])
    #expect(best("service-b.utilization", [0.5, 0], success: [1, 0]) == [])
    #expect(best("load.p99", [0.05, 0.09], success: [1, 0.4]) == [0])
  }

  @Test func amongThoseThatFailLeastTheFastestIsBest() {
    #expect(best("load.p99", [0.09, 0.05, 0.01], success: [1, 1, 0.4]) == [1])
  }

  @Test func successSpeaksForItself() {
    #expect(best("load.success-rate", [1, 0.4], success: [1, 0.4]) == [0])
    #expect(best("last.status", [1, 0], success: [1, 0]) == [0])
    #expect(best("database-a.lost-writes", [7, 0], success: [1, 0.4]) == [1])
  }

  @Test func noValueIsNoGain() { #expect(best("database-a.p99", [0.001, nil]) == []) }

  @Test func allThatDoEquallyWellAreNamed() {
    #expect(best("load.success-rate", [0.4, 1, 1]) == [1, 2])
  }

  @Test func aFutureCountsItsWorkloadOnly() throws {
    let session = Session()
    session.write = { _ in }
    session.run("load 100rps for 3s", name: "before")
    let futures = Futures(
      starts: [.init(label: "", block: .init(source: "send GET /orders/1 --count 3", line: 1))],
      workload: .init(source: "run 1s", line: 1))
    let values = try futures.run(session)[0][0].values
    #expect(values["sent"] == .number(0) && values["load.sent"] == .number(0))
    #expect(values["load.p99"] == .absent && values["cache-a.hit-ratio"] == .absent)
    #expect(values["cache-a.hits"] == .absent && values["gateway.p99"] == .absent)
    #expect(values["gateway.requests"] == .number(0))
  }

  /// One row more in each cache changes nothing that a hundred requests a second would notice.
  @Test(arguments: [1, 2, 3, 4, 5] as [UInt64]) func chanceIsNoGain(seed: UInt64) throws {
    let session = Session()
    session.write = { _ in }
    session.run("reset --seed \(seed)", name: "before")
    let futures = Futures(
      starts: [
        .init(label: "", block: .init(source: "", line: 1)),
        .init(
          label: "", block: .init(source: "send GET /products/400; send GET /orders/400", line: 1)),
      ],
      workload: .init(source: "load 100rps for 10s", line: 1))
    let text = FuturesText(try futures.run(session))
    #expect(text.sentence() == "The two futures hardly differ.")
  }

  @Test func aGainThatChanceDoesNotExplainIsTold() throws {
    let session = Session()
    session.write = { _ in }
    let futures = Futures(
      starts: [
        .init(label: "", block: .init(source: "inject slow on database-b 30", line: 1)),
        .init(label: "", block: .init(source: "", line: 1)),
      ],
      workload: .init(source: "load 100rps for 10s --products 100%", line: 1))
    let sentence = FuturesText(try futures.run(session)).sentence()
    #expect(sentence.hasPrefix("B buys load.p50") && sentence.contains("load.p99"))
  }

  @Test func aLoadUnderWayHasTheThroughputOfItsFuture() throws {
    let session = Session()
    session.write = { _ in }
    session.run("load 100rps for 10s --async; run 9s", name: "before")
    let futures = Futures(
      starts: [.init(label: "", block: .init(source: "", line: 1))],
      workload: .init(source: "run 1s", line: 1))
    let values = try futures.run(session)[0][0].values
    let throughput = try #require(values["load.throughput"]?.plain)
    #expect(throughput > 70 && throughput < 130)
  }

  @Test(
    arguments: [
      (Tier.Kind.gateway, "retry.base", "retry"), (.gateway, "timeout", "timeouts"),
      (.service, "connection-pool.timeout", "connection-pool"), (.cache, "ttl", nil),
      (.messageQueue, "visibility-timeout", nil), (.database, "sharding.shards", "sharding"),
    ] as [(Tier.Kind, String, String?)])
  func aSettingKnowsItsPattern(kind: Tier.Kind, name: String, pattern: String?) throws {
    let setting = try #require(Setting.of(kind).first { $0.name == name })
    #expect(Pattern.find(of: setting, on: kind)?.name == pattern)
  }
}
