import Architecture
import Kernel
import Language

/// Explains an outcome in plain words, from the trace and from what was done to the nodes.
enum WhyText {
  static func lines(_ request: RequestRecord, _ world: World, _ style: Style) -> [String] {
    let answer = request.answer
    let title = RequestText.title(request, world)
    guard request.isAnswered else { return ["#\(request.id) \(title) has no answer yet."] }
    guard answer.reason != .none else {
      let status = style.status(
        answer.status, "\(answer.status) \(RequestText.phrase(answer.status))")
      return ["#\(request.id) \(title) → \(status): " + success(request, world)]
        + staleCause(request, world) + lostTask(request, world)
        + SlownessText.lines(request, world)
    }
    let place = world.name(of: answer.failedAt)
    let status = style.status(answer.status, "\(answer.status) \(answer.reason.name)")
    var lines = [
      "#\(request.id) \(title) → \(status): "
        + answer.reason.sentence(at: place) + "."
    ]
    lines += decision(request, world)
    lines += path(request, world)
    lines += attempts(request, world)
    lines += ejections(request, world)
    for node in suspects(request, world) {
      if let cause = cause(node, before: request.answeredAt, world) { lines.append(cause) }
    }
    lines += retryAfter(request, world)
    lines += configuration(request, world)
    lines += standbys(request, world)
    lines += faults(request, world)
    let reference = answer.reason.reference
    if !reference.isEmpty { lines.append(style.quiet("Real systems call it: \(reference).")) }
    if let advice = advice(request, world) { lines.append(advice) }
    return lines
  }

  private static func success(_ request: RequestRecord, _ world: World) -> String {
    let answer = request.answer
    let age = DurationText.format(nanoseconds: answer.age.nanoseconds)
    let server = RequestText.servedBy(request, world)
    guard let resource = request.resource else { return "answered by \(server)." }
    if answer.isPlaceholder {
      return
        "\(resource.database.name) could not be read and no copy was left, so \(server) made up "
        + "a placeholder (fallback). It is not the row."
    }
    switch answer.cache {
    case .hit: return "\(resource.cache.name) had a fresh copy, \(age) old; no database was asked."
    case .miss where asks(request, .read, from: .cache, world):
      return "\(resource.cache.name) had no fresh copy, so it read the row from "
        + "\(resource.database.name) itself (read-through)."
    case .miss:
      return "\(resource.cache.name) had no fresh copy, so \(server) read the row from "
        + "\(resource.database.name) and filled the cache."
    case .stale where answer.isBeingRenewed:
      return "\(resource.cache.name) had a copy whose time was over, \(age) old. It was served at "
        + "once, while a new one is fetched (stale-while-revalidate)."
    case .stale where isWithinItsTime(request, world):
      return
        "\(server) knows that \(resource.database.name) is down, as its connections are broken, "
        + "and served the copy from \(resource.cache.name), \(age) old. Its time is not over, but "
        + "nobody can tell any more whether it is outdated."
    case .stale:
      return "\(resource.database.name) could not be reached, so \(server) served the copy from "
        + "\(resource.cache.name), \(age) old. It may be outdated."
    case .bypass where request.method != .get && writesThrough(request, world):
      return "\(resource.cache.name) wrote it to \(resource.database.name), and keeps the copy "
        + "(write-through)."
    case .bypass
    where request.method != .get && asks(request, .write, to: .cache, world)
      && asks(request, .read, from: .cache, world):
      return
        "\(resource.cache.name) had no copy, so it asked \(resource.database.name) for the row "
        + "before it took the write; \(resource.database.name) hears of the write later "
        + "(write-behind). Till then it can be lost."
    case .bypass where request.method != .get && isRefusedByCache(request, world):
      return
        "\(resource.cache.name) was down, so \(server) wrote to \(resource.database.name) itself."
    case .bypass where request.method != .get && asks(request, .write, to: .cache, world):
      return "\(resource.cache.name) took the write and answered at once; "
        + "\(resource.database.name) hears of it later (write-behind). Till then it can be lost."
    case .bypass where request.method != .get && !asks(request, .invalidate, to: .cache, world):
      return "\(server) wrote to \(resource.database.name); there is no cache to tell."
    case .bypass where request.method != .get:
      return "\(server) wrote to \(resource.database.name) and then invalidated the cached copy."
    default: return "\(server) read from \(resource.database.name) without a cache."
    }
  }

  /// Whether the cache wrote to the database before the user had an answer.
  private static func writesThrough(_ request: RequestRecord, _ world: World) -> Bool {
    (world.journal.spans(of: request.id) ?? []).contains {
      ($0.verb == .write || $0.verb == .delete) && !$0.isAnswer
        && world.tier(of: $0.from).kind == .cache && $0.sentAt <= request.answeredAt
    }
  }

  /// Whether a write that was to go through the cache went past it.
  private static func isRefusedByCache(_ request: RequestRecord, _ world: World) -> Bool {
    func isWrite(_ span: Span) -> Bool { span.verb == .write || span.verb == .delete }
    let spans = world.journal.spans(of: request.id) ?? []
    return spans.contains { isWrite($0) && world.tier(of: $0.to).kind == .cache }
      && spans.contains {
        isWrite($0) && world.tier(of: $0.from).kind == .service
          && world.tier(of: $0.to).kind == .database
      }
  }

  /// Whether a kind of node asked for something, or was asked.
  private static func asks(
    _ request: RequestRecord, _ verb: Verb, from sender: Tier.Kind? = nil,
    to receiver: Tier.Kind? = nil, _ world: World
  ) -> Bool {
    (world.journal.spans(of: request.id) ?? []).contains { span in
      span.verb == verb && !span.isAnswer
        && (sender == nil || world.tier(of: span.from).kind == sender)
        && (receiver == nil || world.tier(of: span.to).kind == receiver)
    }
  }

  private static func staleCause(_ request: RequestRecord, _ world: World) -> [String] {
    guard request.answer.cache == .stale, let resource = request.resource else { return [] }
    let primary = world.directory.instances(of: resource.database).first { node in
      lastCrash(node, before: request.answeredAt, world) != nil
    }
    return primary.flatMap { cause($0, before: request.answeredAt, world) }.map { [$0] } ?? []
  }

  /// Why nobody was asked: a circuit breaker that opened, or a remembered absence.
  private static func decision(_ request: RequestRecord, _ world: World) -> [String] {
    if request.answer.reason == .notFound, let key = request.resource,
      [.hit, .stale].contains(request.answer.cache)
    {
      return ["The cache remembers that \(key.database.name) had no such row (negative caching)."]
        + staleCause(request, world)
    }
    guard let trip = trip(request, world) else { return [] }
    let time = DurationText.format(nanoseconds: trip.at.nanoseconds)
    // A proxy has one breaker for all instances of a tier.
    let tier = world.tier(of: trip.node)
    let isOne = tier.kind == .database || world.directory.count(of: tier) == 1
    let (caller, dependency) = (
      world.name(of: trip.by), isOne ? world.name(of: trip.node) : tier.name
    )
    let setting = Setting.of(world.tier(of: trip.by).kind).first {
      $0.name == "circuit-breaker.open-duration"
    }
    let pause = setting.map { Duration.nanoseconds($0.value(in: world, at: trip.by)) } ?? .zero
    let again = DurationText.format(nanoseconds: (trip.at + pause).nanoseconds)
    return [
      "\(caller) stopped asking \(dependency) at \(time), after \(trip.text); it tries again at "
        + "\(again)."
    ]
  }

  /// Who passed the failure on to whom.
  private static func path(_ request: RequestRecord, _ world: World) -> [String] {
    guard let trace = Trace(of: request.id, in: world), let failure = trace.failure,
      let number = failure.number
    else { return [] }
    let carriers = trace.hops.filter {
      $0.span.isAnswer && $0.span.reason == request.answer.reason && !$0.span.isBackground
    }.map { world.name(of: $0.span.to) }.uniqued
    let from = world.name(of: failure.span.from)
    let to = world.name(of: failure.span.to)
    if failure.span.isAnswer {
      let question = trace.hops.last {
        $0.span.to == failure.span.from && $0.number ?? .max < number
      }
      let place = question?.number.map { " after hop \($0)" } ?? ""
      return [
        "It was decided at \(from)\(place), and passed on to "
          + carriers.joined(separator: ", ") + "."
      ]
    }
    let told = carriers.isEmpty ? "" : "; told to \(carriers.joined(separator: ", "))"
    return ["It stopped at hop \(number), \(from) → \(to)\(told)."]
  }

  /// The latest commands about what decided it: a limit, a timeout.
  private static func configuration(_ request: RequestRecord, _ world: World) -> [String] {
    let words: [String]
    switch request.answer.reason {
    case .rateLimited: words = ["rate-limit"]
    case .loadShed: words = ["load-shedding"]
    case .concurrencyLimited: words = ["adaptive-concurrency"]
    case .bulkheadFull: words = ["bulkhead"]
    case .poolExhausted: words = ["connection-pool"]
    case .deadlineExceeded: words = ["deadlines"]
    case .backpressure: words = ["backpressure"]
    case .writesHeld: words = ["sharding"]
    case .bodyTooLarge: words = ["body-limit"]
    case .queueFull: words = ["slots", "queue-limit"]
    case .noHealthyUpstream where !ejections(request, world).isEmpty: words = ["outlier-detection"]
    case .clientTimeout: words = ["user.timeout"]
    case .upstreamTimeout: words = patience(of: request, world)
    default: return []
    }
    let latency = DurationText.format(nanoseconds: request.latency.nanoseconds)
    let patience =
      request.answer.reason == .clientTimeout
      ? ["It waited \(latency), \(limit(of: request, world))."] : []
    let found = world.journal.incidents.filter { incident in
      incident.kind == .configured && incident.at <= request.answeredAt
        && words.contains { incident.text.contains($0) }
    }
    return patience
      + found.suffix(2).map {
        let time = DurationText.format(nanoseconds: $0.at.nanoseconds)
        return "It was set so by your '\($0.command)' at \(time)."
      }
  }

  /// When one who was limited may come again: the header that goes with a 429 (RFC 9110, 10.2.3).
  private static func retryAfter(_ request: RequestRecord, _ world: World) -> [String] {
    guard request.answer.reason == .rateLimited,
      let limit = world.gateway(request.answer.failedAt)?.rateLimit.blueprint
    else { return [] }
    let interval = limit.fillInterval
    // The header counts whole seconds.
    let seconds = max(Int(interval.seconds.rounded(.up)), 1)
    let time = DurationText.typed(nanoseconds: interval.nanoseconds)
    let isWindow = limit.algorithm == .slidingWindow
    return [
      "It says 'Retry-After: \(seconds)': "
        + (isWindow ? "the window is \(time) long." : "tokens come every \(time).")
    ]
  }

  /// What said how long the user waits.
  private static func limit(of request: RequestRecord, _ world: World) -> String {
    if request.latency == world.userPatience { return "which is 'user.timeout'" }
    let isSet = world.journal.incidents.contains {
      $0.kind == .configured && $0.text.contains("user.timeout")
    }
    return isSet
      ? "by 'user.timeout', or the request's --timeout" : "as the request's --timeout said"
  }

  /// The settings by which whoever waited in vain gave up: those of its tier for what it asked.
  private static func patience(of request: RequestRecord, _ world: World) -> [String] {
    let place = request.answer.failedAt
    let spans = world.journal.spans(of: request.id) ?? []
    guard place != .none, let span = spans.last(where: { $0.to == place && !$0.isAnswer })
    else { return ["timeout"] }
    let (asking, asked) = (world.tier(of: span.from), world.tier(of: place))
    let name =
      switch asked.kind {
      case .cache: "cache-timeout"
      case .database: "database-timeout"
      case .messageQueue: "publish-timeout"
      default: "timeout"
      }
    return [asking.name, world.name(of: span.from)].flatMap {
      ["\($0).\(name)", "\($0).retry.per-try-timeout"]
    }
  }

  /// How often a question was put again before the failure was passed on.
  private static func attempts(_ request: RequestRecord, _ world: World) -> [String] {
    guard let trace = Trace(of: request.id, in: world) else { return [] }
    let again = trace.hops.filter {
      !$0.span.isAnswer && $0.span.attempt > 0 && !$0.span.isBackground
    }
    guard let last = again.last else { return [] }
    let tier = world.tier(of: last.span.to)
    let askers = again.map { world.tier(of: $0.span.from) }.uniqued
    guard askers.count > 1 else {
      let count = Int(last.span.attempt) + 1
      return ["\(world.name(of: last.span.from)) tried \(tier.name) \(count) times in all."]
    }
    let innermost = askers.max { $0.rawValue < $1.rawValue } ?? .user
    let asked =
      again.last { world.tier(of: $0.span.from) == innermost }
      .map { world.tier(of: $0.span.to) } ?? tier
    let total = trace.hops.count {
      !$0.span.isAnswer && !$0.span.isBackground && world.tier(of: $0.span.to) == asked
    }
    let names = askers.sorted { $0.rawValue < $1.rawValue }.map(\.name)
    return [
      "\(names.dropLast().joined(separator: ", ")) and \(names.last ?? "") each tried again, and so "
        + "\(asked.name) was asked \(total) times: retries multiply."
    ]
  }
}

extension Array where Element: Hashable {
  /// Each of them once, where it comes first.
  fileprivate var uniqued: [Element] {
    var seen: Set<Element> = []
    return filter { seen.insert($0).inserted }
  }
}
