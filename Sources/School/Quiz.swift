/// One question with its choices, what each answer teaches, and a proof by the deployment.
public struct Question: Sendable {
  public struct Choice: Sendable {
    public let text: String
    /// Why it is right, or what is wrong with it.
    public let explanation: String
  }

  /// Commands that run on a copy of the deployment and show the answer, and the conditions that
  /// hold after them if the key is right.
  public struct Proof: Sendable {
    public let says: String
    public let commands: [String]
  }

  public let id: String
  public let text: String
  public let choices: [Choice]
  /// The index of the right choice.
  public let key: Int
  public let proof: Proof

  /// The letter of a choice: A for the first.
  public static func letter(_ index: Int) -> String {
    String(UnicodeScalar(UInt8(65 + index)))
  }

  /// The choice that a letter names; nil when there is none.
  public func choice(_ letter: String) -> Int? {
    choices.indices.first { Self.letter($0) == letter.uppercased() }
  }
}

/// A run through the questions: where it is, and what was answered.
public struct QuizRun: Sendable {
  public let questions: [Question]
  /// The current question; equal to the count when all are answered.
  public private(set) var position = 0
  public private(set) var isStarted = false
  /// The choice of each answered question.
  public private(set) var answers: [Int] = []

  public init(_ questions: [Question] = Question.architecture) { self.questions = questions }

  public mutating func start() {
    self = QuizRun(questions)
    isStarted = true
  }

  public var current: Question? { position < questions.count ? questions[position] : nil }
  public var isFinished: Bool { isStarted && position == questions.count }
  public var score: Int {
    zip(answers, questions).count { $0 == $1.key }
  }

  /// Takes the answer to the current question and goes on; returns whether it is right.
  public mutating func answer(_ choice: Int) -> Bool {
    precondition(position < questions.count, "the quiz is over")
    answers.append(choice)
    position += 1
    return choice == questions[position - 1].key
  }
}
