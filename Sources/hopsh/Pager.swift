import Glibc
import Terminal

/// Shows what is longer than the screen: through `$PAGER` where one is named, else screen by screen.
///
/// Whoever types the next command instead of turning the page has not noticed that there is more: the
/// key ends the reading, and is the first of the line.
enum Pager {
  private static let prompt = "-- space goes on, q ends --"

  /// Shows lines if they are more than the screen has room for; returns what was typed that is not
  /// for the pager, or nil when nothing had to be shown so, or could be.
  static func show(_ lines: [String], on output: Output) -> String? {
    guard lines.count >= TerminalSize.current.rows else { return nil }
    if let chosen = getenv("PAGER").map({ String(cString: $0) }) {
      return chosen.isEmpty ? nil : show(lines, through: chosen)
    }
    let terminal = getenv("TERM").map { String(cString: $0) } ?? "dumb"
    guard terminal != "dumb", isatty(0) == 1 else { return nil }
    return TerminalKeys.reading { screens(lines, $0, output) }
  }

  private static func show(_ lines: [String], through command: String) -> String? {
    let before = signal(SIGPIPE, SIG_IGN)  // whoever has seen enough may leave
    defer { signal(SIGPIPE, before) }
    guard let pipe = popen(command, "w") else { return nil }
    for line in lines where fputs(line + "\n", pipe) < 0 { break }
    return pclose(pipe) == 0 ? "" : nil
  }

  private static func screens(
    _ lines: [String], _ keys: TerminalKeys, _ output: Output
  ) -> String {
    var next = 0
    var room = TerminalSize.current.rows - 1
    while true {
      for line in lines[next..<min(next + room, lines.count)] { output.write(line) }
      next += room
      guard next < lines.count else { return "" }
      output.put("\u{1B}[7m\(prompt)\u{1B}[0m")
      output.flush()
      defer { output.put("\r\u{1B}[K") }
      switch keys.next() {
      case .space, .pageDown: room = TerminalSize.current.rows - 1
      case .enter, .down: room = 1
      case .leave: return ""
      case .text(let typed): return typed
      }
    }
  }
}
