import Architecture
import Language
import School

/// What may stand at the end of a line, from the declarations of the commands.
public struct Completion {
  public struct Candidate: Sendable {
    public let text: String
    public let description: String
  }

  /// Every word that could replace the last one of a line.
  public static func candidates(for line: String, in session: Session) -> [Candidate] {
    let (words, typed) = words(of: line)
    guard let name = words.first else {
      return Command.all.filter { $0.name.hasPrefix(typed) }
        .map { Candidate(text: $0.name, description: $0.summary) }
    }
    guard let command = try? Command.find(name, allowingPrefix: true) else { return [] }
    return values(of: command, after: Array(words.dropFirst()), typed, session)
      .filter { $0.text.lowercased().hasPrefix(typed.lowercased()) }
      .map {
        typed.isEmpty || $0.text.hasPrefix(typed)
          ? $0
          : Candidate(text: typed + $0.text.dropFirst(typed.count), description: $0.description)
      }
  }

  /// What the command at the end of a line still takes, as in its usage: `PATH [BODY]`.
  public static func parametersToCome(in line: String) -> String {
    let (words, typed) = words(of: line)
    guard typed.isEmpty, let name = words.first,
      let command = try? Command.find(name, allowingPrefix: true)
    else { return "" }
    let arguments = Array(words.dropFirst())
    if let value = valueToCome(of: command, after: arguments) { return value.name }
    return command.parameters.dropFirst(position(in: command, after: arguments))
      .map(\.usage).joined(separator: " ")
  }

  /// The words of the last statement of a line, and the one at its end that is being typed.
  private static func words(of line: String) -> (before: [String], typed: String) {
    let statement = line.split(omittingEmptySubsequences: false) { ";{\n".contains($0) }.last ?? ""
    var words = statement.split(separator: " ").map(String.init)
    let typed = statement.last.map { $0 == " " } ?? true ? "" : words.popLast() ?? ""
    return (words, typed)
  }

  /// The value that an option at the end awaits.
  private static func valueToCome(
    of command: Command, after words: [String]
  ) -> (name: String, kind: Command.Kind)? {
    guard let last = words.last, last.hasPrefix("--") else { return nil }
    return command.options.first { "--" + $0.name == last }?.value
  }

  /// How many of the parameters have been given.
  private static func position(in command: Command, after words: [String]) -> Int {
    let valued = Set(command.options.filter { $0.value != nil }.map { "--" + $0.name })
    var position = 0
    var skipsNext = false
    for word in words {
      if skipsNext {
        skipsNext = false
      } else if word.hasPrefix("--") {
        skipsNext = valued.contains(word)
      } else {
        position += 1
      }
    }
    return position
  }

  private static func values(
    of command: Command, after words: [String], _ typed: String, _ session: Session
  ) -> [Candidate] {
    if let value = valueToCome(of: command, after: words) { return values(of: value.kind, session) }
    if typed.hasPrefix("--") {
      return command.options.map { Candidate(text: "--" + $0.name, description: $0.summary) }
    }
    let position = position(in: command, after: words)
    let options = command.options.map { Candidate(text: "--" + $0.name, description: $0.summary) }
    guard let last = command.parameters.last else { return options }
    let isBeyond = position >= command.parameters.count
    if isBeyond && !last.isRest { return options }
    let kind = (isBeyond ? last : command.parameters[position]).kind
    let before = words.suffix(max(0, position - (command.parameters.count - 1)))
    switch kind {
    case .fault: return values(ofFaultAfter: Array(before), session)
    case .place: return before.isEmpty ? plain(["on"]) : placesAfterOn(Array(before), session)
    case .node where command.name == "incident" && words.first?.lowercased() == "start":
      return IncidentDrill.all.enumerated().map {
        Candidate(text: "\($0.offset + 1)", description: $0.element.complaint)
      }
    case .lesson where words.first?.lowercased() == "answer": return plain(["A", "B", "C", "D"])
    case .lesson where words.first?.lowercased() != "start": return []
    default: return values(of: kind, session)
    }
  }

  private static func plain(_ names: [String]) -> [Candidate] {
    names.map { Candidate(text: $0, description: "") }
  }

  /// Nodes and tiers, if the word before is `on`: after a pattern, those that can have it.
  private static func placesAfterOn(_ words: [String], _ session: Session) -> [Candidate] {
    guard words.last == "on" else { return [] }
    guard let pattern = Pattern.all.first(where: { $0.name == words.first?.lowercased() }) else {
      return values(of: .node, session)
    }
    return NodeNames.all(in: session.world).filter { name in
      switch NodeNames.find(name, in: session.world) {
      case .node(let node): pattern.kinds.contains(session.world.tier(of: node).kind)
      case .tier(let tier): pattern.kinds.contains(tier.kind)
      case nil: false
      }
    }.map { node($0, session.world) }
  }

  /// `KIND on TARGET [values] [for D]`, word by word.
  private static func values(
    ofFaultAfter words: [String], _ session: Session
  ) -> [Candidate] {
    guard let kind = words.first else { return values(of: .fault, session) }
    if words.count == 1 { return plain(["on"]) }
    guard words.count > 2 else { return placesAfterOn(words, session) }
    guard words.last != "for", !words.dropLast().contains("for") else { return [] }
    let values = (FaultCatalogue.find(kind.lowercased())?.parameters ?? []).map(\.name)
    return plain(values.filter { !words.contains($0) } + ["for"])
  }

  private static func values(of kind: Command.Kind, _ session: Session) -> [Candidate] {
    let world = session.world
    switch kind {
    case .method:
      return [
        Candidate(text: "GET", description: "read a row"),
        Candidate(text: "PUT", description: "write a row"),
        Candidate(text: "DELETE", description: "remove a row"),
      ]
    case .path:
      return [
        Candidate(text: "/orders/", description: "Service A: /orders/1 to /orders/1000"),
        Candidate(text: "/products/", description: "Service B: /products/1 to /products/500"),
      ]
    case .identity:
      let meanings = [
        "reads and writes (the default)", "reads only", "no token", "a token whose time is over",
        "a token with a wrong signature",
      ]
      return zip(Identity.allCases, meanings).map { Candidate(text: $0.name, description: $1) }
    case .instance:
      return NodeNames.all(in: world).filter { name in
        switch NodeNames.find(name, in: world) {
        case .node(let node): world.tier(of: node) != .user
        case .tier(let tier):  // its primary, or its only instance
          tier != .user && (tier.kind == .database || world.directory.count(of: tier) == 1)
        case nil: false
        }
      }.map { node($0, world) }
    case .node: return NodeNames.all(in: world).map { node($0, world) }
    case .instanceToRestore:
      let down = world.directory.nodes.filter { !world.isUp($0) }.map { world.name(of: $0) }
      return (["all"] + down).map {
        $0 == "all"
          ? Candidate(text: $0, description: "whatever is down") : node($0, world)
      }
    case .database: return ["database-a", "database-b"].map { node($0, world) }
    case .term: return Term.all.map { Candidate(text: $0.name, description: $0.meaning) }
    case .request: return plain(["last", "slowest"])
    case .observable:
      return NodeNames.all(in: world).map { node($0, world) } + observables(session)
    case .expression: return observables(session)
    case .command:
      return Command.all.map { Candidate(text: $0.name, description: $0.summary) }
    case .sql: return ["database-a", "database-b"].map { node($0, world) }
    case .setting:
      return SettingPath.all.map { Candidate(text: $0.text, description: $0.setting.summary) }
    case .pattern:
      return Pattern.all.map { Candidate(text: $0.name, description: $0.buys) }
    case .fault:
      return FaultCatalogue.all.filter { $0.name != "partition" }
        .map { Candidate(text: $0.name, description: $0.summary) }
    case .lesson:
      return ((try? session.classroom.lessons()) ?? [])
        .map { Candidate(text: $0.name, description: $0.title) }
    case .oneOf(let words): return plain(words)
    case .place: return plain(["on"])
    case .body, .duration, .count, .block, .file, .text: return []
    }
  }

  private static func observables(_ session: Session) -> [Candidate] {
    WholeObservable.all.map { Candidate(text: $0.name, description: $0.summary) }
      + session.observableNames.filter { $0.contains(".") && !$0.hasPrefix("last.") }
      .map { Candidate(text: $0, description: session.observe($0)?.text ?? "") }
  }

  private static func role(of node: NodeID, _ world: World) -> String {
    let title = world.tier(of: node).title
    guard let database = world.database(node) else { return title }
    return "\(title), \(database.isPrimary ? "primary" : "replica")"
  }

  private static func node(_ name: String, _ world: World) -> Candidate {
    switch NodeNames.find(name, in: world) {
    case .node(let node):
      return Candidate(
        text: name, description: role(of: node, world) + (world.isUp(node) ? "" : ", down"))
    case .tier(let tier): return Candidate(text: name, description: tier.role)
    case nil: return Candidate(text: name, description: "")
    }
  }
}
