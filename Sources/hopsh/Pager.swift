import Glibc
import Terminal

/// Shows what is longer than the screen page by page, as git and psql do.
enum Pager {
  /// As the shell takes it: `$PAGER`, or `less` where it is installed, with a prompt that says how to
  /// get out. Nil where there is none, or the variable is empty.
  private static let command: String? = {
    if let chosen = getenv("PAGER").map({ String(cString: $0) }) {
      return chosen.isEmpty ? nil : chosen
    }
    let folders = getenv("PATH").map { String(cString: $0) } ?? ""
    let hasLess = folders.split(separator: ":").contains { access("\($0)/less", X_OK) == 0 }
    // It goes at the end by itself, and takes no letter for a command that writes a file or runs one:
    // whoever types the next command has not noticed it yet.
    return hasLess ? "LESSSECURE=1 less -EFRX '-Ps-- space goes on, q ends --$'" : nil
  }()

  /// Shows lines if they are more than the screen has room for; false when they are not, or there is
  /// nothing to show them by.
  static func show(_ lines: [String]) -> Bool {
    guard lines.count >= TerminalSize.current.rows, let command else { return false }
    let before = signal(SIGPIPE, SIG_IGN)  // whoever has seen enough may leave
    defer { signal(SIGPIPE, before) }
    guard let pipe = popen(command, "w") else { return false }
    for line in lines where fputs(line + "\n", pipe) < 0 { break }
    return pclose(pipe) == 0
  }
}
