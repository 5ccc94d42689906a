import Language
import School

/// The lessons that there are, the one that is followed, and what was done so far.
public struct Classroom {
  /// The lessons' documents by name, in their order.
  public var documents: () -> [(name: String, text: String)] = { [] }
  /// Where a learner's progress is kept between sessions. Without it a session begins with none and
  /// keeps its own, so that a script does the same for everybody.
  public struct ProgressStore {
    /// The text of the progress file; empty when there is none.
    public var read: () -> String
    /// Replaces the progress file by a text; false when it can't be written.
    public var write: (String) -> Bool

    public init(read: @escaping () -> String, write: @escaping (String) -> Bool) {
      self.read = read
      self.write = write
    }
  }
  public var store: ProgressStore?
  private var ownProgress = ""

  /// The lesson that is followed.
  var run: LessonRun?
  /// The one after the lesson that was just read to its end.
  var following: Lesson?

  public init() {}

  func lessons() throws(CommandError) -> [Lesson] {
    var lessons: [Lesson] = []
    for document in documents() {
      do throws(LessonError) {
        lessons.append(try Lesson(reading: document.text, name: document.name))
      } catch {
        throw CommandError("lessons/\(document.name).md:\(error.line): \(error.message)")
      }
    }
    guard !lessons.isEmpty else {
      throw CommandError("no lessons were found; they are in the folder 'lessons' of hopsh")
    }
    return lessons
  }

  /// The lesson that a word means.
  func lesson(_ word: String) throws(CommandError) -> Lesson {
    let lessons = try lessons()
    if let named = lessons.first(where: { $0.answers(to: word) }) { return named }
    let hint = Suggestion.question(about: word, among: lessons.map(\.name))
    throw .usage(
      "there is no lesson '\(word)'; "
        + (hint ?? "'lesson list' tells which there are"))
  }

  /// Whether a task of a lesson has never been done or left out.
  func isOpen(_ lesson: Lesson, _ progress: Progress) -> Bool {
    lesson.tasks.contains { progress.outcome(of: lesson.name, page: $0) == nil }
  }

  /// The lesson that was left before its end; nil when none was.
  func unfinishedLesson() throws(CommandError) -> Lesson? {
    guard let name = progress().latestBookmark else { return nil }
    let progress = progress()
    return try lessons().first { $0.name == name && isOpen($0, progress) }
  }

  /// The lesson that was left, the first one that is open, or the first of all.
  func nextLesson() throws(CommandError) -> Lesson {
    if let following { return following }
    if let unfinished = try unfinishedLesson() { return unfinished }
    let (lessons, progress) = (try lessons(), progress())
    return lessons.first { isOpen($0, progress) } ?? lessons[0]
  }

  func progress() -> Progress { Progress(store?.read() ?? ownProgress) }

  mutating func note(_ outcome: Progress.Outcome) {
    guard let run else { return }
    note(outcome, of: run.lesson.name, page: run.position)
  }

  mutating func note(_ outcome: Progress.Outcome, of name: String, page: Int) {
    change { $0.note(outcome, of: name, page: page) }
  }

  /// Remembers the page that is open, or that the lesson is over.
  mutating func setBookmark() {
    guard let run else { return }
    change { $0.setBookmark(run.isOver ? nil : run.position, in: run.lesson.name) }
  }

  private mutating func change(_ body: (inout Progress) -> Void) {
    let old = progress()
    var new = old
    body(&new)
    guard new.text != old.text else { return }
    ownProgress = new.text
    if let store { _ = store.write(new.text) }
  }
}

/// What has become of a goal.
struct GoalState {
  let goal: Lesson.Goal
  let isMet: Bool
  /// What is there: of an unmet one, instead of what is required.
  var actual = ""
}

extension Session {
  /// Brings a fresh deployment to where the current page begins, if there is something to do on it.
  func setUpPage(seed: UInt64 = Options().seed) throws(CommandError) {
    guard var run = classroom.run, run.task != nil || run.hasExamples else { return }
    classroom.run = nil  // nothing that the setup does reaches a goal
    defer { classroom.run = run }
    reset(seed: seed, isLasting: false)
    try runQuietly(run.task?.setup ?? "")
    run.begin(
      givenFaults: Set(world.faultsInForce.filter { $0.until == .distantFuture }.map(\.id)),
      givenDown: nodesDown)
  }

  private var nodesDown: Set<String> {
    Set(world.directory.nodes.filter { !world.isUp($0) }.map { world.name(of: $0) })
  }

  /// A fault that the task gave, and that is not in force any more.
  private func lacksFault(of run: LessonRun) -> Bool {
    !run.givenFaults.isSubset(of: world.faultsInForce.map(\.id))
  }

  /// Runs commands without a word.
  func runQuietly(_ commands: String) throws(CommandError) {
    let tell = write
    write = { _ in }
    defer { write = tell }
    try self.run(Block(source: commands, line: 1))
  }

  /// Looks at the goals of a task without a trial after a command; tells which are reached.
  func noticeGoals() {
    guard let run = classroom.run, let task = run.task, task.trial.isEmpty, !run.isDone,
      !lacksFault(of: run)
    else { return }
    for (index, goal) in task.goals.enumerated() where !run.met.contains(index) {
      guard state(of: goal).isMet else { continue }
      classroom.run?.meet(index)
      tellInClass([style.good("reached: ") + goal.text])
    }
    concludeIfDone(before: run)
  }

  /// When the commands that the page shows were run it goes on.
  func readOn(after statement: Statement) {
    guard classroom.run != nil else { return }
    /// Another case, or another name of the same node, makes no other word.
    func isSame(_ a: String, _ b: String) -> Bool {
      if a.lowercased() == b.lowercased() { return true }
      guard let node = NodeNames.find(a, in: world) else { return false }
      return NodeNames.find(b, in: world) == node
    }
    guard classroom.run?.follow(statement, sameWord: isSame) ?? false else { return }
    classroom.run?.readOn()
    tellInClass([""] + partLines())
  }

  /// How the goals stand: of a task with a trial after that, on a copy of the deployment.
  func checkGoals() throws(CommandError) -> [GoalState] {
    guard let run = classroom.run, let task = run.task else { return [] }
    guard !lacksFault(of: run) else {
      throw CommandError(
        "a fault that the task begins with is gone, and the task is to live with it; 'reset' "
          + "brings it back")
    }
    if !task.trial.isEmpty,
      let added = world.faultsInForce.first(where: {
        !run.givenFaults.contains($0.id)
      })
    {
      throw CommandError(
        "a fault of your own is in force: \(added.command); the trial brings those that there are, "
          + "and 'restore all' or 'heal' ends yours")
    }
    guard !task.trial.isEmpty else {
      return task.goals.enumerated().map { index, goal in
        run.met.contains(index) ? GoalState(goal: goal, isMet: true) : state(of: goal)
      }
    }
    for down in nodesDown.subtracting(run.givenDown).sorted() {
      tellInClass(
        wrap("\(down) is down, and is so in the trial, too; 'restore \(down)' or 'reset' ends that")
          .map { style.warning($0) })
    }
    let copy = try afterTrial(task.trial)
    let states = task.goals.map { copy.state(of: $0) }
    classroom.run?.restart()
    for (index, state) in states.enumerated() where state.isMet { classroom.run?.meet(index) }
    return states
  }

  /// A copy after a trial. What can't be done in it is told, and left out: the goals decide.
  private func afterTrial(_ trial: String) throws(CommandError) -> Session {
    let copy = fork()
    copy.write = { _ in }
    copy.writeError = { [unowned self] text in
      let message = text.firstRange(of: "error: ").map { text[$0.upperBound...] } ?? text[...]
      tellInClass([style.quiet("in the trial: \(message)")])
    }
    copy.options.isColored = false
    copy.options.isJSON = false
    copy.options.isInteractive = false
    copy.options.continues = true
    let status = copy.run(trial, name: "trial")
    if status == 130 { throw CommandError("interrupted; nothing was decided", .interrupted) }
    if status == 2 { throw CommandError("the lesson's trial can't be run") }
    return copy
  }

  private func state(of goal: Lesson.Goal) -> GoalState {
    do throws(CommandError) {
      let outcome = try evaluate(try parseExpression(goal.condition))
      if outcome.isTrue {
        let found = outcome.clauses.filter(\.holds).map(\.finding)
        return GoalState(goal: goal, isMet: true, actual: found.joined(separator: ", "))
      }
      let found = outcome.clauses.filter { !$0.holds }.map { clause in
        clause.finding + (clause.text.contains("load.success-rate") ? mostFailures : "")
      }
      return GoalState(goal: goal, isMet: false, actual: found.joined(separator: ", "))
    } catch {
      return GoalState(goal: goal, isMet: false, actual: error.message)
    }
  }

  /// What most requests of the latest load failed by, behind their share.
  private var mostFailures: String {
    let worst = world.journal.load.failuresByReason.max { $0.count < $1.count }
    return worst.map { " (failed: mostly \($0.reason.status) \($0.reason.name))" } ?? ""
  }

  /// A task that was open before and is done now: it is noted, and what it shows is told.
  func concludeIfDone(before: LessonRun) {
    guard let run = classroom.run, let task = run.task, run.isDone, !before.isDone else { return }
    classroom.note(run.outcome)
    tellInClass(
      ["", style.strong("Done.")] + lines(of: task.afterwards)
        + [style.quiet("'lesson next' goes on; the deployment is yours to play with.")])
  }

  /// Says something beside the output of a command.
  private func tellInClass(_ lines: [String]) {
    if !options.isJSON { for line in lines { write(line) } }
  }
}
