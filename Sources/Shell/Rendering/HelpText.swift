import Language

/// The help of one command: examples first, then the usage, then the details.
enum HelpText {
  static func report(_ command: Command, _ session: Session) -> Report {
    let style = session.style
    let width = min(session.options.width, 100)
    var lines = DisplayWidth.wrap("\(style.strong(command.name)): \(command.summary)", width)
    lines += pairs(command.examples.map { (style.good($0.line), $0.meaning) }, width)
    lines += usage(command, width)
    lines += pairs(
      command.options.map { option in
        (
          ["--" + option.name, option.value?.name].compactMap(\.self).joined(separator: " "),
          option.summary
        )
      }, width)
    lines += pairs(command.choices.map { ($0.text, $0.meaning) }, width)
    lines += command.details.flatMap { DisplayWidth.wrap($0, width) }
    return Report(
      lines,
      .object([
        ("name", .string(command.name)), ("usage", .string(command.usage)),
        ("summary", .string(command.summary)),
        ("examples", .array(command.examples.map { .string($0.line) })),
      ]))
  }

  /// What is typed and what it means, in two columns.
  private static func pairs(_ pairs: [(String, String)], _ width: Int) -> [String] {
    var table = TextTable([.init(""), .init("")])
    for (text, meaning) in pairs { table.add([text, meaning]) }
    return table.wrapped(width: width - 2, showsHeader: false).map { "  " + $0 }
  }

  private static func usage(_ command: Command, _ width: Int) -> [String] {
    let head = "usage: "
    let indent = String(repeating: " ", count: head.count)
    return DisplayWidth.wrap(words: command.usageParts, width - head.count).enumerated().map {
      ($0 == 0 ? head : indent) + $1
    }
  }
}
