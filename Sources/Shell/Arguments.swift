import Architecture
import Kernel
import Language

/// The words of a command, sorted by its declaration.
struct Arguments {
  let statement: Statement
  private var positional: [String: Word] = [:]
  private(set) var rest: [Word] = []
  private var options: [String: Word] = [:]
  private var flags: Set<String> = []

  init(_ statement: Statement, for command: Command) throws(CommandError) {
    var statement = statement
    if command.group == .experiment { statement = statement.separatingColon }
    if command.takesAssignment {
      statement =
        statement.words.count == 2 ? statement.separatingAssignment : statement.without("=")
    }
    if command.name == "set" { statement = statement.joiningPath }
    // The body of a request is nobody's quantity.
    let isBody = command.name == "send" && !statement.words.contains { $0.text == "--timeout" }
    if Self.measuring.contains(command.name) && !isBody { statement = statement.joiningUnits }
    self.statement = statement
    var parameters = command.parameters[...]
    var index = 1
    while index < statement.words.count {
      let word = statement.words[index]
      index += 1
      if word.text == ":", command.group == .experiment {
        rest += statement.words[(index - 1)...]  // another command, with options of its own
        break
      }
      if word.isRequestNumber && !command.takesRequests { continue }  // it begins a comment
      if Self.isOption(word) {
        try take(option: word.text, of: command, statement.words, &index)
      } else if let parameter = parameters.first {
        if parameter.isRest {
          rest.append(word)
        } else {
          if case .block = parameter.kind, word.block == nil {
            throw Self.bracesAreMissing(before: index - 1, in: statement)
          }
          positional[parameter.name] = word
          parameters.removeFirst()
        }
      } else {
        let isJoined = statement.words.contains { ["&&", "||", "|", "&"].contains($0.text) }
        throw .usage(
          "'\(word.text)' is one word too many; "
            + (isJoined ? "';' stands between two commands" : command.usageWithExample))
      }
    }
    for parameter in parameters where parameter.isRequired {
      if parameter.isRest && !rest.isEmpty { continue }
      // A path that stands first: it is the method before it that was left out.
      var isOutOfPlace = false
      if case .path = parameter.kind {
        isOutOfPlace = positional.values.contains { $0.text.hasPrefix("/") }
      }
      let missing = isOutOfPlace ? command.parameters[0].necessary : parameter.necessary
      throw .usage("\(missing) is missing; \(command.usageWithExample)")
    }
  }

  /// The commands that take quantities; others may mean a number and a word.
  private static let measuring: Set = [
    "load", "inject", "partition", "set", "run", "send", "metrics", "plot", "live", "watch",
    "sweep",
    "at", "until", "forecast",
  ]

  /// A rule such as `-----` is none: a letter must follow the dashes.
  private static func isOption(_ word: Word) -> Bool {
    word.text.hasPrefix("--") && !word.isQuoted && word.text.dropFirst(2).first?.isLetter == true
  }

  /// Commands where a block should stand: the same line as it would be right.
  private static func bracesAreMissing(before index: Int, in statement: Statement) -> CommandError {
    let words = statement.words.map(\.source)
    let head = words[..<index].joined(separator: " ")
    return .usage(
      "put the commands in braces: \(head) { \(words[index...].joined(separator: " ")) }")
  }

  private mutating func take(
    option text: String, of command: Command, _ words: [Word], _ index: inout Int
  ) throws(CommandError) {
    let body = text.dropFirst(2)
    let name = String(body.prefix { $0 != "=" })
    guard let option = command.options.first(where: { $0.name == name }) else {
      if name == "help" {
        throw .usage("'help \(command.name)' explains it; \(command.usageWithExample)")
      }
      let known = command.options.map { "--" + $0.name }
      let hint = Suggestion.closest(to: "--" + name, among: known).map { "did you mean \($0)?" }
      throw .usage(
        "'\(command.name)' has no option --\(name); \(hint ?? command.usageWithExample)")
    }
    guard let value = option.value else {
      flags.insert(name)
      return
    }
    if body.contains("=") {
      options[name] = Word(text: String(body.drop { $0 != "=" }.dropFirst()))
    } else if index < words.count {
      options[name] = words[index]
      index += 1
    } else {
      throw .usage("--\(name) needs a value: --\(name) \(value.name)")
    }
  }

  subscript(name: String) -> String? { positional[name]?.text ?? options[name]?.text }
  func has(_ flag: String) -> Bool { flags.contains(flag) }

  /// What is left over, as one text.
  var restText: String { rest.map(\.text).joined(separator: " ") }

  /// A required parameter: `init` has seen to it that it is there.
  func required(_ name: String) -> String { positional[name]?.text ?? "" }

  func duration(_ name: String) throws(CommandError) -> Kernel.Duration? {
    guard let text = self[name] else { return nil }
    return try Self.duration(text)
  }

  /// What a word says as a duration of zero or more.
  static func duration(_ word: String) throws(CommandError) -> Kernel.Duration {
    do {
      return .nanoseconds(try Quantity.duration(word))
    } catch {
      throw .usage(error.message)
    }
  }

  /// A whole number within limits.
  func count(_ name: String, _ range: ClosedRange<Int>) throws(CommandError) -> Int? {
    guard let text = self[name] else { return nil }
    if let number = Int(text.filter { $0 != "_" && $0 != "," }), range.contains(number) {
      return number
    }
    throw .usage(
      "'\(text)' is no whole number from \(NumberText.grouped(range.lowerBound)) to "
        + "\(NumberText.grouped(range.upperBound))")
  }

  func block(_ name: String) throws(CommandError) -> Block {
    guard let block = positional[name]?.block else {
      throw .usage("commands must stand in braces, as in { send GET /orders/42 }")
    }
    return block
  }
}

extension Word {
  /// `#12`, as reports name requests.
  fileprivate var isRequestNumber: Bool {
    !isQuoted && text.hasPrefix("#") && text.count > 1 && text.dropFirst().allSatisfy(\.isNumber)
  }
}

extension Command {
  fileprivate var takesRequests: Bool {
    parameters.contains { if case .request = $0.kind { true } else { false } }
  }
}
