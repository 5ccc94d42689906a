/// One comparison of an observable's value with what is required of it.
struct Comparison {
  let name: String
  let actual: Quantity
  let operation: Expression.Operation

  /// Whether it holds; throws when the two are of different kinds.
  ///
  /// What has no value yet equals `none`. Whether any other comparison with it holds is not known:
  /// nil.
  func holds(for required: Quantity) throws(ExpressionError) -> Bool? {
    let asksForNone = required.text.lowercased() == Quantity.absent.text
    if actual == .absent { return asksForNone ? operation == .equal : nil }
    if case .word(let word) = actual { return try holds(word, required.text) }
    if required == .absent || asksForNone { return operation == .notEqual }
    guard let (a, b) = actual.commensurable(with: required) else {
      throw ExpressionError(
        message: "\(name) is \(actual.kind) (now \(actual.text)); \(advice(required))")
    }
    switch operation {
    case .equal: return a == b
    case .notEqual: return a != b
    case .less: return a < b
    case .lessOrEqual: return a <= b
    case .greater: return a > b
    case .greaterOrEqual: return a >= b
    }
  }

  private func holds(_ word: String, _ required: String) throws(ExpressionError) -> Bool {
    switch operation {
    case .equal: return word.lowercased() == required.lowercased()
    case .notEqual: return word.lowercased() != required.lowercased()
    default:
      throw ExpressionError(
        message: "\(name) is a word (now '\(word)'): compare it with == or !=")
    }
  }

  /// What would be right in place of a value of another kind.
  private func advice(_ required: Quantity) -> String {
    switch (actual, required) {
    case (.duration, .number(let value)):
      let digits = NumberText.plain(value)
      return "'\(digits)' has no unit: write \(digits)ms or \(digits)s"
    case (.percent, .number(let value)): return "did you mean \(NumberText.plain(value))%?"
    case (.duration, _): return "'\(required.text)' is not one; write one such as 250ms"
    case (.rate, _): return "'\(required.text)' is not one; write one such as 200rps"
    case (.percent, _): return "'\(required.text)' is not one; write one such as 80%"
    default: return "'\(required.text)' is not one"
    }
  }
}

extension Quantity {
  /// Two numbers in the same unit; nil when the units do not agree. A share may be given as a
  /// plain number from 0 to 1.
  func commensurable(with other: Quantity) -> (Double, Double)? {
    switch (self, other) {
    case (.number(let a), .number(let b)), (.percent(let a), .percent(let b)),
      (.rate(let a), .rate(let b)), (.rate(let a), .number(let b)):
      return (a, b)
    case (.percent(let a), .number(let b)): return (0...1).contains(b) ? (a, b) : nil
    case (.duration(let a), .duration(let b)): return (Double(a), Double(b))
    case (.duration(let a), .number(0)): return (Double(a), 0)
    default: return nil
    }
  }

  /// With more figures than one usually reads.
  var preciseText: String {
    switch self {
    case .percent(let share): "\(NumberText.fixed(share * 100, decimals: 6)) %"
    case .number(let value): NumberText.fixed(value, decimals: 9)
    case .rate(let rate): "\(NumberText.fixed(rate, decimals: 6))rps"
    case .duration(let nanoseconds): "\(nanoseconds)ns"
    case .word, .absent: text
    }
  }

  var kind: String {
    switch self {
    case .number: "a number"
    case .duration: "a duration"
    case .rate: "a rate"
    case .percent: "a share"
    case .word, .absent: "a word"
    }
  }

  /// Whether a bare name holds with this value.
  var isTrue: Bool {
    switch self {
    case .number(let value), .rate(let value), .percent(let value): value != 0
    case .duration(let value): value != 0
    case .word(let word): !["no", "none", "false", "down", "off", ""].contains(word)
    case .absent: false
    }
  }
}
