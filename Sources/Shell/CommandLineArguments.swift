import Language

/// What `hopsh` was started with.
public struct CommandLineArguments: Sendable {
  public enum Mode: Sendable {
    case automatic
    case commands(String)
    case files([String])
    case test(paths: [String], blesses: Bool)
    case help, version
  }

  public var mode = Mode.automatic
  public var options = Session.Options()
  /// `auto`, `always` or `never`.
  public var color = "auto"

  public static let usage = """
    usage: hopsh [OPTIONS]               the interactive shell
           hopsh [OPTIONS] -c COMMANDS   run commands, separated by ';' or new lines
           hopsh [OPTIONS] FILE…         run scripts; '-' is standard input
           hopsh test [--bless] [PATH…]  check transcripts (*.hop, *.md)
    OPTIONS: --seed N  --json  --color auto|always|never  --continue  --echo
             --version  --help
    """

  /// Throws a message that says what would be right.
  public init(_ arguments: [String]) throws(CommandError) {
    var rest = arguments[...]
    var files: [String] = []
    if rest.first == "test" {
      let paths = rest.dropFirst().filter { $0 != "--bless" }
      if let unknown = paths.first(where: { $0.hasPrefix("-") }) {
        throw .usage("'hopsh test' has no option \(unknown); it has --bless")
      }
      mode = .test(paths: Array(paths), blesses: rest.contains("--bless"))
      return
    }
    while let argument = rest.popFirst() {
      let parts =
        argument.hasPrefix("--")
        ? argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
          .map(String.init) : [argument]
      let value: String? = parts.count > 1 ? parts[1] : nil
      func next(_ meaning: String) throws(CommandError) -> String {
        if let value { return value }
        guard let next = rest.popFirst() else { throw .usage("\(argument) needs \(meaning)") }
        return next
      }
      let flags = ["--json", "--continue", "--echo", "--version", "--help"]
      if value != nil && flags.contains(parts[0]) {
        throw .usage("\(parts[0]) takes no value: leave '=\(parts[1])' out")
      }
      switch parts[0] {
      case "-c", "--command":
        let commands = try next("commands")
        if case .commands(let before) = mode {
          mode = .commands(before + "\n" + commands)
        } else {
          mode = .commands(commands)
        }
      case "--seed":
        let text = try next("a number")
        guard let seed = UInt64(text) else {
          throw .usage("'\(text)' is no seed; give a whole number of 0 or more")
        }
        options.seed = seed
      case "--color", "--colour":
        let text = try next("auto, always or never")
        guard ["auto", "always", "never"].contains(text) else {
          throw .usage("--color is auto, always or never, not '\(text)'")
        }
        color = text
      case "--json": options.isJSON = true
      case "--continue": options.continues = true
      case "--echo": options.echoes = true
      case "--version": mode = .version
      case "--help", "-h": mode = .help
      case "-": files.append("-")
      case "--":
        files += rest
        rest = []
      case let name where name.hasPrefix("-"):
        let known = ["--seed", "--json", "--color", "--continue", "--echo", "--version", "--help"]
        let hint = Suggestion.closest(to: name, among: known).map { "did you mean \($0)?" }
        throw .usage("there is no option \(name); \(hint ?? "--help lists them")")
      default: files.append(argument)
      }
    }
    if !files.isEmpty {
      guard case .automatic = mode else { throw .usage("give either -c COMMANDS or files") }
      guard files[0] != "test" else {
        throw .usage("'test' stands first, and takes no option but --bless: hopsh test [PATH…]")
      }
      mode = .files(files)
    }
  }
}
