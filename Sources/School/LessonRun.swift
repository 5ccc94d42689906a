/// Where a learner is in a lesson, and what of its current task is done.
public struct LessonRun: Sendable {
  public let lesson: Lesson
  /// The page; equal to the count when the lesson is over.
  public private(set) var position = 0
  /// The latest part of the page that was told.
  public private(set) var part = 0
  /// How many of the commands that it shows were typed, in their order.
  public private(set) var typed = 0
  /// The goals of the current task that have been met, by index.
  public private(set) var met: Set<Int> = []
  /// The faults that the current task is about living with, by their numbers: its setup put them
  /// in force.
  public private(set) var givenFaults: Set<UInt16> = []
  /// The nodes that are down when the current task begins.
  public private(set) var givenDown: Set<String> = []
  /// How many hints of the current task were shown.
  public private(set) var hintsShown = 0
  /// Whether the current task was done once, though it may have been begun anew since.
  public private(set) var wasDone = false
  /// Whether the solution of the current task was shown or played.
  public private(set) var wasHelped = false

  public init(_ lesson: Lesson, at position: Int = 0) {
    self.lesson = lesson
    self.position = position
  }

  public var page: Lesson.Page? { position < lesson.pages.count ? lesson.pages[position] : nil }
  public var task: Lesson.Task? { page?.task }
  private var parts: [[Markdown.Block]] { page?.parts ?? [] }
  /// What was told of the page so far.
  public var told: [Markdown.Block] { Array(parts.prefix(part + 1).joined()) }
  /// The latest part of it.
  public var latest: [Markdown.Block] { part < parts.count ? parts[part] : [] }
  /// Whether the page is not told to its end.
  public var hasMore: Bool { part + 1 < parts.count }
  /// Whether nothing on this page is left to do.
  public var isDone: Bool { task.map { met.count == $0.goals.count } ?? true }
  public var isOver: Bool { position >= lesson.pages.count }

  /// What is told of a task that is done.
  public var outcome: Progress.Outcome { wasHelped ? .helped : .solved }

  public mutating func meet(_ goal: Int) {
    met.insert(goal)
    wasDone = wasDone || isDone
  }
  /// Begins the task anew.
  public mutating func restart() { met = [] }
  /// Begins it where its setup has put these faults in force, and left these nodes down.
  public mutating func begin(givenFaults: Set<UInt16>, givenDown: Set<String> = []) {
    restart()
    self.givenFaults = givenFaults
    self.givenDown = givenDown
  }
  /// The same, but with the help that was taken on this page in another run.
  public func remembering(_ other: LessonRun?) -> LessonRun {
    guard let other, other.lesson.name == lesson.name, other.position == position else {
      return self
    }
    var run = self
    if (other.part, other.typed) > (part, typed) {
      (run.part, run.typed) = (other.part, other.typed)
    }
    run.wasHelped = wasHelped || other.wasHelped
    run.wasDone = wasDone || other.wasDone
    run.hintsShown = max(hintsShown, other.hintsShown)
    return run
  }
  public mutating func acceptHelp() { wasHelped = true }

  /// The next hint, with its number; the last one again when all were shown, nil without any.
  public mutating func nextHint() -> (number: Int, text: String)? {
    guard let hints = task?.hints, !hints.isEmpty else { return nil }
    hintsShown = min(hintsShown + 1, hints.count)
    return (hintsShown, hints[hintsShown - 1])
  }

  public mutating func noteTyped() { typed += 1 }

  /// Tells the next part of the page, which there must be.
  public mutating func readOn() {
    precondition(hasMore, "the page is told")
    (part, typed) = (part + 1, 0)
  }

  public mutating func turnPage() {
    position += 1
    (part, typed) = (0, 0)
    (met, hintsShown, wasHelped, wasDone) = ([], 0, false, false)
  }
}
