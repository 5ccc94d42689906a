import Kernel
import Patterns
import Testing

/// A queue with exponential arrivals and service, made of the kernel's events and a pattern's
/// slots, against what queueing theory says of it.
@Suite struct QueueingOracleTests {
  enum Event: Hashable, Sendable {
    case arrival
    case departure
  }

  struct Outcome {
    let meanWait: Double
    let rejectedShare: Double
    let utilization: Double
  }

  /// Mean service time 1 s; `load` is the offered load in servers.
  static func simulate(
    servers: Int, load: Double, queueLimit: Int, count: Int, seed: UInt64,
    service: Distribution = .exponential(mean: .seconds(1))
  ) -> Outcome {
    var arrivals = Random(seed: seed, component: "oracle", purpose: "arrivals")
    var services = Random(seed: seed, component: "oracle", purpose: "services")
    let interval = Distribution.exponential(mean: .nanoseconds(Int64(1e9 / load)))
    var queue = EventQueue<Event>()
    var slots = WorkerSlots(capacity: servers, queueLimit: queueLimit)
    var arrivedAt: [Instant] = []
    var (wait, served, clock) = (0.0, 0, Instant.zero)
    queue.push(.arrival, at: .zero)
    while !queue.isEmpty {
      let entry = queue.pop()
      clock = Instant(nanoseconds: entry.time)
      var starting: Int32?
      switch entry.payload {
      case .arrival:
        arrivedAt.append(clock)
        let call = Int32(arrivedAt.count - 1)
        if slots.admit(call, at: clock) == .admitted { starting = call }
        if arrivedAt.count < count { queue.push(.arrival, at: clock + interval.sample(&arrivals)) }
      case .departure:
        starting = slots.release(at: clock)
      }
      guard let call = starting else { continue }
      wait += (clock - arrivedAt[Int(call)]).seconds
      served += 1
      queue.push(.departure, at: clock + service.sample(&services))
    }
    return Outcome(
      meanWait: wait / Double(served), rejectedShare: Double(slots.rejected) / Double(count),
      utilization: slots.use(at: clock).share ?? 0)
  }

  /// Means over independent seeds, with the half width of their 95 % interval.
  static func means(
    servers: Int, load: Double, queueLimit: Int = .max,
    service: Distribution = .exponential(mean: .seconds(1)), of value: (Outcome) -> Double
  ) -> (mean: Double, halfWidth: Double) {
    let values = (0..<10 as Range<UInt64>).map {
      value(
        simulate(
          servers: servers, load: load, queueLimit: queueLimit, count: 20_000, seed: $0,
          service: service))
    }
    let mean = values.reduce(0, +) / 10
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 9
    return (mean, 2.262 * (variance / 10).squareRoot())
  }

  @Test(arguments: [(1, 0.5, 1.0), (1, 0.8, 4.0), (3, 2.0, 0.444_444), (10, 8.0, 0.204_590)])
  func theMeanWaitIsThatOfErlangC(servers: Int, load: Double, expected: Double) {
    // Wq = C / (c − a) service times; C by Erlang's formula.
    let (mean, halfWidth) = Self.means(servers: servers, load: load) { $0.meanWait }
    #expect(abs(mean - expected) < 2 * halfWidth, "\(mean) ± \(halfWidth), not \(expected)")
    #expect(halfWidth < expected / 3)
  }

  @Test func aBoundedQueueLosesWhatTheFormulaSays() {
    // M/M/1/K with ρ = 0.9 and room for 10 in all.
    let (mean, halfWidth) = Self.means(servers: 1, load: 0.9, queueLimit: 9) { $0.rejectedShare }
    #expect(abs(mean - 0.050_814) < 2 * halfWidth, "\(mean) ± \(halfWidth)")
  }

  @Test func constantServiceTimesHalveTheWait() {
    // M/D/1: Wq = ρ / 2μ(1 − ρ), 2 at ρ = 0.8.
    let (mean, halfWidth) = Self.means(
      servers: 1, load: 0.8, service: .constant(.seconds(1))
    ) { $0.meanWait }
    #expect(abs(mean - 2) < 2 * halfWidth, "\(mean) ± \(halfWidth)")
  }

  @Test func withoutAQueueTheLossIsErlangsB() {
    let (mean, halfWidth) = Self.means(servers: 10, load: 8, queueLimit: 0) { $0.rejectedShare }
    #expect(abs(mean - 0.121_661) < 2 * halfWidth, "\(mean) ± \(halfWidth)")
  }

  @Test func utilizationIsTheOfferedLoadPerServer() {
    let (mean, halfWidth) = Self.means(servers: 3, load: 2) { $0.utilization }
    #expect(abs(mean - 2.0 / 3) < 2 * halfWidth, "\(mean) ± \(halfWidth)")
  }

  /// Many servers, each with a queue of its own; an arrival looks at some of them and joins the
  /// shortest. The supermarket model (Mitzenmacher, 2001) gives the mean time in the system.
  @Test(arguments: [(2, 0.5, 1.2657), (2, 0.9, 2.6141), (3, 0.9, 2.0279), (1, 0.5, 2.0)])
  func theShortestOfAFewQueuesIsMuchBetterThanOne(choices: Int, load: Double, expected: Double) {
    let means = (0..<2 as Range<UInt64>).map {
      Self.supermarket(servers: 200, choices: choices, load: load, count: 120_000, seed: $0)
    }
    let mean = means.reduce(0, +) / 2
    #expect(abs(mean - expected) < 0.04 * expected, "\(mean), not \(expected)")
  }

  static func supermarket(
    servers: Int, choices: Int, load: Double, count: Int, seed: UInt64
  ) -> Double {
    var random = Random(seed: seed, component: "oracle", purpose: "supermarket")
    let interval = Distribution.exponential(
      mean: .nanoseconds(Int64(1e9 / (load * Double(servers)))))
    let service = Distribution.exponential(mean: .seconds(1))
    var events = EventQueue<Int32>()  // a server that is done, or -1 for an arrival
    var queues = Array(repeating: Fifo<Instant>(), count: servers)
    var (left, done, sum, clock) = (count, 0, 0.0, Instant.zero)
    events.push(-1, at: .zero)
    while !events.isEmpty {
      let entry = events.pop()
      clock = Instant(nanoseconds: entry.time)
      guard entry.payload < 0 else {
        let server = Int(entry.payload)
        let arrived = queues[server].popFirst() ?? clock
        // The first fifth is the warm-up, before the queues have their usual lengths.
        if left < count * 4 / 5 {
          sum += (clock - arrived).seconds
          done += 1
        }
        if !queues[server].isEmpty {
          events.push(entry.payload, at: clock + service.sample(&random))
        }
        continue
      }
      var best = random.below(servers)
      for _ in 1..<max(choices, 1) {
        let other = random.below(servers)
        if queues[other].count < queues[best].count { best = other }
      }
      queues[best].append(clock)
      if queues[best].count == 1 {
        events.push(Int32(best), at: clock + service.sample(&random))
      }
      left -= 1
      if left > 0 { events.push(-1, at: clock + interval.sample(&random)) }
    }
    return sum / Double(done)
  }

  /// The slowest of a hundred answers decides: 1 − 0.99¹⁰⁰ of all requests meet a slow one.
  @Test func fanOutMeetsTheTail() {
    var random = Random(seed: 3)
    let count = 20_000
    let slow = (0..<count).count { _ in (0..<100).contains { _ in random.unit() < 0.01 } }
    #expect(abs(Double(slow) / Double(count) - 0.6340) < 0.011)
  }
}
