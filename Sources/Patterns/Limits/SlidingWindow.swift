import Kernel

/// Lets about so many requests through in any window of time, by two counters: the one of the
/// current window, and the one of the window before by the share of it that still counts, as if its
/// requests had come evenly.
///
/// Cloudflare, "How we built rate limiting" (2017). Unlike a token bucket it allows no burst at the
/// end of one window and the start of the next.
public struct SlidingWindow: Hashable, Sendable {
  private var index: Int64 = 0
  private var current = 0
  private var previous = 0

  public init() {}

  public mutating func take(limit: Int, window: Duration, at now: Instant) -> Bool {
    let length = max(window.nanoseconds, 1)
    let index = now.nanoseconds / length
    if index != self.index {
      previous = index == self.index + 1 ? current : 0
      current = 0
      self.index = index
    }
    let elapsed = Double(now.nanoseconds % length) / Double(length)
    guard Double(previous) * (1 - elapsed) + Double(current) + 1 <= Double(limit) else {
      return false
    }
    current += 1
    return true
  }

  public func mix(into digest: inout Digest) {
    digest.mix(index)
    digest.mix(current)
    digest.mix(previous)
  }
}
