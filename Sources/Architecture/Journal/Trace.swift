import Kernel

/// The way of one request through the deployment: its numbered hops, first those of the request
/// path, then those of the background path, and the acknowledgements between them.
public struct Trace: Sendable {
  public struct Hop: Sendable {
    /// Nil for an acknowledgement: it travels, and is not numbered.
    public let number: Int?
    public let span: Span
  }

  public let request: RequestRecord
  public let hops: [Hop]

  /// Nil when the request is unknown or its messages are no longer kept.
  public init?(of id: UInt32, in world: World) {
    guard let request = world.journal[id], let spans = world.journal.spans(of: id)
    else { return nil }
    self.request = request
    var number = 0
    let ordered = spans.filter { !$0.isBackground } + spans.filter(\.isBackground)
    hops = ordered.map { span in
      if span.isAcknowledgement { return Hop(number: nil, span: span) }
      number += 1
      return Hop(number: number, span: span)
    }
  }

  /// The hop at which the request failed: the message that was refused, cut off or not answered
  /// in time, or the answer that was lost on its way back, or else the answer in which the reason
  /// first appears, of the attempt that counted.
  public var failure: Hop? {
    let reason = request.answer.reason
    guard reason != .none else { return nil }
    let toThere = hops.last { hop in
      let span = hop.span
      guard !span.isAnswer, span.to == request.answer.failedAt else { return false }
      switch reason {
      case .connectionRefused: return span.fate == .refused
      case .connectionReset: return span.fate == .reset
      case .upstreamTimeout, .clientTimeout: return true
      case .faultInjected: return span.fate == .aborted
      default: return false
      }
    }
    if [.upstreamTimeout, .clientTimeout].contains(reason), let question = toThere?.span,
      let lost = hops.last(where: {
        $0.span.isAnswer && $0.span.fate == .lost && $0.span.from == question.to
          && $0.span.to == question.from && $0.span.sentAt >= question.receivedAt
      })
    {
      return lost
    }
    let answers = hops.filter { $0.span.isAnswer && $0.span.reason == reason }
    return toThere ?? answers.last { $0.span.from == request.answer.failedAt } ?? answers.first
  }
}
