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

  /// Tells what may follow a line that ends with a blank.
  public typealias Advisor = (_ line: String) -> String

  private var editor: OpaquePointer?
  private let completer: Completer
  private let advisor: Advisor
  /// The latest hint, as libedit's side reads it.
  private var hint: UnsafeMutablePointer<CChar>?
  private var history: [String]
  /// Where Up and Down are in the history, and what was typed before.
  private var position: Int?
  private var typedPrefix = ""
  private var proposal: String?
  private var showsHints = false

  /// Nil when there is no terminal that libedit can use.
  public init?(
    program: String, history: [String], completer: @escaping Completer,
    advisor: @escaping Advisor = { _ in "" }
  ) {
    self.history = history
    self.completer = completer
    self.advisor = advisor
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
    for line in history { editline_remember(editor, line) }
  }

  /// Shows dimly behind the cursor what TAB would insert, or what may follow.
  public func showHints() {
    showsHints = true
    editline_show_hints(editor) { _, owner in
      guard let owner else { return nil }
      return Unmanaged<LineEditor>.fromOpaque(owner).takeUnretainedValue().nextHint()
    }
  }

  deinit {
    if let editor { editline_close(editor) }
    free(hint)
  }

  /// Reads a line. The prompt may hold colour codes. A proposal is a whole line that the hint shows
  /// and TAB types, as long as what was typed begins it.
  public func readLine(prompt: String, proposal: String? = nil) -> Outcome {
    position = nil
    self.proposal = proposal
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

  /// Lets the next line begin with what was typed while nobody read lines.
  public func typeAhead(_ text: String) { editline_type_ahead(editor, text) }

  /// Adds a line to what Up and the search find.
  public func remember(_ line: String) {
    if history.last == line { return }
    history.append(line)
    editline_remember(editor, line)
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
    case EDITLINE_ACCEPT.rawValue: acceptHint()
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
    let (text, toCursor) = line
    if text == toCursor, let rest = restOfProposal(after: text) {
      editline_insert(editor, rest)
      return
    }
    let candidates = completer(toCursor)
    let insertion = Self.insertion(of: candidates, after: toCursor)
    if !insertion.isEmpty {
      editline_insert(editor, insertion)
    } else if !candidates.isEmpty {
      editline_print_above(editor, Self.list(candidates))
    }
  }

  /// Types what the hint shows; what only tells which arguments follow is no text to type.
  private func acceptHint() {
    let text = line.text
    guard showsHints, restOfProposal(after: text) != nil || text.last.map({ $0 != " " }) ?? false
    else { return }
    editline_insert(editor, hint(after: text))
  }

  /// What is left to type of the proposal; nil where something else was begun.
  private func restOfProposal(after text: String) -> String? {
    guard let proposal, proposal.hasPrefix(text), proposal != text else { return nil }
    return String(proposal.dropFirst(text.count))
  }

  /// What TAB inserts: the rest of the only candidate, or what all of them have in common.
  private static func insertion(of candidates: [Candidate], after line: String) -> String {
    guard let first = candidates.first else { return "" }
    let typed = lastWord(of: line).count
    if candidates.count == 1 {
      let isPartial = first.text.hasSuffix("/") || first.text.hasSuffix(".")
      return String(first.text.dropFirst(typed)) + (isPartial ? "" : " ")
    }
    let common = candidates.dropFirst().reduce(first.text) { $0.commonPrefix(with: $1.text) }
    return String(common.dropFirst(typed))
  }

  private func nextHint() -> UnsafePointer<CChar>? {
    let shown = hint(after: line.text)
    if shown.allSatisfy({ $0 == " " }) { return nil }
    free(hint)
    hint = strdup(shown)
    return UnsafePointer(hint)
  }

  private func hint(after text: String) -> String {
    if let rest = restOfProposal(after: text) { return rest }
    guard text.contains(where: { $0 != " " }) else { return "" }
    return text.last == " " ? advisor(text) : Self.insertion(of: completer(text), after: text)
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
      let line = "  \(candidate.text)\(padding)\(candidate.description)"
      return line.count < columns ? line : line.prefix(max(columns - 2, 0)) + "…"
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
