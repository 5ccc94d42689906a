import Architecture
import Kernel
import Language
import Patterns

/// Whose state may have caused an outcome: who was down, was missing, or was not asked any more.
extension WhyText {
  /// The nodes whose state may have caused it: the one that failed, or those that were missing.
  static func suspects(_ request: RequestRecord, _ world: World) -> [NodeID] {
    let place = request.answer.failedAt
    func instances(_ tier: Tier?) -> [NodeID] {
      tier.map { world.directory.instances(of: $0) } ?? []
    }
    guard place != .none else { return [place] }
    let resource = request.resource
    switch request.answer.reason {
    case .circuitOpen:
      guard let trip = trip(request, world) else { return [place] }
      let tier = world.tier(of: trip.node)
      return (tier.kind == .database ? [trip.node] : instances(tier))
        + primaries(behind: trip.node, resource, world)
    case .noHealthyUpstream:
      let isBalancer = world.tier(of: place) == .loadBalancer
      return instances(isBalancer ? .gateway : resource?.service)
    case .loadShed:
      return [place] + instances(resource?.service) + primaries(behind: place, resource, world)
    case .backpressure: return [place] + instances(.worker)
    case .queueFull where world.tier(of: place).kind != .database:
      return [place] + instances(world.tier(of: place)).filter { $0 != place }
    default: return [place]
    }
  }

  /// The database that whoever stands at a place needs for a resource.
  private static func primaries(
    behind place: NodeID, _ resource: Resource?, _ world: World
  ) -> [NodeID] {
    guard let database = resource?.database, world.tier(of: place) != database else { return [] }
    return world.directory.sharding(of: database).shards.map(\.primary)
  }

  /// Nobody was asked, as their answers had put them out.
  static func ejections(_ request: RequestRecord, _ world: World) -> [String] {
    guard request.answer.reason == .noHealthyUpstream else { return [] }
    let place = request.answer.failedAt
    guard let cluster = cluster(at: place, request, world) else { return [] }
    let detection = cluster.hosts.outlierDetection.blueprint
    // Each ejection in a row is longer; whoever is there no more is not out.
    let hosts = world.directory.instances(of: cluster.tier)
    let ejected = hosts.compactMap { host -> Incident? in
      let own = world.journal.incidents.filter {
        $0.kind == .ejected && $0.by == place && $0.node == host && $0.at <= request.answeredAt
      }
      let time = min(detection.baseEjectionTime * Double(own.count), detection.maxEjectionTime)
      return own.last.flatMap { $0.at + time > request.answeredAt ? $0 : nil }
    }.sorted { $0.at < $1.at }
    guard let last = ejected.last else { return [] }
    let names = ejected.map(\.node).sorted { $0.rawValue < $1.rawValue }
      .map { world.name(of: $0) }
    let time = DurationText.format(nanoseconds: last.at.nanoseconds)
    return [
      "\(world.name(of: place)) had ejected \(names.joined(separator: ", ")) for \(last.text), the "
        + "latest at \(time) (outlier-detection)."
    ]
  }

  /// How long those who are back still count as out for the proxy that knew nobody to ask.
  static func recovery(after request: RequestRecord, _ world: World) -> Kernel.Duration {
    guard request.answer.reason == .noHealthyUpstream else { return .zero }
    let place = request.answer.failedAt
    guard let cluster = cluster(at: place, request, world),
      let interval = world.loadBalancer(place)?.healthInterval
        ?? world.gateway(place)?.healthInterval
    else { return .zero }
    // The first check after their return may be as far away as any.
    return interval * Double(cluster.hosts.rise + 1)
  }

  /// Nobody was asked, as those who were down had only just come back.
  static func returns(_ request: RequestRecord, _ world: World) -> [String] {
    let time = recovery(after: request, world)
    let back = suspects(request, world).compactMap { node -> String? in
      guard time > .zero,
        let last = crashesAndReturns(of: node, world).last(where: { $0.at < request.answeredAt }),
        last.kind == .restored, request.answeredAt - last.at < time,
        let crash = lastCrash(node, before: last.at, world)
      else { return nil }
      let (from, to) = (crash.at, last.at)
      return
        "\(world.name(of: node)) was down from \(DurationText.format(nanoseconds: from.nanoseconds)) "
        + "to \(DurationText.format(nanoseconds: to.nanoseconds)), by your '\(crash.command)'."
    }
    guard !back.isEmpty, let cluster = cluster(at: request.answer.failedAt, request, world)
    else { return [] }
    let checks = NumberText.counted(cluster.hosts.rise, "good health check")
    return back + ["Who comes back is asked again after \(checks) in a row (rise)."]
  }

  /// The instances that a proxy chooses from for a request.
  private static func cluster(
    at proxy: NodeID, _ request: RequestRecord, _ world: World
  ) -> Cluster? {
    world.loadBalancer(proxy)?.gateways
      ?? world.gateway(proxy)?.services.first { $0.tier == request.resource?.service }
  }

  /// A write that waited for a standby in vain, or slots that such writes hold: who was missing.
  static func standbys(_ request: RequestRecord, _ world: World) -> [String] {
    let (failure, reason) = (request.answer.failedAt, request.answer.reason)
    guard failure != .none,
      reason == .queueFull
        || reason == .upstreamTimeout
          && (request.method != .get || world.slots(at: failure).areBusy)
    else { return [] }
    let databases =
      reason == .queueFull
      ? [failure] + primaries(behind: failure, request.resource, world) : [failure]
    return databases.flatMap { standbys(of: $0, request, world) }
  }

  private static func standbys(
    of place: NodeID, _ request: RequestRecord, _ world: World
  ) -> [String] {
    guard let database = world.database(place), database.synchronousCommit.level.isRemote
    else { return [] }
    let replicas = world.directory.replicas(besides: place)
    let causes =
      replicas.compactMap { cause($0, before: request.answeredAt, world) }
      + causes(among: between(place, replicas, request, world))
    let isFull = request.answer.reason == .queueFull || request.method == .get
    let present = replicas.count { replica in
      cause(replica, before: request.answeredAt, world) == nil
        && between(place, [replica], request, world).isEmpty
    }
    if isFull && present >= database.synchronousCommit.quorum { return [] }
    let name = world.name(of: place)
    let missing =
      replicas.isEmpty && !isScaled(place, after: request.answeredAt, world)
      ? ["There is no standby at all."] + scaling(of: place, before: request.answeredAt, world) : []
    return [
      isFull
        ? "Writes that wait to be confirmed by a standby hold the slots of \(name) "
          + "(synchronous-commit)."
        : "It is on the disk of \(name), and waits to be confirmed by a standby "
          + "(synchronous-commit)."
    ] + missing + causes + (causes.isEmpty ? setting(of: "synchronous-standbys", world) : [])
  }

  /// The latest command about a setting.
  private static func setting(of name: String, _ world: World) -> [String] {
    let last = world.journal.incidents.last { $0.kind == .configured && $0.text.contains(name) }
    return last.map {
      let time = DurationText.format(nanoseconds: $0.at.nanoseconds)
      return ["It was set so by your '\($0.command)' at \(time)."]
    } ?? []
  }

  /// When the number of a node's tier changed.
  private static func scalings(of node: NodeID, _ world: World) -> [Incident] {
    world.journal.incidents.filter {
      $0.kind == .scaled && $0.node != .none && world.tier(of: $0.node) == world.tier(of: node)
    }
  }

  /// Whether it changed later: who was there before is not known then.
  private static func isScaled(
    _ node: NodeID, after moment: Instant, _ world: World
  ) -> Bool { scalings(of: node, world).contains { $0.at > moment } }

  /// The command that took instances away.
  private static func scaling(
    of node: NodeID, before moment: Instant, _ world: World
  ) -> [String] {
    let last = scalings(of: node, world).last { $0.at <= moment && !$0.command.isEmpty }
    return last.map {
      let time = DurationText.format(nanoseconds: $0.at.nanoseconds)
      return ["It was taken away by your '\($0.command)' at \(time)."]
    } ?? []
  }

  /// The moment before which something must have happened to be the cause: a connection that is
  /// refused is refused before its sender hears of it, and a circuit breaker opened before.
  static func decision(of request: RequestRecord, _ world: World) -> Instant {
    if let trip = trip(request, world) { return trip.at }
    guard request.answer.reason == .connectionRefused,
      let failure = Trace(of: request.id, in: world)?.failure, !failure.span.isAnswer
    else { return request.answeredAt }
    return failure.span.receivedAt + .nanoseconds(1)
  }

  static func lastCrash(
    _ node: NodeID, before moment: Instant, _ world: World
  ) -> Incident? {
    // At the moment of an answer itself somebody may have gone on already.
    let last = crashesAndReturns(of: node, world).last { $0.at < moment }
    return last?.kind == .crashed ? last : nil
  }

  private static func crashesAndReturns(of node: NodeID, _ world: World) -> [Incident] {
    world.journal.incidents.filter {
      $0.node == node && ($0.kind == .crashed || $0.kind == .restored)
    }
  }

  static func cause(
    _ node: NodeID, before moment: Instant, _ world: World
  ) -> String? {
    guard node != .none, let crash = lastCrash(node, before: moment, world) else { return nil }
    let time = DurationText.format(nanoseconds: crash.at.nanoseconds)
    let name = world.name(of: node)
    return crashesAndReturns(of: node, world).last != crash || world.isUp(node)
      ? "\(name) was down then, by your '\(crash.command)' at \(time)."
      : "\(name) has been down since your '\(crash.command)' at \(time)."
  }

  /// What would mend it.
  static func advice(_ request: RequestRecord, _ world: World) -> String? {
    switch request.answer.reason {
    case .noRoute: return "Paths are /orders/ID and /products/ID, as in 'send GET /orders/42'."
    case .badRequest:
      return
        "A body is a text, or JSON with fields of the row, such as '{\"status\": \"shipped\"}'; "
        + "amounts are numbers."
    case .methodNotAllowed: return "Rows can be read (GET), written (PUT) and deleted (DELETE)."
    default: break
    }
    let down = suspects(request, world).first { $0 != .none && !world.isUp($0) }
    guard let node = down else { return nil }
    let name = world.name(of: node)
    let tier = world.tier(of: node)
    if tier.kind == .database, world.candidate(after: node) != nil {
      return "Next: 'failover \(tier.name)' promotes its replica, or 'restore \(name)'."
    }
    return "Next: 'restore \(name)'."
  }
}
