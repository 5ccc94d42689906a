/// One side of a comparison: a value, or several that are added and subtracted, as in
/// `succeeded + failed + in-flight`. Blanks stand around the signs, for names have dashes.
struct Sum {
  private var terms: [(isAdded: Bool, text: String)] = []

  init(_ text: String) {
    var isAdded = true
    for word in text.split(separator: " ").map(String.init) {
      switch word {
      case "+", "-": isAdded = word == "+"
      default: terms.append((isAdded, word))
      }
    }
  }

  var isSingle: Bool { terms.count == 1 }

  /// The names in it: what is no value by itself.
  var names: [String] {
    terms.map(\.text).filter { if case .word = Quantity.parse($0) { true } else { false } }
  }

  /// Throws where a term is neither an observable nor a value, and where terms are of different
  /// kinds. There is no sum as long as a term has no value.
  func value(_ lookup: (String) -> Quantity?) throws(ExpressionError) -> Quantity {
    var sum: Quantity?
    for (isAdded, text) in terms {
      let term = lookup(text) ?? Quantity.parse(text)
      if case .word = term, lookup(text) == nil {
        throw ExpressionError(message: "there is no observable '\(text)'", unknownName: text)
      }
      if term == .absent { return .absent }
      guard let next = sum == nil ? term : sum?.adding(term, isAdded ? 1 : -1) else {
        throw ExpressionError(
          message: "'\(text)' is \(term.kind) and can't be added to \((sum ?? .absent).kind)")
      }
      sum = next
    }
    return sum ?? .absent
  }
}

extension Quantity {
  /// The sum of two amounts that can be compared, in the unit of the first; nil for others.
  fileprivate func adding(_ other: Quantity, _ sign: Double) -> Quantity? {
    guard let (a, b) = commensurable(with: other) else { return nil }
    let exact = a + sign * b
    let sum = abs(exact) < 1e3 ? (exact * 1e12).rounded() / 1e12 : exact  // 10% + 20% is 30%
    return switch self {
    case .number: .number(sum)
    case .rate: .rate(perSecond: sum)
    case .percent: .percent(sum)
    case .duration: .duration(nanoseconds: Int64(min(9.2e18, max(-9.2e18, sum))))
    case .word, .absent: nil
    }
  }
}
