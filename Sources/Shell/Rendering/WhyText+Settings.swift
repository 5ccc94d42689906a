import Architecture
import Kernel
import Language

/// Which settings decided an outcome, and which commands made them so.
extension WhyText {
  /// The latest commands about what decided it: a limit, a timeout.
  static func configuration(_ request: RequestRecord, _ world: World) -> [String] {
    let latency = DurationText.format(nanoseconds: request.latency.nanoseconds)
    let patience =
      request.answer.reason == .clientTimeout
      ? ["It waited \(latency), \(limit(of: request, world))."] : []
    guard let limits = limits(of: request, world) else {
      let moved = movedRows(request, world)
      return patience + (moved.isEmpty ? promotion(request, world) : moved)
    }
    var known: Set<String> = []
    // Of each, what was set last.
    let found = world.journal.incidents.reversed().filter { incident in
      incident.kind == .configured && incident.at <= request.answeredAt
        && (limits.place == .none || incident.nodes.contains(limits.place))
        && limits.names.contains { concerns(incident.text, $0) }
        && known.insert(incident.text).inserted
    }
    return patience
      + found.prefix(2).reversed().map {
        let time = DurationText.format(nanoseconds: $0.at.nanoseconds)
        let isWay = request.answer.reason == .clientTimeout && $0.text.hasSuffix("latency")
        if isWay { return "The way there takes so long by your '\($0.command)' at \(time)." }
        return "It was set so by your '\($0.command)' at \(time)."
      }
  }

  /// Whether a pattern, or a setting under its path, is what a name stands for or a part of it.
  private static func concerns(_ subject: String, _ name: String) -> Bool {
    let setting = subject.drop { $0 != "." }.dropFirst()
    return subject == name || setting == name || setting.hasPrefix("\(name).")
  }

  /// The patterns and settings that decided it, and the node at which they count; none for all.
  private static func limits(
    of request: RequestRecord, _ world: World
  ) -> (names: [String], place: NodeID)? {
    let place = request.answer.failedAt
    return switch request.answer.reason {
    case .rateLimited: (["rate-limit"], place)
    case .loadShed: (["load-shedding"], place)
    case .concurrencyLimited: (["adaptive-concurrency"], place)
    case .bulkheadFull: (["bulkhead"], place)
    case .poolExhausted: (["connection-pool"], place)
    case .deadlineExceeded: (["deadlines"], .none)
    case .backpressure: (["backpressure"], .none)
    case .writesHeld: (["sharding"], place)
    case .bodyTooLarge: (["body-limit"], place)
    case .queueFull: (["slots", "queue-limit"], place)
    case .noHealthyUpstream where !ejections(request, world).isEmpty:
      (["outlier-detection"], place)
    case .clientTimeout:
      (
        // There and back take longer than half of the time that it waited.
        world.latencies.user.mean * 4 > request.latency.seconds
          ? ["timeout", "latency"] : ["timeout"], world.directory.first(of: .user)
      )
    case .upstreamTimeout: patience(of: request, world)
    default: nil
    }
  }

  /// The row had moved to another shard while the request was on its way.
  private static func movedRows(_ request: RequestRecord, _ world: World) -> [String] {
    guard [.notPrimary, .fencedEpoch].contains(request.answer.reason) else { return [] }
    let move = world.journal.incidents.last {
      $0.kind == .scaled && $0.text.contains("rows moved") && $0.at >= request.sentAt
        && $0.at <= request.answeredAt
    }
    guard let move else { return [] }
    let order = world.journal.incidents.last {
      $0.kind == .configured && concerns($0.text, "sharding") && $0.at <= move.at
    }
    let time = DurationText.format(nanoseconds: move.at.nanoseconds)
    let command = order.map { ", by your '\($0.command)'" } ?? ""
    return ["Rows moved to other shards at \(time), while it was on its way\(command)."]
  }

  /// Another one was primary by then, and the caller had not heard of it.
  private static func promotion(_ request: RequestRecord, _ world: World) -> [String] {
    let place = request.answer.failedAt
    guard [.notPrimary, .fencedEpoch].contains(request.answer.reason), place != .none,
      let promotion = world.journal.incidents.last(where: {
        $0.kind == .promoted && $0.at <= request.answeredAt
          && world.tier(of: $0.node) == world.tier(of: place)
      })
    else { return [] }
    let time = DurationText.format(nanoseconds: promotion.at.nanoseconds)
    let new = world.name(of: promotion.node)
    let isCommand = promotion.command != "automatic failover"
    let by = isCommand ? "your '\(promotion.command)'" : promotion.command
    let asker = (world.journal.spans(of: request.id) ?? []).last {
      $0.to == place && !$0.isAnswer
    }?.from
    guard let asker else { return ["\(new) is primary since \(time), by \(by)."] }
    return [
      "\(new) is primary since \(time), by \(by); \(world.name(of: asker)) had not heard of it."
    ]
      + causes(
        among: world.obstacles(
          to: promotion.node, from: [asker], since: request.sentAt, to: request.answeredAt))
  }

  /// When one who was limited may come again: the header that goes with a 429 (RFC 9110, 10.2.3).
  static func retryAfter(_ request: RequestRecord, _ world: World) -> [String] {
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

  /// The settings by which whoever waited in vain gave up: its own for what it asked.
  private static func patience(
    of request: RequestRecord, _ world: World
  ) -> (names: [String], place: NodeID) {
    let place = request.answer.failedAt
    let spans = world.journal.spans(of: request.id) ?? []
    guard place != .none, let span = spans.last(where: { $0.to == place && !$0.isAnswer })
    else { return (["timeout"], .none) }
    let name =
      switch world.tier(of: place).kind {
      case .cache: "cache-timeout"
      case .database: "database-timeout"
      case .messageQueue: "publish-timeout"
      default: "timeout"
      }
    return ([name, "retry.per-try-timeout"], span.from)
  }
}
