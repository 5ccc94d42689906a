import CEditline
import Glibc

/// Reads lines at a terminal by libedit: editing, history, completion.
///
/// It calls back only from within `readLine`, on the same thread.
public final class LineEditor {
  public enum Outcome: Equatable {
    case line(String)
    /// Ctrl-C: the line was given up.
    case interrupted
    /// Ctrl-D on an empty line, or the terminal is gone.
    case endOfFile
  }

  /// What may stand where the cursor is.
  public struct Candidate: Sendable {
    public let text: String
    public let description: String

    public init(_ text: String, _ description: String = "") {
      self.text = text
      self.description = description
    }
  }

  /// Finds what a line up to the cursor may go on with: whole words that begin like its last one.
  public typealias Completer = (_ lineToCursor: String) -> [Candidate]

  private var editor: OpaquePointer?
  private let completer: Completer
  private var history: [String]
  /// Where Up and Down are in the history, and what was typed before.
  private var position: Int?
  private var typedPrefix = ""

  /// Nil when there is no terminal that libedit can use.
  public init?(program: String, history: [String], completer: @escaping Completer) {
    self.history = history
    self.completer = completer
    let owner = Unmanaged.passUnretained(self).toOpaque()
    guard
      let editor = editline_open(
        program,
        { _, key, owner in
          guard let owner else { return }
          Unmanaged<LineEditor>.fromOpaque(owner).takeUnretainedValue().handle(key)
        }, owner)
    else { return nil }
    self.editor = editor
  }

  deinit { if let editor { editline_close(editor) } }

  /// Reads a line. The prompt may hold colour codes.
  public func readLine(prompt: String) -> Outcome {
    position = nil
    var text: UnsafePointer<CChar>?
    switch editline_read(editor, Self.marked(prompt), &text) {
    case EDITLINE_LINE:
      guard let text else { return .endOfFile }
      var line = String(cString: text)
      if line.hasSuffix("\n") { line.removeLast() }
      return .line(line)
    case EDITLINE_INTERRUPTED: return .interrupted
    default: return .endOfFile
    }
  }

  /// Adds a line to what Up finds.
  public func remember(_ line: String) {
    if history.last != line { history.append(line) }
  }

  /// Colour codes between bytes 1, as libedit wants them: literal, and without a width.
  private static func marked(_ prompt: String) -> String {
    var result = ""
    var isInCode = false
    for character in prompt {
      if character == "\u{1B}" && !isInCode {
        result += "\u{1}"
        isInCode = true
      }
      result.append(character)
      if isInCode && character.isLetter {
        result += "\u{1}"
        isInCode = false
      }
    }
    return result
  }

  // MARK: Keys

  private var line: (text: String, toCursor: String) {
    var length: Int32 = 0
    var cursor: Int32 = 0
    guard let bytes = editline_text(editor, &length, &cursor) else { return ("", "") }
    let buffer = UnsafeRawBufferPointer(start: bytes, count: Int(length))
    return (
      String(decoding: buffer, as: UTF8.self),
      String(decoding: buffer.prefix(Int(cursor)), as: UTF8.self)
    )
  }

  private func handle(_ key: Int32) {
    switch UInt32(key) {
    case EDITLINE_TAB.rawValue: complete()
    case EDITLINE_UP.rawValue: recall(step: -1)
    default: recall(step: 1)
    }
  }

  /// Up and Down go through the lines that begin with what was typed.
  private func recall(step: Int) {
    if position == nil {
      typedPrefix = line.text
      position = history.count
    }
    guard var index = position else { return }
    repeat {
      index += step
    } while history.indices.contains(index) && !history[index].hasPrefix(typedPrefix)
    if history.indices.contains(index) {
      position = index
      editline_replace(editor, history[index])
    } else if step > 0 {
      position = nil
      editline_replace(editor, typedPrefix)
    }
  }

  private func complete() {
    position = nil
    let toCursor = line.toCursor
    let candidates = completer(toCursor)
    let word = Self.lastWord(of: toCursor)
    guard let first = candidates.first else { return }
    if candidates.count == 1 {
      let isPartial = first.text.hasSuffix("/") || first.text.hasSuffix(".")
      editline_insert(editor, String(first.text.dropFirst(word.count)) + (isPartial ? "" : " "))
      return
    }
    let common = candidates.dropFirst().reduce(first.text) { $0.commonPrefix(with: $1.text) }
    if common.count > word.count {
      editline_insert(editor, String(common.dropFirst(word.count)))
    } else {
      editline_print_above(editor, Self.list(candidates))
    }
  }

  /// What stands between the last blank, `;` or `{` and the end.
  public static func lastWord(of line: String) -> String {
    String(line.reversed().prefix { !" ;{\t".contains($0) }.reversed())
  }

  /// The candidates with their descriptions, no more than the screen has room for.
  private static func list(_ candidates: [Candidate]) -> String {
    let room = max(5, TerminalSize.current.rows - 4)
    let shown = candidates.prefix(room)
    let width = shown.map(\.text.count).max() ?? 0
    let columns = TerminalSize.current.columns
    var lines = shown.map { candidate in
      let padding = String(repeating: " ", count: width - candidate.text.count + 2)
      return String("  \(candidate.text)\(padding)\(candidate.description)".prefix(columns - 1))
    }
    if candidates.count > shown.count {
      lines.append("  and \(candidates.count - shown.count) more")
    }
    return lines.joined(separator: "\n")
  }
}

/// How large the terminal is, in characters.
public struct TerminalSize: Sendable {
  public let columns: Int
  public let rows: Int

  /// 80 by 24 where there is no terminal.
  public static var current: TerminalSize {
    var size = winsize()
    guard ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
      return TerminalSize(columns: 80, rows: 24)
    }
    return TerminalSize(columns: Int(size.ws_col), rows: Int(size.ws_row))
  }
}

extension String {
  fileprivate func commonPrefix(with other: String) -> String {
    String(zip(self, other).prefix { $0 == $1 }.map(\.0))
  }
}
