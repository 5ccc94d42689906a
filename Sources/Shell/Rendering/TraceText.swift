import Architecture
import Kernel
import Language

/// Puts a trace into lines and JSON.
enum TraceText {
  /// What a message said and what was decided.
  static func what(_ span: Span, of request: RequestRecord, _ world: World) -> String {
    let said = span.isAnswer ? answer(span, world) : question(span, request, world)
    var parts = [said]
    if span.attempt > 0 { parts.append("retry \(span.attempt + 1)\(attempts(span, world))") }
    if span.isHedge { parts.append("hedge") }
    if let fate = fate(span) { parts.append(fate) }
    if span.fault != 0, let fault = world.faultName(span.fault) { parts.append(fault) }
    return parts.joined(separator: " · ")
  }

  /// What became of a message that did not arrive as it should.
  private static func fate(_ span: Span) -> String? {
    switch span.fate {
    case .delivered, .aborted: nil
    case .refused: "refused"
    case .reset: "connection reset"
    case .late: "late"
    case .passedOver: "passed over"
    case .lost: "lost"
    }
  }

  /// The same in so many columns: of what was said only the beginning is left, for what became of
  /// the message must be seen.
  static func what(
    _ span: Span, of request: RequestRecord, _ world: World, within width: Int
  ) -> String {
    let whole = what(span, of: request, world)
    guard DisplayWidth.of(whole) > width, let fate = fate(span) else { return whole }
    let said = span.isAnswer ? answer(span, world) : question(span, request, world)
    let end = String(whole.dropFirst(said.count))
    let room = width - DisplayWidth.of(end)
    if room >= 8 { return DisplayWidth.clip(said, room) + end }
    // What is tried again was told by the first attempt.
    let attempt = String(end.dropFirst(3))
    if span.attempt > 0, DisplayWidth.of(attempt) <= width { return attempt }
    return DisplayWidth.clip(said, max(4, width - DisplayWidth.of(fate) - 3)) + " · " + fate
  }

  /// `/3`, where it is known how often it may be tried.
  private static func attempts(_ span: Span, _ world: World) -> String {
    if span.verb == .publish {
      return world.service(span.from).map { "/\($0.publishAttempts)" } ?? ""
    }
    let retry = world.dependencies(of: span.from).first?.retry.active
    return retry.map { "/\($0.maxAttempts)" } ?? ""
  }

  private static func question(
    _ span: Span, _ request: RequestRecord, _ world: World
  ) -> String {
    let path = RequestText.path(request, world)
    let key = String(path.drop { $0 == "/" })
    switch span.verb {
    case .request: return "\(request.method.name) \(path)"
    case .publish: return "publish"
    case .task: return "task" + number(span)
    case .record: return "record task" + number(span)
    default: return "\(span.verb) \(key)"
    }
  }

  /// A task's number, if it went through the queue.
  private static func number(_ span: Span) -> String { span.number > 0 ? " \(span.number)" : "" }

  private static func answer(_ span: Span, _ world: World) -> String {
    if span.reason != .none { return "\(span.status) \(span.reason.name)" }
    switch span.verb {
    case .request:
      let cache = RequestText.cache(span.cache, age: span.age)
      return "\(span.status) \(RequestText.phrase(span.status))"
        + (cache.isEmpty ? "" : " · \(cache)")
    case .get where span.cache == .stale:
      return "expired, \(DurationText.format(nanoseconds: span.age.nanoseconds)) old"
    case .get: return RequestText.cache(span.cache, age: span.age)
    case .read, .renew: return "row, version \(span.number)"
    case .write where world.tier(of: span.from).kind == .cache:
      return "accepted, version \(span.number)"
    case .write: return "committed, version \(span.number)"
    case .delete: return "deleted"
    case .fill: return "filled"
    case .invalidate: return "invalidated"
    case .publish: return "confirm"
    case .task: return "ack task" + number(span)
    case .record: return "recorded"
    default: return "ok"
    }
  }

  static func lines(
    _ trace: Trace, _ world: World, acknowledgements: Bool, style: Style, width: Int
  ) -> [String] {
    let request = trace.request
    let title = RequestText.title(request, world)
    var lines = [
      "#\(request.id)  \(title)  as \(request.identity.name); times in ms",
      RequestText.outcome(request, world, style),
    ]
    let table = TextTable([
      .init("hop", right: true), .init("from"), .init("to"), .init("sent", right: true),
      .init("arrived", right: true), .init("what"),
    ])
    let shown = trace.hops.filter { acknowledgements || $0.number != nil }
    func fill(_ table: TextTable, _ what: (Span) -> String) -> TextTable {
      shown.reduce(into: table) { table, hop in
        let span = hop.span
        table.add([
          hop.number.map(String.init) ?? "ack", world.name(of: span.from), world.name(of: span.to),
          milliseconds(span.sentAt - request.sentAt),
          span.receivedAt > world.clock ? "–" : milliseconds(span.receivedAt - request.sentAt),
          what(span),
        ])
      }
    }
    let room = fill(table) { _ in "" }.roomForTheLastColumn(in: width)
    let rendered = fill(table) { what($0, of: request, world, within: room) }.render(width: width)
    let isCut = shown.contains { DisplayWidth.of(what($0.span, of: request, world)) > room }
    var body = rendered.lines
    for (index, hop) in shown.enumerated()
    where hop.span.reason != .none || hop.span.fate != .delivered {
      body[index + 1] = style.bad(body[index + 1])
    }
    if let first = shown.firstIndex(where: \.span.isBackground) {
      body.insert(
        style.quiet("     in the background; the answer does not wait for it:"), at: first + 1)
    }
    lines += [style.quiet(body[0])] + body.dropFirst()
    if isCut {
      let isMarked = rendered.lines.contains { $0.contains("…") }
      let loss =
        isMarked
        ? "…: cut to \(width) columns" : "what \(width) columns have no room for is left out"
      lines.append(loss + "; a wider terminal shows all")
    }
    if let failure = trace.failure {
      let place = failure.number.map { "hop \($0)" } ?? "an acknowledgement"
      let (from, to) = (world.name(of: failure.span.from), world.name(of: failure.span.to))
      // A node that answers so has got the message: the way ends there, and not at its answer.
      let isRefusal = failure.span.isAnswer && failure.span.fate == .delivered
      lines.append(
        style.bad(
          isRefusal
            ? "stopped at \(from), which answered with \(place): \(request.answer.reason.name)"
            : "stopped at \(place), \(from) → \(to): \(request.answer.reason.name)"))
    }
    return lines
  }

  /// Milliseconds since the request was sent, with two decimals.
  static func milliseconds(_ duration: Kernel.Duration) -> String {
    NumberText.fixed(duration.milliseconds, decimals: 2)
  }

  static func json(_ trace: Trace, _ world: World, acknowledgements: Bool) -> JSON {
    let shown = trace.hops.filter { acknowledgements || $0.number != nil }
    let hops = shown.map { hop -> JSON in
      let span = hop.span
      return .object([
        ("number", hop.number.map { .integer($0) } ?? .null),
        ("from", .string(world.name(of: span.from))), ("to", .string(world.name(of: span.to))),
        ("sentMs", .number(span.sentAt.milliseconds)),
        (
          "receivedMs",
          span.receivedAt > world.clock ? .null : .number(span.receivedAt.milliseconds)
        ),
        ("what", .string(what(span, of: trace.request, world))),
        ("background", .bool(span.isBackground)),
      ])
    }
    let background = trace.hops.compactMap { $0.span.isBackground ? $0.number : nil }
    return .object([
      ("id", .integer(Int(trace.request.id))),
      ("status", .integer(Int(trace.request.answer.status))),
      ("reason", .string(trace.request.answer.reason.name)),
      ("hops", .array(hops)), ("background", .array(background.map { .integer($0) })),
      ("stoppedAt", trace.failure?.number.map { .integer($0) } ?? .null),
    ])
  }
}
