import Foundation

#if canImport(Glibc)
  import Glibc
#endif

/// A program on a real pseudo-terminal, and what it shows.
final class PseudoTerminal {
  private let controller: Int32
  private var process: pid_t = 0
  private(set) var screen: Screen
  private var undecoded: [UInt8] = []

  init(
    program: String, arguments: [String] = [], environment: [String: String] = [:],
    columns: Int = 80, rows: Int = 24
  ) {
    screen = Screen(columns: columns, rows: rows)
    var (controller, terminal): (Int32, Int32) = (0, 0)
    var name = [CChar](repeating: 0, count: 128)
    var size = winsize(
      ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
    precondition(openpty(&controller, &terminal, &name, nil, &size) == 0)
    self.controller = controller
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawn_file_actions_addopen(&actions, 0, name, O_RDWR, 0)
    posix_spawn_file_actions_adddup2(&actions, 0, 1)
    posix_spawn_file_actions_adddup2(&actions, 0, 2)
    posix_spawn_file_actions_addclose(&actions, controller)
    posix_spawn_file_actions_addclose(&actions, terminal)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    // The runner may block or ignore signals that the shell lives by.
    var (none, interrupt) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    sigemptyset(&interrupt)
    sigaddset(&interrupt, SIGINT)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &interrupt)
    let newSession: Int16 = 0x80  // POSIX_SPAWN_SETSID
    posix_spawnattr_setflags(
      &attributes, newSession | Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF))
    let defaults = [
      "TERM": "xterm", "LANG": "C.UTF-8", "HOME": "/nonexistent", "PATH": "/usr/bin", "PAGER": "",
    ]
    let variables = defaults.merging(environment) { $1 }.filter { $0.value != Self.unset }
      .map { "\($0)=\($1)" }
    var argumentPointers: [UnsafeMutablePointer<CChar>?] =
      ([program] + arguments).map { strdup($0) } + [nil]
    var variablePointers: [UnsafeMutablePointer<CChar>?] = variables.map { strdup($0) } + [nil]
    let result = posix_spawn(
      &process, program, &actions, &attributes, &argumentPointers, &variablePointers)
    precondition(result == 0, "\(program) can't be started")
    close(terminal)
    for pointer in argumentPointers + variablePointers { free(pointer) }
  }

  deinit {
    kill(process, SIGKILL)
    var status: Int32 = 0
    waitpid(process, &status, 0)
    close(controller)
  }

  /// The value of a variable that is not to be there.
  static let unset = "<unset>"

  func type(_ text: String) {
    let bytes = Array(text.utf8)
    _ = bytes.withUnsafeBytes { write(controller, $0.baseAddress, $0.count) }
  }

  func resize(columns: Int, rows: Int) {
    var size = winsize(
      ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(controller, UInt(TIOCSWINSZ), &size)
    screen = Screen(columns: columns, rows: rows)
  }

  /// Reads until the screen is as it should be; false after 20 s, which only a failure takes.
  func wait(until condition: (Screen) -> Bool) -> Bool {
    let end = Date().addingTimeInterval(20)
    while !condition(screen) {
      guard Date() < end, pump(milliseconds: 200) else { return condition(screen) }
    }
    return true
  }

  func wait(for text: String) -> Bool { wait { $0.text.contains(text) } }

  /// Waits until the program has left; returns its exit status.
  func waitForExit() -> Int32? {
    while pump(milliseconds: 20_000) {}
    var status: Int32 = 0
    guard waitpid(process, &status, 0) == process else { return nil }
    return status & 0x7F == 0 ? status >> 8 & 0xFF : nil
  }

  /// Feeds what comes within a time to the screen; false when the program is gone.
  private func pump(milliseconds: Int32) -> Bool {
    var descriptor = pollfd(fd: controller, events: Int16(POLLIN), revents: 0)
    guard poll(&descriptor, 1, milliseconds) > 0 else { return milliseconds < 10_000 }
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = read(controller, &buffer, buffer.count)
    guard count > 0 else { return false }
    undecoded += buffer[..<count]
    // A character may come in two parts.
    var whole = undecoded.count
    while whole > 0 && whole > undecoded.count - 4 {
      if String(validating: undecoded[..<whole], as: UTF8.self) != nil { break }
      whole -= 1
    }
    screen.feed(String(decoding: undecoded[..<whole], as: UTF8.self))
    undecoded.removeFirst(whole)
    return true
  }
}
