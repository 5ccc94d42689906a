import Glibc
import Kernel

/// A stream of requests from virtual users.
///
/// In an open loop they come at their rate, so that a slow deployment gets no fewer of them. In a
/// closed loop each of a number of users sends the next request when the last one is answered.
public struct Workload: Sendable {
  /// When requests come.
  public enum Pace: Hashable, Sendable {
    /// Requests a second of virtual time, from one rate to another over the time of the load; with
    /// random intervals (a Poisson process) or even ones.
    case open(from: Double, to: Double, isRandom: Bool)
    /// Users, each with a pause after an answer, exponential with a mean.
    case closed(users: Int, think: Duration)
  }

  /// For a while the rate is a multiple of what it would be.
  public struct Spike: Hashable, Sendable {
    public let factor: Double
    /// Since the beginning of the load.
    public let start: Duration
    public let length: Duration

    public init(factor: Double, start: Duration, length: Duration) {
      self.factor = factor
      self.start = start
      self.length = length
    }
  }

  /// What is asked for. Shares are 0...1; what is neither written nor deleted is read.
  public struct Mix: Hashable, Sendable {
    public var products = 0.5
    public var writes = 0.1
    public var deletes = 0.0
    /// Keys of each resource, the first of the seeded rows; nil for all of them.
    public var keys: Int?
    /// Keys follow Zipf's law with this exponent; 0 is uniform.
    public var exponent = 1.0

    public init() {}
  }

  public let pace: Pace
  public var spike: Spike?
  public let mix: Mix
  public let start: Instant
  /// The moment after which no more requests are sent.
  public let end: Instant
  /// Requests still to come; `Int.max` when only the time ends it.
  public private(set) var remaining: Int
  private let orders: Zipf
  private let products: Zipf
  private let statuses: [Text]
  private var arrivals: Random
  private var choices: Random

  init(
    _ pace: Pace, _ mix: Mix, from start: Instant, to end: Instant, count: Int, seed: UInt64,
    _ texts: inout Texts
  ) {
    self.pace = pace
    self.mix = mix
    self.start = start
    self.end = end
    remaining = count
    orders = Zipf(
      count: min(mix.keys ?? .max, SeedRows.orderCount), exponent: mix.exponent)
    products = Zipf(
      count: min(mix.keys ?? .max, SeedRows.productCount), exponent: mix.exponent)
    statuses = ["packed", "shipped", "delivered"].map {
      texts.intern("{\"status\":\"\($0)\"}")
    }
    arrivals = Random(seed: seed, component: "workload", purpose: "arrivals")
    choices = Random(seed: seed, component: "workload", purpose: "choices")
  }

  /// How many rows of what it asks for there are to choose from.
  public static func keyCount(of mix: Mix, _ resource: Resource) -> Int {
    min(mix.keys ?? .max, resource == .orders ? SeedRows.orderCount : SeedRows.productCount)
  }

  /// The next request; nil when all have been sent or the time is over.
  mutating func next(at now: Instant) -> Message? {
    guard remaining > 0, now < end else { return nil }
    remaining -= 1
    var message = Message(.request)
    message.isVirtual = true
    let isProduct = choices.unit() < mix.products
    message.resource = isProduct ? .products : .orders
    message.id = UInt32(isProduct ? products.sample(&choices) : orders.sample(&choices)) + 1
    let kind = choices.unit()
    if kind < mix.writes {
      message.method = .put
      message.body = isProduct ? .empty : statuses[choices.below(statuses.count)]
      message.bodyBytes = 20
    } else if kind < mix.writes + mix.deletes {
      message.method = .delete
    }
    return message
  }

  // MARK: Time

  /// The rate of an open loop at a moment.
  public func rate(at now: Instant) -> Double {
    guard case .open(let first, let last, _) = pace else { return 0 }
    let length = end == .distantFuture ? 0 : (end - start).seconds
    let share = length > 0 ? (now - start).seconds / length : 0
    let rate = first + (last - first) * min(max(share, 0), 1)
    guard let spike, now >= start + spike.start, now < start + spike.start + spike.length else {
      return rate
    }
    return rate * spike.factor
  }

  /// The time until the next request of an open loop, or until a user's next of a closed one.
  ///
  /// A rate that changes is met by thinning (Lewis and Shedler, 1979): candidates come at the
  /// highest rate, and each is kept with the share that its moment's rate has of it.
  mutating func pause(at now: Instant) -> Duration {
    switch pace {
    case .closed(_, let think):
      return think > .zero ? Distribution.exponential(mean: think).sample(&arrivals) : .zero
    case .open(_, _, false): return evenPause(at: now)
    case .open(let first, let last, true):
      let highest = max(first, last) * max(spike?.factor ?? 1, 1)
      let interval = Distribution.exponential(mean: Duration(nanoseconds: Int64(1e9 / highest)))
      var moment = now
      repeat {
        moment = moment + interval.sample(&arrivals)
        if first == last && spike == nil { break }
      } while moment < end && arrivals.unit() * highest >= rate(at: moment)
      return moment - now
    }
  }

  /// The time in which the rate of an open loop, summed up, comes to one more request. It is linear
  /// between the beginning and the end of a spike, and those of the load.
  private func evenPause(at now: Instant) -> Duration {
    guard case .open(let first, let last, _) = pace else { return .zero }
    if first == last && spike == nil {
      let count = ((now - start).seconds * first).rounded() + 1
      return start + Duration(nanoseconds: Int64((count * 1e9 / first).rounded(.up))) - now
    }
    let edges = spike.map { [start + $0.start, start + $0.start + $0.length] } ?? []
    let slope = end == .distantFuture ? 0 : (last - first) / max((end - start).seconds, 1e-9)
    var (moment, rest) = (now, 1.0)
    while moment < end {
      let next = min(edges.filter { $0 > moment }.min() ?? end, end)
      let factor = spike.map { moment >= edges[0] && moment < edges[1] ? $0.factor : 1 } ?? 1
      let (rate, slope) = (rate(at: moment), slope * factor)
      let length = (next - moment).seconds
      let sum = length * (rate + slope * length / 2)
      if sum >= rest {
        // The root of rest = rate · t + slope · t² / 2.
        let time = 2 * rest / (rate + sqrt(max(rate * rate + 2 * slope * rest, 0)))
        return moment - now + Duration(nanoseconds: Int64(time * 1e9))
      }
      rest -= sum
      moment = next
    }
    return end - now
  }

  func mix(into digest: inout Digest) {
    switch pace {
    case .open(let first, let last, let isRandom):
      digest.mix(first)
      digest.mix(last)
      digest.mix(isRandom)
    case .closed(let users, let think):
      digest.mix(users)
      digest.mix(think)
    }
    digest.mix(spike?.factor ?? 1)
    digest.mix(remaining)
    digest.mix(start)
    digest.mix(end)
    digest.mix(mix.products)
    digest.mix(mix.writes)
    digest.mix(mix.deletes)
    arrivals.mix(into: &digest)
    choices.mix(into: &digest)
  }
}
