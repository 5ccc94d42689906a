import Architecture
import Kernel
import Language
import Patterns

/// Putting load on the deployment.
let loadCommands: [Command] = [
  Command(
    name: "load", group: .request, summary: "let virtual users send requests for a while",
    parameters: [.init(name: "[RATE for D]", kind: .text, isRequired: false, isRest: true)],
    options: LoadPlan.mixOptions + [
      .init(
        name: "arrivals", value: ("KIND", .oneOf(["poisson", "constant"])),
        summary: "poisson (random intervals, the default) or constant (even ones)"),
      .init(name: "forecast", value: nil, summary: "what queueing theory says, beside the figures"),
      .init(name: "async", value: nil, summary: "begin it and go on: other commands let it pass"),
    ],
    details: [
      "RATE for D is an open loop: requests come whether or not earlier ones are answered. "
        + "RATE to RATE for D is a ramp. 'spike 10x at 20s for 5s' may follow a rate.",
      "N users for D [think D] is a closed loop: each user waits for an answer, thinks, and sends "
        + "the next.",
      "Beside a load that was begun by --async one can fail nodes, and watch; 'load' tells its "
        + "figures so far, 'load stop' ends it.",
      "Latencies count from the sending. Ctrl-C ends it and keeps what was measured. Afterwards "
        + "load.p50 load.p99 load.success-rate load.throughput and so on tell its figures.",
    ],
    examples: [
      .init(line: "load 200rps for 30s", meaning: "the usual mix"),
      .init(line: "load 50rps to 500rps for 60s", meaning: "a ramp, to find the limit"),
      .init(line: "load 100rps for 60s spike 10x at 20s for 5s", meaning: "a sudden crowd"),
      .init(line: "load 50 users for 30s think 1s", meaning: "users who wait for answers"),
      .init(line: "load 500rps for 10s --mix GET:50,PUT:50", meaning: "half of them writes"),
      .init(line: "load 50rps for 60s --async; run 10s; load", meaning: "beside what you do"),
    ]
  ) { session, arguments throws(CommandError) in
    if let told = try besides(arguments, session) { return told }
    let plan = try LoadPlan(arguments)
    if arguments.has("async") || session.runsSchedule { return begin(plan, session) }
    return try load(plan, showsForecast: arguments.has("forecast"), session)
  }
]

private func load(
  _ plan: LoadPlan, showsForecast: Bool, _ session: Session
) throws(CommandError) -> Report {
  var baseline = session.begin(plan)
  var report = try run(plan, since: &baseline, session)
  if showsForecast {
    let forecast = forecast(plan, since: baseline, session)
    report.lines += forecast.lines
    report.result.add("forecast", forecast.result)
  }
  return report
}

/// What theory says of the load that was, beside what was measured.
private func forecast(
  _ plan: LoadPlan, since baseline: LoadBaseline, _ session: Session
) -> Report {
  let (world, load) = (session.world, session.world.journal.load)
  let hits = Resource.allCases.map { baseline.hitRatio(of: $0.cache, in: world) }
  let forecast = Forecast(world, rate: session.latestLoad.rate, mix: plan.mix, hits: hits)
  var shares: [Tier: Double] = [:]
  for tier in Tier.allCases {
    let primaries = world.directory.sharding(of: tier).shards.map(\.primary)
    let nodes = tier.kind == .database ? primaries : world.directory.instances(of: tier)
    shares[tier] = nodes.reduce(SlotUse()) { $0 + baseline.use(of: $1, in: world) }.share
  }
  let measured = ForecastText.Measured(
    utilization: shares, meanLatency: load.latency.mean.seconds)
  return Report(ForecastText.lines(forecast, measured, session), ForecastText.json(forecast))
}

/// Lets the load pass and its last requests be answered.
private func run(
  _ plan: LoadPlan, since baseline: inout LoadBaseline, _ session: Session
) throws(CommandError) -> Report {
  let limit = baseline.start + plan.duration + .minutes(2)
  var note: String?
  do throws(CommandError) {
    try session.advance(
      until: { !$0.hasWorkload && $0.journal.inFlight == 0 },
      notAfter: baseline.start + plan.duration)
    session.noteLoad(plan, since: baseline)
    baseline.endSending(session.world)
    // Who would come later comes no more.
    session.world.endWorkload()
    try session.advance(until: { $0.journal.inFlight == 0 }, notAfter: limit)
  } catch {
    guard error.kind == .interrupted else { throw error }
    if session.world.hasWorkload { session.noteLoad(plan, since: baseline) }
    session.world.endWorkload()
    note = "stopped by you; these are the figures so far"
  }
  var report = LoadText.report(plan, since: baseline, session)
  if let note {
    report.lines.append(session.style.warning(note))
    report.result.add("interrupted", .bool(true))
  }
  return report
}

extension Session {
  /// Keeps the figures of a load at its end.
  fileprivate func noteLoad(_ plan: LoadPlan, since baseline: LoadBaseline) {
    notedLoad = LatestLoad(plan, since: baseline, in: world)
  }
}

// MARK: Beside other commands

/// Tells of the load beside, or ends it; nil when another load is asked for, and may begin.
private func besides(_ arguments: Arguments, _ session: Session) throws(CommandError) -> Report? {
  let words = arguments.rest.map(\.text)
  guard words.isEmpty || words == ["stop"] else {
    guard session.world.hasWorkload else { return nil }
    let end = session.loadUnderWay.map { " until \(time($0.end))" } ?? ""
    throw CommandError(
      "a load is under way\(end): 'run 3s' lets it go on, 'load' tells its figures, 'load stop' ends it"
    )
  }
  guard let load = session.notedLoad.beside, words.isEmpty || !load.isOver else {
    throw .usage(
      words.isEmpty
        ? LoadPlan.form : "no load is under way; 'load 200rps for 30s --async' begins one")
  }
  if words.isEmpty {
    var report = LoadText.report(load.plan, since: load.baseline, session)
    let state = load.isOver ? "it ended at" : "so far; it ends at"
    report.lines.append(session.style.quiet("\(state) \(time(load.end))"))
    report.result.add("isUnderWay", .bool(!load.isOver))
    return report
  }
  session.endLoadUnderWay()
  if !session.runsSchedule {
    let limit = session.world.clock + .minutes(2)
    try session.advance(until: { $0.journal.inFlight == 0 }, notAfter: limit)
  }
  var report = LoadText.report(load.plan, since: session.notedLoad.beside!.baseline, session)
  report.result.add("isUnderWay", .bool(false))
  return report
}

/// Begins a load and goes on at once.
private func begin(_ plan: LoadPlan, _ session: Session) -> Report {
  let load = LatestLoad.Beside(plan: plan, baseline: session.begin(plan))
  session.notedLoad = LatestLoad(plan, since: load.baseline, in: session.world, beside: load)
  let lines = session.wrap(
    "virtual users send until \(time(load.end)), as time passes: 'run 5s', 'watch'; 'load' tells "
      + "the figures, 'load stop' ends it")
  return Report(
    lines, .object([("isUnderWay", .bool(true)), ("endsMs", .number(load.end.milliseconds))]))
}

private func time(_ moment: Instant) -> String {
  DurationText.format(nanoseconds: moment.nanoseconds)
}
