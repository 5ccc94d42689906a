import Architecture
import Kernel
import Language

/// Promotes a replica, and tells what that has cost.
func failover(_ arguments: Arguments, _ session: Session) throws(CommandError) -> Report {
  let old = try NodeNames.primary(arguments.required("DATABASE"), in: session.world)
  let tier = session.world.tier(of: old)
  guard let candidate = session.world.candidate(after: old) else {
    throw CommandError(
      "\(session.world.name(of: old)) has no replica that is up; 'restore' an instance or "
        + "'scale \(tier.name)' first")
  }
  let isPlanned = session.world.isUp(old)
  if isPlanned && !session.runsSchedule {
    let limit = session.world.clock + .seconds(10)
    try session.advance(
      until: { $0.hasCaughtUp(candidate) }, notAfter: limit)
  }
  let hasCaughtUp = isPlanned && session.world.hasCaughtUp(candidate)
  let isSynchronous = session.world.database(old)?.synchronousCommit.level.isRemote ?? false
  let promotion = session.world.promote(candidate, command: arguments.statement.text)
  let (from, to) = (session.world.name(of: old), session.world.name(of: candidate))
  var lines = session.wrap(
    "\(tier.name): primary \(from) → \(session.style.good(to)), epoch \(promotion.epoch)"
      + (hasCaughtUp ? " (switchover: the replica had caught up)." : "."))
  let count = promotion.losses.count
  if count == 0 {
    lines.append("No acknowledged write is lost.")
  } else {
    lines += session.wrap(
      session.style.bad(
        "\(NumberText.counted(count, "acknowledged write")) lost: "
          + (isSynchronous
            ? "\(to) is not the standby that confirmed"
            : "replication was asynchronous, and \(to) "
              + "did not have") + ":"))
    lines += list(promotion.losses.named, of: count)
  }
  if promotion.isOldUnaware {
    lines += session.wrap(
      session.style.bad(
        "\(from) is up, can't be reached, and still takes itself for the primary: two of them, a "
          + "split brain. Fencing would put it out."))
  }
  return Report(
    lines,
    .object([
      ("database", .string(tier.name)), ("from", .string(from)), ("to", .string(to)),
      ("epoch", .integer(Int(promotion.epoch))),
      ("lost", .array(promotion.losses.named.map { .string(text($0)) })),
      ("lostWrites", .integer(count)),
    ]))
}

/// The first twenty of lost writes by name.
func list(_ named: [World.LostWrite], of all: Int? = nil) -> [String] {
  let count = all ?? named.count
  let rest = count - min(named.count, 20)
  return named.prefix(20).map { "  " + text($0) } + (rest > 0 ? ["  and \(rest) more"] : [])
}

private func text(_ write: World.LostWrite) -> String {
  let time = DurationText.format(nanoseconds: write.committedAt.nanoseconds)
  let what =
    write.verb == .record
    ? "task \(write.task) of request #\(write.request), \(write.key.path)"
    : "\(write.method.name) \(write.key.path) of request #\(write.request)"
  return "\(what), committed at \(time)"
}
