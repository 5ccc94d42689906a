import Architecture
import Kernel
import Language

/// Puts a request and its outcome into words.
enum RequestText {
  static func phrase(_ status: UInt16) -> String {
    switch status {
    case 200: "OK"
    case 400: "Bad Request"
    case 401: "Unauthorized"
    case 403: "Forbidden"
    case 404: "Not Found"
    case 405: "Method Not Allowed"
    case 413: "Content Too Large"
    case 429: "Too Many Requests"
    case 500: "Internal Server Error"
    case 502: "Bad Gateway"
    case 503: "Service Unavailable"
    case 504: "Gateway Timeout"
    default: ""
    }
  }

  static func path(_ record: RequestRecord, _ world: World) -> String {
    record.resource.map { Key($0, record.key).path } ?? world.texts[record.path]
  }

  static func title(_ record: RequestRecord, _ world: World) -> String {
    "\(record.method.name) \(path(record, world))"
  }

  /// The instance that made the answer: of a failure, where it arose.
  static func servedBy(_ record: RequestRecord, _ world: World) -> String {
    let answer = record.answer
    let node = answer.servedBy == .none ? answer.failedAt : answer.servedBy
    return node == .none ? "none" : world.name(of: node)
  }

  /// The row as the JSON body of an answer.
  static func body(_ record: RequestRecord, _ world: World) -> JSON? {
    let row = record.answer.record
    if record.answer.isPlaceholder {
      return .object([("id", .integer(Int(record.key))), ("status", .string("unknown"))])
    }
    guard record.succeeded, record.method != .delete, row.exists, let resource = record.resource
    else { return nil }
    let names = RecordNames.of(resource)
    var members: [(String, JSON)] = [
      ("id", .integer(Int(record.key))), (names.title, .string(world.texts[row.title])),
      (names.subject, .string(world.texts[row.subject])),
      (names.status, .string(world.texts[row.status])),
      (names.quantity, .integer(Int(row.quantity))), (names.cents, .integer(Int(row.cents))),
      ("version", .integer(Int(row.version))),
    ]
    if row.note != .empty { members.append(("note", .string(world.texts[row.note]))) }
    return .object(members)
  }

  /// The body for people: broken between fields so that it fits.
  static func bodyLines(_ record: RequestRecord, _ world: World, width: Int) -> [String] {
    guard case .object(let members)? = body(record, world) else { return [] }
    var lines: [String] = []
    var line = "{"
    for (index, member) in members.enumerated() {
      let isLast = index + 1 == members.count
      let field = "\"\(member.0)\": \(member.1.text)" + (isLast ? "}" : ",")
      if index > 0, DisplayWidth.of(line) + 1 + DisplayWidth.of(field) > width {
        lines.append(line)
        line = " " + field
      } else {
        line += (index > 0 ? " " : "") + field
      }
    }
    return lines + [line]
  }

  /// What a cache had to do with it: `HIT`, `miss`, `STALE 12 s`.
  static func cache(_ outcome: CacheOutcome, age: Kernel.Duration) -> String {
    let age = DurationText.format(nanoseconds: age.nanoseconds)
    switch outcome {
    case .none: return ""
    case .hit: return "HIT \(age) old"
    case .miss: return "miss"
    case .stale: return "STALE \(age)"
    case .bypass: return "bypass"
    }
  }

  /// The one-line outcome: status, latency, hops, cache, who.
  static func outcome(_ record: RequestRecord, _ world: World, _ style: Style) -> String {
    outcomeParts(record, world, style).joined(separator: "  ")
  }

  static func outcomeParts(
    _ record: RequestRecord, _ world: World, _ style: Style
  ) -> [String] {
    let answer = record.answer
    guard record.isAnswered else { return ["no answer yet"] }
    let name = answer.reason == .none ? phrase(answer.status) : answer.reason.name
    var parts = [style.strong(style.status(answer.status, "\(answer.status) \(name)"))]
    parts.append("\(DurationText.format(nanoseconds: record.latency.nanoseconds))")
    parts.append(NumberText.counted(Int(record.hops), "hop"))
    if answer.isPlaceholder { parts.append(style.bad("fallback")) }
    if answer.cache != .none { parts.append("cache \(cache(answer.cache, age: answer.age))") }
    let verb = answer.reason == .none ? "served by" : "at"
    return parts + ["\(verb) \(servedBy(record, world))"]
  }

  static func json(_ record: RequestRecord, _ world: World) -> JSON {
    let answer = record.answer
    return .object([
      ("id", .integer(Int(record.id))), ("method", .string(record.method.name)),
      ("path", .string(path(record, world))), ("as", .string(record.identity.name)),
      ("status", .integer(Int(answer.status))), ("reason", .string(answer.reason.name)),
      ("hops", .integer(Int(record.hops))),
      ("latencyMs", record.isAnswered ? .number(record.latency.milliseconds) : .null),
      ("cache", .string(answer.cache.name)), ("ageMs", .number(answer.age.milliseconds)),
      ("servedBy", .string(servedBy(record, world))),
      ("body", body(record, world) ?? .null),
    ])
  }
}

extension Reason {
  /// With its status, if it has but one: a fault answers as it was told to.
  var title: String { self == .faultInjected ? name : "\(status) \(name)" }
}
