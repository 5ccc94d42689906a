import Language

/// What a command has to say, for people and for programs.
public struct Report: Sendable {
  public var lines: [String]
  public var result: JSON
  /// Set when the command ran and found that what it was to check does not hold.
  public var failure: String?

  public init(_ lines: [String] = [], _ result: JSON = .object([])) {
    self.lines = lines
    self.result = result
  }
}

/// Why a command did nothing.
public struct CommandError: Error, Sendable {
  public enum Kind: Sendable {
    /// The command could not do it: exit status 1.
    case failure
    /// It was not written as it must be: exit status 2.
    case usage
    /// The user stopped it: exit status 130.
    case interrupted
  }

  public let message: String
  public let kind: Kind
  /// Where in a script it happened, if it was inside another source than the one that runs.
  public var line: Int?
  /// Whether the message says in which other script it happened.
  public var isPlaced = false
  /// What a check that failed has found, for programs.
  public var result: JSON?

  public init(_ message: String, _ kind: Kind = .failure, line: Int? = nil) {
    self.message = message
    self.kind = kind
    self.line = line
  }

  public static func usage(_ message: String) -> CommandError { CommandError(message, .usage) }

  /// As one that happened in another script than the one that runs.
  func placed(in file: String) -> CommandError {
    guard !isPlaced, let line else { return self }
    var placed = CommandError("\(file):\(line): \(message)", kind)
    placed.isPlaced = true
    return placed
  }

  public var status: Int32 {
    switch kind {
    case .failure: 1
    case .usage: 2
    case .interrupted: 130
    }
  }
}
