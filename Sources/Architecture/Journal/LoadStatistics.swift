import Kernel

/// What the virtual users of a load met: latencies from the moment of sending, so that a slow
/// deployment hides nothing (no coordinated omission).
public struct LoadStatistics: Sendable {
  public internal(set) var sent = 0
  public init() {}
  public private(set) var succeeded = 0
  /// Successes with a placeholder for the row (fallback).
  public private(set) var placeholders = 0
  public private(set) var latency = Histogram()
  private var failures = ContiguousArray<Int>(repeating: 0, count: Reason.allCases.count)
  private var cacheOutcomes = ContiguousArray<Int>(repeating: 0, count: 5)

  public var answered: Int { latency.count }
  public var failed: Int { answered - succeeded }

  /// How many failed for each reason, in the order of the list of reasons.
  public var failuresByReason: [(reason: Reason, count: Int)] {
    Reason.allCases.compactMap { reason in
      let count = failures[Int(reason.rawValue)]
      return count > 0 ? (reason, count) : nil
    }
  }

  /// How many reads a cache had this to do with; a write asks no cache for a copy.
  public func count(_ outcome: CacheOutcome) -> Int { cacheOutcomes[Int(outcome.rawValue)] }

  /// Reads that found a fresh copy, or could have found one: those that bypassed the cache count.
  public var reads: Int { count(.hit) + count(.miss) + count(.stale) + count(.bypass) }

  mutating func record(_ answer: Answer, _ duration: Duration, isRead: Bool) {
    latency.record(duration)
    if seldom(answer.isPlaceholder) { placeholders += 1 }
    if answer.isSuccess { succeeded += 1 } else { failures[Int(answer.reason.rawValue)] += 1 }
    if isRead { cacheOutcomes[Int(answer.cache.rawValue)] += 1 }
  }

  func mix(into digest: inout Digest) {
    digest.mix(sent)
    digest.mix(succeeded)
    digest.mix(placeholders)
    latency.mix(into: &digest)
    for count in failures { digest.mix(count) }
    for count in cacheOutcomes { digest.mix(count) }
  }
}
