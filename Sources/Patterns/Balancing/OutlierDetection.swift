import Kernel

/// Ejects hosts for what their answers show, without asking them (passive health checking).
///
/// Envoy's outlier detection with its defaults: 5 server errors in a row, or a success rate below
/// mean − 1.9 σ of at least 5 hosts with 100 requests each in an interval of 10 s. A host is out
/// for 30 s times its ejections in a row, 300 s at most, and never more than 10 % of the hosts
/// are: of a small pool none, until the limit is raised.
public struct OutlierDetection: Hashable, Sendable, Digestible {
  public var consecutiveErrors = 5
  public var interval = Duration.seconds(10)
  public var baseEjectionTime = Duration.seconds(30)
  public var maxEjectionTime = Duration.seconds(300)
  /// 0...1.
  public var maxEjectionShare = 0.1
  public var successRateDeviations = 1.9
  public var successRateMinimumHosts = 5
  public var successRateRequests = 100

  private struct Host: Hashable, Sendable {
    var errorsInARow = 0
    var ejectedAt: Instant?
    var ejections = 0
    var returnedAt = Instant.zero
    /// In the current interval.
    var requests = 0
    var successes = 0
  }

  private var hosts: [Host] = []
  private var intervalIndex: Int64 = 0
  public private(set) var ejections = 0
  /// Ejections that the limit forbade.
  public private(set) var overflows = 0

  public init() {}

  /// Whether a host is out now.
  public mutating func isEjected(_ host: Int, at now: Instant) -> Bool {
    guard host < hosts.count, let since = hosts[host].ejectedAt else { return false }
    guard now >= end(of: hosts[host], since: since) else { return true }
    hosts[host].returnedAt = now
    hosts[host].ejectedAt = nil
    hosts[host].errorsInARow = 0
    return false
  }

  /// Whether a host is out at a moment, without letting it come back.
  public func isOut(_ host: Int, at now: Instant) -> Bool {
    guard host < hosts.count, let since = hosts[host].ejectedAt else { return false }
    return now < end(of: hosts[host], since: since)
  }

  /// Hosts come back at the end of an interval, as Envoy's timer lets them.
  private func end(of host: Host, since moment: Instant) -> Instant {
    let time = min(baseEjectionTime * Double(host.ejections), maxEjectionTime)
    let due = (moment + time).nanoseconds
    let length = max(interval.nanoseconds, 1)
    return Instant(nanoseconds: (due + length - 1) / length * length)
  }

  /// Counts an answer of one of `count` hosts; returns the hosts that go now.
  public mutating func record(
    _ host: Int, of count: Int, isServerError: Bool, at now: Instant
  ) -> [Int] {
    while hosts.count < max(count, host + 1) { hosts.append(Host()) }
    var outliers = judgeInterval(of: count, at: now)
    hosts[host].requests += 1
    if !isServerError {
      hosts[host].successes += 1
      hosts[host].errorsInARow = 0
      return outliers
    }
    hosts[host].errorsInARow += 1
    guard hosts[host].errorsInARow >= consecutiveErrors else { return outliers }
    hosts[host].errorsInARow = 0
    if eject(host, of: count, at: now) { outliers.append(host) }
    return outliers
  }

  private mutating func eject(_ host: Int, of count: Int, at now: Instant) -> Bool {
    guard !isEjected(host, at: now) else { return false }
    let out = (0..<count).count { isEjected($0, at: now) }
    guard Double(out + 1) / Double(count) <= maxEjectionShare + 1e-9 else {
      overflows += 1
      return false
    }
    // One ejection is forgotten for each interval in good standing.
    let calm = (now - hosts[host].returnedAt).nanoseconds / max(interval.nanoseconds, 1)
    hosts[host].ejections = max(0, hosts[host].ejections - Int(min(calm, 1000))) + 1
    hosts[host].ejectedAt = now
    ejections += 1
    return true
  }

  /// At the end of an interval: whose success rate lies far below the others'?
  private mutating func judgeInterval(of count: Int, at now: Instant) -> [Int] {
    let index = now.nanoseconds / max(interval.nanoseconds, 1)
    guard index != intervalIndex else { return [] }
    intervalIndex = index
    defer {
      for host in hosts.indices { (hosts[host].requests, hosts[host].successes) = (0, 0) }
    }
    let judged = (0..<count).filter { hosts[$0].requests >= successRateRequests }
    guard judged.count >= successRateMinimumHosts else { return [] }
    let rates = judged.map { Double(hosts[$0].successes) / Double(hosts[$0].requests) }
    let mean = rates.reduce(0, +) / Double(rates.count)
    let variance = rates.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(rates.count)
    let limit = mean - successRateDeviations * variance.squareRoot()
    // All of them, the worst first: there may be room for one only.
    let outliers = zip(judged, rates).filter { $0.1 < limit }.sorted { $0.1 < $1.1 }.map(\.0)
    return outliers.filter { eject($0, of: count, at: now) }
  }

  public func mix(into digest: inout Digest) {
    digest.mix(consecutiveErrors)
    digest.mix(interval)
    digest.mix(baseEjectionTime)
    digest.mix(maxEjectionTime)
    digest.mix(maxEjectionShare)
    digest.mix(successRateDeviations)
    digest.mix(successRateMinimumHosts)
    digest.mix(successRateRequests)
    for host in hosts {
      digest.mix(host.errorsInARow)
      digest.mix(host.ejectedAt ?? .zero)
      digest.mix(host.ejections)
      digest.mix(host.returnedAt)
      digest.mix(host.requests)
      digest.mix(host.successes)
    }
    digest.mix(intervalIndex)
    digest.mix(ejections)
    digest.mix(overflows)
  }
}
