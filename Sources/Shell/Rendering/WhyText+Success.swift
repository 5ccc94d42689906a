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
}
