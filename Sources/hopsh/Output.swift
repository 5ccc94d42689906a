import Glibc

/// Standard output, buffered, and standard error, after whatever was put out before.
final class Output {
  private var buffer: [UInt8] = []
  /// Takes away what stands in the way of the next line.
  var clear: () -> Void = {}

  func write(_ line: String) {
    clear()
    buffer += line.utf8
    buffer.append(UInt8(ascii: "\n"))
    if buffer.count > 1 << 15 { flush() }
  }

  func writeError(_ line: String) {
    clear()
    flush()
    Self.writeAll(Array((line + "\n").utf8), to: 2)
  }

  func flush() {
    Self.writeAll(buffer, to: 1)
    buffer.removeAll(keepingCapacity: true)
  }

  private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      if count <= 0 { return }  // nobody reads any more
      rest = rest.dropFirst(count)
    }
  }
}
