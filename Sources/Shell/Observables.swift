import Architecture
import Kernel
import Language

/// The named values that `show`, `expect`, `until` and `--json` share: one registry.
struct Observable: Sendable {
  let name: String
  let summary: String
  /// The kinds of nodes that have it; nil for all.
  var kinds: Set<Tier.Kind>?
  /// Over one instance or all of a tier; nil when there is nothing to tell yet.
  let read: @Sendable (World, [NodeID]) -> Quantity?

  static func count(
    _ name: String, _ summary: String, _ kinds: Set<Tier.Kind>? = nil,
    _ read: @escaping @Sendable (World, NodeID) -> Int
  ) -> Observable {
    Observable(name: name, summary: summary, kinds: kinds) { world, nodes in
      .number(Double(nodes.reduce(0) { $0 + read(world, $1) }))
    }
  }

  static func latency(_ name: String, _ quantile: Double) -> Observable {
    Observable(name: name, summary: "time from a call's arrival to its answer, \(name)") {
      world, nodes in
      var all = Histogram()
      for node in nodes { all.merge(world.latency(at: node)) }
      return .duration(nanoseconds: all.quantile(quantile)?.nanoseconds ?? 0)
    }
  }

  static let ofEveryNode: [Observable] = [
    count("requests", "calls that reached it") { $0.requests(at: $1) },
    count("errors", "calls that it answered with a server error") { $0.errors(at: $1) },
    Observable(name: "state", summary: "up, down, or degraded for a tier that is partly up") {
      world, nodes in
      let up = nodes.count { world.isUp($0) }
      return .word(up == nodes.count ? "up" : up == 0 ? "down" : "degraded")
    },
    count("queue-length", "calls that wait for a worker slot") {
      $0.slots(at: $1).queueLength
    },
    count("in-service", "calls at work") { $0.slots(at: $1).busy },
    count("rejected", "calls turned away because the queue was full") {
      $0.slots(at: $1).rejected
    },
    Observable(name: "utilization", summary: "mean share of the worker slots in use") {
      world, nodes in
      let sum = nodes.reduce(0) { $0 + world.utilization(at: $1) }
      return .percent(sum / Double(max(nodes.count, 1)))
    },
    latency("p50", 0.5), latency("p90", 0.9), latency("p99", 0.99),
    count("instances", "instances that the tier has") { _, _ in 1 },
  ]

  static let ofSomeKinds: [Observable] = [
    count("hits", "fresh copies found", [.cache]) { $0.cache($1)?.copies.hits ?? 0 },
    count("misses", "look-ups without a fresh copy", [.cache]) { $0.cache($1)?.copies.misses ?? 0 },
    count("entries", "copies kept", [.cache]) { $0.cache($1)?.copies.count ?? 0 },
    count("capacity", "copies that there is room for", [.cache]) {
      $0.cache($1)?.copies.capacity ?? 0
    },
    count("evictions", "copies given up for room", [.cache]) {
      $0.cache($1)?.copies.evictions ?? 0
    },
    count("expired", "copies found too old", [.cache]) { $0.cache($1)?.copies.expired ?? 0 },
    Observable(name: "hit-ratio", summary: "share of look-ups with a fresh copy", kinds: [.cache]) {
      world, nodes in
      let hits = nodes.reduce(0) { $0 + (world.cache($1)?.copies.hits ?? 0) }
      let misses = nodes.reduce(0) { $0 + (world.cache($1)?.copies.misses ?? 0) }
      return .percent(hits + misses == 0 ? 0 : Double(hits) / Double(hits + misses))
    },
    count("held-writes", "writes that the database does not have yet", [.cache]) {
      $0.cache($1)?.heldWrites ?? 0
    },
    count("lost-writes", "acknowledged writes that died with it", [.cache]) {
      $0.cache($1)?.lostWrites ?? 0
    },
    Observable(name: "primary", summary: "the instance that takes writes", kinds: [.database]) {
      world, nodes in
      .word(world.name(of: world.directory.primary(of: world.tier(of: nodes[0]))))
    },
    Observable(name: "epoch", summary: "the term of its primary", kinds: [.database]) {
      world, nodes in
      .number(Double(world.directory.leader(of: nodes[0]).epoch))
    },
    Observable(name: "shards", summary: "primaries that share the rows", kinds: [.database]) {
      world, nodes in
      .number(Double(world.directory.sharding(of: world.tier(of: nodes[0])).shards.count))
    },
    Observable(name: "rows", summary: "rows that it holds", kinds: [.database]) { world, nodes in
      .number(Double(nodes.reduce(0) { $0 + world.rowCount(of: $1) }))
    },
    Observable(
      name: "rows-moving", summary: "rows on their way to another shard", kinds: [.database]
    ) { world, nodes in
      .number(Double(world.rowsMoving(of: world.tier(of: nodes[0]))?.moving ?? 0))
    },
    Observable(
      name: "failovers", summary: "how often a replica took over by itself", kinds: [.database]
    ) { world, nodes in .number(Double(world.failovers(of: nodes[0]))) },
    count("lost-writes", "acknowledged writes that it lost", [.database]) {
      $0.database($1)?.lostWrites ?? 0
    },
    count("waiting-for-standbys", "writes that wait for a standby", [.database]) {
      $0.database($1)?.synchronousCommit.waiting ?? 0
    },
    Observable(name: "role", summary: "primary or replica", kinds: [.database]) { world, nodes in
      .word(world.database(nodes[0])?.isPrimary == true ? "primary" : "replica")
    },
    count("reads", "rows read", [.database]) { $0.database($1)?.reads ?? 0 },
    count("writes", "writes committed as primary", [.database]) { $0.database($1)?.writes ?? 0 },
    count("position", "the last position of its log", [.database]) {
      Int($0.logPosition(of: $1))
    },
    count("epoch", "the term of the primary that it knows", [.database]) {
      Int($0.database($1)?.epoch ?? 0)
    },
    Observable(
      name: "lag", summary: "age of the oldest write that a replica lacks", kinds: [.database]
    ) { world, nodes in
      let replicas = nodes.flatMap { node in
        world.database(node)?.isPrimary == true
          ? world.directory.instances(of: world.tier(of: node)) : [node]
      }
      return .duration(
        nanoseconds: replicas.map { world.lag(of: $0).age.nanoseconds }.max() ?? 0)
    },
    count("depth", "tasks kept: waiting and in flight", [.messageQueue]) {
      $0.messageQueue($1)?.depth ?? 0
    },
    count("waiting", "tasks that a worker may take", [.messageQueue]) {
      $0.messageQueue($1)?.waiting ?? 0
    },
    count("in-flight", "tasks handed out and not acknowledged", [.messageQueue]) {
      $0.messageQueue($1)?.inFlight ?? 0
    },
    count("published", "tasks taken in", [.messageQueue]) { $0.messageQueue($1)?.published ?? 0 },
    count("acknowledged", "tasks done", [.messageQueue]) { $0.messageQueue($1)?.processed ?? 0 },
    Observable(
      name: "oldest-age", summary: "how long the oldest task has been there", kinds: [.messageQueue]
    ) { world, nodes in
      .duration(
        nanoseconds: world.messageQueue(nodes[0])?.oldestAge(at: world.clock).nanoseconds ?? 0)
    },
    count("dead-letters", "tasks given up", [.messageQueue]) {
      $0.messageQueue($1)?.deadLetters.count ?? 0
    },
    count("redeliveries", "tasks handed out again", [.messageQueue]) {
      $0.messageQueue($1)?.redeliveries ?? 0
    },
    count("processed", "tasks done and recorded", [.worker]) { $0.worker($1)?.processed ?? 0 },
    count("failures", "tasks that it could not record", [.worker]) {
      $0.worker($1)?.failures ?? 0
    },
    count("tasks-lost", "tasks that it could not publish", [.service]) {
      $0.service($1)?.tasksLost ?? 0
    },
  ]

  static let all = ofEveryNode + ofSomeKinds + ofPatterns

  static func of(_ kind: Tier.Kind) -> [Observable] {
    all.filter { $0.kinds?.contains(kind) ?? true }
  }
}

/// Values about the last request and the deployment as a whole.
struct WholeObservable: Sendable {
  let name: String
  let summary: String
  let read: @Sendable (Session) -> Quantity?

  private static func ofLast(
    _ name: String, _ summary: String,
    _ read: @escaping @Sendable (RequestRecord, World) -> Quantity
  ) -> WholeObservable {
    WholeObservable(name: "last." + name, summary: summary) { session in
      guard let id = session.lastRequest, let record = session.world.journal[id] else {
        return .word("none")
      }
      return read(record, session.world)
    }
  }

  private static func ofLoad(
    _ name: String, _ summary: String, _ read: @escaping @Sendable (Session) -> Quantity
  ) -> WholeObservable {
    WholeObservable(name: "load." + name, summary: summary, read: read)
  }

  private static func latency(_ quantile: Double, _ session: Session) -> Quantity {
    let latency = session.world.journal.load.latency
    return .duration(nanoseconds: latency.quantile(quantile)?.nanoseconds ?? 0)
  }

  static let all: [WholeObservable] = [
    ofLast("status", "HTTP status of the last request") { record, _ in
      .number(Double(record.answer.status))
    },
    ofLast("reason", "why it failed, or none") { record, _ in .word(record.answer.reason.name) },
    ofLast("hops", "its numbered hops") { record, _ in .number(Double(record.hops)) },
    ofLast("latency", "from sending to the answer") { record, _ in
      .duration(nanoseconds: record.isAnswered ? record.latency.nanoseconds : 0)
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
    ofLast("id", "its number") { record, _ in .number(Double(record.id)) },
    ofLast("version", "the version of the row that it got") { record, _ in
      .number(Double(record.answer.record.version))
    },
    ofLoad("sent", "requests of the latest load") { .number(Double($0.world.journal.load.sent)) },
    ofLoad("failed", "those that did not succeed") {
      .number(Double($0.world.journal.load.failed))
    },
    ofLoad("success-rate", "share of them that succeeded") {
      .percent(LoadText.successRate($0.world.journal.load))
    },
    ofLoad("throughput", "successes a second") { .rate(perSecond: LoadText.throughput($0)) },
    ofLoad("hit-ratio", "share of its reads with a fresh copy") {
      let load = $0.world.journal.load
      let reads = load.count(.hit) + load.count(.miss) + load.count(.stale)
      return .percent(reads == 0 ? 0 : Double(load.count(.hit)) / Double(reads))
    },
    ofLoad("p50", "latency that half of them did not exceed") { latency(0.5, $0) },
    ofLoad("p90", "latency that 90 % did not exceed") { latency(0.9, $0) },
    ofLoad("p99", "latency that 99 % did not exceed") { latency(0.99, $0) },
    ofLoad("max", "the longest latency") { latency(1, $0) },
    WholeObservable(name: "time", summary: "virtual time since the start") {
      .duration(nanoseconds: $0.world.clock.nanoseconds)
    },
    WholeObservable(name: "seed", summary: "what chance derives from") {
      .word("\($0.world.seed)")
    },
    WholeObservable(name: "hash", summary: "fingerprint of the whole deployment") {
      .word($0.world.digest.text)
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

extension Session {
  /// The value of an observable by its full name; nil when there is none of that name.
  func observe(_ name: String) -> Quantity? {
    if let whole = WholeObservable.all.first(where: { $0.name == name }) {
      return whole.read(self)
    }
    guard let dot = name.firstIndex(of: "."),
      let target = NodeNames.find(String(name[..<dot]), in: world)
    else { return nil }
    let suffix = name[name.index(after: dot)...]
    let nodes: [NodeID]
    switch target {
    case .node(let node): nodes = [node]
    case .tier(let tier):
      let isOfPrimary = tier.kind == .database && suffix != "instances"
      nodes =
        isOfPrimary ? [world.directory.primary(of: tier)] : world.directory.instances(of: tier)
    }
    let tier = world.tier(of: nodes[0])
    if let observable = Observable.of(tier.kind).first(where: { $0.name == suffix }) {
      return observable.read(world, nodes)
    }
    return Setting.of(tier.kind).first { $0.name == suffix }
      .map { SettingPath(tier: tier, setting: $0, instance: nodes[0]).value(world) }
  }

  /// Every name that `observe` knows, for completion and suggestions.
  var observableNames: [String] {
    WholeObservable.all.map(\.name)
      + NodeNames.all(in: world).flatMap { name -> [String] in
        guard let target = NodeNames.find(name, in: world) else { return [] }
        let kind: Tier.Kind
        switch target {
        case .node(let node): kind = world.tier(of: node).kind
        case .tier(let tier): kind = tier.kind
        }
        return Observable.of(kind).map { "\(name).\($0.name)" }
      }
  }

  /// Decides a condition; what can't be decided is a usage error with a suggestion.
  func evaluate(_ expression: Expression) throws(CommandError) -> Expression.Outcome {
    do {
      return try expression.evaluate { self.observe($0) }
    } catch {
      let hint = error.unknownName.flatMap { Suggestion.closest(to: $0, among: observableNames) }
      throw .usage(error.message + (hint.map { "; did you mean '\($0)'?" } ?? ""))
    }
  }

  func parseExpression(_ text: String) throws(CommandError) -> Expression {
    do {
      return try Expression.parse(text)
    } catch {
      throw .usage(error.message)
    }
  }
}
