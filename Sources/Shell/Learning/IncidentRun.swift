import Architecture
import Language
import School

/// An incident that is being diagnosed: what is known of it, and what was tried.
struct IncidentRun {
  /// A figure before it began, and since.
  struct Figure {
    let name: String
    let before: String
    let since: String
  }

  let drill: IncidentDrill
  /// From 1.
  let number: Int
  let figures: [Figure]
  /// The hidden fault.
  let fault: UInt16
  private(set) var hintsShown = 0
  private(set) var answers = 0

  init(_ drill: IncidentDrill, number: Int, figures: [Figure], fault: UInt16) {
    self.drill = drill
    self.number = number
    self.figures = figures
    self.fault = fault
  }

  /// What an answer is worth.
  enum Verdict: String {
    case right
    /// The place is right, what happens there is not.
    case place
    /// The place is one end of the link, or one of several instances, or their tier.
    case near
    case wrong
  }

  mutating func judge(place: String, kind: String) -> Verdict {
    answers += 1
    if drill.places.contains(place) { return drill.kinds.contains(kind) ? .right : .place }
    let isNear = drill.places.contains { known in
      known.hasPrefix(place + "-") || place.hasPrefix(known + "-")
        || known.components(separatedBy: "..").contains { $0 == place || place.hasPrefix($0 + "-") }
    }
    return isNear ? .near : .wrong
  }

  /// The next hint, or the last one again.
  mutating func nextHint() -> (number: Int, text: String) {
    hintsShown = min(hintsShown + 1, drill.hints.count)
    return (hintsShown, drill.hints[hintsShown - 1])
  }
}

extension Session {
  private static let watched = [
    ("success", "load.success-rate"), ("p50", "load.p50"), ("p99", "load.p99"),
    ("tasks kept", "queue.depth"),
  ]

  /// Brings a fresh deployment to where an incident is noticed: it was well for a while, under the
  /// same load.
  func begin(_ drill: IncidentDrill, number: Int) throws(CommandError) {
    classroom.run = nil  // what a lesson asks for is not asked of this deployment
    incident = nil
    reset(seed: Options().seed, isLasting: false)
    try runQuietly("load 60rps for 20s")
    let before = Self.watched.map { observe($0.1)?.text ?? "none" }
    let fault = try FaultText.parse(drill.fault.split(separator: " ").map(String.init), in: world)
    world.inject(
      fault.type, fault.values, on: fault.target, text: fault.text, for: nil,
      command: "inject \(drill.fault)", isHidden: true)
    guard let id = world.hiddenFault else {
      throw CommandError("'\(drill.name)' does not begin as it should")
    }
    try runQuietly("load 60rps for 30s")
    let since = Self.watched.map { observe($0.1)?.text ?? "none" }
    let figures = zip(Self.watched, zip(before, since)).map {
      IncidentRun.Figure(name: $0.0, before: $1.0, since: $1.1)
    }
    incident = IncidentRun(drill, number: number, figures: figures, fault: id)
    quizIsForemost = false
  }

  /// The incident that this deployment is in.
  func openIncident() throws(CommandError) -> IncidentRun {
    guard let run = incident else {
      throw CommandError("no incident is open; 'incident start' begins one")
    }
    guard world.hiddenFault == run.fault else {
      throw CommandError(
        "this is not the deployment of incident \(run.number) any more; "
          + "'incident start \(run.number)' begins it anew, 'undo' may bring it back")
    }
    return run
  }

  /// Evidence with the values that are there; without them where it does not hold any more.
  func finding(_ evidence: IncidentDrill.Evidence) -> String {
    guard let expression = try? parseExpression(evidence.condition),
      let outcome = try? evaluate(expression), outcome.isTrue
    else { return evidence.text }
    return "\(evidence.text): \(outcome.clauses.map(\.finding).joined(separator: ", "))"
  }
}
