import Glibc

/// The files that the program reads and writes.
enum Files {
  /// The text of a file, or of standard input for '-'; nil when it can't be read.
  static func read(_ path: String) -> String? {
    let descriptor = path == "-" ? 0 : open(path, O_RDONLY)
    guard descriptor >= 0 else { return nil }
    defer { if descriptor > 0 { close(descriptor) } }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      if count < 0 && errno == EINTR { continue }
      if count < 0 { return nil }
      if count == 0 { return String(decoding: bytes, as: UTF8.self) }
      bytes += buffer[..<count]
    }
  }

  /// Whether a path is that of a lesson's document: a Markdown file in a folder `lessons`.
  static func isLesson(_ path: String) -> Bool {
    path.hasSuffix(".md")
      && (absolute(path) ?? path).split(separator: "/").dropLast().last == "lessons"
  }

  static func write(_ text: String, to path: String) -> Bool {
    guard let file = fopen(path, "w") else { return false }
    let isWritten = fputs(text, file) >= 0
    return fclose(file) == 0 && isWritten
  }

  /// The lessons' documents by name, in its order: in the folder `lessons` beside the program or
  /// above it, or in the current folder.
  static func lessons() -> [(name: String, text: String)] {
    let beside = lessons(above: absolute("/proc/self/exe") ?? "")
    return beside.isEmpty ? lessons(above: (absolute(".") ?? "") + "/") : beside
  }

  /// A path without links and dots; nil where there is nothing.
  private static func absolute(_ path: String) -> String? {
    realpath(path, nil).map { place in
      defer { free(place) }
      return String(cString: place)
    }
  }

  private static func lessons(above path: String) -> [(name: String, text: String)] {
    var folder = path
    while let slash = folder.lastIndex(of: "/") {
      folder = String(folder[..<slash])
      let found = transcripts(below: folder + "/lessons") ?? []
      if found.isEmpty { continue }
      return found.compactMap { path in
        let file = path.split(separator: "/").last ?? ""
        return read(path).map { (String(file.prefix { $0 != "." }), $0) }
      }
    }
    return []
  }

  /// A file itself, or the scripts and lessons below a folder, in the order of their names.
  static func transcripts(below path: String) -> [String]? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    guard status.st_mode & S_IFMT == S_IFDIR else { return [path] }
    guard let folder = opendir(path) else { return nil }
    defer { closedir(folder) }
    var found: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name.hasPrefix(".") { continue }
      let child = path + (path.hasSuffix("/") ? "" : "/") + name
      if entry.pointee.d_type == UInt8(DT_DIR) {
        found += transcripts(below: child) ?? []
      } else if name.hasSuffix(".hop") || isLesson(child) {
        found.append(child)
      }
    }
    return found.sorted()
  }
}
