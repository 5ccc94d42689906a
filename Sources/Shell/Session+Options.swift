extension Session {
  /// How a session behaves, as the command line says.
  public struct Options: Sendable {
    public var seed: UInt64 = 42
    /// One JSON object a command instead of text.
    public var isJSON = false
    public var isColored = false
    /// Goes on after a command that failed.
    public var continues = false
    /// Prints each command before its output.
    public var echoes = false
    /// At a prompt: abbreviations work, errors carry no line numbers.
    public var isInteractive = false
    /// Whether only plain characters are drawn: no braille, no lines.
    public var isPlain = false
    /// Columns of the terminal.
    public var width = 80
    /// Rows of a terminal on which a picture can be drawn over; 0 where it can't.
    public var height = 0

    public init() {}
  }
}
