import Language
import School

/// The quiz: of the architecture, or of a lesson.
let learnCommands: [Command] = [
  Command(
    name: "quiz", group: .learn, summary: "take the architecture quiz",
    parameters: [
      .init(
        name: "ACTION",
        kind: .oneOf(["start", "answer", "proof", "score", "stop", "A", "B", "C", "D"]),
        isRequired: false),
      .init(name: "WHAT", kind: .lesson, isRequired: false),
    ],
    details: [
      "quiz start begins, quiz start 4 that of a lesson, quiz answer A (or quiz A) answers, "
        + "quiz proof runs the proof of the question just answered on a copy of the deployment, "
        + "quiz score tells the score."
    ],
    examples: [
      .init(line: "quiz start", meaning: "the first question"),
      .init(line: "quiz answer A", meaning: "an answer, and why it is right or wrong"),
      .init(line: "quiz proof", meaning: "see it happen"),
    ]
  ) { session, arguments throws(CommandError) in
    let action = arguments["ACTION"]?.lowercased()
    if action != "answer", action != "start", let extra = arguments["WHAT"] {
      throw .usage("'\(extra)' was not expected; answer by 'quiz answer \(extra.uppercased())'")
    }
    switch action {
    case nil: return session.quiz.isStarted ? ask(session) : start(session)
    case "start": return try start(arguments["WHAT"], session)
    case "stop", "quit":
      session.quiz = QuizRun()
      return Report(["the quiz is closed; 'quiz start' begins anew"])
    case "score": return score(session)
    case "proof": return try proof(session)
    case "answer":
      guard let letter = arguments["WHAT"] else {
        throw .usage("which one? 'quiz answer A'")
      }
      return try answer(letter, session)
    case let word?:
      let isOpen = session.quiz.isStarted && !session.quiz.isFinished
      if !isOpen, Int(word) != nil { return try start(word, session) }
      if word.count == 1 { return try answer(word, session) }
      let hint = Suggestion.closest(to: word, among: ["start", "answer", "proof", "score", "stop"])
      throw .usage(
        "'quiz \(word)' means nothing; "
          + (hint.map { "did you mean 'quiz \($0)'?" }
            ?? "there are start, answer, proof, score, stop"))
    }
  }
]

/// The quiz of a lesson, or that of the architecture.
private func start(_ lesson: String?, _ session: Session) throws(CommandError) -> Report {
  var questions = Question.architecture
  if let lesson { questions = try session.classroom.lesson(lesson).questions }
  guard !questions.isEmpty else { throw CommandError("this lesson has no questions") }
  session.quiz = QuizRun(questions)
  return start(session)
}

private func start(_ session: Session) -> Report {
  session.quiz.start()
  session.quizIsForemost = true
  return ask(session)
}

private func ask(_ session: Session) -> Report {
  guard let question = session.quiz.current else { return score(session) }
  let width = min(session.options.width, 100)
  let number = session.quiz.position + 1
  let title = "Question \(number) of \(session.quiz.questions.count): \(question.text)"
  var lines = DisplayWidth.wrap(title, width).map { session.style.strong($0) }
  for (index, choice) in question.choices.enumerated() {
    let wrapped = DisplayWidth.wrap(choice.text, width - 5)
    lines.append("  \(Question.letter(index))  \(wrapped[0])")
    lines += wrapped.dropFirst().map { "     " + $0 }
  }
  let answer = session.options.isInteractive ? "its letter" : "'quiz answer A'"
  lines.append(session.style.quiet("answer by \(answer)"))
  let choices = question.choices.enumerated().map {
    (Question.letter($0), JSON.string($1.text))
  }
  return Report(
    lines,
    .object([
      ("question", .integer(number)), ("id", .string(question.id)),
      ("text", .string(question.text)), ("choices", .object(choices)),
    ]))
}

private func answer(_ letter: String, _ session: Session) throws(CommandError) -> Report {
  guard session.quiz.isStarted else {
    throw CommandError("no quiz is running; 'quiz start' begins")
  }
  guard let question = session.quiz.current else {
    throw CommandError("all questions are answered; 'quiz start' begins anew")
  }
  // Their numbers will do, too.
  let number = Int(letter).flatMap { question.choices.indices.contains($0 - 1) ? $0 - 1 : nil }
  guard let choice = question.choice(number.map { Question.letter($0) } ?? letter) else {
    let letters = question.choices.indices.map { Question.letter($0) }
    throw .usage("there is no answer '\(letter)'; choose \(letters.joined(separator: ", "))")
  }
  let isRight = session.quiz.answer(choice)
  let width = min(session.options.width, 100)
  let verdict = isRight ? session.style.good("Right.") : session.style.bad("Not so.")
  var lines = DisplayWidth.wrap("\(verdict) \(question.choices[choice].explanation)", width)
  if !isRight {
    let key = question.choices[question.key]
    lines += DisplayWidth.wrap(
      "The answer is \(Question.letter(question.key)): \(key.text). \(key.explanation)", width)
  }
  let (score, done) = (session.quiz.score, session.quiz.position)
  lines += [
    session.quiz.isFinished
      ? "The score: \(score) of \(session.quiz.questions.count)." : "Score \(score) of \(done).",
    session.style.quiet("'quiz proof' shows it on a copy of the deployment."),
  ]
  if !session.quiz.isFinished { lines += [""] + ask(session).lines }
  if session.quiz.isFinished, let lesson = try? lessonAfter(question, session) {
    lines.append("The next lesson is '\(lesson.title)': 'lesson start \(lesson.number)'.")
  }
  return Report(
    lines,
    .object([
      ("id", .string(question.id)), ("answer", .string(Question.letter(choice))),
      ("right", .bool(isRight)), ("key", .string(Question.letter(question.key))),
      ("explanation", .string(question.choices[choice].explanation)),
      ("score", .integer(session.quiz.score)), ("answered", .integer(session.quiz.position)),
      ("of", .integer(session.quiz.questions.count)),
    ]))
}

/// The lesson after the one that a question belongs to.
private func lessonAfter(
  _ question: Question, _ session: Session
) throws(CommandError) -> Lesson? {
  let lessons = try session.classroom.lessons()
  guard
    let index = lessons.firstIndex(where: { $0.questions.contains { $0.id == question.id } }),
    index + 1 < lessons.count
  else { return nil }
  return lessons[index + 1]
}

private func score(_ session: Session) -> Report {
  let quiz = session.quiz
  let line =
    quiz.isStarted
    ? "The score: \(quiz.score) of \(quiz.questions.count), \(quiz.position) answered."
    : "No quiz is running; 'quiz start' begins."
  return Report(
    [line],
    .object([
      ("score", .integer(quiz.score)), ("answered", .integer(quiz.position)),
      ("of", .integer(quiz.questions.count)),
    ]))
}

/// Runs the proof of the question answered last on a copy; the deployment stays as it is.
private func proof(_ session: Session) throws(CommandError) -> Report {
  guard session.quiz.position > 0 else {
    throw CommandError("answer a question first, then 'quiz proof' shows why")
  }
  let question = session.quiz.questions[session.quiz.position - 1]
  let width = min(session.options.width, 100)
  var lines = DisplayWidth.wrap(question.proof.says, width)
  let here = run(question, on: session.fork(), session)
  lines += here.lines
  var isProved = here.isProved
  if !isProved {
    // Faults, patterns or another seed may make it come out differently here.
    let fresh = session.fork()
    fresh.reset(seed: Session.Options().seed)
    let there = run(question, on: fresh, session)
    isProved = there.isProved
    lines +=
      session.wrap("Not so with your deployment as it is now. On a fresh one:") + there.lines
  }
  lines.append(
    isProved
      ? session.style.good("Proved; your deployment is as it was.")
      : session.style.bad("The proof failed."))
  return Report(
    lines, .object([("id", .string(question.id)), ("proved", .bool(isProved))]))
}

/// Runs a question's proof on a copy, and tells what it showed.
private func run(
  _ question: Question, on copy: Session, _ session: Session
) -> (lines: [String], isProved: Bool) {
  var lines: [String] = []
  copy.options.isJSON = false
  copy.options.isInteractive = false
  copy.options.echoes = true
  copy.options.width -= 2
  copy.write = { [unowned copy] in lines += copy.shownLines($0) }
  copy.writeError = { lines.append("  " + $0) }
  let script = question.proof.commands.joined(separator: "\n")
  let status = copy.run(script, name: "proof")
  return (lines, status == 0)
}
