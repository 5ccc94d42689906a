import Kernel

/// What is left to do of a component's decision when the call's frame has its stage and its answer,
/// and the outbox its question.
enum Decision {
  case wait(Distribution)
  case ask(NodeID, patience: Duration)
  case pause(Duration)
  case park(atMost: Duration)
  case go, reply, done
}

extension Component {
  /// Lets the component decide what to do with a call.
  @inline(__always)
  mutating func decide(_ call: inout Call, _ outbox: inout Outbox) -> Decision {
    guard let stage = Stage(rawValue: call.stage) else {
      preconditionFailure("stage \(call.stage) is not one of \(Stage.self)")
    }
    switch handle(stage, of: &call, &outbox) {
    case .wait(let work, let next):
      call.stage = next.rawValue
      return .wait(work)
    case .ask(let node, let patience, let next):
      call.stage = next.rawValue
      call.asked = node
      call.askedAt = outbox.now
      return .ask(node, patience: patience)
    case .pause(let duration, let next):
      call.stage = next.rawValue
      return .pause(duration)
    case .park(let limit, let next):
      call.stage = next.rawValue
      return .park(atMost: limit)
    case .go(let next):
      call.stage = next.rawValue
      return .go
    case .reply:
      call.answer = outbox.answer
      return .reply
    case .done:
      return .done
    }
  }
}
