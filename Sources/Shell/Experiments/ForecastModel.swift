import Architecture
import Kernel
import Patterns

/// How a service goes about its data, by the patterns that are on.
struct DataPath {
  let resource: Resource
  let usesCache: Bool
  /// Nil without a cache.
  let writing: Service.WritePolicy?
  let readsFromReplicas: Bool
  /// To open a connection, where no pool keeps some: seconds.
  let connecting: Double
  let usesQueue: Bool
}

/// Mean times and numbers of servers of a deployment.
struct ForecastModel {
  let world: World
  let zone: Double
  /// From the user to the service and back, without the service.
  let front: Double
  let read: Distribution
  let commit: Distribution
  let lookup: Distribution

  init(_ world: World) {
    self.world = world
    let directory = world.directory
    zone = world.latencies.zone.mean
    let proxies = [
      world.loadBalancer(directory.first(of: .loadBalancer))?.work,
      world.gateway(directory.first(of: .gateway))?.work,
    ].compactMap { $0?.mean }
    front = 2 * world.latencies.user.mean + 4 * zone + proxies.reduce(0, +)
    let database = world.database(directory.primary(of: .databaseA))
    read = database?.readWork ?? .constant(.zero)
    commit = database?.commitWork ?? .constant(.zero)
    lookup = world.cache(directory.first(of: .cacheA))?.work ?? .constant(.zero)
  }

  /// Whether nobody does what a tier is for: no instance is up, or of a database no primary.
  func isDown(_ tier: Tier) -> Bool { !nodes(tier).contains { world.isUp($0) } }

  private func nodes(_ tier: Tier) -> [NodeID] {
    let primaries = world.directory.sharding(of: tier).shards.map(\.primary)
    return tier.kind == .database ? primaries : world.directory.instances(of: tier)
  }

  /// How many times as long work takes under the faults in force, on average.
  func slowness(_ tier: Tier) -> Double {
    let up = nodes(tier).filter { world.isUp($0) }
    return up.isEmpty ? 1 : up.reduce(0) { $0 + world.slowness(of: $1) } / Double(up.count)
  }

  /// Slots of the instances that are up; of a database those of its primaries.
  private func servers(_ tier: Tier) -> Int {
    let nodes = self.nodes(tier)
    let slots = nodes.filter { world.isUp($0) }.reduce(0) {
      $0 + (world.slots(at: $1).capacity ?? 0)
    }
    return max(slots, 1)
  }

  /// A station whose calls are of several kinds, each with its rate.
  func station(
    _ tier: Tier, arrivals: Double, _ kinds: [(work: Distribution, rate: Double)]
  ) -> Station {
    let total = max(kinds.reduce(0) { $0 + $1.rate }, 1e-12)
    let slow = slowness(tier)
    let mean = slow * kinds.reduce(0) { $0 + $1.work.mean * $1.rate } / total
    let square = slow * slow * kinds.reduce(0) { $0 + $1.work.meanSquare * $1.rate } / total
    let variability = mean > 0 ? max(square / (mean * mean) - 1, 0) : 0
    return Station(
      arrivalRate: arrivals, holdingTime: mean, servers: servers(tier), variability: variability)
  }

  /// What is in force and changes the figures in a way that is not modelled.
  var leavesOut: [String] {
    let unknown: Set = [
      "retry", "hedging", "circuit-breaker", "bulkhead", "rate-limit", "load-shedding",
      "adaptive-concurrency", "single-flight", "stale-while-revalidate", "negative-caching",
      "outbox", "backpressure", "autoscaling", "synchronous-replication",
    ]
    let patterns = Pattern.all.filter { pattern in
      unknown.contains(pattern.name)
        && world.directory.nodes.contains {
          pattern.kinds.contains(world.tier(of: $0).kind) && pattern.isOn(at: $0, in: world)
        }
    }.map(\.name)
    let isAsynchronous = Tier.allCases.filter { $0.kind == .database }.contains {
      world.database(world.directory.primary(of: $0))?.synchronousCommit.level == .off
    }
    let faults = Set(world.faultsInForce.map(\.name)).subtracting(["slow", "cpu"]).sorted()
    let isSharded = Tier.allCases.contains { world.directory.sharding(of: $0).shards.count > 1 }
    return patterns + uneven + (isSharded ? ["that shards are not equally busy"] : [])
      + (isAsynchronous ? ["synchronous-commit off"] : []) + faults
  }

  /// What makes some instances busier than others of their tier, or caches better than the theory
  /// has it, or callers wait elsewhere.
  private var uneven: [String] {
    var found: [String] = []
    let nodes = world.directory.nodes.filter { world.isUp($0) }
    let isSlower = Tier.allCases.contains { tier in
      let instances = world.directory.instances(of: tier).filter { world.isUp($0) }
      return tier.kind != .database && Set(instances.map { world.slowness(of: $0) }).count > 1
    }
    if isSlower { found.append("that some instances are slower than others of their tier") }
    let hasWeights = nodes.contains { world.weight(of: $0) != world.weight(of: nodes[0]) }
    let proxies = nodes.compactMap { node in
      world.loadBalancer(node)?.gateways.hosts.policy
        ?? world.gateway(node)?.services.first?.hosts.policy
    }
    if proxies.contains(where: { $0 == .ringHash || $0 == .weighted && hasWeights }) {
      found.append("that the policy sends more to some instances")
    }
    let caches = nodes.compactMap { world.cache($0) }
    if caches.contains(where: { $0.copies.policy != .lru }) {
      found.append("that the eviction is not LRU")
    }
    let writes = Resource.allCases.map { path(of: $0).writing }
    if writes.contains(where: { $0 == .through || $0 == .behind }) {
      found.append("that written rows stay in the cache")
    }
    let services = nodes.compactMap { world.service($0) }
    if services.contains(where: { $0.pool.active?.size ?? .max < 10 }) {
      found.append("that calls may wait for a connection of the pool")
    }
    return found
  }

  func path(of resource: Resource) -> DataPath {
    let service = world.service(world.directory.first(of: resource.service))
    let usesCache = service?.usesCache ?? true
    let primary = world.directory.primary(of: resource.database)
    return DataPath(
      resource: resource, usesCache: usesCache,
      writing: usesCache ? service?.writePolicy : nil,
      readsFromReplicas: service?.readReplicas.isOn ?? false
        && world.directory.replicas(besides: primary).contains { world.isUp($0) },
      connecting: service.map { $0.pool.isOn ? 0 : $0.connectWork.mean } ?? 0,
      usesQueue: service?.usesQueue ?? true)
  }

  /// What a worker does for a task by itself, in seconds.
  var taskWork: Double {
    slowness(.worker) * (world.worker(world.directory.first(of: .worker))?.work.mean ?? 0)
  }

  /// The writes that reach the database: a cache that writes behind passes the latest of each key on,
  /// so long after the first one (a renewal argument).
  func commits(_ writes: Double, _ path: DataPath, _ mix: Workload.Mix) -> Double {
    guard path.writing == .behind,
      let cache = world.cache(world.directory.first(of: path.resource.cache))
    else { return writes }
    let popularity = popularity(of: path.resource, mix)
    let total = popularity.reduce(0, +)
    return popularity.reduce(0) { sum, weight in
      let rate = writes * weight / total
      return sum + (rate > 0 ? 1 / (1 / rate + cache.writeDelay.seconds) : 0)
    }
  }

  /// The replicas of a database that answer its reads.
  func replicas(_ tier: Tier, reads: Double) -> Station {
    let nodes = world.directory.sharding(of: tier).shards
      .flatMap { world.directory.replicas(besides: $0.primary) }.filter { world.isUp($0) }
    let slots = nodes.reduce(0) { $0 + (world.slots(at: $1).capacity ?? 0) }
    let slow = nodes.reduce(0) { $0 + world.slowness(of: $1) } / Double(max(nodes.count, 1))
    return Station(
      arrivalRate: reads, holdingTime: slow * read.mean, servers: max(slots, 1),
      variability: read.meanSquare / (read.mean * read.mean) - 1)
  }

  /// A worker thread is held from a call's arrival to its answer. Each instance has its own line;
  /// only who asks the less busy one of two comes near to a common one.
  func service(_ tier: Tier, arrivals: Double, holding: Double) -> Forecast.Place {
    let work = world.service(world.directory.first(of: tier))?.work ?? .constant(.zero)
    let station = held(tier, arrivals: arrivals, work, holding)
    let instances = nodes(tier).count { world.isUp($0) }
    let balancer = world.loadBalancer(world.directory.first(of: .loadBalancer))?.gateways.hosts
    let policy = world.gateway(world.directory.first(of: .gateway))?
      .services.first { $0.tier == tier }?.hosts.policy
    guard instances > 1, station.servers % instances == 0, policy != .leastRequest else {
      return Forecast.Place(tier: tier, station: station)
    }
    // By turns each gets every k-th call, also from several gateways that have their turns; those that
    // get calls by chance take turns each for itself.
    func takesTurns(_ policy: Upstreams.Policy?) -> Bool {
      policy == .roundRobin || policy == .weighted
    }
    let streams = takesTurns(balancer?.policy) ? 1 : max(balancer?.count ?? 1, 1)
    let regularity =
      takesTurns(policy) ? (1 - 1 / Double(instances)) / Double(streams) : 0
    return Forecast.Place(
      tier: tier,
      station: Station(
        arrivalRate: arrivals / Double(instances), holdingTime: station.holdingTime,
        servers: station.servers / instances, variability: station.variability,
        arrivalVariability: 1 - regularity), stations: instances)
  }

  /// A worker can't have more tasks than its prefetch allows; those are held on their way, too.
  func worker(arrivals: Double, holding: Double) -> Station {
    let work = world.worker(world.directory.first(of: .worker))?.work ?? .constant(.zero)
    var station = held(.worker, arrivals: arrivals, work, holding)
    let prefetch = world.messageQueue(world.directory.first(of: .queue))?.prefetch ?? .max
    let up = nodes(.worker).filter { world.isUp($0) }
    let slots = up.map { world.slots(at: $0).capacity ?? 1 }
    guard slots.contains(where: { prefetch <= $0 }) else { return station }
    station.servers = max(slots.reduce(0) { $0 + min($1, prefetch) }, 1)
    station.holdingTime += 2 * zone
    return station
  }

  private func held(
    _ tier: Tier, arrivals: Double, _ work: Distribution, _ holding: Double
  ) -> Station {
    let slow = slowness(tier)
    let mean = slow * work.mean + holding
    let variance = slow * slow * (work.meanSquare - work.mean * work.mean)
    return Station(
      arrivalRate: arrivals, holdingTime: mean, servers: servers(tier),
      variability: variance / (mean * mean))
  }

  func hitRatio(of resource: Resource, rate: Double, _ mix: Workload.Mix) -> Double {
    let caches = world.directory.instances(of: resource.cache).compactMap { world.cache($0) }
    let node = world.directory.first(of: resource.service)
    guard world.service(node)?.usesCache ?? true, let first = caches.first else { return 0 }
    let writes = mix.writes + mix.deletes
    return longRunHitRatio(
      popularity: popularity(of: resource, mix),
      readRate: rate * (1 - writes), writeRate: rate * writes,
      timeToLive: first.copies.freshness.timeToLive.seconds,
      capacity: caches.reduce(0) { $0 + $1.copies.capacity })
  }

  private func popularity(of resource: Resource, _ mix: Workload.Mix) -> [Double] {
    (1...Workload.keyCount(of: mix, resource)).map { power(Double($0), -mix.exponent) }
  }
}
