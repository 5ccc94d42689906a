import Glibc

/// What a learner has done, in a file of the user's state.
public struct ProgressFile {
  private let path: String

  /// `$HOPSH_PROGRESS`, or `hopsh/progress` in the user's state folder; nil when there is none.
  public static var standard: ProgressFile? {
    StateFile.path("progress", variable: "HOPSH_PROGRESS").map { ProgressFile(path: $0) }
  }

  public init(path: String) { self.path = path }

  /// Its text; empty when it can't be read.
  public func load() -> String {
    guard let file = fopen(path, "r") else { return "" }
    defer { fclose(file) }
    var text: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while case let count = fread(&buffer, 1, buffer.count, file), count > 0 {
      text += buffer[..<count]
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Puts a text in place of the file's, whole or not at all; false when it can't be written.
  public func save(_ text: String) -> Bool {
    StateFile.makeFolders(above: path)
    let fresh = path + ".new"
    guard let file = fopen(fresh, "w") else { return false }
    let isWritten = fputs(text, file) >= 0
    return fclose(file) == 0 && isWritten && rename(fresh, path) == 0
  }
}
