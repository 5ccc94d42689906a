import Kernel

/// Turns a share of the requests away while too many fail, so that the rest have a chance.
///
/// Envoy's admission control: with n requests and s successes in the window, a request is rejected
/// with P = max(0, (n − s / threshold) / (n + 1)) ^ (1 / aggression), at most 80 %. It is the
/// client-side throttling of Google's SRE book (chapter 21) at a server's door.
public struct AdmissionControl: Hashable, Sendable, Digestible {
  /// Envoy's sampling_window 30 s, sr_threshold 95 %, max_rejection_probability 80 %.
  public var window = Duration.seconds(30)
  public var successThreshold = 0.95
  public var aggression = 1.0
  public var maxRejection = 0.8
  public private(set) var shed = 0

  private struct Second: Hashable, Sendable {
    var second: Int64
    var requests = 0
    var successes = 0
  }
  private var seconds: [Second] = []

  public init() {}

  /// The share of requests to reject now, 0...1.
  public mutating func rejectionProbability(at now: Instant) -> Double {
    forget(before: now)
    let n = Double(seconds.reduce(0) { $0 + $1.requests })
    let s = Double(seconds.reduce(0) { $0 + $1.successes })
    return min(maxRejection, power(max(0, (n - s / successThreshold) / (n + 1)), 1 / aggression))
  }

  /// Asks to let a request through.
  public mutating func admits(at now: Instant, _ chance: inout Random) -> Bool {
    let probability = rejectionProbability(at: now)
    guard probability > 0, chance.unit() < probability else { return true }
    shed += 1
    return false
  }

  /// Counts an outcome of a request that was let through.
  public mutating func record(success: Bool, at now: Instant) {
    let second = now.nanoseconds / 1_000_000_000
    if seconds.last?.second != second { seconds.append(Second(second: second)) }
    seconds[seconds.count - 1].requests += 1
    if success { seconds[seconds.count - 1].successes += 1 }
  }

  private mutating func forget(before now: Instant) {
    let oldest = (now.nanoseconds - window.nanoseconds) / 1_000_000_000
    while let first = seconds.first, first.second < oldest { seconds.removeFirst() }
  }

  public func mix(into digest: inout Digest) {
    digest.mix(window)
    digest.mix(successThreshold)
    digest.mix(aggression)
    digest.mix(maxRejection)
    digest.mix(shed)
    for second in seconds {
      digest.mix(second.second)
      digest.mix(second.requests)
      digest.mix(second.successes)
    }
  }
}
