/// A condition over observables, such as `last.status == 503 and queue.depth > 0`.
public indirect enum Expression: Sendable {
  case comparison(name: String, operation: Operation, value: String)
  /// A bare name: true when it is neither zero nor `no`, `none`, `off`, `false` or `down`.
  case truth(name: String)
  case not(Expression)
  case and(Expression, Expression)
  case or(Expression, Expression)

  public enum Operation: String, CaseIterable, Sendable {
    case equal = "=="
    case notEqual = "!="
    case lessOrEqual = "<="
    case greaterOrEqual = ">="
    case less = "<"
    case greater = ">"

    /// With its sides in each other's place.
    var turned: Operation {
      switch self {
      case .equal, .notEqual: self
      case .less: .greater
      case .greater: .less
      case .lessOrEqual: .greaterOrEqual
      case .greaterOrEqual: .lessOrEqual
      }
    }
  }
}

/// A condition that can't be read or decided.
public struct ExpressionError: Error, Hashable, Sendable {
  public let message: String
  /// The left side that is no observable, where that is the trouble.
  public var unknownName: String?
}

extension Expression {
  /// Reads a condition; blanks around operators and parentheses are optional.
  public static func parse(_ text: String) throws(ExpressionError) -> Expression {
    var reader = Reader(tokens: tokens(of: text))
    guard !reader.tokens.isEmpty else {
      throw ExpressionError(message: "a condition is missing, such as last.status == 200")
    }
    let expression = try reader.disjunction()
    if let extra = reader.peek() {
      throw ExpressionError(
        message: "'\(extra)' was not expected; join conditions by 'and' or 'or'")
    }
    return expression
  }

  private static func tokens(of text: String) -> [String] {
    var tokens: [String] = []
    var word = ""
    var rest = Substring(text)
    func flush() {
      if !word.isEmpty { tokens.append(word) }
      word = ""
    }
    while let character = rest.first {
      let symbol = ["==", "!=", "<=", ">=", "<", ">", "(", ")", "="].first { rest.hasPrefix($0) }
      if let symbol {
        flush()
        tokens.append(symbol == "=" ? "==" : symbol)
        rest = rest.dropFirst(symbol.count)
        continue
      }
      if character.isWhitespace { flush() } else { word.append(character) }
      rest = rest.dropFirst()
    }
    flush()
    return tokens
  }

  private struct Reader {
    var tokens: [String]
    var index = 0
    var depth = 0

    func peek() -> String? {
      guard index < tokens.count else { return nil }
      let word = tokens[index].lowercased()
      return ["and", "or", "not"].contains(word) ? word : tokens[index]
    }

    mutating func disjunction() throws(ExpressionError) -> Expression {
      var left = try conjunction()
      while peek() == "or" || peek() == "||" {
        index += 1
        left = .or(left, try conjunction())
      }
      return left
    }

    mutating func conjunction() throws(ExpressionError) -> Expression {
      var left = try term()
      while peek() == "and" || peek() == "&&" {
        index += 1
        left = .and(left, try term())
      }
      return left
    }

    mutating func term() throws(ExpressionError) -> Expression {
      depth += 1
      defer { depth -= 1 }
      guard depth < 100 else { throw ExpressionError(message: "the condition nests too deep") }
      guard let token = peek() else {
        throw ExpressionError(message: "a condition is missing at the end")
      }
      index += 1
      if token == "not" { return .not(try term()) }
      if token == "(" {
        let inner = try disjunction()
        guard peek() == ")" else { throw ExpressionError(message: "a ')' is missing") }
        index += 1
        return inner
      }
      if Operation(rawValue: token) != nil || token == ")" {
        throw ExpressionError(message: "before '\(token)' the name of an observable is missing")
      }
      let name = try sum(token)
      guard let symbol = peek(), let operation = Operation(rawValue: symbol) else {
        return .truth(name: name)
      }
      index += 1
      let value = try sum(try operand(after: symbol))
      // `5ms < last.latency` says the same as `last.latency > 5ms`.
      let isTurned = Sum(name).names.isEmpty && !Sum(value).names.isEmpty
      return isTurned
        ? .comparison(name: value, operation: operation.turned, value: name)
        : .comparison(name: name, operation: operation, value: value)
    }

    private mutating func operand(after sign: String) throws(ExpressionError) -> String {
      guard let value = peek(), Operation(rawValue: value) == nil, value != "(", value != ")" else {
        throw ExpressionError(message: "after '\(sign)' a value is missing")
      }
      index += 1
      return value
    }

    /// One side of a comparison: all that is added to its first word (see `Sum`).
    private mutating func sum(_ first: String) throws(ExpressionError) -> String {
      var text = joined(first)
      while let sign = peek(), sign == "+" || sign == "-" {
        index += 1
        text += " \(sign) \(joined(try operand(after: sign)))"
      }
      return text
    }

    /// A value and its unit may stand apart, as they are printed: `46.2 ms`, `80 %`.
    private mutating func joined(_ value: String) -> String {
      guard case .number = Quantity.parse(value), let unit = peek() else { return value }
      if case .word = Quantity.parse(value + unit) { return value }
      if case .number = Quantity.parse(unit) { return value }
      index += 1
      return value + unit
    }
  }

  /// The observables that it asks for.
  public var names: [String] {
    switch self {
    case .comparison(let name, _, let value):
      (Sum(name).isSingle ? [name] : Sum(name).names)
        + (Sum(value).isSingle ? [] : Sum(value).names)
    case .truth(let name): [name]
    case .not(let inner): inner.names
    case .and(let left, let right), .or(let left, let right): left.names + right.names
    }
  }

  /// Observables that are compared with nothing.
  public var bareNames: [String] {
    switch self {
    case .comparison: []
    case .truth(let name): [name]
    case .not(let inner): inner.bareNames
    case .and(let left, let right), .or(let left, let right): left.bareNames + right.bareNames
    }
  }

  /// What observables are compared with.
  public var comparisons: [(name: String, value: String)] {
    switch self {
    case .comparison(let name, _, let value): [(name, value)]
    case .truth: []
    case .not(let inner): inner.comparisons
    case .and(let left, let right), .or(let left, let right):
      left.comparisons + right.comparisons
    }
  }

  // MARK: Deciding

  /// One comparison of a condition, with what was found.
  public struct Clause: Hashable, Sendable {
    public let text: String
    /// What is compared, and what it was.
    let subject: String
    public let actual: String
    /// Nil where that is not known, for want of a value.
    let truth: Bool?
    public var holds: Bool { truth ?? false }
    /// Whether what is compared has a value by now.
    public var hasValue = true
    /// Of another observable that it is compared with: its name and value.
    public var required: String?

    /// What was found, as in `last.status is 503`.
    public var finding: String {
      let other = required.map { " and \($0)" } ?? ""
      return (hasValue ? "\(subject) is \(actual)" : "\(subject) has no value yet") + other
    }

    /// That it does not hold.
    var negated: Clause {
      let text = text.hasPrefix("not ") ? String(text.dropFirst(4)) : "not " + text
      return Clause(
        text: text, subject: subject, actual: actual, truth: truth.map(!), hasValue: hasValue,
        required: required)
    }
  }

  /// What became of a condition.
  public struct Outcome: Sendable {
    /// Nil where that is not known: SQL's logic of three values.
    let truth: Bool?
    public var isTrue: Bool { truth ?? false }
    public var isKnown: Bool { truth != nil }
    public let clauses: [Clause]
  }

  /// Decides with the observables that `lookup` knows; it returns nil for a name it doesn't know.
  /// A word that something is compared with may be another name for what `canonical` returns.
  public func evaluate(
    _ lookup: (String) -> Quantity?, canonical: (String) -> String? = { _ in nil }
  ) throws(ExpressionError) -> Outcome {
    switch self {
    case .comparison(let name, let operation, let value):
      let actual = try Self.find(name, lookup)
      let other = try Sum(value).isSingle ? lookup(value) : Sum(value).value(lookup)
      let required = other ?? Quantity.parse(canonical(value) ?? value)
      let holds = try Comparison(name: name, actual: actual, operation: operation).holds(
        for: required)
      let text = "\(name) \(operation.rawValue) \(value)"
      // What looks the same and is not is told with all its figures.
      let looksEqual = operation == .equal && holds == false && actual.text == required.text
      let shown = looksEqual ? actual.preciseText : actual.text
      return Outcome(
        truth: holds,
        clauses: [
          Clause(
            text: text, subject: name, actual: shown, truth: holds, hasValue: actual != .absent,
            required: other.map { "\(value) is \($0.text)" })
        ])
    case .truth(let name):
      let actual = try Self.find(name, lookup)
      let holds = actual == .absent ? nil : actual.isTrue
      return Outcome(
        truth: holds,
        clauses: [
          Clause(
            text: name, subject: name, actual: actual.text, truth: holds, hasValue: holds != nil)
        ])
    case .not(let inner):
      let outcome = try inner.evaluate(lookup, canonical: canonical)
      return Outcome(truth: outcome.truth.map(!), clauses: outcome.clauses.map(\.negated))
    case .and(let left, let right):
      let a = try left.evaluate(lookup, canonical: canonical)
      let b = try right.evaluate(lookup, canonical: canonical)
      let isFalse = a.truth == false || b.truth == false
      return Outcome(
        truth: isFalse ? false : a.isTrue && b.isTrue ? true : nil, clauses: a.clauses + b.clauses)
    case .or(let left, let right):
      let a = try left.evaluate(lookup, canonical: canonical)
      let b = try right.evaluate(lookup, canonical: canonical)
      let (isTrue, clauses) = (a.isTrue || b.isTrue, a.clauses + b.clauses)
      let isFalse = a.truth == false && b.truth == false
      // Of what may be one or the other, the one that holds tells enough.
      return Outcome(
        truth: isTrue ? true : isFalse ? false : nil,
        clauses: isTrue ? clauses.filter(\.holds) : clauses)
    }
  }

  private static func find(
    _ name: String, _ lookup: (String) -> Quantity?
  ) throws(ExpressionError) -> Quantity {
    if let value = lookup(name) { return value }
    if !Sum(name).isSingle { return try Sum(name).value(lookup) }
    throw ExpressionError(message: "there is no observable '\(name)'", unknownName: name)
  }
}
