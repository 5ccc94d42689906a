import Glibc
import Terminal

/// What is looked at again and again while time passes: on a terminal each look takes the place of the
/// one before, after a moment to see it. Looks of a line or two stay, one below the other, as they are
/// easier to compare so.
final class Picture {
  private let output: Output
  /// The number of the first line of the latest look.
  private var start = 0

  init(on output: Output) { self.output = output }

  /// Begins a look, the first of a row or one in the place of the last, after a pause in milliseconds.
  func begin(isFirst: Bool, pause: Int) {
    let height = output.lineCount - start
    if !isFirst && height > 3 {
      output.flush()
      for _ in 0..<pause / 20 where !Interrupt.isPending { usleep(20_000) }
      // What has left the screen can't be drawn over.
      if height < TerminalSize.current.rows { output.put("\u{1B}[\(height)A\r\u{1B}[J") }
    }
    start = output.lineCount
  }
}
