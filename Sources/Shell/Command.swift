import Language

/// One command: parsing, help, completion and the reference all come from this declaration.
public struct Command: Sendable {
  public enum Group: String, CaseIterable, Sendable {
    case look, request, trace, `break`, settings, time, travel, experiment, learn, script, shell

    /// The heading in the help.
    var title: String { self == .settings ? "patterns" : rawValue }
  }

  /// What an argument stands for; completion offers its values.
  public enum Kind: Sendable {
    case method, path, body, identity, duration, count, node, database, instanceToRestore
    /// A node that can be broken: an instance, or the name of a tier that stands for one.
    case instance
    case term, request, expression, block, sql, file, command, text, observable, setting, fault,
      pattern, lesson
    case oneOf([String])
    /// `on`, and then a node or a tier.
    case place
  }

  public struct Parameter: Sendable {
    let name: String
    let kind: Kind
    var isRequired = true
    /// Takes all that is left.
    var isRest = false

    /// As it stands in the usage: `PATH`, `[BODY]`, `COMMAND…`. A name of several words is the
    /// usage itself: `EXPR [within D]`.
    var usage: String {
      if name.contains(" ") { return name }
      let shown = isRest ? name + "…" : name
      return isRequired ? shown : "[\(shown)]"
    }

    /// What of it can't be left out: of `EXPR [within D]` only `EXPR`.
    var necessary: String {
      name.replacing(/\[[^\]]*\]/, with: "").replacing(/([A-Z])…/) { $0.1 }.split(separator: " ")
        .joined(separator: " ")
    }
  }

  public struct Option: Sendable {
    let name: String
    /// Nil for a flag.
    var value: (name: String, kind: Kind)?
    let summary: String
  }

  public struct Example: Sendable {
    let line: String
    let meaning: String
  }

  public struct Choice: Sendable {
    let text: String
    let meaning: String
  }

  typealias Body = @Sendable (Session, Arguments) throws(CommandError) -> Report

  let name: String
  let group: Group
  let summary: String
  /// Whether it goes to another moment itself; then the moment before it is not kept.
  var travels = false
  /// Whether `PATH=VALUE` may stand for `PATH VALUE`.
  var takesAssignment = false
  var parameters: [Parameter] = []
  var options: [Option] = []
  /// What may stand for the first parameter, where each has a meaning to tell.
  var choices: [Choice] = []
  /// Paragraphs: the help breaks them to the width of the terminal.
  var details: [String] = []
  var examples: [Example] = []
  let run: Body

  /// Whether it happens between two events and leaves the deployment the same one, as commands of an
  /// `at` block must.
  var happensAtOneMoment: Bool {
    let groups: [Group] = [.time, .travel, .experiment]
    let names = ["watch", "quit", "record", "export", "lesson", "incident"]
    return !groups.contains(group) && !names.contains(name)
  }

  /// As in `send METHOD PATH [BODY] [--as WHO]`.
  var usage: String { usageParts.joined(separator: " ") }

  /// The usage, and a line that is right.
  var usageWithExample: String {
    let example = examples.first { $0.line.contains(" ") } ?? examples.first
    return "usage: \(usage)" + (example.map { ", as in '\($0.line)'" } ?? "")
  }

  /// What of the usage must stay on one line: `PATH`, `[--as WHO]`.
  var usageParts: [String] {
    [name] + parameters.map(\.usage)
      + options.filter { option in !parameters.contains { $0.name.contains("[\(option.name)]") } }
      .map { option in
        option.value.map { "[--\(option.name) \($0.name)]" } ?? "[--\(option.name)]"
      }
  }

  /// Every command, in the order of the help.
  static let all: [Command] =
    lookCommands + measureCommands + requestCommands + loadCommands + traceCommands + breakCommands
    + faultCommands
    + patternCommands + [scaleCommand] + settingCommands
    + timeCommands + timeTravelCommands + watchCommands + experimentCommands + lessonCommands
    + incidentCommands + learnCommands
    + scriptCommands
    + recordCommands + shellCommands

  static let byName: [String: Command] = Dictionary(
    uniqueKeysWithValues: all.map { ($0.name, $0) })

  /// Finds a command by its name or, where that is allowed, by a prefix that only it has.
  /// A hint may quote the line that the word stands in.
  static func find(
    _ word: String, in line: String = "", allowingPrefix: Bool
  ) throws(CommandError) -> Command {
    let name = word.lowercased() == "exit" ? "quit" : word.lowercased()
    if let command = byName[name] { return command }
    let candidates = all.filter { $0.name.hasPrefix(name) }
    if allowingPrefix, candidates.count == 1 { return candidates[0] }
    if allowingPrefix, candidates.count > 1, !name.isEmpty {
      let names = candidates.map(\.name).joined(separator: ", ")
      throw .usage("'\(word)' could be \(names)")
    }
    throw .usage("there is no command '\(word)'; \(hint(for: word, in: line))")
  }

  private static let foreign = [
    "ls": "nodes", "ps": "nodes", "status": "map", "curl": "send GET /orders/42",
    "kill": "fail", "crash": "fail", "break": "fail", "stop": "fail", "start": "restore",
    "fix": "restore", "repair": "restore", "promote": "failover", "exi": "quit", "log": "traces",
    "logs": "traces", "cat": "sql \"select * from orders\"", "restart": "inject restart on",
    "get-trace": "trace", "slow": "inject slow on NODE",
    "answer": "quiz answer A", "begin": "lesson start", "recover": "restore", "wait": "run",
    "sleep": "run",
    "man": "help", "?": "help", "select": "sql select …", "assert": "expect EXPR", "bye": "quit",
  ]

  private static func hint(for word: String, in line: String) -> String {
    let methods = ["get": "GET", "put": "PUT", "post": "PUT", "delete": "DELETE"]
    let rest = line.dropFirst(word.count)
    if let method = methods[word.lowercased()] {
      let path = rest.contains("/") ? String(rest) : " /orders/42"
      return "did you mean 'send \(method)\(path)'?"
    }
    // Said of a lesson that is open.
    let verbs = ["next", "check", "hint", "solution", "play", "skip"]
    if verbs.contains(word.lowercased()) { return "did you mean 'lesson \(word.lowercased())'?" }
    if ["a", "b", "c", "d"].contains(word.lowercased()) {
      return "did you mean 'quiz answer \(word.uppercased())'?"
    }
    let lessons = ["lesson", "lessons"]
    if let first = rest.split(separator: " ").first, lessons.contains(first.lowercased()) {
      if word.lowercased() == "stop" { return "did you mean 'lesson stop'?" }
      return "did you mean 'lesson start\(rest.trimmed.dropFirst(first.count))'?"
    }
    if let meaning = foreign[word.lowercased()] {
      // Those that take a node take what was typed after the word.
      let takesNode = ["fail", "restore", "failover", "inject restart on"].contains(meaning)
      let wanted = takesNode ? " NODE" : meaning == "run" ? " 10s" : nil
      let argument = wanted.map { rest.isEmpty ? $0 : String(rest) } ?? ""
      return "did you mean '\(meaning)\(argument)'?"
    }
    // Another tool's name before what is a command here.
    let other = rest.trimmed.prefix { $0 != " " }
    if byName[String(other)] != nil { return "did you mean '\(rest.trimmed)'?" }
    if let name = Suggestion.closest(to: word, among: all.map(\.name)) {
      return "did you mean '\(name)'?"
    }
    return "'help' lists them"
  }
}

extension Substring {
  fileprivate var trimmed: Substring { drop { $0 == " " } }
}
