import Architecture
import Kernel
import Language
import School

/// One learner at work: a deployment, what was done last, and where output goes.
public final class Session {
  public var options: Options
  /// Made when a command first needs it: a shell that is asked nothing starts at once.
  public internal(set) var world: World {
    _read {
      if made == nil { made = World(seed: options.seed) }
      yield made!
    }
    _modify {
      var world = made ?? World(seed: options.seed)
      made = nil  // one owner only, or changing it would copy it
      defer { made = world }
      yield &world
    }
  }
  private var made: World?
  public var write: (String) -> Void = { print($0) }
  public var writeError: (String) -> Void = { print($0) }
  /// Asked now and then during long work; true stops it.
  public var isInterrupted: () -> Bool = { false }
  /// The interrupt was what a command waited for: nothing else is to stop because of it.
  public var forgetInterrupt: () -> Void = {}
  /// Lets the clock on the wall go on, for `live`; true when somebody begins to type meanwhile.
  public var sleep: (Kernel.Duration) -> Bool = { _ in false }
  /// Told how far long work is, now and then; nil when it is over.
  public var progress: (String?) -> Void = { _ in }
  /// Told when something is looked at again and again: whether it is the first look or takes the place
  /// of the last, which was to be seen for a while.
  public var beginLook: (_ isFirst: Bool, _ pause: Kernel.Duration) -> Void = { _, _ in }
  /// The lines typed so far, for `history`.
  public var typedLines: [String] = []
  /// Shows a report page by page; false when it need not, and then it is written.
  public var page: ([String]) -> Bool = { _ in false }
  /// Reads a script for `source`: nil when the file can't be read.
  public var readFile: (String) -> String? = { _ in nil }
  /// Writes a file: its path and its text; false when it can't be written.
  public var writeFile: (String, String) -> Bool = { _, _ in false }

  /// The request that `last` means.
  var lastRequest: UInt32?
  /// The commands run so far, and the seed that they began with.
  private(set) var executed: [String] = []
  let firstSeed: UInt64
  var recorder: Recorder?
  var quiz = QuizRun()
  /// Whether the quiz was opened after the lesson: what could be said to both is then not the lesson's.
  var quizIsForemost = false
  /// Lessons: which there are, and the one that is followed.
  public var classroom = Classroom()
  /// The incident to be diagnosed.
  var incident: IncidentRun?
  var timeline = Timeline()
  /// How many clauses of predictions were right, of how many.
  var predictions = (right: 0, all: 0)
  /// How the observables went.
  var courses = Courses()
  /// Commands that wait for their moment, the earliest first.
  var schedule: [ScheduledBlock] = []
  /// Whether a block whose moment has come is running.
  var runsSchedule = false
  /// How many commands have failed so far, those inside of others included, but not those of `at`.
  var failuresOfBlocks = 0
  /// The latest load as it was at its end (see `latestLoad`).
  var notedLoad = LatestLoad()
  public internal(set) var wantsToQuit = false
  /// What does the same as the latest command in a recording, where there is no clock on the wall.
  var replay: String?
  /// The script that runs, as errors name it.
  private(set) var source = ""
  /// The exit status of the script that runs: that of its first failure.
  var status: Int32 = 0
  private var depth = 0
  /// Whether a command of a block or of another script runs.
  var isInBlock: Bool { depth > 0 }
  /// Whether moments are kept to go back to: a script that never goes back needs none.
  private var keepsMoments = false

  public init(options: Options = Options()) {
    self.options = options
    firstSeed = options.seed
  }

  /// Prose, broken at blanks so that it fits the terminal.
  public func wrap(_ text: String) -> [String] { DisplayWidth.wrap(text, min(options.width, 100)) }

  /// The fingerprint of the deployment and of what is to be done to it later.
  var hash: String {
    var digest = world.digest
    for block in schedule {
      digest.mix(block.moment)
      digest.mix(block.block.source)
    }
    return digest.text
  }

  var style: Style { Style(isColored: options.isColored) }

  /// A session of its own on a copy of the deployment: what happens there stays there.
  func fork() -> Session {
    let copy = Session(world: world, options: options)
    copy.options.continues = false  // what fails there is told here, by one who looks
    copy.lastRequest = lastRequest
    copy.schedule = schedule
    copy.courses = courses
    copy.notedLoad = notedLoad
    copy.isInterrupted = isInterrupted
    copy.readFile = readFile
    return copy
  }

  private init(world: World, options: Options) {
    self.options = options
    firstSeed = options.seed
    self.world = world
  }

  // MARK: Running

  /// Runs a script or a line; returns the exit status: 0, 1 a command failed, 2 a usage or parse
  /// error, 130 interrupted.
  @discardableResult
  public func run(_ text: String, name: String, firstLine: Int = 1) -> Int32 {
    (source, status) = (name, 0)
    let script = Session.script(of: text)
    let statements: [Statement]
    do {
      statements = try Parser.parse(script, firstLine: firstLine)
    } catch {
      tell(error, in: script, firstLine: firstLine)
      return status
    }
    keepsMoments =
      keepsMoments || options.isInteractive
      || ["undo", "source"].contains { text.lowercased().contains($0) }
    for typed in statements where !wantsToQuit {
      let statement = options.isInteractive ? spelledOut(typed) : typed
      guard !isInterrupted() else {
        tellPeople(
          CommandError("interrupted; from here on nothing was run", .interrupted),
          at: statement.line)
        return 130
      }
      defer { note(statement) }
      do {
        try execute(statement)
      } catch {
        tell(error, of: statement)
        if error.kind == .interrupted || !options.continues { return status }
      }
    }
    return isInterrupted() ? 130 : status
  }

  /// The commands of a script or a transcript, without the byte order mark that some editors write.
  static func script(of text: String) -> String {
    let text = text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text
    return Transcript.isTranscript(text) ? Transcript.commands(of: text) : text
  }

  /// Keeps a command for a recording.
  private func note(_ statement: Statement) {
    let command = replay ?? statement.text
    replay = nil
    executed.append(command)
    guard let recorder else { return }
    recorder.add(command)
    if !writeFile(recorder.path, recorder.text) {
      self.recorder = nil
      writeError("'\(recorder.path)' can't be written any more; the recording has ended")
    }
  }

  /// Runs the commands of a block, from the script `file` if they stand in another one. The first
  /// that fails ends it, unless the session goes on after failures and so does the block.
  func run(
    _ block: Block, from file: String? = nil, goingOn: Bool = false
  ) throws(CommandError) {
    guard depth < 50 else { throw CommandError("blocks and scripts are nested too deep") }
    let outer = source
    (depth, source) = (depth + 1, file ?? source)
    defer { (depth, source) = (depth - 1, outer) }
    for statement in try parse(block) where !wantsToQuit {
      do {
        try stopIfInterrupted()
        try execute(statement)
      } catch {
        if goingOn && options.continues && error.kind != .interrupted {
          tell(error, of: statement)
          continue
        }
        tellPrograms(error, of: statement)
        var placed = CommandError(error.message, error.kind, line: error.line ?? statement.line)
        placed.isPlaced = error.isPlaced
        throw placed
      }
    }
  }

  func parse(_ block: Block) throws(CommandError) -> [Statement] {
    do {
      return try Parser.parse(block.source, firstLine: block.line)
    } catch {
      throw CommandError(error.message, .usage, line: error.line)
    }
  }

  private func execute(_ statement: Statement) throws(CommandError) {
    if options.echoes && !options.isJSON { write(style.quiet("hopsh> \(statement.text)")) }
    let command = try Command.find(
      statement.words[0].text, in: statement.text, allowingPrefix: options.isInteractive)
    let arguments = try Arguments(statement, for: command)
    if runsSchedule { try command.checkScheduled() }
    let failuresBefore = failuresOfBlocks
    if depth == 0 { progress(nil) }
    defer { if depth == 0 { progress(nil) } }
    let report = try remembering(statement, of: command) { () throws(CommandError) in
      try command.run(self, arguments)
    }
    assert(made?.conservationBreach == nil, made?.conservationBreach ?? "")
    if let failure = report.failure {
      var error = CommandError(failure)
      error.result = report.result
      throw error
    }
    emit(report, failed: failuresOfBlocks - failuresBefore, of: command, statement)
    if command.name != "lesson" {
      noticeGoals()
      if depth == 0 { readOn(after: statement) }
    }
  }

  /// Runs a command and keeps the moment before it, if it changes the deployment.
  private func remembering(
    _ statement: Statement, of command: Command, _ body: () throws(CommandError) -> Report
  ) throws(CommandError) -> Report {
    guard keepsMoments, depth == 0, !command.travels else { return try body() }
    let before = moment(statement.text)
    let report: Report
    do throws(CommandError) {
      report = try body()
    } catch {
      if let made { timeline.note(before, if: made, schedule, of: command) }
      throw error
    }
    if let made { timeline.note(before, if: made, schedule, of: command) }
    return report
  }

  /// This moment, as that before a command.
  func moment(_ command: String) -> Timeline.Moment {
    Timeline.Moment(
      command: command, world: made ?? World(seed: options.seed), seed: options.seed,
      lastRequest: lastRequest,
      schedule: schedule, courses: courses, load: notedLoad, lesson: classroom.run,
      incident: incident)
  }

  /// Goes to a kept moment, and to the lesson's page that its deployment belongs to.
  func travel(to moment: Timeline.Moment) {
    classroom.run = moment.lesson?.remembering(classroom.run)
    incident = moment.incident
    world = moment.world
    lastRequest = moment.lastRequest
    schedule = moment.schedule
    courses = moment.courses
    notedLoad = moment.load
    options.seed = moment.seed
  }

  /// Starts over with a fresh deployment, of the session's seed or of another one, which becomes the
  /// session's if it lasts.
  func reset(seed: UInt64?, isLasting: Bool = true) {
    if let seed, isLasting { options.seed = seed }
    world = World(seed: seed ?? options.seed)
    lastRequest = nil
    schedule = []
    courses = Courses()
    notedLoad = LatestLoad()
  }
}
