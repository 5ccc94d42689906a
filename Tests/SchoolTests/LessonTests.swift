import Testing

@testable import School

@Suite struct LessonReaderTests {
  static let document = """
    # A title

    Before all pages.

    ## To read

    Some `code` and *stress*.

    ```hopsh
    hopsh> send GET /orders/42
    ...
    ```

    ## To do

    Do it.

    ```hopsh setup
    fail database-a
    ```

    ```hopsh trial
    run 1s
    ```

    Goals:

    - it is done: `last.status == 200`
    - and well: `last.hops == 11`

    > Hint: Look
    > closer.

    > Hint: Do `it`.

    ```hopsh solution
    restore all
    ```

    ```hopsh wrong
    run 1s
    ```

    ```hopsh wrong
    run 2s
    ```

    ```hopsh without
    fail cache-a
    ```

    ### Afterwards

    That was it.
    """

  @Test func aDocumentBecomesPagesAndTasks() throws {
    let lesson = try Lesson(reading: Self.document, name: "07-a-title")
    #expect(lesson.title == "A title" && lesson.introduction.count == 1)
    #expect(lesson.pages.map(\.title) == ["To read", "To do"])
    #expect(lesson.tasks == [1])
    guard case .paragraph(let spans) = lesson.pages[0].text[0].kind else {
      Issue.record("it should be a paragraph")
      return
    }
    #expect(
      spans == [.text("Some "), .code("code"), .text(" and "), .emphasis("stress"), .text(".")])
    let task = try #require(lesson.pages[1].task)
    #expect(
      task.goals == [
        Lesson.Goal(text: "it is done", condition: "last.status == 200"),
        Lesson.Goal(text: "and well", condition: "last.hops == 11"),
      ])
    #expect(task.hints == ["Look closer.", "Do 'it'."])
    #expect(task.setup == "fail database-a\n" && task.trial == "run 1s\n")
    #expect(task.solution == "restore all\n" && task.wrong == ["run 1s\n", "run 2s\n"])
    #expect(task.without == "fail cache-a\n" && task.afterwards.count == 1 && task.line == 14)
    #expect(lesson.answers(to: "7") && lesson.answers(to: "a-title") && !lesson.answers(to: "8"))
  }

  @Test(arguments: [
    ("Text.\n", 1, "a lesson begins with its title"),
    ("# A\n\n# B\n", 3, "a lesson has one title"),
    ("# A\n\n## B\n\nGoals:\n\nNone.\n", 7, "below 'Goals:' stands a list"),
    ("# A\n\n## B\n\nGoals:\n\n- be good\n", 7, "a goal is a sentence that ends with its"),
    ("# A\n\n## B\n\n```hopsh set-up\nrun 1s\n```\n", 5, "'set-up' is no part of a task"),
    ("# A\n\n## B\n\n> Hint: Look.\n", 3, "the task lacks goals"),
    ("# A\n\n## B\n\nGoals:\n\n- a: `sent == 1`\n", 3, "the task lacks a solution"),
    ("# A\n\n> Hint: Look.\n", 1, "the task lacks goals"),
  ])
  func whatIsNoLessonIsRefusedWithItsLine(document: String, line: Int, message: String) {
    do throws(LessonError) {
      _ = try Lesson(reading: document, name: "x")
      Issue.record("it should be refused")
    } catch {
      #expect(error.line == line && error.message.hasPrefix(message), "\(error)")
    }
  }

  static let question = """
    ## Question: Which one?

    1. This

       No.

    2. **That**

       Yes: `really`.

    It is shown.

    ```hopsh proof
    expect sent == 0
    ```

    """

  @Test func aQuestionHasChoicesAKeyAndAProof() throws {
    let lesson = try Lesson(reading: "# A\n\n" + Self.question + Self.question, name: "01-a")
    #expect(lesson.pages.isEmpty && lesson.questions.map(\.id) == ["01-a-1", "01-a-2"])
    let question = lesson.questions[0]
    #expect(question.text == "Which one?" && question.key == 1)
    #expect(question.choices.map(\.text) == ["This", "That"])
    #expect(question.choices.map(\.explanation) == ["No.", "Yes: 'really'."])
    #expect(question.proof.says == "It is shown.")
    #expect(question.proof.commands == ["reset", "expect sent == 0"])
  }

  @Test(arguments: [
    ("**That**", "That", 3, "a question has two to four choices, and a strong one"),
    ("1. This", "1. **This**", 3, "a question has two to four choices, and a strong one"),
    ("expect sent == 0", "run 1s", 3, "the question lacks a proof"),
    ("   No.\n", "", 5, "a choice is a paragraph, and a second one"),
    ("hopsh proof", "swift", 15, "a question has numbered choices"),
  ])
  func aQuestionThatIsNotWholeIsRefused(
    part: String, other: String, line: Int, message: String
  ) {
    let source = Self.question.replacing(part, with: other)
    do throws(LessonError) {
      _ = try Lesson(reading: "# A\n\n" + source, name: "x")
      Issue.record("it should be refused")
    } catch {
      #expect(error.line == line && error.message.hasPrefix(message), "\(error)")
    }
  }

  @Test func hintsComeOneAfterTheOtherAndTheLastStays() throws {
    var run = LessonRun(try Lesson(reading: Self.document, name: "x"), at: 1)
    #expect([1, 2, 2] == (0..<3).map { _ in run.nextHint()?.number })
    run.acceptHelp()
    #expect(run.outcome == .helped && !run.isDone)
    run.meet(0)
    run.meet(1)
    #expect(run.isDone)
    run.turnPage()
    #expect(run.isOver && run.outcome == .solved)
  }
}

@Suite struct ProgressTests {
  @Test func theBetterOutcomeStaysAndForeignLinesAreKept() {
    var progress = Progress("something else\n01-a 2 skipped\n")
    progress.note(.helped, of: "01-a", page: 1)
    #expect(progress.outcome(of: "01-a", page: 1) == .helped)
    progress.note(.solved, of: "01-a", page: 1)
    progress.note(.skipped, of: "01-a", page: 1)
    progress.note(.skipped, of: "01-a", page: 10)
    #expect(progress.text == "something else\n01-a 2 solved\n01-a 11 skipped\n")
    #expect(Progress(progress.text).outcome(of: "01-a", page: 0) == nil)
  }

  @Test func thePageWhereALessonWasLeftIsNoTask() {
    var progress = Progress("01-a 2 solved\n")
    progress.setBookmark(2, in: "01-a")
    progress.setBookmark(3, in: "01-a")
    #expect(progress.text == "01-a 2 solved\n01-a at 4\n")
    #expect(Progress(progress.text).bookmark(in: "01-a") == 3)
    #expect(progress.outcome(of: "01-a", page: 3) == nil)
    progress.setBookmark(nil, in: "01-a")
    #expect(progress.text == "01-a 2 solved\n" && progress.bookmark(in: "01-a") == nil)
    #expect(Progress("01-a at -3\n01-b at x\n").bookmark(in: "01-a") == nil)
  }
}
