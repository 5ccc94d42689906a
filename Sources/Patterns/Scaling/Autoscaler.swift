import Kernel

/// Decides how many instances a tier should have, from how busy they are or from its backlog.
///
/// Kubernetes' HorizontalPodAutoscaler: every 15 s desired = ⌈current · metric / target⌉, nothing
/// within a tolerance of 10 %; up at one look by four or to twice as many, whichever is more; down
/// only to the highest number wanted in the last 300 s, and what it finds at its first look counts
/// as wanted. For workers the metric is the backlog per worker (AWS's target tracking on SQS).
public struct Autoscaler: Hashable, Sendable, Digestible {
  public var period = Duration.seconds(15)
  /// The share of the slots in use to keep to: 0...1.
  public var targetUtilization = 0.5
  /// Tasks kept for each worker to keep to.
  public var targetBacklog = 10
  public var tolerance = 0.1
  public var minInstances = 1
  public var maxInstances = 10
  public var stabilization = Duration.seconds(300)
  private var wishes: [Wish] = []

  private struct Wish: Hashable, Sendable {
    let at: Instant
    let count: Int
  }

  public init() {}

  /// How many instances there should be; `metric` and `target` have the same unit.
  public mutating func desired(
    current: Int, metric: Double, target: Double, at now: Instant
  ) -> Int {
    let ratio = metric / max(target, 1e-9)
    let raw =
      abs(ratio - 1) <= tolerance ? current : Int((Double(current) * ratio).rounded(.up))
    let wish = min(maxInstances, max(minInstances, raw))
    if wishes.isEmpty { wishes.append(Wish(at: now, count: current)) }
    wishes.removeAll { now - $0.at >= stabilization }
    wishes.append(Wish(at: now, count: wish))
    if wish >= current { return min(wish, max(2 * current, current + 4)) }
    return min(current, wishes.map(\.count).max() ?? wish)
  }

  public func mix(into digest: inout Digest) {
    digest.mix(period)
    digest.mix(targetUtilization)
    digest.mix(targetBacklog)
    digest.mix(tolerance)
    digest.mix(minInstances)
    digest.mix(maxInstances)
    digest.mix(stabilization)
    for wish in wishes {
      digest.mix(wish.at)
      digest.mix(wish.count)
    }
  }
}
