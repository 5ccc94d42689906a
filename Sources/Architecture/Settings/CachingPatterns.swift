import Patterns

/// What is done to have data close at hand.
extension Pattern {
  private static func writing(
    _ name: String, _ policy: Service.WritePolicy, buys: String, costs: String
  ) -> Pattern {
    Pattern(
      name: name, challenge: .latency, kinds: [.service], standard: [.service], buys: buys,
      costs: costs,
      isOn: { $0.services[$0.directory[$1].place].writePolicy == policy },
      turn: { world, node, on in
        let place = world.directory[node].place
        if on {
          world.services[place].writePolicy = policy
        } else if world.services[place].writePolicy == policy {
          world.services[place].writePolicy = .invalidate
        }
        world.writeWhatIsHeld(for: node)
      })
  }

  private static func evicting(
    _ name: String, _ policy: Eviction.Policy, buys: String, costs: String
  ) -> Pattern {
    Pattern(
      name: "eviction-" + name, challenge: .latency, kinds: [.cache], standard: [.cache],
      buys: buys,
      costs: costs,
      isOn: { $0.caches[$0.directory[$1].place].copies.policy == policy },
      turn: { world, node, on in
        let place = world.directory[node].place
        guard (world.caches[place].copies.policy == policy) != on else { return }
        world.caches[place].copies.policy = on ? policy : .lru
      })
  }

  /// A pattern that services and caches can have, each for the questions that it asks.
  private static func loading(
    _ name: String, buys: String, costs: String,
    service: WritableKeyPath<Service, Bool> & Sendable,
    cache: WritableKeyPath<Cache, Bool> & Sendable,
    atOff end: @escaping @Sendable (inout World, NodeID) -> Void = { _, _ in }
  ) -> Pattern {
    Pattern(
      name: name, challenge: .latency, kinds: [.service, .cache], standard: [.service, .cache],
      buys: buys, costs: costs,
      isOn: { world, node in
        let place = world.directory[node].place
        return world.tier(of: node).kind == .service
          ? world.services[place][keyPath: service] : world.caches[place][keyPath: cache]
      },
      turn: { world, node, on in
        let place = world.directory[node].place
        if !on { end(&world, node) }
        if world.tier(of: node).kind == .service {
          world.services[place][keyPath: service] = on
        } else {
          world.caches[place][keyPath: cache] = on
        }
      },
      remark: { world, node in
        let tier = world.tier(of: node)
        guard tier.kind == .cache, !world.caches[world.directory[node].place].readsThrough else {
          return nil
        }
        return "\(tier.name) never asks the database itself; its service does, unless "
          + "'enable read-through on \(tier.name)'"
      })
  }

  static let ofCaching: [Pattern] = [
    Pattern(
      name: "cache-aside", challenge: .latency, kinds: [.service], standard: [.service],
      buys: "answers in a fraction of the time; less load for the database",
      costs: "copies that may be outdated; a cold start",
      isOn: { $0.services[$0.directory[$1].place].usesCache },
      turn: { world, node, on in
        world.services[world.directory[node].place].usesCache = on
        world.writeWhatIsHeld(for: node)
      }),
    of(
      .cache, \.caches, "read-through", flag: \Cache.readsThrough, .latency,
      buys: "the service asks in one place", costs: "its patience has to last for a load"),
    writing(
      "write-through", .through, buys: "copies are right after a write",
      costs: "writes are one hop longer"),
    writing(
      "write-behind", .behind, buys: "writes as fast as the cache",
      costs: "a cache that dies takes acknowledged writes with it"),
    of(
      .cache, \.caches, "ttl-jitter", flag: \Cache.copies.freshness.usesJitter, .latency,
      buys: "copies stored together do not expire together",
      costs: "some are renewed early, some late"),
    evicting(
      "lru", .lru, buys: "keeps what was used lately", costs: "one scan of rare keys empties it"),
    evicting(
      "lfu", .lfu, buys: "keeps what is used often", costs: "what was popular once stays"),
    evicting(
      "sieve", .sieve, buys: "keeps what was asked for again; hits move nothing",
      costs: "slow to forget"),
    evicting(
      "w-tinylfu", .windowTinyLFU, buys: "lets in only what is asked for more than its victim",
      costs: "a sketch of frequencies to keep"),
    loading(
      "single-flight", buys: "one load for each key, however many ask",
      costs: "all of them wait for it, and share its failure",
      service: \Service.loads.isTurnedOn, cache: \Cache.loads.isTurnedOn,
      atOff: { world, node in world.wakeFollowers(of: node) }),
    of(
      .cache, \.caches, "stale-while-revalidate",
      flag: \Cache.copies.freshness.usesStaleWhileRevalidate,
      .latency, buys: "nobody waits for an expired copy to be renewed",
      costs: "answers that are a little outdated"),
    loading(
      "negative-caching", buys: "absent keys do not reach the database",
      costs: "a new row is not seen at once by another service",
      service: \Service.cachesAbsence, cache: \Cache.remembersAbsence),
    of(
      .cache, \.caches, "stale-if-error", flag: \Cache.copies.freshness.usesStaleIfError,
      buys: "reads survive the database", costs: "answers that may be outdated"),
    of(
      .service, \.services, "fallback", flag: \Service.fallsBack,
      buys: "a placeholder rather than an error", costs: "a 200 without the row"),
  ]
}
