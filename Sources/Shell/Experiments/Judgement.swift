import Language

/// Which way an observable should go.
enum Preference {
  case higher, lower, neither

  static func of(_ name: String) -> Preference {
    if graded.contains(name) { return .higher }
    let suffix = name.split(separator: ".", maxSplits: 1).last.map(String.init) ?? name
    if rising.contains(suffix) { return .higher }
    return falling.contains(suffix) ? .lower : .neither
  }

  /// Those of one request that are no amounts: to succeed is better than to fail.
  static let graded: Set = ["last.status", "last.reason"]

  private static let rising: Set = [
    "success-rate", "throughput", "hit-ratio", "hits", "processed", "succeeded",
  ]
  private static let falling: Set = [
    "p50", "p90", "p99", "p999", "max", "latency", "errors", "failed", "queue-length", "rejected",
    "utilization", "lag", "depth", "oldest-age", "dead-letters", "lost-writes", "tasks-lost",
    "connection-pool.timeouts", "connection-pool.waiting", "failures", "redeliveries",
    "waiting-for-standbys", "held-writes", "repeated-tasks", "stale", "placeholders",
    "reads", "retries", "hedging.sent", "instances",
  ]
}

/// Which of several futures does best in one observable.
///
/// Whoever refuses requests is fast, idle and has few errors further on: all that is praised only
/// where no more requests fail than elsewhere. What users got, and what was lost, speaks for itself.
struct Judgement {
  let name: String
  /// One for each future; nil where there is no value, and then nothing is judged.
  let scores: [Double?]
  /// The shares of requests that succeeded, of the deployment and of the node; nil where none came.
  var success: [[Double?]] = []
  /// Differences below this share of the largest value say nothing.
  var threshold = 0.01

  /// The places of those that do best; empty when they hardly differ, or it is open.
  var best: [Int] {
    let winners = unconditional
    guard !Self.speaksForItself(name) else { return winners }
    let sound = scores.indices.filter(isSound)
    let praised = winners.filter(sound.contains)
    guard praised.isEmpty, !winners.isEmpty, sound.count > 1 else { return praised }
    return self.winners(among: sound)
  }

  /// The same, whatever has failed.
  var unconditional: [Int] { winners(among: Array(scores.indices)) }

  private func winners(among places: [Int]) -> [Int] {
    let preference = Preference.of(name)
    let values = places.compactMap { scores[$0] }
    guard preference != .neither, !scores.contains(nil), let least = values.min(),
      let most = values.max(),
      most - least > threshold * values.map(abs).max()!
    else { return [] }
    let target = preference == .higher ? most : least
    return places.filter { scores[$0] == target }
  }

  /// Whether no other future has more successes.
  private func isSound(_ place: Int) -> Bool {
    success.allSatisfy { shares in
      let most = shares.compactMap { $0 }.max() ?? 0
      return (shares[place] ?? most) >= most * 0.99
    }
  }

  private static func speaksForItself(_ name: String) -> Bool {
    Preference.graded.contains(name)
      || ["success-rate", "throughput", "succeeded", "failed", "lost-writes"].contains {
        name == $0 || name.hasSuffix("." + $0)
      }
  }
}
