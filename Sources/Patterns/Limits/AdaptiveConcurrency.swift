import Kernel

/// Finds by itself how many requests may be under way: fewer as soon as they get slower than when
/// there is nothing else to do.
///
/// Envoy's gradient controller: every 100 ms gradient = (minRTT + B) / sampleRTT, B being 25 % of
/// minRTT, and limit = gradient · limit + √limit. The minimum is measured anew every 60 s from 50
/// requests at a limit of 3. After Netflix's concurrency-limits.
public struct AdaptiveConcurrency: Hashable, Sendable, Digestible {
  public var updateInterval = Duration.milliseconds(100)
  public var minRTTInterval = Duration.seconds(60)
  public var minRTTRequests = 50
  /// B, as a share of the minimum.
  public var buffer = 0.25
  public var minLimit = 3
  public var maxLimit = 1000

  public private(set) var limit = 3
  public private(set) var inFlight = 0
  public private(set) var rejected = 0
  /// What a request takes when there is little to do; nil until it was measured.
  public private(set) var minRTT: Duration?
  private var isMeasuring = true
  private var measuredAt = Instant.zero
  private var updatedAt = Instant.zero
  private var samples: [Duration] = []
  private var limitBefore = 3

  public init() {}

  /// Asks to begin a request.
  public mutating func enter(at now: Instant) -> Bool {
    if !isMeasuring && now - measuredAt >= minRTTInterval {
      isMeasuring = true
      limitBefore = limit
      limit = minLimit
      samples = []
    }
    guard inFlight < limit else {
      rejected += 1
      return false
    }
    inFlight += 1
    return true
  }

  /// A request is over; failures tell nothing about how long work takes.
  public mutating func leave(took time: Duration, success: Bool, at now: Instant) {
    inFlight = max(inFlight - 1, 0)
    if success { samples.append(time) }
    if isMeasuring {
      guard samples.count >= minRTTRequests else { return }
      minRTT = median
      isMeasuring = false
      measuredAt = now
      limit = max(limit, limitBefore)
      startWindow(now)
    } else if now - updatedAt >= updateInterval, !samples.isEmpty {
      update()
      startWindow(now)
    }
  }

  private mutating func update() {
    guard let minRTT else { return }
    let sample = max(median.seconds, 1e-9)
    let gradient = min(2, max(0.5, minRTT.seconds * (1 + buffer) / sample))
    let next = gradient * Double(limit) + Double(limit).squareRoot()
    limit = min(maxLimit, max(minLimit, Int(next)))
  }

  private mutating func startWindow(_ now: Instant) {
    samples = []
    updatedAt = now
  }

  private var median: Duration { samples.sorted()[samples.count / 2] }

  public func mix(into digest: inout Digest) {
    digest.mix(updateInterval)
    digest.mix(minRTTInterval)
    digest.mix(minRTTRequests)
    digest.mix(buffer)
    digest.mix(minLimit)
    digest.mix(maxLimit)
    digest.mix(limit)
    digest.mix(inFlight)
    digest.mix(rejected)
    digest.mix(minRTT ?? .zero)
    digest.mix(isMeasuring)
    digest.mix(measuredAt)
    digest.mix(updatedAt)
    digest.mix(limitBefore)
    for sample in samples { digest.mix(sample) }
  }
}
