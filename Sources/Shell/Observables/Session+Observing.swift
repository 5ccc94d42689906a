import Architecture
import Kernel
import Language

/// Reading observables by name.
extension Session {
  /// Other names that people type.
  static let aliases = [
    "queue.processed": "queue.acknowledged", "load.requests": "load.sent",
    "load.errors": "load.failed",
  ]

  /// The value of an observable by its full name; nil when there is none of that name.
  func observe(_ typed: String) -> Quantity? {
    let name = Self.aliases[typed] ?? typed
    if let whole = WholeObservable.all.first(where: { $0.name == name }) {
      return whole.read(self)
    }
    guard let dot = name.firstIndex(of: "."),
      let target = NodeNames.find(String(name[..<dot]), in: world)
    else { return nil }
    let suffix = name[name.index(after: dot)...]
    let (tier, instance): (Tier, NodeID?)
    switch target {
    case .node(let node): (tier, instance) = (world.tier(of: node), node)
    case .tier(let named): (tier, instance) = (named, nil)
    }
    if let observable = Observable.of(tier.kind).first(where: { $0.name == suffix }) {
      return observable.read(world, instance.map { [$0] } ?? observable.nodes(of: tier, in: world))
    }
    let first =
      tier.kind == .database ? world.directory.primary(of: tier) : world.directory.first(of: tier)
    return Setting.of(tier.kind).first { $0.name == suffix }
      .map { SettingPath(tier: tier, setting: $0, instance: instance ?? first).value(world) }
  }

  /// Every name that `observe` knows, for completion and suggestions.
  var observableNames: [String] {
    WholeObservable.all.map(\.name)
      + NodeNames.all(in: world).flatMap { name -> [String] in
        guard let target = NodeNames.find(name, in: world) else { return [] }
        let kind: Tier.Kind
        switch target {
        case .node(let node): kind = world.tier(of: node).kind
        case .tier(let tier): kind = tier.kind
        }
        return Observable.of(kind).map { "\(name).\($0.name)" }
      }
  }

  /// What may have been meant by a name that is none, and where all of them are listed.
  func observableHint(_ name: String) -> String {
    let close =
      Suggestion.closest(to: name, among: observableNames).map { [$0] } ?? observables(ending: name)
    let names = close.map { "'\($0)'" }.joined(separator: " or ")
    return close.isEmpty
      ? "'show' lists what there is" : "did you mean \(names)? 'show' lists them all"
  }

  /// The observables whose last part is a word: of requests, and of the first tier that has it.
  private func observables(ending text: String) -> [String] {
    let word = text.lowercased().split(separator: ".").last.map(String.init) ?? ""
    let others = ["errors": "failed", "failures": "failed", "rps": "throughput"]
    let wanted = [word, others[word] ?? word]
    let ofRequests = ["load.", "last."].compactMap { prefix in
      wanted.map { prefix + $0 }.first { name in WholeObservable.all.contains { $0.name == name } }
    }
    let tier = ([Tier.gateway] + Tier.allCases).first { tier in
      Observable.of(tier.kind).contains { $0.name == word }
    }
    return ofRequests.prefix(1) + (tier.map { ["\($0.name).\(word)"] } ?? [])
  }

  /// Decides a condition; what can't be decided is a usage error with a suggestion.
  func evaluate(_ expression: Expression) throws(CommandError) -> Expression.Outcome {
    do {
      return try expression.evaluate(
        { self.observe($0) }, canonical: { NodeNames.canonical($0, in: self.world) })
    } catch {
      throw .usage(error.message + (error.unknownName.map { "; " + observableHint($0) } ?? ""))
    }
  }

  /// Throws if a condition names what does not exist; its values need not be there yet.
  func checkNames(of expression: Expression) throws(CommandError) {
    for name in expression.names where observe(name) == nil {
      throw .usage("there is no observable '\(name)'; \(observableHint(name))")
    }
  }

  func parseExpression(_ text: String) throws(CommandError) -> Expression {
    let expression: Expression
    do {
      expression = try Expression.parse(text)
    } catch {
      throw .usage(error.message)
    }
    for (name, value) in expression.comparisons { try checkWord(value, of: name) }
    return expression
  }

  /// What an observable can be that is one of a few words; nil for all others.
  private static func words(of name: String) -> [String]? {
    switch name {
    case "last.cache": CacheOutcome.allCases.map(\.name)
    case "last.reason": Reason.allCases.map(\.name)
    case "last.fallback": ["yes", "no"]
    case let name where name.hasSuffix("circuit-breaker.state"):
      ["closed", "open", "half-open", "off"]
    case let name where name.hasSuffix(".state"): ["up", "down", "degraded"]
    default: nil
    }
  }

  /// A word that can never be is a mistake, above all where it is to be another one.
  private func checkWord(_ value: String, of name: String) throws(CommandError) {
    guard let words = Self.words(of: name), observe(value) == nil else { return }
    let word = value.lowercased()
    guard word != Quantity.absent.text, !words.contains(word) else { return }
    let hint =
      Suggestion.question(about: value, among: words)
      ?? (words.count < 8
        ? "it is one of \(words.joined(separator: ", "))" : "'explain' tells of each")
    throw .usage("\(name) is never '\(value)'; \(hint)")
  }
}
