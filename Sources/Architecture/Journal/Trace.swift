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

  /// The hop at which the request failed: the last one that brought or met its reason first.
  public var failure: Hop? {
    guard request.answer.reason != .none else { return nil }
    return hops.first { hop in
      hop.span.fate == .refused || hop.span.fate == .reset
        || hop.span.reason == request.answer.reason
    }
  }
}
