import Architecture
import Kernel
import Language
import School

/// Commands that wait for a moment of virtual time.
struct ScheduledBlock: Equatable {
  let moment: Instant
  let block: Block
  /// The script in which it stands.
  var source = ""
}

/// The moments of a session that can be gone back to: the deployment is a value, so each is a copy.
struct Timeline {
  struct Moment {
    /// What was done then, as typed.
    let command: String
    let world: World
    /// Of the session: in a lesson the deployment has another one.
    let seed: UInt64
    let lastRequest: UInt32?
    let schedule: [ScheduledBlock]
    let courses: Courses
    let load: LatestLoad
    /// The lesson that was open, with what of its task was done.
    let lesson: LessonRun?
    /// The incident that was to be diagnosed.
    let incident: IncidentRun?

    /// The same moment, as that of another command.
    func named(_ command: String) -> Moment {
      Moment(
        command: command, world: world, seed: seed, lastRequest: lastRequest, schedule: schedule,
        courses: courses, load: load, lesson: lesson, incident: incident)
    }
  }

  /// How many commands can be undone.
  static let limit = 50

  private(set) var past: [Moment] = []
  /// Whether there were more than are kept.
  private(set) var hasForgotten = false
  private(set) var future: [Moment] = []
  private(set) var checkpoints: [(name: String, moment: Moment)] = []

  /// Keeps the moment before a command, unless the command changed nothing.
  mutating func note(
    _ before: Moment, if now: World, _ schedule: [ScheduledBlock], of command: Command
  ) {
    let hasMoved =
      before.world.clock != now.clock || before.world.eventCount != now.eventCount
      || before.world.journal.sent != now.journal.sent || before.world.seed != now.seed
      || before.world.journal.incidents.count != now.journal.incidents.count
      || before.schedule.count != schedule.count
      || before.world.hasWorkload != now.hasWorkload
    // A setting leaves no other trace.
    guard hasMoved || (command.group == .settings && before.world.digest != now.digest) else {
      return
    }
    keep(before)
    future = []
  }

  private mutating func keep(_ moment: Moment) {
    past.append(moment)
    if past.count > Self.limit {
      past.removeFirst()
      hasForgotten = true
    }
  }

  /// The moment before the last command that is not undone; `now` can be gone back to by `redo`.
  mutating func undo(from now: Moment) -> Moment? {
    guard let moment = past.popLast() else { return nil }
    future.append(now.named(moment.command))
    return moment
  }

  /// The moment after the command that was undone last.
  mutating func redo(from now: Moment) -> Moment? {
    guard let moment = future.popLast() else { return nil }
    keep(now.named(moment.command))
    return moment
  }

  /// Names a moment; a name that was given before now means this one.
  mutating func mark(_ name: String, _ moment: Moment) {
    checkpoints.removeAll { $0.name == name }
    checkpoints.append((name, moment))
  }

  /// Keeps a moment that is left for a checkpoint, so that this can be undone too.
  mutating func leave(_ moment: Moment) {
    keep(moment)
    future = []
  }
}
