import Kernel

/// What queueing theory says of a station with several servers and one queue.
///
/// Erlang's formulas (1917) for M/M/c, and for other times of service and between arrivals the
/// correction of Allen and Cunneen; exact for M/M/c and, by Pollaczek and Khinchine, for M/G/1.
public struct Station: Hashable, Sendable {
  /// Calls a second.
  public var arrivalRate: Double
  /// Seconds for which a call holds a server.
  public var holdingTime: Double
  public var servers: Int
  /// The squared coefficient of variation of the holding time: 1 is exponential, 0 constant.
  public var variability: Double
  /// The same of the time between arrivals: 1/k for every k-th call of many users, which is what an
  /// instance gets in turn.
  public var arrivalVariability: Double

  public init(
    arrivalRate: Double, holdingTime: Double, servers: Int, variability: Double = 1,
    arrivalVariability: Double = 1
  ) {
    self.arrivalRate = arrivalRate
    self.holdingTime = holdingTime
    self.servers = servers
    self.variability = variability
    self.arrivalVariability = arrivalVariability
  }

  /// In erlangs: the servers that would be busy if there were enough.
  public var offeredLoad: Double { arrivalRate * holdingTime }
  /// The share of the servers in use; 1 and above is more than they can do.
  public var utilization: Double { offeredLoad / Double(servers) }
  public var isStable: Bool { utilization < 1 }

  /// The share of calls that would be lost if none could wait (Erlang B).
  public var blocking: Double {
    var inverse = 1.0
    for server in 1...servers { inverse = 1 + inverse * Double(server) / max(offeredLoad, 1e-12) }
    return 1 / inverse
  }

  /// The share of calls that have to wait (Erlang C).
  public var waitingShare: Double {
    guard isStable else { return 1 }
    let lost = blocking
    return lost / (1 - utilization * (1 - lost))
  }

  /// The mean time in the queue, in seconds; infinite when it is not stable.
  public var meanWait: Double {
    guard isStable else { return .infinity }
    guard arrivalRate > 0 else { return 0 }
    let exponential = waitingShare * holdingTime / (Double(servers) * (1 - utilization))
    return exponential * (arrivalVariability + variability) / 2
  }

  /// The rate at which all servers are busy.
  public var limit: Double { holdingTime > 0 ? Double(servers) / holdingTime : .infinity }
}

/// The hit ratio that a cache comes to in the long run, with keys of known popularity.
///
/// A copy lives until it expires, is invalidated by a write, or has to go. Reads do not put off its
/// expiry: a key of rate λ whose copy lives for L on average is found in a share λL / (1 + λL) of
/// its reads (a renewal argument). They do put off its going under LRU: it is found if its last
/// read, within Che, Tung and Wang's characteristic time (2002), was not followed by a write.
public func longRunHitRatio(
  popularity: [Double], readRate: Double, writeRate: Double, timeToLive: Double, capacity: Int
) -> Double {
  let total = popularity.reduce(0, +)
  let characteristic = characteristicTime(
    popularity.map { readRate * $0 / total }, capacity: capacity)
  var hits = 0.0
  for weight in popularity {
    let share = weight / total
    let (reads, writes) = (readRate * share, writeRate * share)
    let mean = writes > 0 ? (1 - exponential(-writes * timeToLive)) / writes : timeToLive
    let unexpired = mean.isFinite ? reads * mean / (1 + reads * mean) : 1
    let both = reads + writes
    let kept = both > 0 ? reads / both * (1 - exponential(-both * characteristic)) : 0
    hits += share * min(unexpired, kept)
  }
  return hits
}

/// The time for which a key that is not asked for again stays in an LRU cache of a capacity.
private func characteristicTime(_ rates: [Double], capacity: Int) -> Double {
  guard rates.count > capacity else { return .infinity }
  var (low, high) = (0.0, 1.0)
  func kept(_ time: Double) -> Double { rates.reduce(0) { $0 + 1 - exponential(-$1 * time) } }
  while kept(high) < Double(capacity) && high < 1e12 { high *= 2 }
  for _ in 0..<80 {
    let middle = (low + high) / 2
    if kept(middle) < Double(capacity) { low = middle } else { high = middle }
  }
  return high
}
