import Architecture
import Kernel
import Language

/// Sending requests.
let requestCommands: [Command] = [
  Command(
    name: "send", group: .request, summary: "send a request and wait until all of it is done",
    parameters: [
      .init(name: "METHOD", kind: .method), .init(name: "PATH", kind: .path),
      .init(name: "BODY", kind: .body, isRequired: false),
    ],
    options: [
      .init(name: "as", value: ("WHO", .identity), summary: "whose token it carries"),
      .init(name: "count", value: ("N", .count), summary: "send N of them, one after another"),
      .init(name: "timeout", value: ("D", .duration), summary: "how long the user waits"),
      .init(name: "async", value: nil, summary: "send it and wait for nothing; time stands still"),
    ],
    details: [
      "WHO: learner (reads and writes), reader (reads), none, expired, forged.",
      "Paths: /orders/ID belongs to Service A, /products/ID to Service B.",
    ],
    examples: [
      .init(line: "send GET /orders/42", meaning: "14 hops with a cold cache, 11 with a warm one"),
      .init(line: "send PUT /orders/42 '{\"status\":\"shipped\"}'", meaning: "a write"),
      .init(line: "send DELETE /orders/42 --as reader", meaning: "403: this token may only read"),
      .init(line: "send GET /products/7 --count 100", meaning: "many, with a summary"),
    ]
  ) { session, arguments throws(CommandError) in
    let request = try request(arguments)
    let count = try arguments.count("count", 1...1_000_000) ?? 1
    // At one moment of a load's time nobody waits for an answer.
    if arguments.has("async") || session.runsSchedule { return sendOff(request, count, session) }
    if count > 1 { return try sendMany(request, count, session) }
    let id = try send(request, session)
    guard let record = session.world.journal[id] else { return Report() }
    var lines = ["#\(id)  " + RequestText.outcome(record, session.world, session.style)]
    lines += RequestText.bodyLines(record, session.world, width: session.options.width)
    lines += remarks(on: record, session)
    return Report(lines, RequestText.json(record, session.world))
  }
]

private func request(_ arguments: Arguments) throws(CommandError) -> World.Request {
  let name = arguments.required("METHOD")
  guard let method = Method.allCases.first(where: { $0.name == name.uppercased() }) else {
    let hint = Suggestion.closest(to: name, among: Method.allCases.map { $0.name.lowercased() })
    throw .usage(
      "'\(name)' is no HTTP method; "
        + (hint.map { "did you mean \($0.uppercased())?" } ?? "use GET, PUT or DELETE"))
  }
  let path = arguments.required("PATH")
  guard path.hasPrefix("/") else {
    throw .usage("a path begins with '/'; did you mean '/\(path)'?")
  }
  var identity = Identity.learner
  if let who = arguments["as"] {
    guard let known = Identity.allCases.first(where: { $0.name == who.lowercased() }) else {
      let names = Identity.allCases.map(\.name)
      let hint = Suggestion.closest(to: who, among: names).map { "did you mean \($0)?" }
      throw .usage(
        "nobody is called '\(who)'; \(hint ?? "there are \(names.joined(separator: ", "))")")
    }
    identity = known
  }
  if method == .get, let body = arguments["BODY"] {
    throw .usage(
      "a GET carries no body: '\(body)' is one word too many; --count 5 sends it five times")
  }
  let timeout = try arguments.duration("timeout")
  if timeout == .zero { throw .usage("a timeout of 0 waits for nothing; give 100ms or more") }
  return World.Request(
    method, path, body: arguments["BODY"] ?? "", as: identity, timeout: timeout)
}

/// Puts requests on their way; nothing is delivered before time moves.
private func sendOff(_ request: World.Request, _ count: Int, _ session: Session) -> Report {
  var ids: [UInt32] = []
  for _ in 0..<count { ids.append(session.world.submit(request)) }
  session.lastRequest = ids.last
  let line =
    count == 1
    ? "#\(ids[0]) is on its way; 'step' follows it, 'run 1s' or 'settle' lets it arrive"
    : "#\(ids[0]) to #\(ids[count - 1]) are on their way; 'settle' lets them arrive"
  return Report(
    [line],
    .object([
      ("id", .integer(Int(ids[count - 1]))), ("ids", .array(ids.map { .integer(Int($0)) })),
    ]))
}

/// What one might miss: a path that is nearly right, and time that went on after the answer.
private func remarks(on record: RequestRecord, _ session: Session) -> [String] {
  var remarks: [String] = []
  let path = RequestText.path(record, session.world)
  if record.answer.reason == .noRoute { remarks.append(nearestRoute(to: path)) }
  if record.isAnswered, session.world.clock - record.answeredAt > .seconds(5) {
    let time = DurationText.format(nanoseconds: session.world.clock.nanoseconds)
    remarks.append("time is \(time): something worked on for it after the answer ('trace')")
  }
  return remarks.flatMap { session.wrap($0).map { session.style.quiet($0) } }
}

/// What a path that leads nowhere may have meant.
private func nearestRoute(to path: String) -> String {
  let names = Resource.allCases.map(\.name)
  guard let root = path.split(separator: "/").first,
    let meant = Suggestion.closest(to: String(root), among: names)
  else { return "the gateway knows \(names.map { "/\($0)/ID" }.joined(separator: " and "))" }
  let nearest = "/\(meant)\(path.dropFirst(root.count + 1))"
  return World.route(nearest) == nil
    ? "a path names one row by its number, from 1 on: /\(meant)/42"
    : "did you mean \(nearest)?"
}

/// Sends one request and lets time pass until nothing works for it any more.
private func send(_ request: World.Request, _ session: Session) throws(CommandError) -> UInt32 {
  let id = session.world.submit(request)
  session.lastRequest = id
  // No call outlives its timeouts and retries by this much.
  let limit = session.world.clock + .minutes(10)
  try session.advance(
    until: { world in
      guard !world.isSettled(id) else { return true }
      // Something may hang for ever, such as a write that waits for a standby.
      guard let record = world.journal[id], record.isAnswered else { return false }
      return world.clock - record.answeredAt > .seconds(60)
    }, notAfter: limit)
  return id
}

private func sendMany(
  _ request: World.Request, _ count: Int, _ session: Session
) throws(CommandError) -> Report {
  var latencies: [Int64] = []
  var outcomes: [String: Int] = [:]
  var caches: [CacheOutcome: Int] = [:]
  var done = 0
  for _ in 0..<count {
    let id = try send(request, session)
    done += 1
    guard let record = session.world.journal[id] else { continue }
    latencies.append(record.latency.nanoseconds)
    let reason = record.answer.reason
    outcomes["\(record.answer.status)" + (reason == .none ? "" : " \(reason.name)"), default: 0] +=
      1
    caches[record.answer.cache, default: 0] += 1
  }
  latencies.sort()
  /// The smallest of them that as many are not above.
  func quantile(_ share: Double) -> Int64 {
    latencies.isEmpty
      ? 0 : latencies[max(Int((share * Double(latencies.count)).rounded(.up)), 1) - 1]
  }
  func text(_ share: Double) -> String { DurationText.format(nanoseconds: quantile(share)) }
  let statuses = outcomes.sorted { $0.key < $1.key }
  let cacheCounts = caches.sorted { $0.key.rawValue < $1.key.rawValue }
  let lines = [
    "\(NumberText.grouped(done)) sent:  "
      + statuses.map { "\($0.key) × \(NumberText.grouped($0.value))" }.joined(separator: "  "),
    "cache:  "
      + cacheCounts.map { "\($0.key.name) \(NumberText.grouped($0.value))" }
      .joined(separator: "  "),
    "latency:  p50 \(text(0.5))  p99 \(text(0.99))  max \(text(1))",
  ]
  let last = session.lastRequest.flatMap { session.world.journal[$0] }
  // The last one as if it were alone, then what is of all.
  var result = last.map { RequestText.json($0, session.world) } ?? .object([])
  result.add("count", .integer(done))
  result.add("statuses", .object(statuses.map { ($0.key, .integer($0.value)) }))
  result.add("caches", .object(cacheCounts.map { ($0.key.name, .integer($0.value)) }))
  result.add("p50Ms", .number(Double(quantile(0.5)) / 1e6))
  result.add("p99Ms", .number(Double(quantile(0.99)) / 1e6))
  return Report(lines, result)
}
