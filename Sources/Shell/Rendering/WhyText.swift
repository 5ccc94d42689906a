import Architecture
import Kernel
import Language

/// Explains an outcome in plain words, from the trace and from what was done to the nodes.
enum WhyText {
  /// `isBrief` leaves out what real systems call a reason.
  static func lines(
    _ request: RequestRecord, _ world: World, _ style: Style, isBrief: Bool = false
  ) -> [String] {
    let answer = request.answer
    let title = RequestText.title(request, world)
    guard request.isAnswered else { return ["#\(request.id) \(title) has no answer yet."] }
    guard answer.reason != .none else {
      let status = style.status(
        answer.status, "\(answer.status) \(RequestText.phrase(answer.status))")
      return ["#\(request.id) \(title) → \(status): " + success(request, world)]
        + missedWrite(request, world) + staleCause(request, world) + lostTask(request, world)
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
      if let cause = cause(node, before: decision(of: request, world), world) {
        lines.append(cause)
      }
    }
    lines += returns(request, world)
    lines += retryAfter(request, world)
    lines += configuration(request, world)
    lines += standbys(request, world)
    lines += sharedLoad(request, world) + faults(request, world)
    let reference = answer.reason.reference
    if !reference.isEmpty && !isBrief {
      lines.append(style.quiet("Real systems call it: \(reference)."))
    }
    if let advice = advice(request, world) { lines.append(advice) }
    return lines
  }

  static func staleCause(_ request: RequestRecord, _ world: World) -> [String] {
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
    let again = DurationText.format(nanoseconds: trip.until.nanoseconds)
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
    if failure.span.isAnswer && failure.span.fate == .lost {
      let told = carriers.isEmpty ? "" : "; told to \(carriers.joined(separator: ", "))"
      return [
        "\(from) had answered, and its answer was lost on the way to \(to) (hop \(number))\(told)."
      ]
    }
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
