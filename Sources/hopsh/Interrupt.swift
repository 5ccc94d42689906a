import Glibc

/// Ctrl-C during a command: a flag that long work asks for.
enum Interrupt {
  nonisolated(unsafe) private static var flag: sig_atomic_t = 0

  static func install() { signal(SIGINT) { _ in Interrupt.raise() } }
  private static func raise() { flag = 1 }
  static var isPending: Bool { flag != 0 }
  static func clear() { flag = 0 }
}

/// The size of the terminal.
enum Terminal {
  static var columns: Int {
    var size = winsize()
    guard ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }
}
