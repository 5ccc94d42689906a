import Kernel

/// The hosts that a proxy sends to: which one gets the next request, among those that it trusts.
public struct Upstreams: Sendable, Digestible {
  /// How the next host is chosen.
  public enum Policy: Int, CaseIterable, Sendable {
    /// In turn.
    case roundRobin
    /// In turn by weight, smoothly mixed (nginx).
    case weighted
    case random
    /// The least busy of a few chosen by chance (Envoy's choice_count 2).
    case leastRequest
    /// The same key to the same host (ketama), with bounded loads if one wants them.
    case ringHash
  }

  struct Host: Hashable, Sendable {
    var check: ActiveHealthCheck
    var weight = 1
    /// Requests that it works on for this proxy.
    var active = 0
    /// When it was last added or brought back; those of the beginning were always there.
    var since = Instant(nanoseconds: -1 << 60)
  }

  public var policy = Policy.roundRobin { didSet { ring.resize(to: ringCount) } }
  /// How many hosts `leastRequest` compares.
  public var choiceCount = 2
  /// How busy `ringHash` lets a host be, in percent of what is its share; what is beyond goes to the
  /// next on the ring (Mirrokni, Thorup, Zadimoghaddam, "Consistent Hashing with Bounded Loads",
  /// 2018). 0 is no bound.
  public var hashBalanceFactor = 0
  /// Whether the verdicts of active health checks count.
  public var usesHealthChecks = true
  public var outlierDetection = Switch(OutlierDetection())
  public var panic = Switch(PanicThreshold())
  public var slowStart = Switch(SlowStart())
  /// How many hosts there are; more may have been, and are remembered.
  public private(set) var count: Int
  private var hosts: [Host]
  /// A bit for each host that the checks trust.
  private var healthy: UInt64
  private var turn: RoundRobin
  private var weightedTurn = SmoothWeightedRoundRobin()
  private var ring = RingHash()

  public init(count: Int, startingAt start: Int = 0) {
    self.count = count
    turn = RoundRobin(startingAt: start)
    hosts = Array(repeating: Host(check: ActiveHealthCheck()), count: count)
    healthy = Self.bits(count)
  }

  /// A bit for each of so many hosts.
  private static func bits(_ count: Int) -> UInt64 { count >= 64 ? .max : 1 << UInt64(count) - 1 }

  private mutating func noteHealth() {
    healthy = 0
    for host in 0..<count where hosts[host].check.isHealthy { healthy |= 1 << UInt64(host) }
  }

  /// How many there ever were.
  public var known: Int { hosts.count }

  private var ringCount: Int { policy == .ringHash ? count : 0 }

  /// More hosts, or fewer: the last ones go. Returns the hosts that were never there before.
  public mutating func resize(to count: Int, at now: Instant) -> Range<Int> {
    let known = hosts.count
    for host in min(self.count, known)..<max(min(count, known), min(self.count, known)) {
      hosts[host].check.reset()
      hosts[host].since = now
    }
    while hosts.count < count {
      var host = Host(check: ActiveHealthCheck(fall: fall, rise: rise))
      host.since = now
      hosts.append(host)
    }
    self.count = count
    noteHealth()
    ring.resize(to: ringCount)
    return known..<max(known, count)
  }

  /// Failed checks in a row that put a host out.
  public var fall: Int {
    get { hosts.first?.check.fall ?? 3 }
    set { for host in hosts.indices { hosts[host].check.fall = newValue } }
  }

  /// Good checks in a row that bring it back.
  public var rise: Int {
    get { hosts.first?.check.rise ?? 2 }
    set { for host in hosts.indices { hosts[host].check.rise = newValue } }
  }

  public func weight(of host: Int) -> Int { hosts[host].weight }
  public mutating func setWeight(_ weight: Int, of host: Int) { hosts[host].weight = weight }

  /// Whether the checks trust a host.
  public func isHealthy(_ host: Int) -> Bool { hosts[host].check.isHealthy }
  /// Whether it was ejected for its answers, and is still out.
  public func isEjected(_ host: Int, at now: Instant) -> Bool {
    outlierDetection.active?.isOut(host, at: now) ?? false
  }
  public func active(at host: Int) -> Int { hosts[host].active }

  // MARK: Choosing

  /// The index of the host for a request with a key; nil when none is available. One besides
  /// another takes no turn: it may never be asked.
  public mutating func pick(
    for key: UInt64, at now: Instant, besides other: Int? = nil, _ chance: inout Random
  ) -> Int? {
    var usable = usesHealthChecks ? healthy : Self.bits(count)
    if outlierDetection.isOn { usable &= ~ejected(of: usable, at: now) }
    if panic.isOn, panic.active!.isPanic(available: usable.nonzeroBitCount, of: count) {
      if other == nil { panic.active!.note() }  // a request is routed once, a hedge or not
      usable = Self.bits(count)
    }
    if let other {
      let turns = (turn, weightedTurn)
      defer { (turn, weightedTurn) = turns }
      return take(from: usable & ~(1 << UInt64(other)), key, now, &chance)
    }
    return take(from: usable, key, now, &chance)
  }

  private mutating func take(
    from usable: UInt64, _ key: UInt64, _ now: Instant, _ chance: inout Random
  ) -> Int? {
    guard usable != 0, let host = choose(of: usable, key, now, &chance) else { return nil }
    hosts[host].active += 1
    return host
  }

  /// Those of some hosts that are out for their answers.
  private mutating func ejected(of hosts: UInt64, at now: Instant) -> UInt64 {
    var ejected = UInt64(0)
    for host in 0..<min(count, 64)
    where hosts >> UInt64(host) & 1 == 1 && outlierDetection.active!.isEjected(host, at: now) {
      ejected |= 1 << UInt64(host)
    }
    return ejected
  }

  private mutating func choose(
    of usable: UInt64, _ key: UInt64, _ now: Instant, _ chance: inout Random
  ) -> Int? {
    func has(_ host: Int) -> Bool { usable >> UInt64(host) & 1 == 1 }
    func random() -> Int {
      var skipped = chance.below(usable.nonzeroBitCount)
      return (0..<count).first { host in
        guard has(host) else { return false }
        skipped -= 1
        return skipped < 0
      } ?? 0
    }
    switch policy {
    case .roundRobin where !slowStart.isOn:
      return turn.pick(of: count, among: usable)
    case .roundRobin, .weighted:
      let isWeighted = policy == .weighted
      return weightedTurn.pick(of: count) { host in
        guard has(host) else { return 0 }
        let share = slowStart.active?.factor(after: now - hosts[host].since) ?? 1
        return (isWeighted ? Double(hosts[host].weight) : 1) * share
      }
    case .random: return random()
    case .leastRequest:
      var least = random()
      for _ in 1..<max(choiceCount, 1) {
        let other = random()
        if isLessBusy(other, than: least, at: now) { least = other }
      }
      return least
    case .ringHash where hashBalanceFactor > 0:
      let bound = bound(of: usable)
      return ring.member(for: key) { has($0) && hosts[$0].active < bound }
    case .ringHash: return ring.member(for: key, where: has)
    }
  }

  /// Whether a host has less under way for what it is to bear: less than its share while it starts
  /// slowly, with the request that would come (Envoy weighs the active requests likewise).
  private func isLessBusy(_ host: Int, than other: Int, at now: Instant) -> Bool {
    guard let slowStart = slowStart.active else { return hosts[host].active < hosts[other].active }
    func load(_ host: Int) -> Double {
      Double(hosts[host].active + 1) / slowStart.factor(after: now - hosts[host].since)
    }
    return load(host) < load(other)
  }

  /// How many requests a host may work on under `hashBalanceFactor`, with the one that comes.
  private func bound(of usable: UInt64) -> Int {
    let active = (0..<min(count, 64)).reduce(1) {
      usable >> UInt64($1) & 1 == 1 ? $0 + hosts[$1].active : $0
    }
    let share = Double(active) / Double(usable.nonzeroBitCount)
    return Int((share * Double(max(hashBalanceFactor, 100)) / 100).rounded(.up))
  }

  // MARK: Learning

  /// A request sent to a host is over.
  public mutating func end(_ host: Int) {
    guard host < hosts.count else { return }
    hosts[host].active = max(hosts[host].active - 1, 0)
  }

  /// Counts what a host answered; returns the hosts that are ejected now.
  public mutating func learn(_ host: Int, isServerError: Bool, at now: Instant) -> [Int] {
    guard outlierDetection.isOn, host < count else { return [] }
    return outlierDetection.active!.record(
      host, of: count, isServerError: isServerError, at: now)
  }

  /// Counts the result of a health check of one host.
  public mutating func record(_ host: Int, success: Bool, at now: Instant) {
    guard hosts[host].check.record(success: success) else { return }
    noteHealth()
    if success { hosts[host].since = now }
  }

  /// A restart: nothing is known, so every host is trusted until a check says otherwise.
  public mutating func reset() {
    for host in hosts.indices {
      hosts[host].check.reset()
      hosts[host].active = 0
    }
    noteHealth()
    outlierDetection.restart()
    panic.restart()
  }

  public func mix(into digest: inout Digest) {
    digest.mix(count)
    digest.mix(policy.rawValue)
    digest.mix(choiceCount)
    digest.mix(hashBalanceFactor)
    digest.mix(usesHealthChecks)
    for host in hosts {
      host.check.mix(into: &digest)
      digest.mix(host.weight)
      digest.mix(host.active)
      digest.mix(host.since)
    }
    digest.mix(turn.position)
    for weight in weightedTurn.weights { digest.mix(weight) }
    outlierDetection.mix(into: &digest)
    panic.mix(into: &digest)
    slowStart.mix(into: &digest)
  }
}
