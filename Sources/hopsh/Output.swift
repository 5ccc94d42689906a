import Glibc

/// Standard output, buffered, and standard error, after whatever was put out before.
final class Output {
  private var buffer: [UInt8] = []
  /// Takes away what stands in the way of the next line.
  var clear: () -> Void = {}
  /// Why standard output could not be written, if it could not: nobody reading is no failure.
  private(set) var failure: String?

  /// How many lines have been written.
  private(set) var lineCount = 0

  func write(_ text: String) {
    lineCount += 1 + text.utf8.count { $0 == 10 }
    put(text + "\n")
  }

  /// Without a line's end.
  func put(_ text: String) {
    clear()
    buffer += text.utf8
    if buffer.count > 1 << 15 { flush() }
  }

  func writeError(_ line: String) {
    clear()
    flush()
    lineCount += 1 + line.utf8.count { $0 == 10 }
    _ = Self.writeAll(Array((line + "\n").utf8), to: 2)
  }

  func flush() {
    let error = Self.writeAll(buffer, to: 1)
    if error != 0 && error != EPIPE { failure = String(cString: strerror(error)) }
    buffer.removeAll(keepingCapacity: true)
  }

  /// Returns the number of the error that stopped it, or 0.
  private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      if count <= 0 { return count < 0 ? errno : EIO }
      rest = rest.dropFirst(count)
    }
    return 0
  }
}
