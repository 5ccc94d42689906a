import Kernel
import Patterns

/// A distributed pattern as one can turn it on and off: where it may work, what it buys and what
/// it costs.
public struct Pattern: Sendable {
  public enum Challenge: String, CaseIterable, Sendable {
    case scalability, latency
    case faultTolerance = "fault tolerance"
  }

  public let name: String
  public let challenge: Challenge
  /// The kinds of nodes that can have it.
  public let kinds: [Tier.Kind]
  /// Where it is turned on when nobody says where.
  public let standard: [Tier.Kind]
  public let buys: String
  public let costs: String
  let isOn: @Sendable (World, NodeID) -> Bool
  var turn: @Sendable (inout World, NodeID, Bool) -> Void
  /// Why it can't be turned on or off there now, if there is a reason.
  var obstacle: @Sendable (World, NodeID, Bool) -> String? = { _, _, _ in nil }

  /// Why it has no effect at a node where it is on, if there is a reason.
  var remark: @Sendable (World, NodeID) -> String? = { _, _ in nil }

  /// The tiers that can have it.
  public var tiers: [Tier] { Tier.allCases.filter { kinds.contains($0.kind) } }
  public var standardTiers: [Tier] { Tier.allCases.filter { standard.contains($0.kind) } }

  /// Whether it works at a node that can have it.
  public func isOn(at node: NodeID, in world: World) -> Bool { isOn(world, node) }

  /// Why it can't be turned on or off at a node now; nil when it can.
  public func obstacle(toTurnOn on: Bool, at node: NodeID, in world: World) -> String? {
    obstacle(world, node, on)
  }

  /// Why it has no effect at a node where it is on; nil when it has.
  public func remark(at node: NodeID, in world: World) -> String? { remark(world, node) }

  /// Turns it on or off at a node that can have it.
  public func turn(on: Bool, at node: NodeID, in world: inout World) {
    world.own()
    turn(&world, node, on)
  }

  /// Every pattern, by challenge.
  public static let all: [Pattern] =
    (ofBalancing + ofDatabases + ofQueues + ofCaching + ofGuards + ofLimits).sorted {
      $0.order < $1.order
    }

  private var order: Int { Challenge.allCases.firstIndex(of: challenge) ?? 0 }

  /// The pattern that a setting of a kind of nodes belongs to: nil for those of the component
  /// itself.
  public static func find(of setting: Setting, on kind: Tier.Kind) -> Pattern? {
    let isTimeout = setting.name == "timeout" || setting.name.hasSuffix("-timeout")
    let first = String(setting.name.prefix { $0 != "." })
    let name = isTimeout && first == setting.name ? "timeouts" : first
    return all.first { $0.name == name && $0.kinds.contains(kind) }
  }

  public static var knownNames: [String] { all.map(\.name) }
}

/// What proxies do about the instances behind them.
extension Pattern {
  private static let proxies: [Tier.Kind] = [.loadBalancer, .gateway]

  private static func policy(
    _ name: String, _ policy: Upstreams.Policy, buys: String, costs: String
  ) -> Pattern {
    Pattern(
      name: name, challenge: .scalability, kinds: proxies, standard: proxies, buys: buys,
      costs: costs,
      isOn: { $0.clusters(of: $1)[0].hosts.policy == policy },
      turn: { world, node, on in
        world.changeClusters(of: node) {
          if on {
            $0.hosts.policy = policy
          } else if $0.hosts.policy == policy {
            $0.hosts.policy = .roundRobin
          }
        }
      })
  }

  private static func judging<Judge>(
    _ name: String, _ path: WritableKeyPath<Upstreams, Switch<Judge>> & Sendable, buys: String,
    costs: String
  ) -> Pattern {
    Pattern(
      name: name, challenge: .faultTolerance, kinds: proxies, standard: proxies, buys: buys,
      costs: costs,
      isOn: { $0.clusters(of: $1)[0].hosts[keyPath: path].isOn },
      turn: { world, node, on in
        world.changeClusters(of: node) { $0.hosts[keyPath: path].turn(on: on) }
      })
  }

  static let ofBalancing: [Pattern] = [
    policy(
      "round-robin", .roundRobin, buys: "even load when requests cost the same",
      costs: "blind to slow instances"),
    policy(
      "weighted", .weighted, buys: "more load for larger instances", costs: "weights to keep right"),
    policy("random", .random, buys: "no state at all", costs: "uneven by chance"),
    policy(
      "least-request", .leastRequest, buys: "avoids busy and slow instances",
      costs: "an instance that fails fast attracts traffic"),
    policy(
      "ring-hash", .ringHash, buys: "the same key to the same instance",
      costs: "a hot key makes a hot instance"),
    Pattern(
      name: "health-checks", challenge: .faultTolerance, kinds: proxies, standard: proxies,
      buys: "no requests to dead instances", costs: "probes, and seconds until the verdict",
      isOn: { $0.clusters(of: $1)[0].hosts.usesHealthChecks },
      turn: { world, node, on in
        world.changeClusters(of: node) { $0.hosts.usesHealthChecks = on }
      }),
    outlierDetection,
    judging(
      "panic-threshold", \.panic, buys: "the few healthy ones are not drowned",
      costs: "some requests go to dead instances"),
    judging(
      "slow-start", \.slowStart, buys: "an instance that came back can warm up",
      costs: "the others carry its share meanwhile"),
  ]
}

extension Pattern {
  private static let outlierDetection: Pattern = {
    var pattern = judging(
      "outlier-detection", \.outlierDetection, buys: "no requests to instances that answer errors",
      costs: "less capacity; the survivors get the load")
    pattern.remark = { world, node in
      let pools = world.clusters(of: node).map(\.hosts)
      let canEject = pools.contains { hosts in
        hosts.outlierDetection.active.map { $0.maxEjectionShare * Double(hosts.count) >= 1 } ?? true
      }
      let largest = pools.map(\.count).max() ?? 0
      return canEject
        ? nil
        : "of \(largest) instances not one may be put out by its max-ejection-percent"
    }
    return pattern
  }()
}

/// What the gateway turns away.
extension Pattern {
  /// A switch of a component.
  static func of<Part, Own>(
    _ kind: Tier.Kind, _ parts: WritableKeyPath<World, OwnedArray<Part>> & Sendable,
    _ name: String, _ path: WritableKeyPath<Part, Switch<Own>> & Sendable,
    _ challenge: Challenge = .faultTolerance, buys: String, costs: String
  ) -> Pattern {
    Pattern(
      name: name, challenge: challenge, kinds: [kind], standard: [kind], buys: buys, costs: costs,
      isOn: { $0[keyPath: parts][$0.directory[$1].place][keyPath: path].isOn },
      turn: { $0[keyPath: parts][$0.directory[$1].place][keyPath: path].turn(on: $2) })
  }

  /// A plain flag of a component.
  static func of<Part>(
    _ kind: Tier.Kind, _ parts: WritableKeyPath<World, OwnedArray<Part>> & Sendable,
    _ name: String, flag path: WritableKeyPath<Part, Bool> & Sendable,
    _ challenge: Challenge = .faultTolerance, buys: String, costs: String
  ) -> Pattern {
    Pattern(
      name: name, challenge: challenge, kinds: [kind], standard: [kind], buys: buys, costs: costs,
      isOn: { $0[keyPath: parts][$0.directory[$1].place][keyPath: path] },
      turn: { $0[keyPath: parts][$0.directory[$1].place][keyPath: path] = $2 })
  }

  static let ofLimits: [Pattern] = [
    Pattern(
      name: "autoscaling", challenge: .scalability, kinds: [.service, .worker],
      standard: [.service, .worker], buys: "as many instances as the load needs",
      costs: "it comes late: one period and more",
      isOn: { $0.autoscalings[$0.autoscaling(of: $1)].scaler.isOn },
      turn: { $0.turnAutoscaling(on: $2, at: $0.autoscaling(of: $1)) }),
    consistentHashing, rateLimit,
    of(
      .gateway, \.gateways, "load-shedding", \Gateway.loadShedding,
      buys: "the rest has a chance while too much fails",
      costs: "turns good requests away by chance"),
    of(
      .gateway, \.gateways, "adaptive-concurrency", \Gateway.adaptiveConcurrency,
      buys: "a limit that fits, found by itself", costs: "refusals while it measures"),
  ]
}

/// What callers do about those they ask.
extension Pattern {
  private static func guarding<Guard>(
    _ name: String, _ path: WritableKeyPath<Dependency, Switch<Guard>> & Sendable,
    _ challenge: Challenge = .faultTolerance,
    kinds: [Tier.Kind] = [.client, .loadBalancer, .gateway, .service, .worker],
    standard: [Tier.Kind], buys: String, costs: String
  ) -> Pattern {
    Pattern(
      name: name, challenge: challenge, kinds: kinds, standard: standard, buys: buys, costs: costs,
      isOn: { $0.dependencies(of: $1)[0][keyPath: path].isOn },
      turn: { world, node, on in
        world.changeDependencies(of: node) { $0[keyPath: path].turn(on: on) }
      })
  }

  static let ofGuards: [Pattern] = [
    Pattern(
      name: "timeouts", challenge: .faultTolerance,
      kinds: [.loadBalancer, .gateway, .service, .worker],
      standard: [.loadBalancer, .gateway, .service, .worker],
      buys: "a silent dependency does not hold its callers for ever",
      costs: "the outcome of what was given up is unknown",
      isOn: { $0.dependencies(of: $1)[0].usesTimeouts },
      turn: { world, node, on in world.changeDependencies(of: node) { $0.usesTimeouts = on } }),
    guarding(
      "retry", \.retry, standard: [.gateway], buys: "hides short failures",
      costs: "more load, just when something fails"),
    guarding(
      "retry-budget", \.retryBudget, standard: [.gateway], buys: "retries can't feed an overload",
      costs: "some failures stay visible"),
    guarding(
      "circuit-breaker", \.circuitBreaker, standard: [.service],
      buys: "fails fast, and leaves a failing dependency alone",
      costs: "refuses requests that might have worked"),
    guarding(
      "bulkhead", \.bulkhead, standard: [.gateway],
      buys: "one slow dependency can't take all capacity", costs: "refusals at peaks"),
    guarding(
      "hedging", \.hedging, .latency, kinds: [.loadBalancer, .gateway], standard: [.gateway],
      buys: "cuts the tail of the latency", costs: "second requests: more load"),
    Pattern(
      name: "deadlines", challenge: .latency,
      kinds: [.client, .loadBalancer, .gateway, .service, .database],
      standard: [.client, .loadBalancer, .gateway, .service, .database],
      buys: "no work for users who have given up", costs: "every hop must pass it on",
      isOn: { $0.nodes[$1.index].carriesDeadlines },
      turn: { $0.nodes[$1.index].carriesDeadlines = $2 }),
    Pattern(
      name: "connection-pool", challenge: .latency, kinds: [.service], standard: [.service],
      buys: "no time for opening connections", costs: "a line before the pool when it is small",
      isOn: { $0.services[$0.directory[$1].place].pool.isOn },
      turn: { world, node, on in world.changePool(of: node) { $0.turn(on: on) } }),
  ]
}

/// Those whose turning concerns more than the component that has them.
extension Pattern {
  private static let consistentHashing: Pattern = {
    var pattern = of(
      .service, \.services, "consistent-hashing", flag: \Service.usesConsistentHashing,
      .scalability,
      buys: "a new cache moves 1/n of the keys", costs: "uneven shares; hot keys stay hot")
    let turn = pattern.turn
    pattern.turn = { world, node, on in
      turn(&world, node, on)
      let place = world.directory[node].place
      world.handOverHeldWrites(of: world.services[place].resource.cache)
    }
    return pattern
  }()

  private static let rateLimit: Pattern = {
    var pattern = of(
      .gateway, \.gateways, "rate-limit", \Gateway.rateLimit,
      buys: "no more comes in than can be served", costs: "refuses what could have been served")
    let turn = pattern.turn
    pattern.turn = { world, node, on in
      turn(&world, node, on)
      // What the gateways count together ends with the last of them.
      guard !world.gateways.contains(where: \.rateLimit.isOn) else { return }
      world.outbox.sharedRateLimit = RateLimit.State()
    }
    return pattern
  }()
}
