/// "Did you mean": the one known word that is close enough to what was typed.
public enum Suggestion {
  /// Nil when nothing is within a third of the length (at least one edit).
  public static func closest(to word: String, among known: [String]) -> String? {
    let word = word.lowercased()
    let limit = max(1, word.count / 3)
    var best: (word: String, distance: Int)?
    for candidate in known {
      let isPrefix = word.count >= 2 && candidate.hasPrefix(word)
      let distance = isPrefix ? 0 : distance(Array(word), Array(candidate.lowercased()))
      if distance <= limit, distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    return best?.word
  }

  /// The same as a question; nil when nothing is near.
  public static func question(about word: String, among known: [String]) -> String? {
    closest(to: word, among: known).map { "did you mean '\($0)'?" }
  }

  /// Damerau and Levenshtein's distance: insertions, deletions, substitutions, and swaps of
  /// neighbours (optimal string alignment).
  static func distance(_ a: [Character], _ b: [Character]) -> Int {
    var before: [Int] = []
    var previous = Array(0...b.count)
    for i in 0..<a.count {
      var current = [i + 1]
      for j in 0..<b.count {
        var cost = min(
          previous[j] + (a[i] == b[j] ? 0 : 1), previous[j + 1] + 1, current[j] + 1)
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, before[j - 1] + 1) }
        current.append(cost)
      }
      before = previous
      previous = current
    }
    return previous[b.count]
  }
}
