import Architecture
import Kernel
import Language

/// Reads faults as they are typed, `latency on gateway-1..service-a-2 200ms for 30s`, and says
/// what would be right when they are not.
struct FaultText {
  var type: any Fault.Type
  var values: [Double]
  var target: FaultTarget
  var duration: Kernel.Duration?

  /// The kind and those of its values that differ from the usual ones, as typed.
  var text: String {
    zip(type.parameters, values).reduce(into: type.name) { text, pair in
      if pair.0.standard != pair.1 { text += " \(Self.text(pair.1, pair.0))" }
    }
  }

  /// What a word that is no fault may stand for.
  static func hint(about word: String) -> String? {
    let meant = [
      "down": "crash", "dead": "crash", "kill": "crash", "delay": "latency", "lag": "latency",
      "drop": "loss", "hang": "pause", "freeze": "pause", "isolate": "partition",
      "error": "abort", "errors": "abort", "disk": "disk-full", "slowdown": "slow",
    ]
    if let name = meant[word.lowercased()] { return "did you mean '\(name)'?" }
    return Suggestion.question(about: word, among: FaultCatalogue.all.map { $0.name })
  }

  /// `KIND on TARGET [values] [for D]`, without the command's own word.
  static func parse(_ words: [String], in world: World) throws(CommandError) -> FaultText {
    var words = words
    guard let first = words.first else { throw .usage("inject what? \(kinds)") }
    // `cpu stress`, `disk full`: a name of two words.
    if words.count > 1, FaultCatalogue.find("\(first)-\(words[1])") != nil {
      words.replaceSubrange(...1, with: ["\(first)-\(words[1])"])
    }
    let name = words[0]
    guard
      let type = FaultCatalogue.find(name)
    else {
      throw .usage(
        "there is no fault '\(name)'; \(hint(about: name).map { $0 + " " } ?? "")\(kinds)")
    }
    guard type.name != "partition" else {
      throw .usage("write it as partition A B, where A and B are nodes or tiers")
    }
    var rest = Array(words.dropFirst())
    let duration = try takeDuration(&rest)
    guard let on = rest.firstIndex(of: "on"), on + 1 < rest.count else {
      throw .usage("on what? As in inject \(type.name) on service-a-1\(sample(type))")
    }
    let target = try target(rest[on + 1], of: type, in: world)
    if type.name == "restart", duration != nil {
      throw .usage(
        "a restart is over at once; 'inject crash on \(rest[on + 1]) for …' keeps it down so long")
    }
    rest.removeSubrange(on...on + 1)
    let values = try values(rest, of: type)
    return FaultText(type: type, values: values, target: target, duration: duration)
  }

  private static let kinds =
    "faults are " + FaultCatalogue.all.map { $0.name }.joined(separator: ", ")

  private static func takeDuration(
    _ words: inout [String]
  ) throws(CommandError) -> Kernel.Duration? {
    guard let index = words.lastIndex(of: "for") else { return nil }
    guard index + 1 < words.count else { throw .usage("for how long? As in for 30s") }
    let duration = try Arguments.duration(words[index + 1])
    guard duration > .zero else { throw .usage("'for' takes a duration above 0, such as 30s") }
    words.removeSubrange(index...index + 1)
    return duration
  }

  // MARK: Targets

  private static func target(
    _ text: String, of type: any Fault.Type, in world: World
  ) throws(CommandError) -> FaultTarget {
    let ends = text.split(separator: "..", omittingEmptySubsequences: false)
      .map { NodeNames.spelledOut(String($0)) }
    let text = ends.joined(separator: "..")
    guard ends.count <= 2 else {
      throw .usage("'\(text)' is no link; write it as gateway-1..service-a-2")
    }
    let meansReplicas = type.name == "replication-pause"
    let here = try places(ends[0], in: world, meansReplicas: meansReplicas)
    let there = ends.count == 2 ? try places(ends[1], in: world) : []
    guard there.isEmpty || Set(here).isDisjoint(with: there) else {
      throw .usage("'\(text)' is no link: both ends are the same")
    }
    guard case .node(let kinds) = type.scope else {
      if case .calls = type.scope, there.isEmpty,
        here.allSatisfy({ Self.kind(of: $0, world) == .client })
      {
        throw .usage(
          "nobody calls the user; name a link, as in \(type.name) on user..load-balancer")
      }
      return FaultTarget(here: here, there: there, text: text.lowercased())
    }
    guard there.isEmpty else {
      throw .usage("\(type.name) is of a machine, not of a link: name a node or a tier")
    }
    for place in here {
      let kind = kind(of: place, world)
      if kind == .client { throw CommandError("the user has no machine to break; it is you") }
      if let kinds, !kinds.contains(kind) {
        let names = Tier.allCases.filter { kinds.contains($0.kind) }.map(\.name)
        throw CommandError("\(type.name) fits \(names.joined(separator: ", ")), not '\(text)'")
      }
    }
    return FaultTarget(here: here, text: text.lowercased())
  }

  /// One group of a partition, such as `gateway,service-a-1`.
  static func places(
    _ text: String, in world: World, meansReplicas: Bool = false
  ) throws(CommandError) -> [FaultTarget.Place] {
    var places: [FaultTarget.Place] = []
    for name in text.split(separator: ",", omittingEmptySubsequences: false) {
      switch try NodeNames.target(String(name), in: world) {
      case .node(let node): places.append(.node(node))
      case .tier(let tier):
        // As everywhere, a database's name stands for its current primary.
        let isPrimary = tier.kind == .database && !meansReplicas
        places.append(isPrimary ? .node(world.directory.primary(of: tier)) : .tier(tier))
      }
    }
    return places
  }

  private static func kind(of place: FaultTarget.Place, _ world: World) -> Tier.Kind {
    switch place {
    case .node(let node): world.tier(of: node).kind
    case .tier(let tier): tier.kind
    }
  }

  // MARK: Values

  private static func values(
    _ words: [String], of type: any Fault.Type
  ) throws(CommandError) -> [Double] {
    var found: [Double?] = type.parameters.map { _ in nil }
    var index = 0
    while index < words.count {
      var word = words[index]
      index += 1
      var names = Array(type.parameters.indices)
      let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
      let name = parts[0].drop { $0 == "-" }
      if let named = type.parameters.firstIndex(where: { $0.name == name.lowercased() }) {
        names = [named]
        if parts.count == 2 {
          word = parts[1]
        } else if index < words.count {
          word = words[index]
          index += 1
        } else {
          throw .usage("\(name) of what? \(usage(type))")
        }
      }
      if parts.count == 2, word.contains("=") { word = parts[1] }  // by a name of its own
      let place = names.first { found[$0] == nil && value(word, type.parameters[$0]) != nil }
      guard let place else {
        let unit = ["%", "ms"].first { unit in
          type.parameters.contains { value(word + unit, $0) != nil }
        }
        let right =
          word == "->"
          ? "a link is written gateway-1..service-a-2"
          : unit.map { "did you mean \(word)\($0)? \(usage(type))" } ?? usage(type)
        throw .usage("'\(word)' does not fit; \(right)")
      }
      found[place] = value(word, type.parameters[place])
    }
    var result: [Double] = []
    for (parameter, value) in zip(type.parameters, found) {
      guard let value = value ?? parameter.standard else {
        throw .usage(
          "\(parameter.name) is missing; \(usage(type)), as in 'inject \(type.name) on service-a"
            + "\(sample(type))'")
      }
      result.append(value)
    }
    return result
  }

  private static func value(_ word: String, _ parameter: FaultParameter) -> Double? {
    let value: Double?
    switch (parameter.unit, Quantity.parse(word.hasSuffix("x") ? String(word.dropLast()) : word)) {
    case (.duration, .duration(let nanoseconds)): value = Double(nanoseconds)
    case (.percent, .percent(let share)): value = share
    case (.factor, .number(let number)): value = number
    case (.status, .number(let number)): value = number == number.rounded() ? number : nil
    default: value = nil
    }
    return value.flatMap { parameter.range.contains($0) ? $0 : nil }
  }

  private static func usage(_ type: any Fault.Type) -> String {
    if type.parameters.isEmpty { return "\(type.name) takes no values" }
    let parts = type.parameters.map { parameter in
      let (low, high) = (parameter.range.lowerBound, parameter.range.upperBound)
      let usual = parameter.standard.map { "; \(text($0, parameter)) unless said" } ?? ""
      return "\(parameter.name) (\(text(low, parameter)) to \(text(high, parameter))\(usual))"
    }
    return "\(type.name) takes \(parts.joined(separator: ", "))"
  }

  private static func sample(_ type: any Fault.Type) -> String {
    type.parameters.filter { $0.standard == nil }.map {
      switch $0.unit {
      case .duration: " 200ms"
      case .percent: " 50%"
      case .factor: " 10"
      case .status: " 503"
      }
    }.joined()
  }

  static func text(_ value: Double, _ parameter: FaultParameter) -> String {
    switch parameter.unit {
    case .duration: DurationText.typed(nanoseconds: Int64(value))
    case .percent: NumberText.percent(value).filter { $0 != " " }
    case .factor: NumberText.plain(value)
    case .status: NumberText.plain(value)
    }
  }
}

extension String {
  func components(separatedBy separator: String) -> [String] {
    var (parts, rest) = ([String](), self[...])
    while let range = rest.firstRange(of: separator) {
      parts.append(String(rest[..<range.lowerBound]))
      rest = rest[range.upperBound...]
    }
    return parts + [String(rest)]
  }
}
