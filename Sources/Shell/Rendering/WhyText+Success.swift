import Architecture
import Kernel
import Language

/// How a request came to its good end: from which copy or row, and who knows of the write.
extension WhyText {
  static func success(_ request: RequestRecord, _ world: World) -> String {
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
        + "\(reader(of: request, world) ?? resource.database.name) and filled the cache."
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
    case .bypass where request.method != .get && !hasInvalidated(request, world):
      return
        "\(server) wrote to \(resource.database.name). It told \(resource.cache.name) to forget "
        + "its copy, and had no answer: who reads may get the old row until the copy's time is over."
    case .bypass where request.method != .get:
      return "\(server) wrote to \(resource.database.name) and then invalidated the cached copy."
    default:
      let database = reader(of: request, world) ?? resource.database.name
      return "\(server) read from \(database) without a cache."
    }
  }

  /// The instance whose row the user got.
  private static func reader(of request: RequestRecord, _ world: World) -> String? {
    let answer = (world.journal.spans(of: request.id) ?? []).last {
      $0.verb == .read && $0.isAnswer && $0.status < 400 && $0.fate == .delivered
    }
    return answer.map { world.name(of: $0.from) }
  }

  /// Whether every cache that was to forget its copy says that it has.
  private static func hasInvalidated(_ request: RequestRecord, _ world: World) -> Bool {
    let spans = (world.journal.spans(of: request.id) ?? []).filter { $0.verb == .invalidate }
    return spans.count { !$0.isAnswer }
      == spans.count { $0.isAnswer && $0.status < 400 && $0.fate == .delivered }
  }

  /// A write that had been answered well before a read was sent, and that the read does not know.
  static func missedWrite(_ request: RequestRecord, _ world: World) -> [String] {
    guard request.method == .get, let resource = request.resource else { return [] }
    let latest = world.journal.requestIDs.prefix { $0 < request.id }.reversed().lazy
      .compactMap { world.journal[$0] }
      .first {
        $0.method != .get && $0.succeeded && $0.resource == resource && $0.key == request.key
          && $0.answeredAt <= request.sentAt
      }
    guard let latest else { return [] }
    let isMissed =
      latest.method == .delete || latest.answer.record.version > request.answer.record.version
    guard isMissed else { return [] }
    let deed =
      latest.method == .delete
      ? "deleted the row" : "written version \(latest.answer.record.version)"
    return ["It is out of date: #\(latest.id) had \(deed) before it was sent."]
  }

  /// Whether the cache wrote to the database before the user had an answer.
  private static func writesThrough(_ request: RequestRecord, _ world: World) -> Bool {
    (world.journal.spans(of: request.id) ?? []).contains {
      ($0.verb == .write || $0.verb == .delete) && !$0.isAnswer
        && world.tier(of: $0.from).kind == .cache && !$0.isDeferred
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
}
