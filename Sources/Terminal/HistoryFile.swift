import Glibc

/// The lines typed in earlier sessions, in a file that several shells may append to at once.
public struct HistoryFile {
  private let path: String
  private static let limit = 10_000

  /// `$HOPSH_HISTORY`, or `hopsh/history` in the user's state folder; nil when there is none.
  public static var standard: HistoryFile? {
    StateFile.path("history", variable: "HOPSH_HISTORY").map { HistoryFile(path: $0) }
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
      let typed = Self.unescaped(line)
      if !typed.isEmpty && lines.last != typed { lines.append(typed) }
    }
    return lines.suffix(Self.limit)
  }

  /// Adds a line, before it runs. A home that can't be written just has no history.
  public func append(_ line: String) {
    StateFile.makeFolders(above: path)
    let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    flock(descriptor, LOCK_EX)
    let bytes = Array((Self.escaped(line) + "\n").utf8)
    _ = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
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
