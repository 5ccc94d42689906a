/// What a learner is likely to type next: the prompt shows it dimly, and TAB types it.
extension Session {
  /// The first steps, for somebody who has just come.
  public static let tour = [
    "send GET /orders/42", "trace", "fail database-a", "send GET /orders/43", "why",
  ]
  /// How it goes on for whoever has followed it.
  private static let wayOut = ["failover database-a", "send GET /orders/43", "lesson start 1"]

  /// The command that goes on with the lesson that was left, and its title; nil when none was.
  public var resumption: (command: String, title: String)? {
    guard executed.isEmpty, let lesson = try? classroom.unfinishedLesson() else { return nil }
    return ("lesson start \(lesson.number)", lesson.title)
  }

  /// The command that the lesson's page shows next, or what turns a page that is done: the way
  /// through a task is the learner's to find. Without a lesson, the next step of the tour, as long as
  /// it is followed; nil after it.
  public var proposal: String? {
    guard let run = classroom.run else {
      if let resumption { return resumption.command }
      let steps = Self.tour + Self.wayOut
      let isFollowed = executed.count < steps.count && steps.starts(with: executed)
      return isFollowed ? steps[executed.count] : nil
    }
    guard let next = run.nextExample else {
      return run.isDone || run.wasDone ? "lesson next" : nil
    }
    return next.text.contains("\n") ? nil : next.text
  }
}
