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
