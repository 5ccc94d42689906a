import Glibc

/// The lines typed in earlier sessions, in a file that several shells may append to at once.
public struct HistoryFile {
  private let path: String
  private static let limit = 10_000

  /// `$HOPSH_HISTORY`, or `hopsh/history` in the user's state folder; nil when there is none.
  public static var standard: HistoryFile? {
    func value(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
    if let path = value("HOPSH_HISTORY") { return path.isEmpty ? nil : HistoryFile(path: path) }
    if let state = value("XDG_STATE_HOME"), !state.isEmpty {
      return HistoryFile(path: state + "/hopsh/history")
    }
    guard let home = value("HOME"), !home.isEmpty else { return nil }
    return HistoryFile(path: home + "/.local/state/hopsh/history")
  }

  public init(path: String) { self.path = path }

  /// The latest lines, oldest first; none when the file can't be read.
  public func load() -> [String] {
    guard let file = fopen(path, "r") else { return [] }
    defer { fclose(file) }
    var lines: [String] = []
    var buffer: UnsafeMutablePointer<CChar>?
    var capacity = 0
    defer { free(buffer) }
    while getline(&buffer, &capacity, file) > 0, let buffer {
      var line = String(cString: buffer)
      if line.hasSuffix("\n") { line.removeLast() }
      if !line.isEmpty && lines.last != line { lines.append(Self.unescaped(line)) }
    }
    return lines.suffix(Self.limit)
  }

  /// Adds a line, before it runs. A home that can't be written just has no history.
  public func append(_ line: String) {
    makeFolders()
    let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    flock(descriptor, LOCK_EX)
    let bytes = Array((Self.escaped(line) + "\n").utf8)
    _ = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
  }

  private func makeFolders() {
    var index = path.startIndex
    while let slash = path[index...].dropFirst().firstIndex(of: "/") {
      mkdir(String(path[..<slash]), 0o700)
      index = slash
    }
  }

  private static func escaped(_ line: String) -> String {
    line.map { $0 == "\n" ? "\\n" : $0 == "\\" ? "\\\\" : String($0) }.joined()
  }

  private static func unescaped(_ line: String) -> String {
    var result = ""
    var isEscape = false
    for character in line {
      if isEscape {
        result.append(character == "n" ? "\n" : character)
        isEscape = false
      } else if character == "\\" {
        isEscape = true
      } else {
        result.append(character)
      }
    }
    return result
  }
}
