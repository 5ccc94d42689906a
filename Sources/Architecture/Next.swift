import Kernel

/// What a component decides to do with a call: the whole vocabulary. What it says by that, the
/// question or the answer, is in the outbox (see `Outbox.ask` and `Outbox.reply`).
public enum Next<Stage> {
  /// Work on it for a while drawn from a distribution, then go on.
  case wait(Distribution, then: Stage)
  /// Ask a node; go on when it has answered, or with a timeout as the answer.
  case ask(NodeID, patience: Duration, then: Stage)
  /// Do nothing for a while, then go on.
  case pause(Duration, then: Stage)
  /// Do nothing until woken (see `Outbox.wake`), or for a fixed time at most, then go on.
  case park(atMost: Duration, then: Stage)
  /// Go on at once.
  case go(Stage)
  /// Answer whoever asked; the call ends.
  case reply
  /// There is nobody to answer; the call ends.
  case done
}

/// A kind of node: decides, and does not act.
public protocol Component: Sendable {
  associatedtype Stage: RawRepresentable & Sendable where Stage.RawValue == UInt8

  /// The node has just started: begin what it does on its own.
  mutating func boot(_ outbox: inout Outbox)
  /// A call has reached a stage; `call.message` says what it is about, `call.answer` what the
  /// last question brought.
  mutating func handle(
    _ stage: Stage, of call: inout Call, _ outbox: inout Outbox
  ) -> Next<Stage>
  /// The process died: what it held in memory is gone, what it has on disk is not.
  mutating func crash()
  func mix(into digest: inout Digest)
}

extension Component {
  public mutating func boot(_ outbox: inout Outbox) {}
  public mutating func crash() {}
}
