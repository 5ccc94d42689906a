import Glibc

/// One line on the terminal that tells how far long work is; gone when the work is over.
///
/// It looks at the clock on the wall, and only it: work of less than half a second says nothing.
final class ProgressLine {
  private var start = 0.0
  private var shownAt = 0.0
  private var isShown = false

  private var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// Shows a text in place of the last one, at most ten times a second; nil begins or ends work.
  func show(_ text: String?) {
    guard let text else {
      erase()
      start = now
      return
    }
    let moment = now
    guard moment - start > 0.5, moment - shownAt > 0.1 else { return }
    shownAt = moment
    isShown = true
    put("\r\u{1B}[K" + text)
  }

  /// Takes the line away until there is more to tell.
  func erase() {
    if isShown { put("\r\u{1B}[K") }
    isShown = false
  }

  private func put(_ text: String) {
    let bytes = Array(text.utf8)
    _ = write(2, bytes, bytes.count)
  }
}
