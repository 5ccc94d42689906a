import Glibc

/// Where a file of the user's state lies: what shells remember from one run to the next.
enum StateFile {
  /// The path that a variable of the environment gives, or `hopsh/NAME` in the user's state folder;
  /// nil when there is none.
  static func path(_ name: String, variable: String) -> String? {
    func value(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
    if let path = value(variable) { return path.isEmpty ? nil : path }
    if let state = value("XDG_STATE_HOME"), !state.isEmpty { return state + "/hopsh/" + name }
    guard let home = value("HOME"), !home.isEmpty else { return nil }
    return home + "/.local/state/hopsh/" + name
  }

  /// Makes the folders above a path that are not there yet.
  static func makeFolders(above path: String) {
    var index = path.startIndex
    while let slash = path[index...].dropFirst().firstIndex(of: "/") {
      mkdir(String(path[..<slash]), 0o700)
      index = slash
    }
  }
}
