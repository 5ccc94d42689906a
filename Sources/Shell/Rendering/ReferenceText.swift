import Architecture
import Kernel
import Language

/// The reference page, in Markdown: made from the declarations that the program runs on.
struct ReferenceText {
  private let width: Int

  /// The page, with no line wider than a terminal.
  static func lines(width: Int) -> [String] {
    let text = ReferenceText(width: width)
    return ["# hopsh: reference", ""] + text.commands + text.observables + text.patterns
      + text.settings + text.faults + text.reasons
  }

  private func wrap(_ text: String) -> [String] { DisplayWidth.wrap(text, width) }

  /// An item of a list, with what belongs to it below.
  private func item(_ head: String, _ sentences: [String]) -> [String] {
    let words = ("- " + head + ": " + sentences.joined(separator: ". ") + ".").split(separator: " ")
    return DisplayWidth.wrap(words: words.map(String.init), indent: 2, width)
  }

  private func section(_ title: String, _ items: [[String]]) -> [String] {
    ["## \(title)", ""] + items.flatMap { $0 } + [""]
  }

  private var commands: [String] {
    var lines = ["## Commands", ""]
    for group in Command.Group.allCases {
      lines += ["### \(group.title)", ""]
      lines += Command.all.filter { $0.group == group }.flatMap(page)
    }
    return lines
  }

  private func page(_ command: Command) -> [String] {
    var lines = ["#### \(command.name)", ""] + wrap(command.summary + ".") + [""]
    lines += DisplayWidth.wrap(words: command.usageParts, indent: 4, width - 4).map { "    " + $0 }
    lines.append("")
    for paragraph in command.details { lines += wrap(paragraph) + [""] }
    let options = command.options.flatMap { option in
      let value = option.value.map { " \($0.name)" } ?? ""
      return item("`--\(option.name)\(value)`", [option.summary])
    }
    lines += options.isEmpty ? [] : options + [""]
    lines += command.examples.flatMap { ["    # \($0.meaning)", "    \($0.line)"] }
    return lines + (command.examples.isEmpty ? [] : [""])
  }

  private var observables: [String] {
    let whole = WholeObservable.all.map { item("`\($0.name)`", [$0.summary]) }
    let ofNodes = Observable.all.map { observable in
      let kinds = observable.kinds.map { kinds in
        Tier.allCases.filter { kinds.contains($0.kind) }.map(\.name).joined(separator: ", ")
      }
      return item(
        "`NODE.\(observable.name)`",
        [observable.summary, "Of \(kinds ?? "every node and tier")"])
    }
    return section("Observables", whole + ofNodes)
  }

  private var patterns: [String] {
    section(
      "Patterns",
      Pattern.all.map { pattern in
        item(
          "`\(pattern.name)`",
          [
            "for \(pattern.challenge.rawValue)",
            "Where: \(pattern.tiers.map(\.name).joined(separator: ", "))",
            "Buys: \(pattern.buys)", "Costs: \(pattern.costs)",
          ])
      })
  }

  private var settings: [String] {
    let fresh = World(seed: 42)
    return section(
      "Settings",
      SettingPath.all.map { path in
        item(
          "`\(path.text)`",
          [
            path.setting.summary, "Default \(path.text(path.current(fresh)))",
            "Takes \(path.allowed)", "As in \(path.setting.source)",
          ])
      })
  }

  private var faults: [String] {
    section(
      "Faults",
      FaultCatalogue.all.map { fault in
        let values = fault.parameters.map { $0.standard == nil ? $0.name : "[\($0.name)]" }
        return item("`\(([fault.name] + values).joined(separator: " "))`", [fault.summary])
      })
  }

  private var reasons: [String] {
    section(
      "Reasons",
      Reason.allCases.filter { $0 != .none }.map { reason in
        item(
          "`\(reason.name)`, \(reason.status)",
          [reason.sentence(at: "the node"), "Real systems call it: \(reason.reference)"])
      })
  }
}
