import Glibc

/// Single keys of the terminal, as they are pressed.
public struct TerminalKeys {
  public enum Key: Equatable {
    case space, enter, down, pageDown
    /// `q`, Escape, Ctrl-C, Ctrl-D, or the terminal is gone.
    case leave
    /// Anything else, with whatever was typed right behind it.
    case text(String)
  }

  /// Lets `body` read keys; nil when standard input is no terminal. The terminal is afterwards as it
  /// was.
  public static func reading<Result>(
    keepingSignals: Bool = false, _ body: (TerminalKeys) -> Result
  ) -> Result? {
    var usual = termios()
    guard tcgetattr(0, &usual) == 0 else { return nil }
    var single = usual
    single.c_lflag &= ~tcflag_t(ICANON | ECHO | (keepingSignals ? 0 : ISIG))
    guard tcsetattr(0, TCSADRAIN, &single) == 0 else { return nil }
    defer { tcsetattr(0, TCSADRAIN, &usual) }
    return body(TerminalKeys())
  }

  /// Waits for so many milliseconds; what was typed meanwhile, or nil. Ctrl-C is no key here.
  public static func typed(within milliseconds: Int32) -> String? {
    let typed = reading(keepingSignals: true) { keys -> String? in
      guard keys.isReady(within: milliseconds) else { return nil }
      var bytes: [UInt8] = []
      while keys.isReady(within: 0), let byte = keys.read() { bytes.append(byte) }
      return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }
    return typed ?? nil
  }

  /// Waits for a key.
  public func next() -> Key {
    while true {
      guard let first = read() else { return .leave }
      if first == 0x1B {
        if let key = afterEscape() { return key }
        continue  // some other key of that kind
      }
      var bytes = [first]
      while isReady(within: 0), let byte = read() { bytes.append(byte) }
      switch Set(bytes) {
      case [0x20]: return .space
      case [0x0A], [0x0D]: return .enter
      case [0x71], [0x03], [0x04]: return .leave
      default: return .text(String(decoding: bytes, as: UTF8.self))
      }
    }
  }

  /// The rest of what a key sends that begins with Escape; that key itself when nothing follows.
  private func afterEscape() -> Key? {
    guard isReady(within: 30), let kind = read() else { return .leave }
    var code = ""
    while isReady(within: 30), let byte = read() {
      code.unicodeScalars.append(Unicode.Scalar(byte))
      let isLast = (0x40...0x7E).contains(byte)
      if isLast || kind != 0x5B { break }
    }
    return code == "B" ? .down : code == "6~" ? .pageDown : nil
  }

  /// The next byte; nil when the terminal is gone.
  private func read() -> UInt8? {
    var byte: UInt8 = 0
    while true {
      let count = Glibc.read(0, &byte, 1)
      if count < 0 && errno == EINTR { continue }
      return count == 1 ? byte : nil
    }
  }

  private func isReady(within milliseconds: Int32) -> Bool {
    var input = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
    return poll(&input, 1, milliseconds) == 1
  }
}
