import Kernel

/// What is about to happen, in words.
extension World {
  /// An event of some request.
  public struct EventDescription: Sendable {
    public let request: UInt32
    public let text: String
  }

  /// The next event, if it belongs to a request; nil for one of the deployment's own.
  public var nextEventDescription: EventDescription? {
    guard let event = queue.first else { return nil }
    let place = event.ticket.place
    switch event.kind {
    case .delivery, .answer, .resumption, .timeout: break
    default: return nil
    }
    let call = calls[place]
    guard call.ticket.number == event.ticket.number, call.request != 0 else { return nil }
    let (node, origin) = (name(of: call.node), name(of: call.origin))
    let verb = call.message.verb
    let text: String
    switch event.kind {
    case .delivery: text = "\(node) gets '\(verb)' from \(origin)"
    case .answer:
      text = "\(origin) gets the answer to '\(verb)' from \(node): \(call.answer.status)"
    case .timeout: text = "\(node) stops waiting for \(name(of: call.asked)) ('\(verb)')"
    default: text = "\(node) goes on with '\(verb)' at \(stageName(of: call))"
    }
    return EventDescription(request: call.request, text: text)
  }
}
