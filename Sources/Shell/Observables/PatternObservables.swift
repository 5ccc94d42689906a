import Architecture
import Kernel
import Language
import Patterns

/// What patterns show of themselves; they are there while the pattern is off, too.
extension Observable {
  private static let callers: Set<Tier.Kind> = [
    .client, .loadBalancer, .gateway, .service, .worker,
  ]
  private static let proxies: Set<Tier.Kind> = [.loadBalancer, .gateway]

  private static func guards(
    _ name: String, _ summary: String,
    _ read: @escaping @Sendable (Dependency) -> Int
  ) -> Observable {
    tally(name, summary, callers) { world, node in
      world.dependencies(of: node).reduce(0) { $0 + read($1) }
    }
  }

  private static func hosts(
    _ name: String, _ summary: String, _ read: @escaping @Sendable (Upstreams) -> Int
  ) -> Observable {
    tally(name, summary, proxies) { world, node in
      world.clusters(of: node).reduce(0) { $0 + read($1.hosts) }
    }
  }

  static let ofPatterns: [Observable] = [
    Observable(
      name: "circuit-breaker.state", summary: "closed, open, half-open; the worst of several",
      kinds: callers
    ) { world, nodes in
      let states = nodes.flatMap { world.dependencies(of: $0) }.compactMap {
        $0.circuitBreaker.active?.state
      }
      if states.isEmpty { return .word("off") }
      if states.contains(.open) { return .word("open") }
      return .word(states.contains(.halfOpen) ? "half-open" : "closed")
    },
    guards("circuit-breaker.trips", "how often it opened") {
      $0.circuitBreaker.active?.trips ?? 0
    },
    guards("circuit-breaker.rejected", "calls that it did not let through") {
      $0.circuitBreaker.active?.rejected ?? 0
    },
    guards("retries", "second attempts and later ones") { $0.retries },
    guards("retry-budget.denied", "retries that the budget forbade") {
      $0.retryBudget.active?.denied ?? 0
    },
    guards("bulkhead.rejected", "calls that found no place") { $0.bulkhead.active?.rejected ?? 0 },
    guards("hedging.arranged", "calls that would have been asked twice if slow") {
      $0.hedging.active?.arranged ?? 0
    },
    tally("hedging.sent", "second questions that were put", callers) { $0.hedges(at: $1) },
    hosts("outlier-detection.ejections", "instances put out for their errors") {
      $0.outlierDetection.active?.ejections ?? 0
    },
    hosts("outlier-detection.overflows", "ejections that the limit forbade") {
      $0.outlierDetection.active?.overflows ?? 0
    },
    hosts("panic-threshold.routed", "requests routed in panic") { $0.panic.active?.routed ?? 0 },
    tally("rate-limit.limited", "requests that it did not let through", [.gateway]) {
      $0.gateway($1)?.rateLimit.active?.limited ?? 0
    },
    tally("load-shedding.shed", "requests turned away by chance", [.gateway]) {
      $0.gateway($1)?.loadShedding.active?.shed ?? 0
    },
    count("adaptive-concurrency.limit", "requests that may be under way now", [.gateway]) {
      $0.gateway($1)?.adaptiveConcurrency.active?.limit ?? 0
    },
    tally("adaptive-concurrency.rejected", "requests over the limit", [.gateway]) {
      $0.gateway($1)?.adaptiveConcurrency.active?.rejected ?? 0
    },
    tally(
      "single-flight.shared", "loads that were not made, as one was under way", [.service, .cache]
    ) {
      $0.service($1)?.sharedLoads ?? $0.cache($1)?.sharedLoads ?? 0
    },
    count("connection-pool.in-use", "connections lent out", [.service]) {
      $0.service($1)?.pool.active?.inUse ?? 0
    },
    count("connection-pool.waiting", "calls that wait for a connection", [.service]) {
      $0.service($1)?.pool.active?.waiters.count ?? 0
    },
    tally("connection-pool.timeouts", "calls that waited in vain", [.service]) {
      $0.service($1)?.pool.active?.timeouts ?? 0
    },
  ]

  /// What a pattern shows of itself is shown only while it is on; a node is always one instance.
  func isWorthShowing(_ node: NodeID, _ world: World) -> Bool {
    if name == "instances" { return false }
    if name == "retries" { return Pattern.find("retry")?.isOn(at: node, in: world) ?? true }
    guard let dot = name.firstIndex(of: "."), let pattern = Pattern.find(String(name[..<dot]))
    else { return true }
    return pattern.kinds.contains(world.tier(of: node).kind) && pattern.isOn(at: node, in: world)
  }
}
