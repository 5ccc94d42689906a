/// One command as it was written.
public struct Statement: Hashable, Sendable {
  public let words: [Word]
  /// The line of its first word, counted from 1.
  public let line: Int
  /// The source text, without the blanks around it.
  public let text: String
}

extension Statement {
  /// Other words in the same place.
  public func replaced(by words: [String]) -> Statement {
    Statement(
      words: words.map { Word(text: $0) }, line: line, text: words.joined(separator: " "))
  }

  /// With `a: b` read as `a : b`, unless a colon of its own is there already.
  public var separatingColon: Statement {
    if words.contains(where: { $0.text == ":" && !$0.isQuoted }) { return self }
    return splitting(atEnd: true) { $0.hasSuffix(":") ? $0.index(before: $0.endIndex) : nil }
  }

  /// With a number and its unit in one word, as reports print them apart: `10 %`, `200 rps`.
  public var joiningUnits: Statement {
    var joined: [Word] = []
    for word in words {
      if let last = joined.last, joined.count > 1, last.isPlain, word.isPlain,
        case .number = Quantity.parse(last.text), Quantity.isUnit(word.text)
      {
        joined[joined.count - 1] = Word(text: last.text + word.text)
      } else {
        joined.append(word)
      }
    }
    return Statement(words: joined, line: line, text: text)
  }

  /// With a path of two words in one, as one says it: `service-a slots 4`.
  public var joiningPath: Statement {
    guard words.count == 4, words.allSatisfy(\.isPlain), !words[1].text.contains(".") else {
      return self
    }
    let path = Word(text: "\(words[1].text).\(words[2].text)")
    return Statement(words: [words[0], path, words[3]], line: line, text: text)
  }

  /// Without a sign that stands by itself.
  public func without(_ sign: String) -> Statement {
    let rest = words.filter { $0.text != sign || $0.isQuoted }
    return Statement(words: rest, line: line, text: text)
  }

  /// With `a=b` read as `a b`.
  public var separatingAssignment: Statement {
    splitting(atEnd: false) { $0.firstIndex(of: "=") }
  }

  /// The first plain word that has a sign becomes what stands before it and what stands after it,
  /// or the sign itself at the word's end.
  private func splitting(atEnd: Bool, _ sign: (String) -> String.Index?) -> Statement {
    for (index, word) in words.enumerated().dropFirst() where word.block == nil && !word.isQuoted {
      guard let place = sign(word.text), place > word.text.startIndex else { continue }
      let rest = atEnd ? word.text[place...] : word.text[word.text.index(after: place)...]
      let parts = [word.text[..<place], rest].filter { !$0.isEmpty }.map { Word(text: String($0)) }
      return Statement(
        words: words[..<index] + parts + words[(index + 1)...], line: line, text: text)
    }
    return self
  }
}

/// One word of a statement: plain, quoted, or a block in braces.
public struct Word: Hashable, Sendable {
  /// What the word says, without quotes; for a block, all of it with its braces.
  public var text: String
  /// The inside of a block, and the line where it begins.
  public var block: Block?
  public var isQuoted = false

  /// Neither quoted nor a block.
  var isPlain: Bool { block == nil && !isQuoted }

  public init(text: String, block: Block? = nil, isQuoted: Bool = false) {
    self.text = text
    self.block = block
    self.isQuoted = isQuoted
  }
}

/// Commands in braces that another command runs.
public struct Block: Hashable, Sendable {
  public let source: String
  public let line: Int

  public init(source: String, line: Int) {
    self.source = source
    self.line = line
  }
}

/// A text that is not a row of statements.
public struct SyntaxError: Error, Hashable, Sendable {
  public let line: Int
  public let message: String
  /// The quote or the `{` that is still open: more text could make it right.
  public var open: Character?
  public var isIncomplete: Bool { open != nil }
}

/// Turns source text into statements: words, quotes, comments, `;`, new lines and blocks.
public struct Parser: Sendable {
  private let source: [UInt8]
  private var index = 0
  private var line: Int

  private init(_ source: String, firstLine: Int) {
    self.source = Array(source.utf8)
    line = firstLine
  }

  public static func parse(
    _ source: String, firstLine: Int = 1
  ) throws(SyntaxError) -> [Statement] {
    var parser = Parser(source, firstLine: firstLine)
    var statements: [Statement] = []
    while let statement = try parser.statement() { statements.append(statement) }
    return statements
  }

  private mutating func statement() throws(SyntaxError) -> Statement? {
    var words: [Word] = []
    var (start, startLine, end) = (index, line, index)
    while index < source.count {
      switch source[index] {
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"):
        index += 1
      case UInt8(ascii: "\n"), UInt8(ascii: ";"):
        if source[index] == UInt8(ascii: "\n") { line += 1 }
        index += 1
        if !words.isEmpty { return make(words, start, end, startLine) }
      case UInt8(ascii: "#") where words.isEmpty || !namesRequests():
        while index < source.count && source[index] != UInt8(ascii: "\n") { index += 1 }
      default:
        if words.isEmpty { (start, startLine) = (index, line) }
        words.append(try word())
        end = index
      }
    }
    return words.isEmpty ? nil : make(words, start, end, startLine)
  }

  /// Whether `#` begins no comment but the number of a request: then nothing but such numbers and
  /// options follow on the line, as in `diff #1 #2` and `trace #1 --acks`.
  private func namesRequests() -> Bool {
    let ends = Array("\n;}".utf8)
    let end = source[index...].firstIndex { ends.contains($0) }
    let rest = text(index..<(end ?? source.count)).split(whereSeparator: \.isWhitespace)
    return rest.allSatisfy { word in
      word.hasPrefix("--")
        || word.count > 1 && word.dropFirst().allSatisfy(\.isNumber) && word.hasPrefix("#")
    }
  }

  private func make(_ words: [Word], _ start: Int, _ end: Int, _ line: Int) -> Statement {
    Statement(words: words, line: line, text: text(start..<end))
  }

  private func text(_ range: Range<Int>) -> String {
    String(decoding: source[range], as: UTF8.self)
  }

  private mutating func word() throws(SyntaxError) -> Word {
    if source[index] == UInt8(ascii: "{") { return try block() }
    if source[index] == UInt8(ascii: "}") {
      throw SyntaxError(
        line: line, message: "there is a '}' without a '{' before it")
    }
    var bytes: [UInt8] = []
    var isQuoted = false
    while index < source.count, !Self.endsWord(source[index]) {
      // A block may begin right behind a word, as in `repeat 3{ … }`.
      if source[index] == UInt8(ascii: "{") && !bytes.isEmpty && !isQuoted && blankFollows { break }
      let byte = source[index]
      if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
        isQuoted = true
        bytes += try quoted(by: byte)
      } else {
        bytes.append(byte)
        index += 1
      }
    }
    return Word(text: String(decoding: bytes, as: UTF8.self), isQuoted: isQuoted)
  }

  private var blankFollows: Bool {
    index + 1 < source.count && Self.endsWord(source[index + 1])
  }

  private static func endsWord(_ byte: UInt8) -> Bool {
    byte == 32 || byte == 9 || byte == 10 || byte == 13 || byte == UInt8(ascii: ";")
  }

  /// The inside of a quote; within "…" a backslash takes the next character as it is.
  private mutating func quoted(by quote: UInt8) throws(SyntaxError) -> [UInt8] {
    let startLine = line
    var bytes: [UInt8] = []
    index += 1
    while index < source.count {
      let byte = source[index]
      index += 1
      if byte == quote { return bytes }
      if byte == UInt8(ascii: "\n") { line += 1 }
      if byte == UInt8(ascii: "\\") && quote == UInt8(ascii: "\""), index < source.count,
        source[index] == quote || source[index] == UInt8(ascii: "\\")
      {
        bytes.append(source[index])
        index += 1
      } else {
        bytes.append(byte)
      }
    }
    throw SyntaxError(
      line: startLine, message: "the quote \(Character(UnicodeScalar(quote))) is not closed",
      open: Character(UnicodeScalar(quote)))
  }

  private mutating func block() throws(SyntaxError) -> Word {
    let (start, startLine) = (index, line)
    var depth = 0
    var startsWord = true
    while index < source.count {
      let byte = source[index]
      switch byte {
      case UInt8(ascii: "'"), UInt8(ascii: "\""):
        _ = try quoted(by: byte)
        startsWord = false
        continue
      case UInt8(ascii: "#") where startsWord && !namesRequests():
        while index < source.count && source[index] != UInt8(ascii: "\n") { index += 1 }
        continue
      case UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: "}"): depth -= 1
      case UInt8(ascii: "\n"): line += 1
      default: break
      }
      startsWord = Self.endsWord(byte) || byte == UInt8(ascii: "{")
      index += 1
      if depth == 0 { return try closedBlock(start, startLine) }
    }
    throw SyntaxError(line: startLine, message: "the block { is not closed", open: "{")
  }

  private func closedBlock(_ start: Int, _ startLine: Int) throws(SyntaxError) -> Word {
    let mayFollow = Array("{}:".utf8)
    if index < source.count, !Self.endsWord(source[index]), !mayFollow.contains(source[index]) {
      throw SyntaxError(line: line, message: "put a blank after the '}'")
    }
    let inside = Block(source: text(start + 1..<index - 1), line: startLine)
    return Word(text: text(start..<index), block: inside)
  }
}
