import Architecture
import Kernel
import Language

/// Putting load on the deployment.
let loadCommands: [Command] = [
  Command(
    name: "load", group: .request, summary: "let virtual users send requests for a while",
    parameters: [
      .init(name: "RATE", kind: .text), .init(name: "for", kind: .oneOf(["for"])),
      .init(name: "D", kind: .duration),
    ],
    options: [
      .init(name: "writes", value: ("SHARE", .text), summary: "share of PUT among them (10%)"),
      .init(name: "products", value: ("SHARE", .text), summary: "share to Service B (50%)"),
      .init(name: "zipf", value: ("S", .text), summary: "skew of the keys (1); 0 is uniform"),
    ],
    details: [
      "An open loop: requests come at random moments (Poisson) whether or not earlier ones are",
      "answered. Latencies count from the sending. Ctrl-C ends it and keeps what was measured.",
      "Afterwards load.p50 load.p99 load.success-rate load.throughput and so on tell its figures.",
    ],
    examples: [
      .init(line: "load 200rps for 30s", meaning: "the usual mix"),
      .init(line: "load 1000rps for 10s --writes 50%", meaning: "half of them writes"),
      .init(line: "load 500rps for 10s --zipf 0", meaning: "every key equally likely"),
    ]
  ) { session, arguments throws(CommandError) in
    try load(arguments, session)
  }
]

private func load(_ arguments: Arguments, _ session: Session) throws(CommandError) -> Report {
  guard case .rate(let rate) = Quantity.parse(arguments.required("RATE")), rate >= 0.1,
    rate <= 100_000
  else {
    throw .usage("'\(arguments.required("RATE"))' is no rate from 0.1rps to 100000rps")
  }
  guard arguments.required("for") == "for" else {
    throw .usage("write it as in load 200rps for 30s")
  }
  let duration = try arguments.duration("D") ?? .zero
  guard duration > .zero, duration <= .minutes(60 * 24) else {
    throw .usage("a load lasts up to 24h, not '\(arguments.required("D"))'")
  }
  let (writes, products) = (
    try share("writes", arguments) ?? 0.1, try share("products", arguments) ?? 0.5
  )
  var exponent = 1.0
  if let text = arguments["zipf"] {
    guard case .number(let number) = Quantity.parse(text), (0...5).contains(number) else {
      throw .usage("'\(text)' is no skew; give a number from 0 (uniform) to 5")
    }
    exponent = number
  }
  let start = session.world.clock
  var workload = session.world.makeWorkload(
    rate: rate, count: .max, productShare: products, writeShare: writes, exponent: exponent)
  workload.end = start + duration
  session.world.begin(workload)
  let before = Dictionary(
    uniqueKeysWithValues: session.world.directory.nodes.map {
      ($0, session.world.slots(at: $0).busySeconds(at: start))
    })
  return try run(rate, from: start, for: duration, busyBefore: before, session)
}

/// Lets the load pass and its last requests be answered.
private func run(
  _ rate: Double, from start: Instant, for duration: Kernel.Duration, busyBefore: [NodeID: Double],
  _ session: Session
) throws(CommandError) -> Report {
  let limit = start + duration + .minutes(2)
  var note: String?
  do throws(CommandError) {
    try session.advance(
      until: { !$0.hasWorkload && $0.journal.inFlight == 0 }, notAfter: limit)
  } catch {
    guard error.kind == .interrupted else { throw error }
    session.world.endWorkload()
    note = "stopped by you; these are the figures so far"
  }
  let elapsed = min((session.world.clock - start).seconds, duration.seconds)
  session.loadSeconds = elapsed
  var report = LoadText.report(rate, since: start, busyBefore, session)
  if let note { report.lines.append(session.style.warning(note)) }
  return report
}

private func share(_ name: String, _ arguments: Arguments) throws(CommandError) -> Double? {
  guard let text = arguments[name] else { return nil }
  switch Quantity.parse(text) {
  case .percent(let share) where (0...1).contains(share): return share
  case .number(let share) where (0...1).contains(share): return share
  default: throw .usage("'\(text)' is no share; give one from 0% to 100%")
  }
}
