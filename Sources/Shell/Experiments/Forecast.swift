import Architecture
import Kernel
import Patterns

/// What queueing theory predicts for the present deployment under a load.
struct Forecast {
  /// One tier with worker slots.
  struct Place {
    let tier: Tier
    let station: Station
  }

  let rate: Double
  let places: [Place]
  /// Hit ratios of Cache A and Cache B.
  let hitRatios: [Double]
  let isMeasured: Bool
  /// Seconds from a user's sending to the answer; infinite when some tier can't keep up.
  let meanLatency: Double

  /// A tier of which no instance is up.
  let down: Tier?

  /// By Little's law: requests under way.
  var concurrency: Double { rate * meanLatency }

  /// The tier that is busiest.
  var bottleneck: Place? { places.max { $0.station.utilization < $1.station.utilization } }

  /// The rate of the whole load at which the bottleneck has no more to give.
  var limit: Double { bottleneck.map { rate / $0.station.utilization } ?? .infinity }

  /// `hits` are measured ratios, or nil for what the caches come to in the long run.
  init(_ world: World, rate: Double, mix: Workload.Mix, hits: [Double]? = nil) {
    let model = Model(world)
    let shares = [1 - mix.products, mix.products]
    let writes = mix.writes + mix.deletes
    hitRatios =
      hits
      ?? Resource.allCases.enumerated().map { index, resource in
        model.hitRatio(of: resource, rate: rate * shares[index], mix)
      }
    isMeasured = hits != nil
    var places: [Place] = []
    var latency = 0.0
    // Every Service A request leaves a task, which ends with a write.
    let tasks = rate * shares[0]
    for (index, resource) in Resource.allCases.enumerated() {
      let own = rate * shares[index]
      let misses = own * (1 - writes) * (1 - hitRatios[index])
      let commits = own * writes + (resource.publishesTasks ? tasks : 0)
      let database = model.station(
        resource.database, arrivals: misses + commits,
        [(model.read, misses), (model.commit, commits)])
      // Where the wait grows for ever the others' figures leave it out.
      let wait = database.isStable ? database.meanWait : 0
      let hop = 2 * model.zone
      let afterMiss = hop + model.read.mean + wait
      let write = 2 * hop + model.commit.mean + wait + model.lookup.mean
      let read = hop + model.lookup.mean + (1 - hitRatios[index]) * afterMiss
      let service = model.service(
        resource.service, arrivals: own, holding: (1 - writes) * read + writes * write)
      latency += shares[index] * (service.meanWait + service.holdingTime)
      places += [Place(tier: resource.service, station: service)]
      places += [Place(tier: resource.database, station: database)]
      if resource.publishesTasks {
        let worker = model.worker(arrivals: tasks, holding: hop + model.commit.mean + wait)
        places.append(Place(tier: .worker, station: worker))
      }
    }
    down = Tier.allCases.first { tier in
      tier != .user && !world.directory.instances(of: tier).contains { world.isUp($0) }
    }
    self.rate = rate
    self.places = places
    let isStable = places.allSatisfy(\.station.isStable) && down == nil
    meanLatency = isStable ? latency + model.front : .infinity
  }
}

/// Mean times and numbers of servers of a deployment.
private struct Model {
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

  /// A worker thread is held from a call's arrival to its answer.
  func service(_ tier: Tier, arrivals: Double, holding: Double) -> Station {
    let work = world.service(world.directory.first(of: tier))?.work ?? .constant(.zero)
    return held(tier, arrivals: arrivals, work, holding)
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
    let count = Workload.keyCount(of: mix, resource)
    let writes = mix.writes + mix.deletes
    return longRunHitRatio(
      popularity: (1...count).map { power(Double($0), -mix.exponent) },
      readRate: rate * (1 - writes), writeRate: rate * writes,
      timeToLive: first.copies.freshness.timeToLive.seconds,
      capacity: caches.reduce(0) { $0 + $1.copies.capacity })
  }
}
