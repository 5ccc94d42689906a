/// A lesson: pages to read, and tasks to do in the deployment.
///
/// It is written in Markdown, to be read as it stands (see `LessonReader` for its form).
public struct Lesson: Sendable {
  /// One page: a heading and what is below it.
  public struct Page: Sendable {
    public let title: String
    public let text: [Markdown.Block]
    /// What is to be done there, if it is a task.
    public let task: Task?

    /// The text as it is told bit by bit: a part ends with commands to type, so that the next one
    /// does not give away what they show. A task is told at once.
    public var parts: [[Markdown.Block]] {
      guard task == nil else { return [text] }
      var parts: [[Markdown.Block]] = [[]]
      for block in text {
        let isAfterExample = parts[parts.count - 1].last?.isExample ?? false
        if isAfterExample && !block.isExample { parts.append([]) }
        parts[parts.count - 1].append(block)
      }
      return parts
    }
  }

  /// Something to achieve in the deployment.
  public struct Task: Sendable {
    /// Commands that bring a fresh deployment to where the task begins.
    public var setup = ""
    /// Commands that run on a copy of the deployment before its goals are looked at. Without
    /// them the goals are looked at after each of the learner's commands, and count once met.
    public var trial = ""
    public var goals: [Goal] = []
    public var hints: [String] = []
    public var solution = ""
    /// Attempts that must not reach the goals.
    public var wrong: [String] = []
    /// Commands that take what is taught away again after the solution: then the goals must be
    /// out of reach.
    public var without = ""
    /// Told when it is done.
    public var afterwards: [Markdown.Block] = []
    /// The line of its heading.
    public var line = 0

    /// What its solution switches on, and what is taken away from it.
    public var patterns: [String] {
      Self.names(after: "enable", in: solution) + Self.names(after: "disable", in: without)
    }

    private static func names(after command: String, in commands: String) -> [String] {
      commands.split(separator: "\n").compactMap { line in
        let words = line.split(separator: " ")
        return words.count > 1 && words[0] == command ? String(words[1]) : nil
      }
    }
  }

  /// A condition on the deployment, and what it means.
  public struct Goal: Hashable, Sendable {
    public let text: String
    public let condition: String
  }

  /// The name of its file, without its ending: `02-cache-aside`.
  public let name: String
  public let title: String
  /// What is told before the first page.
  public let introduction: [Markdown.Block]
  public let pages: [Page]
  /// Asked by `quiz` when the lesson has been read.
  public let questions: [Question]

  /// The pages that are tasks.
  public var tasks: [Int] { pages.indices.filter { pages[$0].task != nil } }

  /// Whether the goals of a task are out of reach without a pattern: its solution switches it on,
  /// or what takes the taught away switches it off.
  public func teaches(_ pattern: String) -> Bool {
    pages.contains { $0.task?.patterns.contains(pattern) ?? false }
  }

  /// Whether a pattern is switched on or off anywhere in it, or it tells to look it up.
  public func shows(_ pattern: String) -> Bool {
    let shown = pages.flatMap { page in
      page.text.map { block in
        switch block.kind {
        case .code(_, let commands): commands
        case .paragraph(let spans): Markdown.quoting(spans)
        default: ""
        }
      } + (page.task.map { [$0.setup, $0.solution, $0.without] + $0.wrong + $0.hints } ?? [])
    }
    let commands = (shown + questions.flatMap(\.proof.commands)).joined(separator: "\n")
    let words = commands.split { " ;\n{}'".contains($0) }
    return zip(words, words.dropFirst()).contains { command, name in
      ["enable", "disable", "explain"].contains(command) && name == pattern
    }
  }

  /// As in `lesson start 2`: its number, or its name if it has none.
  public var number: String { Int(name.prefix { $0 != "-" }).map(String.init) ?? name }

  /// Whether a word means this lesson: its name, its number, or a part of its name.
  public func answers(to word: String) -> Bool {
    let parts = name.split(separator: "-", maxSplits: 1).map(String.init)
    if word == name || parts.count == 2 && word == parts[1] { return true }
    return Int(word).map { $0 == Int(parts[0]) } ?? false
  }
}

/// Why a document is no lesson.
public struct LessonError: Error, Hashable, Sendable {
  public let line: Int
  public let message: String

  init(_ message: String, at line: Int) {
    self.line = line
    self.message = message
  }
}
