import Architecture
import Kernel
import Language

/// Letting time pass, with the blocks of `at` in between.
extension Session {
  func stopIfInterrupted() throws(CommandError) {
    if isInterrupted() {
      throw CommandError("interrupted; the deployment stays as it is now", .interrupted)
    }
  }

  /// Lets time pass until a condition holds, but no longer than to `limit`; the user may stop it.
  @discardableResult
  func advance(
    until condition: (borrowing World) -> Bool, notAfter limit: Instant
  ) throws(CommandError) -> Bool {
    guard !runsSchedule else {
      throw CommandError("commands of an 'at' block happen at one moment: they can't let time pass")
    }
    while let next = schedule.first, next.moment <= limit {
      if try advanceUndisturbed(until: condition, notAfter: next.moment) { return true }
      try runScheduled()
    }
    return try advanceUndisturbed(until: condition, notAfter: limit)
  }

  /// Runs the blocks whose moment has come.
  func runScheduled() throws(CommandError) {
    guard !runsSchedule else { return }
    while let next = schedule.first, next.moment <= world.clock {
      schedule.removeFirst()
      runsSchedule = true
      defer { runsSchedule = false }
      do throws(CommandError) {
        try run(next.block, from: next.source, goingOn: true)
      } catch {
        throw next.source == source ? error : error.placed(in: next.source)
      }
    }
  }

  /// Lets the next thing happen, if it does by a moment: a block of `at`, a sample for the curves, or
  /// one event, which is told before. False when there is nothing to come until then.
  func happen(
    notAfter limit: Instant, telling tell: (World.EventDescription) -> Void = { _ in }
  ) throws(CommandError) -> Bool {
    guard let next = world.nextEventTime, next <= limit else { return false }
    if let scheduled = schedule.first, scheduled.moment <= next {
      world.advance(to: max(scheduled.moment, world.clock))
      try runScheduled()
      return true
    }
    if let end = loadUnderWay?.end, end < next {
      world.advance(to: end)
      endLoadUnderWay()
      return true
    }
    let boundary = Courses.boundary(after: world.clock)
    let event = world.nextEventDescription
    if next > boundary || next == boundary && event == nil {
      world.advance(to: boundary)
      courses.sample(world)
      return true
    }
    if let event { tell(event) }
    world.handleNextEvent()
    return true
  }

  /// As `advance`, without looking at the schedule.
  private func advanceUndisturbed(
    until condition: (borrowing World) -> Bool, notAfter limit: Instant
  ) throws(CommandError) -> Bool {
    var budget = 20_000
    try stopIfInterrupted()
    while true {
      let boundary = Courses.boundary(after: world.clock)
      let end = loadUnderWay?.end ?? .distantFuture
      let holds = world.advance(
        until: { world in
          budget -= 1
          return budget < 0 || condition(world)
        }, notAfter: min(limit, boundary, end))
      if budget < 0 {
        budget = 20_000
        progress(progressText(limit))
        try stopIfInterrupted()
        continue
      }
      if holds { return true }
      if world.clock == boundary { courses.sample(world) }
      if world.clock >= end { endLoadUnderWay() }
      if world.clock >= limit { return false }
    }
  }

  /// How far time has come, and what was sent.
  private func progressText(_ limit: Instant) -> String {
    let now = DurationText.format(nanoseconds: world.clock.nanoseconds)
    let sent = NumberText.grouped(world.journal.sent)
    let load = world.journal.load
    let failed = load.failed > 0 ? ", \(NumberText.grouped(load.failed)) failed" : ""
    return "virtual time \(now), \(sent) requests\(failed); Ctrl-C stops"
  }
}
