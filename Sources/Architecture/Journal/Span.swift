import Kernel

/// One message as the journal keeps it: who sent what to whom, when, and what it said.
public struct Span: Hashable, Sendable {
  public enum Fate: UInt8, Sendable {
    case delivered
    /// Nobody listened at the other end.
    case refused
    /// The node went down while it worked on it.
    case reset
    /// The answer came when its asker no longer waited.
    case late
    /// The answer was an error, and its asker waits for another one (hedging).
    case passedOver
    /// A fault let it vanish on its way.
    case lost
    /// A fault answered in place of the node.
    case aborted
  }

  public let sentAt: Instant
  public let receivedAt: Instant
  /// Of a copy: its age.
  public let age: Duration
  public let request: UInt32
  /// A task's number, or a row's version.
  public let number: UInt32
  public let status: UInt16
  /// The fault that did something to it; 0 is none.
  public var fault: UInt16 = 0
  public let from: NodeID
  public let to: NodeID
  public let verb: Verb
  public let isAnswer: Bool
  public internal(set) var fate: Fate
  public let cache: CacheOutcome
  public let reason: Reason
  /// How often this was tried before.
  public let attempt: UInt8
  /// Of a background task's message: that the user's answer waits for it.
  public var isAwaited = false
  /// Whether it is the second question of a hedge.
  public var isHedge = false
  /// Whether it is about a write that its cache has acknowledged before (write-behind).
  public var isDeferred = false

  public var isAcknowledgement: Bool { isAnswer && verb.answerOnlyConfirms }
  public var isBackground: Bool { verb.isBackground && !isAwaited || isDeferred }

  func mix(into digest: inout Digest) {
    digest.mix(request)
    digest.mix(from.rawValue)
    digest.mix(to.rawValue)
    digest.mix(verb.rawValue)
    digest.mix(isAnswer)
    digest.mix(fate.rawValue)
    digest.mix(status)
    digest.mix(reason.rawValue)
    digest.mix(sentAt)
    digest.mix(receivedAt)
  }
}
