import Architecture
import Kernel
import Language

/// Values about the last request and the deployment as a whole.
struct WholeObservable: Sendable {
  let name: String
  let summary: String
  let read: @Sendable (Session) -> Quantity?

  private static func ofLast(
    _ name: String, _ summary: String,
    beforeTheAnswer isEarly: Bool = false,
    _ read: @escaping @Sendable (RequestRecord, World) -> Quantity
  ) -> WholeObservable {
    WholeObservable(name: "last." + name, summary: summary) { session in
      guard let id = session.lastRequest, let record = session.world.journal[id],
        record.isAnswered || isEarly
      else { return .absent }
      return read(record, session.world)
    }
  }

  private static func ofLoad(
    _ name: String, _ summary: String, _ read: @escaping @Sendable (Session) -> Quantity
  ) -> WholeObservable {
    WholeObservable(name: "load." + name, summary: summary) { session in
      session.world.journal.load.sent > 0 || name == "sent" ? read(session) : .absent
    }
  }

  private static func latency(_ quantile: Double, _ session: Session) -> Quantity {
    let latency = session.world.journal.load.latency
    return latency.quantile(quantile).map { .duration(nanoseconds: $0.nanoseconds) } ?? .absent
  }

  static let all: [WholeObservable] = [
    ofLast("status", "HTTP status of the last request") { record, _ in
      .number(Double(record.answer.status))
    },
    ofLast("reason", "why it failed, or none") { record, _ in .word(record.answer.reason.name) },
    ofLast("hops", "its numbered hops", beforeTheAnswer: true) { record, _ in
      .number(Double(record.hops))
    },
    ofLast("latency", "from sending to the answer") { record, _ in
      .duration(nanoseconds: record.latency.nanoseconds)
    },
    ofLast("cache", "hit, miss, stale, bypass or none") { record, _ in
      .word(record.answer.cache.name)
    },
    ofLast("fallback", "yes when a placeholder stands for the row, or no") { record, _ in
      .word(record.answer.isPlaceholder ? "yes" : "no")
    },
    ofLast("age", "how old the copy was that it got") { record, _ in
      .duration(nanoseconds: record.answer.age.nanoseconds)
    },
    ofLast("served-by", "the instance that made the answer") { record, world in
      .word(RequestText.servedBy(record, world))
    },
    ofLast("id", "its number", beforeTheAnswer: true) { record, _ in .number(Double(record.id)) },
    ofLast("version", "the version of the row that it got") { record, _ in
      .number(Double(record.answer.record.version))
    },
    ofLoad("sent", "requests of the latest load") { .number(Double($0.world.journal.load.sent)) },
    ofLoad("failed", "those that did not succeed") {
      .number(Double($0.world.journal.load.failed))
    },
    ofLoad("succeeded", "those that did") { .number(Double($0.world.journal.load.succeeded)) },
    ofLoad("stale", "its reads that got a copy which may be outdated") {
      .number(Double($0.world.journal.load.count(.stale)))
    },
    ofLoad("placeholders", "those that got a placeholder for the row") {
      .number(Double($0.world.journal.load.placeholders))
    },
    ofLoad("success-rate", "share of them that succeeded") {
      let load = $0.world.journal.load
      return load.answered == 0 ? .absent : .percent(LoadText.successRate(load))
    },
    ofLoad("throughput", "successes a second") { .rate(perSecond: $0.latestLoad.throughput) },
    ofLoad(
      "hit-ratio", "share of its reads with a fresh copy; one that bypasses the cache has none"
    ) {
      LoadText.hitRatio($0.world.journal.load).map { .percent($0) } ?? .absent
    },
    ofLoad("p50", "latency that half of them did not exceed") { latency(0.5, $0) },
    ofLoad("p90", "latency that 90 % did not exceed") { latency(0.9, $0) },
    ofLoad("p95", "latency that 95 % did not exceed") { latency(0.95, $0) },
    ofLoad("p99", "latency that 99 % did not exceed") { latency(0.99, $0) },
    ofLoad("max", "the longest latency") { latency(1, $0) },
    WholeObservable(
      name: "circuit-breaker.state", summary: "closed, open, half-open or off; the worst of all"
    ) { session in
      let world = session.world
      let callers = world.directory.nodes.filter { !world.dependencies(of: $0).isEmpty }
      return Observable.all.first { $0.name == "circuit-breaker.state" }?.read(world, callers)
    },
    WholeObservable(name: "time", summary: "virtual time since the start") {
      .duration(nanoseconds: $0.world.clock.nanoseconds)
    },
    WholeObservable(name: "seed", summary: "what chance derives from") {
      .word("\($0.world.seed)")
    },
    WholeObservable(name: "hash", summary: "fingerprint of the whole deployment") {
      .word($0.hash)
    },
    WholeObservable(name: "sent", summary: "requests sent") {
      .number(Double($0.world.journal.sent))
    },
    WholeObservable(name: "succeeded", summary: "requests answered below 400") {
      .number(Double($0.world.journal.succeeded))
    },
    WholeObservable(name: "failed", summary: "requests that were not") {
      .number(Double($0.world.journal.failed))
    },
    WholeObservable(name: "in-flight", summary: "requests without an answer yet") {
      .number(Double($0.world.journal.inFlight))
    },
  ]
}
