import Kernel

/// What a component decides to do with a call: the whole vocabulary. What it says by that, the
/// question or the answer, is in the outbox (see `Outbox.ask` and `Outbox.reply`).
public enum Decision: Sendable {
  /// Work on it for a while drawn from a distribution, then go on.
  case wait(Distribution)
  /// Ask a node; go on when it has answered, or with a timeout as the answer.
  case ask(NodeID, patience: Duration)
  /// Do nothing for a while, then go on.
  case pause(Duration)
  /// Do nothing until woken (see `Outbox.wake`), or for a fixed time at most, then go on.
  case park(atMost: Duration)
  /// Go on at once.
  case go
  /// Answer whoever asked; the call ends.
  case reply
  /// There is nobody to answer; the call ends.
  case done
}

/// A decision, and the stage at which the call goes on after it.
public struct Next<Stage: RawRepresentable<UInt8>> {
  public let decision: Decision
  /// Nil when the call ends.
  public var stage: Stage? { Stage(rawValue: rawStage) }
  let rawStage: UInt8

  private init(_ decision: Decision, then stage: Stage) {
    self.decision = decision
    rawStage = stage.rawValue
  }

  private init(endingWith decision: Decision) {
    self.decision = decision
    rawStage = .max
  }

  public static func wait(_ work: Distribution, then stage: Stage) -> Next {
    Next(.wait(work), then: stage)
  }

  public static func ask(_ node: NodeID, patience: Duration, then stage: Stage) -> Next {
    Next(.ask(node, patience: patience), then: stage)
  }

  public static func pause(_ duration: Duration, then stage: Stage) -> Next {
    Next(.pause(duration), then: stage)
  }

  public static func park(atMost limit: Duration, then stage: Stage) -> Next {
    Next(.park(atMost: limit), then: stage)
  }

  public static func go(_ stage: Stage) -> Next { Next(.go, then: stage) }
  public static var reply: Next { Next(endingWith: .reply) }
  public static var done: Next { Next(endingWith: .done) }
}

/// A kind of node: decides, and does not act.
public protocol Component: Sendable {
  associatedtype Stage: RawRepresentable<UInt8> & Sendable

  /// The node has just started: begin what it does on its own.
  mutating func boot(_ outbox: inout Outbox)
  /// A call has reached a stage; `call.message` says what it is about, `call.answer` what the
  /// last question brought.
  mutating func handle(
    _ stage: Stage, of call: inout Call, _ outbox: inout Outbox
  ) -> Next<Stage>
  /// The process died: what it held in memory is gone, what it has on disk is not.
  mutating func crash()
  /// From now on its chances are others.
  mutating func reseed(_ streams: Streams)
  func mix(into digest: inout Digest)
}

extension Component {
  public mutating func boot(_ outbox: inout Outbox) {}
  public mutating func crash() {}

  /// Lets the component decide what to do with a call, and notes where it goes on.
  @inline(__always)
  mutating func decide(_ call: inout Call, _ outbox: inout Outbox) -> Decision {
    guard let stage = Stage(rawValue: call.stage) else {
      preconditionFailure("stage \(call.stage) is not one of \(Stage.self)")
    }
    let next = handle(stage, of: &call, &outbox)
    if next.rawStage != .max { call.stage = next.rawStage }
    return next.decision
  }
}
