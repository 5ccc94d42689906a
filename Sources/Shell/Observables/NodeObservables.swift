import Architecture
import Kernel
import Language

/// What nodes show of themselves, whatever their kind, and what each kind adds.
extension Observable {
  static let ofEveryNode: [Observable] = [
    tally("requests", "calls that reached it") { $0.requests(at: $1) },
    tally("errors", "calls that it answered with a server error") { $0.errors(at: $1) },
    Observable(name: "state", summary: "up, down, or degraded for a tier that is partly up") {
      world, nodes in
      let up = nodes.count { world.isUp($0) }
      return .word(up == nodes.count ? "up" : up == 0 ? "down" : "degraded")
    },
    count("queue-length", "calls that wait for a worker slot") {
      $0.slots(at: $1).queueLength
    },
    count("in-service", "calls at work") { $0.slots(at: $1).busy },
    tally("rejected", "calls turned away because the queue was full") {
      $0.slots(at: $1).rejected
    },
    Observable(
      name: "utilization", summary: "mean share of the worker slots in use", course: .utilization
    ) { world, nodes in
      let sum = nodes.reduce(0) { $0 + world.utilization(at: $1) }
      return .percent(sum / Double(max(nodes.count, 1)))
    },
    latency("p50", 0.5), latency("p90", 0.9), latency("p99", 0.99),
    count("instances", "instances that the tier has") { _, _ in 1 },
  ]

  static let ofSomeKinds: [Observable] = [
    tally("hits", "fresh copies found", [.cache]) { $0.cache($1)?.copies.hits ?? 0 },
    tally("misses", "look-ups without a fresh copy", [.cache]) { $0.cache($1)?.copies.misses ?? 0 },
    count("entries", "copies kept", [.cache]) { $0.cache($1)?.copies.count ?? 0 },
    count("capacity", "copies that there is room for", [.cache]) {
      $0.cache($1)?.copies.capacity ?? 0
    },
    tally("evictions", "copies given up for room", [.cache]) {
      $0.cache($1)?.copies.evictions ?? 0
    },
    tally("expired", "copies found too old", [.cache]) { $0.cache($1)?.copies.expired ?? 0 },
    Observable(
      name: "hit-ratio", summary: "share of look-ups with a fresh copy", kinds: [.cache],
      course: .share(of: "hits", among: ["hits", "misses"])
    ) { world, nodes in
      let hits = nodes.reduce(0) { $0 + (world.cache($1)?.copies.hits ?? 0) }
      let misses = nodes.reduce(0) { $0 + (world.cache($1)?.copies.misses ?? 0) }
      return hits + misses == 0 ? .absent : .percent(Double(hits) / Double(hits + misses))
    },
    count("held-writes", "writes that the database does not have yet", [.cache]) {
      $0.cache($1)?.heldWrites ?? 0
    },
    tally("lost-writes", "acknowledged writes that died with it", [.cache]) {
      $0.cache($1)?.lostWrites ?? 0
    },
    Observable(name: "primary", summary: "the instance that takes writes", kinds: [.database]) {
      world, nodes in
      .word(world.name(of: world.directory.leader(of: nodes[0]).primary))
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
      name: "failovers", summary: "how often a replica took over by itself", kinds: [.database],
      course: .counter
    ) { world, nodes in .number(Double(world.failovers(of: nodes[0]))) },
    tally("lost-writes", "acknowledged writes that it lost", [.database]) {
      $0.database($1)?.lostWrites ?? 0
    },
    tally(
      "repeated-tasks", "tasks that were recorded once more, as work is that is done twice",
      [.database]
    ) {
      $0.repeatedTasks(at: $1)
    },
    count("waiting-for-standbys", "writes that wait for a standby", [.database]) {
      $0.database($1)?.synchronousCommit.waiting ?? 0
    },
    Observable(name: "role", summary: "primary or replica", kinds: [.database]) { world, nodes in
      .word(world.database(nodes[0])?.isPrimary == true ? "primary" : "replica")
    },
    tally("reads", "rows read", [.database]) { $0.database($1)?.reads ?? 0 },
    tally("writes", "writes committed as primary", [.database]) { $0.database($1)?.writes ?? 0 },
    Observable(name: "position", summary: "the last position of its log", kinds: [.database]) {
      world, nodes in .number(Double(world.logPosition(of: nodes[0])))
    },
    Observable(
      name: "epoch", summary: "the term of the primary that it knows", kinds: [.database]
    ) { world, nodes in .number(Double(world.database(nodes[0])?.epoch ?? 0)) },
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
    tally("published", "tasks taken in", [.messageQueue]) { $0.messageQueue($1)?.published ?? 0 },
    tally("acknowledged", "tasks it need not keep any more", [.messageQueue]) {
      $0.messageQueue($1)?.processed ?? 0
    },
    Observable(
      name: "oldest-age", summary: "how long the oldest task has been there", kinds: [.messageQueue]
    ) { world, nodes in
      .duration(
        nanoseconds: world.messageQueue(nodes[0])?.oldestAge(at: world.clock).nanoseconds ?? 0)
    },
    tally("dead-letters", "tasks given up", [.messageQueue]) {
      $0.messageQueue($1)?.deadLetters.count ?? 0
    },
    tally("redeliveries", "tasks handed out again", [.messageQueue]) {
      $0.messageQueue($1)?.redeliveries ?? 0
    },
    tally("processed", "tasks done and recorded", [.worker]) { $0.worker($1)?.processed ?? 0 },
    tally("failures", "tasks that it could not record", [.worker]) {
      $0.worker($1)?.failures ?? 0
    },
    tally("tasks-held", "tasks that the queue refused, kept until it takes them", [.service]) {
      $0.service($1)?.tasksHeld ?? 0
    },
    tally(
      "tasks-lost", "tasks given up, as the queue did not confirm them, or forgotten by it",
      [.service, .messageQueue]
    ) {
      $0.service($1)?.tasksLost ?? $0.messageQueue($1)?.tasksLost ?? 0
    },
  ]
}
