import Architecture
import Kernel
import Patterns

/// What queueing theory predicts for the present deployment under a load.
struct Forecast {
  /// One tier with worker slots: so many stations, each with its own line.
  struct Place {
    let tier: Tier
    let station: Station
    var stations = 1
    /// Of a database: those that answer its reads.
    var isReplicas = false

    var name: String { tier.name + (isReplicas ? " replicas" : "") }

    var arrivalRate: Double { station.arrivalRate * Double(stations) }
    var servers: Int { station.servers * stations }
  }

  let rate: Double
  let places: [Place]
  /// Hit ratios of Cache A and Cache B.
  let hitRatios: [Double?]
  let isMeasured: Bool
  /// Seconds from a user's sending to the answer; infinite when some tier can't keep up.
  let meanLatency: Double

  /// A tier that does nothing: of which no instance is up, or of a database no primary.
  let down: Tier?
  /// What is in force and not a part of the model: patterns that are on, settings, faults.
  let leavesOut: [String]

  /// By Little's law: requests under way.
  var concurrency: Double { rate * meanLatency }

  /// The place that has no more to give first, and the rate of the whole load at which that is so. A
  /// caller's slots are held while it waits for others: that is the others' limit, not its own, and
  /// does not count here.
  let bottleneck: Place?
  let limit: Double

  /// `hits` are the measured ratios of both caches, nil for one that was not asked; without any it is
  /// what they come to in the long run.
  init(_ world: World, rate: Double, mix: Workload.Mix, hits: [Double?]? = nil) {
    let model = ForecastModel(world)
    let flow = Flow(model, rate: rate, mix, hits: hits, waits: true)
    // A cache that nobody asks has none.
    hitRatios = zip(flow.hitRatios, [1 - mix.products, mix.products]).enumerated().map {
      index, pair in pair.1 > 0 && (hits == nil || hits?[index] != nil) ? pair.0 : nil
    }
    isMeasured = hits != nil
    places = flow.places
    down = Tier.allCases.first { $0 != .user && model.isDown($0) }
    self.rate = rate
    let isStable = places.allSatisfy(\.station.isStable) && down == nil
    meanLatency = isStable ? flow.latency + model.front : .infinity
    (bottleneck, limit) = Self.limit(model, near: rate, mix, hits)
    let isNear = places.contains { $0.tier.kind == .database && $0.station.utilization > 0.9 }
    leavesOut =
      model.leavesOut
      + (isNear ? ["that callers are too few for waits as long as these at the database"] : [])
  }

  /// Where utilization comes to 1 first. Hit ratios depend on the rate, so it is looked up again at
  /// the limit that was found.
  private static func limit(
    _ model: ForecastModel, near rate: Double, _ mix: Workload.Mix, _ hits: [Double?]?
  ) -> (Place?, Double) {
    var (bottleneck, limit): (Place?, Double) = (nil, rate)
    for _ in 0..<4 {
      let places = Flow(model, rate: limit, mix, hits: hits, waits: false).places
      guard let busiest = places.max(by: { $0.station.utilization < $1.station.utilization }),
        busiest.station.utilization > 0
      else { return (nil, .infinity) }
      (bottleneck, limit) = (busiest, limit / busiest.station.utilization)
    }
    return (bottleneck, limit)
  }
}

/// A load on its way through the tiers: what each has to do, and how long requests take behind the
/// gateways.
private struct Flow {
  var places: [Forecast.Place] = []
  var latency = 0.0
  let hitRatios: [Double]

  /// `waits` says whether callers wait in the databases' lines.
  init(
    _ model: ForecastModel, rate: Double, _ mix: Workload.Mix, hits: [Double?]?, waits: Bool
  ) {
    let shares = [1 - mix.products, mix.products]
    hitRatios =
      hits.map { $0.map { $0 ?? 0 } }
      ?? Resource.allCases.enumerated().map { index, resource in
        model.hitRatio(of: resource, rate: rate * shares[index], mix)
      }
    for (index, resource) in Resource.allCases.enumerated() {
      add(resource, model, rate * shares[index], share: shares[index], mix, waits: waits)
    }
  }

  /// Adds what the requests for one resource ask of the tiers.
  private mutating func add(
    _ resource: Resource, _ model: ForecastModel, _ own: Double, share: Double,
    _ mix: Workload.Mix, waits: Bool
  ) {
    let writes = mix.writes + mix.deletes
    let hitRatio = hitRatios[resource == .orders ? 0 : 1]
    let path = model.path(of: resource)
    // Every request of Service A leaves a task, which ends with a write.
    let tasks = resource.publishesTasks ? own : 0
    let misses = own * (1 - writes) * (1 - hitRatio)
    let commits = model.commits(own * writes, path, mix) + tasks
    let reads = path.readsFromReplicas ? 0 : misses
    let database = model.station(
      resource.database, arrivals: reads + commits, [(model.read, reads), (model.commit, commits)])
    let replicas = model.replicas(resource.database, reads: misses)
    /// Where the wait grows for ever the others' figures leave it out.
    func wait(for station: Station) -> Double {
      waits && station.isStable ? station.meanWait : 0
    }
    let hop = 2 * model.zone
    let cached = hop + model.slowness(resource.cache) * model.lookup.mean
    let connected = hop + path.connecting
    let slowness = model.slowness(resource.database)
    let rowTime = path.readsFromReplicas ? replicas.holdingTime : slowness * model.read.mean
    let read = connected + rowTime + wait(for: path.readsFromReplicas ? replicas : database)
    let commit = slowness * model.commit.mean + wait(for: database)
    let write = connected + commit
    let task = model.taskWork + hop + commit
    let reading = path.usesCache ? cached + (1 - hitRatio) * read : read
    let writing =
      switch path.writing {
      case nil: write
      case .invalidate: write + cached
      case .through: cached + hop + commit
      case .behind: cached
      }
    let awaited = resource.publishesTasks && !path.usesQueue ? hop + task : 0
    let service = model.service(
      resource.service, arrivals: own,
      holding: (1 - writes) * reading + writes * writing + awaited)
    latency += share * (service.station.meanWait + service.station.holdingTime)
    places += [service, Forecast.Place(tier: resource.database, station: database)]
    if path.readsFromReplicas {
      places.append(
        Forecast.Place(tier: resource.database, station: replicas, isReplicas: true))
    }
    if resource.publishesTasks {
      let worker = model.worker(arrivals: tasks, holding: task - model.taskWork)
      places.append(Forecast.Place(tier: .worker, station: worker))
    }
  }
}
