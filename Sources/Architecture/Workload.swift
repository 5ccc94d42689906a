import Kernel

/// A stream of requests from virtual users: an open loop with Poisson arrivals, so that a slow
/// deployment gets no fewer of them.
public struct Workload: Sendable {
  /// Requests a second of virtual time.
  public var rate: Double
  /// Requests still to come; `Int.max` when only the time ends it.
  public var remaining: Int
  /// The moment after which no more requests are sent.
  public var end = Instant.distantFuture
  /// The share of requests for products rather than orders, and of writes: 0...1.
  public var productShare: Double
  public var writeShare: Double
  private let orders: Zipf
  private let products: Zipf
  private let interval: Distribution
  private let statuses: [Text]
  private var arrivals: Random
  private var choices: Random

  /// Keys follow Zipf's law with an exponent (0 is uniform) over the seeded rows.
  init(
    rate: Double, count: Int, productShare: Double, writeShare: Double, exponent: Double,
    seed: UInt64, _ texts: inout Texts
  ) {
    self.rate = rate
    remaining = count
    self.productShare = productShare
    self.writeShare = writeShare
    orders = Zipf(count: SeedRows.orderCount, exponent: exponent)
    products = Zipf(count: SeedRows.productCount, exponent: exponent)
    interval = .exponential(mean: Duration(nanoseconds: Int64(1e9 / rate)))
    statuses = ["packed", "shipped", "delivered"].map {
      texts.intern("{\"status\":\"\($0)\"}")
    }
    arrivals = Random(seed: seed, component: "workload", purpose: "arrivals")
    choices = Random(seed: seed, component: "workload", purpose: "choices")
  }

  /// The next request; nil when all have been sent or the time is over.
  mutating func next(at now: Instant) -> Message? {
    guard remaining > 0, now < end else { return nil }
    remaining -= 1
    var message = Message(.request)
    message.isVirtual = true
    let isProduct = choices.unit() < productShare
    message.resource = isProduct ? .products : .orders
    message.id = UInt32(isProduct ? products.sample(&choices) : orders.sample(&choices)) + 1
    if choices.unit() < writeShare {
      message.method = .put
      message.body = isProduct ? .empty : statuses[choices.below(statuses.count)]
      message.bodyBytes = 20
    }
    return message
  }

  /// The time until the next request.
  mutating func pause() -> Duration { interval.sample(&arrivals) }

  func mix(into digest: inout Digest) {
    digest.mix(rate)
    digest.mix(remaining)
    digest.mix(end)
    digest.mix(productShare)
    digest.mix(writeShare)
    arrivals.mix(into: &digest)
    choices.mix(into: &digest)
  }
}
