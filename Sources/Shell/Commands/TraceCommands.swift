import Architecture
import Kernel
import Language

/// Following what requests did.
let traceCommands: [Command] = [
  Command(
    name: "trace", group: .trace, summary: "list the hops of a request",
    parameters: [.init(name: "ID", kind: .request, isRequired: false)],
    options: [
      .init(name: "acks", value: nil, summary: "also what only confirms and is not numbered"),
      .init(name: "waterfall", value: nil, summary: "bars on a time axis instead of figures"),
    ],
    details: [
      "ID is a request's number, last (the default) or slowest.",
      "Times are in milliseconds since the request was sent.",
    ],
    examples: [
      .init(line: "trace", meaning: "the last request"),
      .init(line: "trace 3 --acks", meaning: "request 3, with acknowledgements"),
      .init(line: "trace --waterfall", meaning: "where the time went"),
    ]
  ) { session, arguments throws(CommandError) in
    let record = try session.request(arguments["ID"])
    guard let trace = Trace(of: record.id, in: session.world) else {
      throw CommandError("the messages of request #\(record.id) are no longer kept")
    }
    let acknowledgements = arguments.has("acks")
    let (world, style, width) = (session.world, session.style, session.options.width)
    let lines =
      arguments.has("waterfall")
      ? WaterfallText.lines(
        trace, world, acknowledgements: acknowledgements, style: style, width: width)
      : TraceText.lines(
        trace, world, acknowledgements: acknowledgements, style: style, width: width)
    return Report(
      lines,
      TraceText.json(trace, session.world, acknowledgements: acknowledgements))
  },
  Command(
    name: "traces", group: .trace, summary: "list the latest requests",
    parameters: [
      .init(name: "FILTER", kind: .oneOf(filters), isRequired: false, isRest: true)
    ],
    options: [
      .init(name: "count", value: ("N", .count), summary: "how many (20)"),
      .init(name: "load", value: nil, summary: "those of virtual users instead of yours"),
    ],
    details: [
      "FILTER: failed, ok, hit, miss, stale, bypass, a status such as 503, a reason, a method, or "
        + "the node that answered or failed; with several, those that match all of them."
    ],
    examples: [
      .init(line: "traces", meaning: "the latest 20"),
      .init(line: "traces failed", meaning: "those that did not succeed"),
    ]
  ) { session, arguments throws(CommandError) in
    try traces(arguments, session)
  },
  Command(
    name: "diff", group: .trace, summary: "set two requests side by side, hop by hop",
    parameters: [
      .init(name: "ID", kind: .request, isRequired: false),
      .init(name: "OTHER", kind: .request, isRequired: false),
    ],
    details: [
      "Without numbers it takes your last two, with one that and the last.",
      "Lines with - are only in the first, with + only in the second. Where they went to different",
      "instances, both stand there: gateway-1|2 is gateway-1 in the first, gateway-2 in the second.",
    ],
    examples: [.init(line: "diff 1 2", meaning: "a miss and a hit, for instance")]
  ) { session, arguments throws(CommandError) in
    var traces: [Trace] = []
    for record in try session.pair(arguments["ID"], arguments["OTHER"]) {
      guard let trace = Trace(of: record.id, in: session.world) else {
        throw CommandError("the messages of request #\(record.id) are no longer kept")
      }
      traces.append(trace)
    }
    return DiffText.report(traces[0], traces[1], session)
  },
  Command(
    name: "why", group: .trace, summary: "explain the outcome of a request in plain words",
    parameters: [.init(name: "ID", kind: .request, isRequired: false)],
    examples: [
      .init(line: "why", meaning: "the last request, or what failed in a load since"),
      .init(line: "why 3", meaning: "request 3"),
    ]
  ) { session, arguments throws(CommandError) in
    let failures = arguments["ID"] == nil ? session.latestFailuresOfLoad : []
    let record: RequestRecord
    if let latest = failures.first {
      record = latest
    } else {
      record = try session.request(arguments["ID"])
    }
    let lines =
      failures.isEmpty
      ? WhyText.lines(record, session.world, session.style)
      : WhyText.ofLoad(failures, session.world, session.style)
    let width = min(session.options.width, 100)
    let plain = WhyText.lines(record, session.world, Style(isColored: false))
    return Report(
      lines.flatMap { DisplayWidth.wrap($0, width) },
      .object([
        ("id", .integer(Int(record.id))), ("status", .integer(Int(record.answer.status))),
        ("reason", .string(record.answer.reason.name)),
        ("node", .string(session.world.name(of: record.answer.failedAt))),
        ("text", .string(plain.joined(separator: " "))),
      ]))
  },
]

private let filters =
  ["failed", "ok", "hit", "miss", "stale", "bypass"]
  + Method.allCases.map { $0.name.lowercased() } + Reason.allCases.map(\.name)

extension Session {
  /// The failures of virtual users since the last request of one's own, the latest first.
  fileprivate var latestFailuresOfLoad: [RequestRecord] {
    guard world.journal.load.failed > 0 else { return [] }
    return world.journal.requestIDs.reversed()
      .prefix { $0 > lastRequest ?? 0 }
      .compactMap { world.journal[$0] }
      .filter { $0.isVirtual && $0.isAnswered && !$0.answer.isSuccess }
  }

  /// The request that a word means: a number, `last` or `slowest`.
  func request(_ word: String?) throws(CommandError) -> RequestRecord {
    guard world.journal.sent > 0 else {
      throw CommandError("no request was sent yet; try 'send GET /orders/42'")
    }
    switch word ?? "last" {
    case "last":
      if let record = lastRequest.flatMap({ world.journal[$0] }) { return record }
      let sent = NumberText.grouped(world.journal.sent)
      if world.journal.load.failed > 0 && latestFailuresOfLoad.isEmpty {
        let reasons = world.journal.load.failuresByReason.map {
          "\($0.reason.title) \(NumberText.grouped($0.count))"
        }
        throw CommandError(
          "\(NumberText.counted(world.journal.load.failed, "request")) of the load failed "
            + "(\(reasons.joined(separator: ", "))), and only later ones are still kept; a shorter "
            + "load keeps all, and 'plot load.success-rate' shows when it was")
      }
      let list = world.journal.load.failed > 0 ? "traces failed --load" : "traces --load"
      throw CommandError(
        "you have sent no request yet, virtual users \(sent) of them: 'why slowest' explains "
          + "the slowest of all, '\(list)' lists theirs")
    case "slowest":
      let all = world.journal.requestIDs.compactMap { world.journal[$0] }.filter(\.isAnswered)
      if let slowest = all.max(by: { $0.latency < $1.latency }) { return slowest }
      throw CommandError("no request has an answer yet")
    case let word:
      let digits = word.hasPrefix("#") ? String(word.dropFirst()) : word
      guard let id = UInt32(digits) else {
        let advice =
          ["waterfall", "acks"].contains(word)
          ? "did you mean 'trace --\(word)'?" : "give its number, last or slowest"
        throw .usage("'\(word)' is no request; \(advice)")
      }
      if let record = world.journal[id] { return record }
      let kept = world.journal.requestIDs
      throw CommandError(
        "there is no request #\(id); kept are #\(kept.lowerBound) to #\(kept.upperBound - 1)")
    }
  }
}

extension Session {
  /// The two requests that two words mean: without the second the last one, without both your last
  /// two.
  fileprivate func pair(
    _ one: String?, _ other: String?
  ) throws(CommandError) -> [RequestRecord] {
    if let one { return [try request(one), try request(other)] }
    let own = world.journal.requestIDs.compactMap { world.journal[$0] }.filter { !$0.isVirtual }
    guard own.count >= 2 else {
      throw CommandError("two requests are set side by side, and you have sent \(own.count)")
    }
    return own.suffix(2)
  }
}

private func traces(_ arguments: Arguments, _ session: Session) throws(CommandError) -> Report {
  let world = session.world
  let limit = try arguments.count("count", 1...10_000) ?? 20
  let wantsLoad = arguments.has("load")
  let kept = world.journal.requestIDs.compactMap { world.journal[$0] }
    .filter { $0.isVirtual == wantsLoad }
  var records = kept
  let words = arguments.rest.map(\.text)
  for word in words.map({ $0.lowercased() }) {
    // `status=503` is as good as `503`.
    var filter = word
    if let sign = word.firstIndex(of: "=") {
      let key = String(word[..<sign])
      guard ["status", "reason", "method", "cache", "node", "served-by"].contains(key) else {
        throw .usage("'\(key)' is nothing to filter by; write status=503, or 503 alone")
      }
      filter = String(word[word.index(after: sign)...])
    }
    let place = NodeNames.find(filter, in: world)
    guard filters.contains(filter) || UInt16(filter) != nil || place != nil else {
      let hint = Suggestion.question(about: filter, among: filters)
      let advice =
        filter.hasPrefix("slow") ? "'trace slowest' shows the slowest" : "try failed, hit or 503"
      throw .usage("'\(filter)' is no filter; \(hint ?? advice)")
    }
    records = records.filter {
      matches(filter, $0) || isDecided($0, at: place, world)
    }
  }
  let shown = records.suffix(limit)
  guard !shown.isEmpty else {
    let whose = wantsLoad ? "of virtual users" : "of yours"
    let number = NumberText.grouped(kept.count)
    let line =
      kept.isEmpty && !wantsLoad && world.journal.sent > 0
      ? "you have sent none; '--load' lists those of virtual users"
      : kept.isEmpty
        ? "no requests \(whose) are kept; \(wantsLoad ? "'load'" : "'send'") makes some"
        : "no request \(whose) matches '\(words.joined(separator: " "))' (\(number) kept)"
          + (wantsLoad || world.journal.load.sent == 0
            ? "" : "; '--load' looks at those of virtual users")
    return Report([line], .object([("requests", .array([]))]))
  }
  var table = TextTable([
    .init("id", right: true), .init("request"), .init("as"), .init("status", right: true),
    .init("reason"), .init("latency", right: true), .init("hops", right: true), .init("cache"),
  ])
  for record in shown {
    table.add([
      "\(record.id)", RequestText.title(record, world), record.identity.name,
      record.isAnswered ? "\(record.answer.status)" : "–",
      record.answer.reason == .none ? "" : record.answer.reason.name,
      record.isAnswered ? DurationText.format(nanoseconds: record.latency.nanoseconds) : "–",
      "\(record.hops)", record.answer.cache == .none ? "" : record.answer.cache.name,
    ])
  }
  let rendered = table.render(width: session.options.width)
  var lines = [session.style.quiet(rendered.lines[0])] + rendered.lines.dropFirst()
  if records.count > shown.count {
    lines.append("\(records.count - shown.count) earlier ones; --count shows more")
  }
  return Report(
    lines, .object([("requests", .array(shown.map { RequestText.json($0, world) }))]))
}

/// Whether a place has answered a request, or is where it failed.
private func isDecided(_ record: RequestRecord, at place: NodeNames.Target?, _ world: World) -> Bool
{
  [record.answer.servedBy, record.answer.failedAt].contains { node in
    switch place {
    case .node(let name): node == name
    case .tier(let tier): node != .none && world.tier(of: node) == tier
    case nil: false
    }
  }
}

private func matches(_ filter: String, _ record: RequestRecord) -> Bool {
  switch filter {
  case "failed": record.isAnswered && !record.answer.isSuccess
  case "ok": record.succeeded
  case record.answer.cache.name, record.answer.reason.name, record.method.name.lowercased(): true
  default: UInt16(filter) == record.answer.status
  }
}
