import Glibc

/// Ctrl-C during a command: a flag that long work asks for.
enum Interrupt {
  nonisolated(unsafe) private static var flag: sig_atomic_t = 0

  static func install() { signal(SIGINT) { _ in Interrupt.raise() } }
  private static func raise() { flag = 1 }
  static var isPending: Bool { flag != 0 }
  static func clear() { flag = 0 }
}
