import Kernel

/// One request from its sending to its outcome, as the journal keeps it.
public struct RequestRecord: Hashable, Sendable {
  /// 1 for the first request of the deployment.
  public let id: UInt32
  public let method: Method
  public let identity: Identity
  /// The route's resource, or nil when the path led nowhere.
  public let resource: Resource?
  public let key: UInt32
  /// The path as it was typed, where it is not that of a resource.
  public let path: Text
  /// Sent by a workload's virtual user rather than by the learner.
  public let isVirtual: Bool
  public let sentAt: Instant
  public internal(set) var answeredAt = Instant.distantFuture
  public internal(set) var answer = Answer(status: 0)
  /// Numbered hops so far, on both paths.
  public internal(set) var hops: UInt16 = 0
  /// Calls that still work for it, on either path.
  var openCalls: Int32 = 0
  let firstSpan: Int

  public var isAnswered: Bool { answeredAt != .distantFuture }
  public var latency: Duration { answeredAt - sentAt }
  public var succeeded: Bool { isAnswered && answer.isSuccess }

  /// Counts a message of the request: a hop, unless it only confirms, and a call that it opens.
  mutating func count(_ span: Span) {
    if !span.isAcknowledgement { hops &+= 1 }
    if !span.isAnswer { openCalls &+= 1 }
  }

  func mix(into digest: inout Digest) {
    digest.mix(id)
    digest.mix(answeredAt)
    digest.mix(hops)
    answer.mix(into: &digest)
  }
}
