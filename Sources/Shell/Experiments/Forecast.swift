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
  let hitRatios: [Double]
  let isMeasured: Bool
  /// Seconds from a user's sending to the answer; infinite when some tier can't keep up.
  let meanLatency: Double

  /// A tier that does nothing: of which no instance is up, or of a database no primary.
  let down: Tier?
  /// What is in force and not a part of the model: patterns that are on, settings, faults.
  let leavesOut: [String]

  /// By Little's law: requests under way.
  var concurrency: Double { rate * meanLatency }

  /// The tier that is busiest.
  var bottleneck: Place? { places.max { $0.station.utilization < $1.station.utilization } }

  /// The rate of the whole load at which the bottleneck has no more to give.
  var limit: Double { bottleneck.map { rate / $0.station.utilization } ?? .infinity }

  /// `hits` are measured ratios, or nil for what the caches come to in the long run.
  init(_ world: World, rate: Double, mix: Workload.Mix, hits: [Double]? = nil) {
    let model = ForecastModel(world)
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
      let path = model.path(of: resource)
      let misses = own * (1 - writes) * (1 - hitRatios[index])
      let commits =
        model.commits(own * writes, path, mix) + (resource.publishesTasks ? tasks : 0)
      let reads = path.readsFromReplicas ? 0 : misses
      let database = model.station(
        resource.database, arrivals: reads + commits,
        [(model.read, reads), (model.commit, commits)])
      let replicas = model.replicas(resource.database, reads: misses)
      // Where the wait grows for ever the others' figures leave it out.
      let wait = database.isStable ? database.meanWait : 0
      let readWait = path.readsFromReplicas ? (replicas.isStable ? replicas.meanWait : 0) : wait
      let hop = 2 * model.zone
      let cached = hop + model.slowness(resource.cache) * model.lookup.mean
      let connected = hop + path.connecting
      let slowness = model.slowness(resource.database)
      let rowTime = path.readsFromReplicas ? replicas.holdingTime : slowness * model.read.mean
      let read = connected + rowTime + readWait
      let commit = slowness * model.commit.mean + wait
      let write = connected + commit
      let task = model.taskWork + hop + commit
      let reading = path.usesCache ? cached + (1 - hitRatios[index]) * read : read
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
      latency += shares[index] * (service.station.meanWait + service.station.holdingTime)
      places += [service, Place(tier: resource.database, station: database)]
      if path.readsFromReplicas {
        places.append(Place(tier: resource.database, station: replicas, isReplicas: true))
      }
      if resource.publishesTasks {
        let worker = model.worker(arrivals: tasks, holding: task - model.taskWork)
        places.append(Place(tier: .worker, station: worker))
      }
    }
    down = Tier.allCases.first { $0 != .user && model.isDown($0) }
    leavesOut = model.leavesOut
    self.rate = rate
    self.places = places
    let isStable = places.allSatisfy(\.station.isStable) && down == nil
    meanLatency = isStable ? latency + model.front : .infinity
  }
}
