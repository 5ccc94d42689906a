import Architecture
import Kernel
import Language

/// The reference page, in Markdown: made from the declarations that the program runs on.
enum ReferenceText {
  static var lines: [String] {
    commands + observables + patterns + settings + faults + reasons
  }

  private static func row(_ cells: [String]) -> String {
    "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
  }

  private static func table(_ header: [String], _ rows: [[String]]) -> [String] {
    [row(header), row(header.map { _ in "---" })] + rows.map(row) + [""]
  }

  private static var commands: [String] {
    var lines = ["# hopsh: reference", "", "## Commands", ""]
    for group in Command.Group.allCases {
      lines += ["### \(group.title)", ""]
      for command in Command.all where command.group == group {
        lines += ["#### `\(command.usage)`", "", "\(command.summary).", ""]
        if !command.details.isEmpty { lines += [command.details.joined(separator: "\n"), ""] }
        lines += command.options.map { option in
          let value = option.value.map { " \($0.name)" } ?? ""
          return "- `--\(option.name)\(value)`: \(option.summary)"
        }
        if !command.options.isEmpty { lines.append("") }
        lines += command.examples.map { "    \($0.line)    # \($0.meaning)" }
        if !command.examples.isEmpty { lines.append("") }
      }
    }
    return lines
  }

  private static var observables: [String] {
    let whole = WholeObservable.all.map { ["`\($0.name)`", "", $0.summary] }
    let ofNodes = Observable.all.map { observable -> [String] in
      let kinds = observable.kinds.map { kinds in
        Tier.allCases.filter { kinds.contains($0.kind) }.map(\.name).joined(separator: ", ")
      }
      return ["`NODE.\(observable.name)`", kinds ?? "every node and tier", observable.summary]
    }
    return ["## Observables", ""] + table(["name", "of", "meaning"], whole + ofNodes)
  }

  private static var patterns: [String] {
    ["## Patterns", ""]
      + table(
        ["pattern", "challenge", "where", "buys", "costs"],
        Pattern.all.map { pattern in
          [
            "`\(pattern.name)`", pattern.challenge.rawValue,
            pattern.tiers.map(\.name).joined(separator: ", "), pattern.buys, pattern.costs,
          ]
        })
  }

  private static var settings: [String] {
    let fresh = World(seed: 42)
    return ["## Settings", ""]
      + table(
        ["setting", "default", "takes", "meaning", "as in"],
        SettingPath.all.map { path in
          [
            "`\(path.text)`", path.text(path.current(fresh)), path.allowed, path.setting.summary,
            path.setting.source,
          ]
        })
  }

  private static var faults: [String] {
    ["## Faults", ""]
      + table(
        ["fault", "values", "what it does"],
        FaultCatalogue.all.map { fault in
          let values = fault.parameters.map { $0.standard == nil ? $0.name : "[\($0.name)]" }
          return ["`\(fault.name)`", values.joined(separator: " "), fault.summary]
        })
  }

  private static var reasons: [String] {
    ["## Reasons", ""]
      + table(
        ["reason", "status", "meaning", "real systems call it"],
        Reason.allCases.filter { $0 != .none }.map { reason in
          [
            "`\(reason.name)`", "\(reason.status)", reason.sentence(at: "the node"),
            reason.reference,
          ]
        })
  }
}
