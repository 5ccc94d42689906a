import Architecture
import Kernel
import Language

/// Which of what was done to the deployment had a part in an outcome.
extension WhyText {
  /// The injected faults that had a part in it, on its messages or on the node that failed: the
  /// weightiest is the cause.
  static func faults(_ request: RequestRecord, _ world: World) -> [String] {
    causes(among: involved(request, world))
  }

  /// It waited for another request's load of the same row (single flight), which came to nothing.
  static func sharedLoad(_ request: RequestRecord, _ world: World) -> [String] {
    let service = (world.journal.spans(of: request.id) ?? [])
      .first { $0.isAnswer && world.tier(of: $0.from).kind == .service }?.from
    func asks(_ id: UInt32) -> Bool {
      (world.journal.spans(of: id) ?? []).contains {
        $0.verb == .read && !$0.isAnswer && $0.from == service
      }
    }
    guard let service, world.service(service)?.sharesLoads ?? false, request.method == .get,
      request.answer.isServerError, !asks(request.id)
    else { return [] }
    let leader = world.journal.requestIDs.prefix { $0 < request.id }.reversed().lazy
      .compactMap { world.journal[$0] }
      .first {
        $0.key == request.key && $0.resource == request.resource
          && $0.answeredAt > request.sentAt && asks($0.id)
      }
    guard let leader else { return [] }
    return ["It waited for the load of #\(leader.id), as single-flight has it, and that failed."]
      + faults(leader, world)
  }

  /// The weightiest of some faults as the cause, and what else was in force.
  static func causes(among faults: [Incident]) -> [String] {
    var found: [Incident] = []
    for fault in faults.sorted(by: { weight(of: $0) > weight(of: $1) })
    where !found.contains(fault) { found.append(fault) }
    guard let first = found.first else { return [] }
    var lines = [cause(first)]
    let others = found.dropFirst().map { title(of: $0) }
    if !others.isEmpty { lines.append("In force as well: \(others.joined(separator: ", ")).") }
    return lines
  }

  /// Whether a fault of a machine makes what it does slower.
  static func delays(_ fault: Incident) -> Bool { canCause(fault, .upstreamTimeout) }

  /// An injected fault as the cause of something.
  private static func cause(_ fault: Incident) -> String {
    let time = DurationText.format(nanoseconds: fault.at.nanoseconds)
    return "The cause: \(title(of: fault)), by your '\(fault.command)' at \(time)."
  }

  private static func title(of fault: Incident) -> String {
    "\(name(of: fault)) on \(fault.target?.text ?? "")"
  }

  private static func name(of fault: Incident) -> String {
    String(fault.text.prefix { $0 != " " })
  }

  /// What stops something counts for more than what delays it, and a delay of the one thing for
  /// more than that of all.
  private static func weight(of fault: Incident) -> Int {
    let order = [
      "cpu", "slow", "reorder", "latency", "replication-pause", "clock", "pause", "disk-full",
      "io-error", "loss", "reset", "blackhole", "partition", "abort",
    ]
    return order.firstIndex(of: name(of: fault)) ?? -1
  }

  private static func involved(_ request: RequestRecord, _ world: World) -> [Incident] {
    let trip = trip(request, world)
    let place = trip?.node ?? request.answer.failedAt
    var found: [Incident] = []
    let spans = (world.journal.spans(of: request.id) ?? []).filter { !$0.isBackground }
    // Whoever gave up did not see what went wrong further on.
    let waited: Set<Reason> = [.clientTimeout, .upstreamTimeout, .deadlineExceeded]
    let looksFurther = waited.contains(request.answer.reason)
    for span in spans {
      guard span.fault != 0, looksFurther || span.to == place || span.from == place,
        let incident = world.injection(of: span.fault), !found.contains(incident),
        canCause(incident, request.answer.reason)
      else { continue }
      found.append(incident)
    }
    if place != .none {
      let start = trip.map { $0.at + .nanoseconds(-1) } ?? request.sentAt
      var places = looksFurther ? Set(spans.map(\.to)).union([place]) : [place]
      if trip != nil { places.formUnion(world.directory.instances(of: world.tier(of: place))) }
      for node in places.sorted(by: { $0.rawValue < $1.rawValue }) {
        let end = trip.map { $0.at + .nanoseconds(1) } ?? request.answeredAt
        for affliction in world.afflictions(of: node, from: start, to: end)
        where !found.contains(affliction) && canCause(affliction, request.answer.reason) {
          found.append(affliction)
        }
      }
      if let trip {
        for node in world.directory.instances(of: world.tier(of: place)) {
          found += world.obstacles(
            to: node, from: [trip.by], since: start, to: trip.at + .nanoseconds(1))
        }
      }
    }
    if found.isEmpty || !looksFurther {
      for fault in further(request, world) where !found.contains(fault) { found.append(fault) }
    }
    return found
  }

  /// The faults behind the place that refused a request: what keeps its calls busy, or makes those
  /// whom it would ask look dead.
  private static func further(_ request: RequestRecord, _ world: World) -> [Incident] {
    let reason = request.answer.reason
    let full: Set<Reason> = [
      .queueFull, .poolExhausted, .bulkheadFull, .concurrencyLimited, .loadShed, .backpressure,
    ]
    // Nothing was heard of it from there: it waited for a worker slot.
    let hasWaited =
      reason == .upstreamTimeout
      && !(world.journal.spans(of: request.id) ?? []).contains {
        $0.from == request.answer.failedAt
      }
    guard full.contains(reason) || reason == .noHealthyUpstream || hasWaited,
      let resource = request.resource, request.answer.failedAt != .none
    else { return [] }
    let chain: [Tier] =
      reason == .backpressure
      ? [resource.service, .queue, .worker]
      : [.user, .loadBalancer, .gateway, resource.service, resource.cache, resource.database]
    let place = chain.firstIndex(of: world.tier(of: request.answer.failedAt)) ?? 0
    let behind = chain.dropFirst(place + 1).prefix(reason == .noHealthyUpstream ? 1 : .max)
    let start = request.sentAt + .nanoseconds(-recovery(after: request, world).nanoseconds)
    return behind.flatMap { tier in
      let askers = chain.prefix { $0 != tier }.flatMap { world.directory.instances(of: $0) }
      return world.directory.instances(of: tier).flatMap { node in
        (world.afflictions(of: node, from: start, to: request.answeredAt)
          + world.obstacles(to: node, from: askers, since: start, to: request.answeredAt))
          .filter { canCause($0, reason) }
      }
    }
  }

  /// The faults that keep a primary and its standbys apart.
  static func between(
    _ primary: NodeID, _ standbys: [NodeID], _ request: RequestRecord, _ world: World
  ) -> [Incident] {
    let moment = request.answeredAt
    return standbys.flatMap { node in
      world.afflictions(of: node, from: request.sentAt, to: moment)
        .filter { delays($0) || name(of: $0) == "disk-full" }
        + world.obstacles(to: node, from: [primary], since: request.sentAt, to: moment)
    }
      + world.obstacles(to: primary, from: standbys, since: request.sentAt, to: moment).filter {
        $0.target?.isLink == true
      }
  }

  /// Whether a request may end so because of a fault.
  private static func canCause(_ fault: Incident, _ reason: Reason) -> Bool {
    FaultCatalogue.find(name(of: fault))?.outcomes.contains(reason) ?? false
  }

  /// A circuit breaker that had opened before.
  static func trip(_ request: RequestRecord, _ world: World) -> Incident? {
    guard request.answer.reason == .circuitOpen else { return nil }
    return world.journal.incidents.last {
      $0.kind == .tripped && $0.by == request.answer.failedAt && $0.at <= request.answeredAt
    }
  }

  /// Whether the copy that was served as stale would still count as fresh.
  static func isWithinItsTime(_ request: RequestRecord, _ world: World) -> Bool {
    guard let resource = request.resource else { return false }
    let caches = world.directory.instances(of: resource.cache).compactMap { world.cache($0) }
    return caches.contains { request.answer.age < $0.copies.freshness.timeToLive }
  }

  /// What became of a task that a full queue refused.
  private static func held(_ request: RequestRecord, _ world: World) -> String {
    let keeper = request.answer.servedBy
    let isTaken = (world.journal.spans(of: request.id) ?? []).contains { $0.verb == .task }
    let isHeld = world.service(keeper).map { $0.tasksHeld > 0 } ?? false
    let name = world.name(of: keeper)
    let start = "The queue was full and refused its task"
    if isTaken { return "\(start) for a while: \(name) kept it until it was taken (backpressure)." }
    return isHeld
      ? "\(start): \(name) keeps it until the queue takes it, and takes no other work till then "
        + "(backpressure)."
      : "\(start), which \(name) kept in its memory: it is in the queue since, or was lost with it."
  }

  /// The background task of a request that succeeded, if nobody will ever do it.
  static func lostTask(_ request: RequestRecord, _ world: World) -> [String] {
    let spans = (world.journal.spans(of: request.id) ?? []).filter { $0.verb == .publish }
    let tries = spans.count { !$0.isAnswer }
    let isConfirmed = spans.contains { $0.isAnswer && $0.status < 400 }
    guard tries > 0, !isConfirmed, world.isSettled(request.id) else { return [] }
    if spans.last(where: \.isAnswer)?.reason == .backpressure {
      return [held(request, world)]
    }
    return [
      "The queue did not confirm its task in \(NumberText.counted(tries, "attempt")): "
        + "the row is right, and the work may never be done ('explain outbox')."
    ]
  }
}
