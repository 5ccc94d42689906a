import Architecture
import Foundation
import Testing

@testable import School
@testable import Shell

/// A lesson that is hollow somewhere is found out, and those that there are aren't.
@Suite struct LessonProofTests {
  func failures(_ change: (String) -> String) -> [String] {
    LessonProof(of: change(LessonTests.document), name: "lessons/01-two-tasks.md").failures
  }

  @Test func aSoundLessonIsProved() { #expect(failures { $0 } == []) }

  @Test(arguments: [
    ("from the cache: `last.cache == hit`", "nothing: `sent >= 0`", "wrong answer"),
    ("found: `last.cache == hit`", "found: `last.status == 200`", "before anything is done"),
    ("send PUT /products/1\n", "", "the solution does not reach every goal: database-b.writes > 0"),
    ("scale service-b 3", "set cache-b.capacity 9", "by the wrong answer 'set cache-b.capacity 9'"),
    ("disable cache-aside on service-b", "run 1s", "without what the task teaches"),
    ("set cache-b.capacity 2\n", "set cache-b.capacty 2\n", "attempt:1: error"),
    ("# Two", "Two", "a lesson begins with its title"),
    ("expect sent == 1", "expect sent == 2", "'Which?' is not proved: 01-two-tasks-1:3: error"),
  ])
  func aHollowLessonIsFoundOut(part: String, replacement: String, failure: String) {
    let found = failures { document in
      #expect(document.contains(part))
      let wrong =
        part.hasPrefix("from")
        ? document.replacingOccurrences(
          of: "```hopsh wrong\nsend GET /orders/42\n",
          with: "```hopsh wrong\nsend PUT /products/2\n")
        : document
      return wrong.replacingOccurrences(of: part, with: replacement)
    }
    #expect(found.contains { $0.contains(failure) }, "\(found)")
  }

  @Test func aPatternThatNothingTakesAwayIsFoundOut() {
    let found = failures {
      $0.replacingOccurrences(
        of: "set cache-b.capacity 2\n", with: "set cache-b.capacity 2\nenable retry\n"
      )
      .replacingOccurrences(
        of: "```hopsh without\ndisable cache-aside on service-b\n```\n", with: "")
    }
    #expect(found.contains { $0.contains("switches retry on, and no 'without'") }, "\(found)")
  }

  @Test func goalsThatTimeAloneReachesAreFoundOut() {
    let found = failures {
      $0.replacingOccurrences(of: "from the cache: `last.cache == hit`", with: "late: `time > 30s`")
        .replacingOccurrences(of: "a write: `database-b.writes > 0`", with: "late: `time > 20s`")
    }
    #expect(found.contains { $0.contains("met by waiting") }, "\(found)")
  }

  @Test func whatIsTakenAwayMustBeThere() {
    let found = failures {
      $0.replacingOccurrences(
        of: "disable cache-aside on service-b", with: "disable cache-aside on service-c")
    }
    #expect(found.contains { $0.contains("there is no node") }, "\(found)")
  }

  @Test func everyPatternHasALesson() throws {
    let lessons = try ScriptTests.lessons.map { try Lesson(reading: $0.text, name: $0.name) }
    for pattern in Pattern.all {
      #expect(lessons.contains { $0.shows(pattern.name) }, "\(pattern.name)")
    }
  }

  /// Those that look only: what changes something depends on what came before.
  @Test func whatALessonTellsToLookAtIsThere() throws {
    for lesson in ScriptTests.lessons {
      for match in lesson.text.matches(of: /`((explain|settings|patterns|show|sql|metrics) [^`]+)`/)
      {
        let room = Room(lesson: LessonTests.document)
        let command = match.1.replacingOccurrences(of: "\n", with: " ")
        #expect(room.run(command) == 0, "\(lesson.name): \(command): \(room.said)")
      }
    }
  }

  @Test func theLessonsAreProvedInTheReleaseBuild() throws {
    let run = try ProgramTests.run(["test", "lessons"], configuration: "release")
    #expect(run.status == 0, "\(run.output)\(run.error)")
    #expect(run.output.hasSuffix(" passed, 0 failed\n"))
    let list = try ProgramTests.run(["-c", "lesson list"], configuration: "release")
    #expect(list.status == 0 && list.output.contains("01-one-request"))
  }
}
