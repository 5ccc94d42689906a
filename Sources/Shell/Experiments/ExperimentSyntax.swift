import Language

/// `A… : B`: what stands before the colon of a statement, and the commands after it.
struct ExperimentSyntax {
  /// The words before the colon, without the command's name.
  let before: [Word]
  /// The commands after it: one, or a block.
  let after: Block
  /// The number of `over N seeds` at the end; 1 if it does not stand there.
  let seeds: Int

  init(_ statement: Statement, form: String) throws(CommandError) {
    guard let colon = statement.words.firstIndex(where: { $0.text == ":" && !$0.isQuoted }) else {
      throw .usage("the ':' before the commands is missing; \(form)")
    }
    var before = Array(statement.words[1..<colon])
    var words = Array(statement.words[(colon + 1)...])
    let (late, early) = (try Self.takeSeeds(&words), try Self.takeSeeds(&before))
    let count = late ?? early ?? 1
    self.before = before
    guard !words.isEmpty else { throw .usage("after the ':' commands are missing; \(form)") }
    seeds = count
    if words.count == 1, let block = words[0].block {
      after = block
    } else {
      after = Block(source: words.map(\.source).joined(separator: " "), line: statement.line)
    }
  }
}

extension ExperimentSyntax {
  /// Takes `over N seeds` off the end of some words; nil if it does not stand there.
  static func takeSeeds(_ words: inout [Word]) throws(CommandError) -> Int? {
    guard words.count >= 3, words[words.count - 3].text == "over",
      ["seeds", "seed"].contains(words[words.count - 1].text)
    else { return nil }
    guard let number = Int(words[words.count - 2].text), (2...200).contains(number) else {
      throw .usage("'over N seeds' takes 2 to 200")
    }
    words.removeLast(3)
    return number
  }
}

extension Word {
  /// As it may be typed again: in quotes if it was, as it would be read otherwise without them.
  var source: String {
    guard isQuoted, block == nil else { return text }
    let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    return "\"\(escaped)\""
  }
}

extension Block {
  /// Its commands in one line.
  var label: String {
    let commands = (try? Parser.parse(source))?.map(\.text) ?? [source]
    return commands.map { $0.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
      .joined(separator: "; ")
  }
}
