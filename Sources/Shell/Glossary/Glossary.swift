import Architecture
import Language

/// What `explain` knows: every component, every pattern, every fault, and the words around them.
struct Term: Sendable {
  let name: String
  let aliases: [String]
  /// What it is, why it is there and when it helps.
  let meaning: String
  /// What one pays for it; empty for what is no choice.
  let costs: String
  /// What real systems call it, with their defaults.
  let elsewhere: String
  /// What to type to see it.
  let tryIt: String

  init(
    _ name: String, _ aliases: [String] = [], _ meaning: String, costs: String = "",
    _ elsewhere: String, _ tryIt: String
  ) {
    self.name = name
    self.aliases = aliases
    self.meaning = meaning
    self.costs = costs
    self.elsewhere = elsewhere
    self.tryIt = tryIt
  }

  static func find(_ text: String) -> Term? {
    let key = normalize(text)
    return all.first { term in
      normalize(term.name) == key || term.aliases.contains { normalize($0) == key }
    }
  }

  /// Without blanks, hyphens and a plural's s.
  private static func normalize(_ text: String) -> String {
    let letters = text.lowercased().filter { $0.isLetter || $0.isNumber }
    return letters.count > 3 && letters.hasSuffix("s") ? String(letters.dropLast()) : letters
  }

  /// The terms by subject, in the order in which `explain` lists them.
  static let subjects: [(title: String, terms: [Term])] = [
    ("components", components), ("choosing an instance", ofBalancing),
    ("when something fails", ofResilience), ("when there is too much", ofLimits),
    ("caches", ofCaching), ("copies", ofFreshness), ("databases", ofDatabases),
    ("acknowledged writes", ofDurability), ("tasks", ofTasks), ("delivery", ofDelivery),
    ("faults", ofFaults), ("the whole", ofTheWhole), ("measuring", ofMeasuring),
    ("this shell", ofShell),
  ]

  static let all = subjects.flatMap(\.terms)
}
