import Kernel

/// Everything that was seen: requests, the messages they caused, and what was done to nodes.
///
/// Bounded: it keeps the latest requests and messages and counts what it dropped.
public struct Journal: Sendable {
  private var spans = ChunkedLog<Span>(keeping: 65_536)
  private var requests = ChunkedLog<RequestRecord>(keeping: 8_192)
  public private(set) var incidents: [Incident] = []
  /// Whether incidents are kept.
  var keepsCauses = true {
    didSet { if !keepsCauses { incidents = [] } }
  }

  public private(set) var sent = 0
  public private(set) var succeeded = 0
  public private(set) var failed = 0
  /// Messages of all requests, acknowledgements included.
  public private(set) var messages = 0
  /// Numbered hops of all requests.
  public private(set) var hops = 0

  /// What the virtual users of the latest load met.
  public private(set) var load = LoadStatistics()
  /// The first request that the latest load could send: those that an earlier one has left behind
  /// are not its own.
  private var firstOfLoad: UInt32 = 1

  public var inFlight: Int { sent - succeeded - failed }

  /// The identities of the requests that are kept.
  public var requestIDs: Range<UInt32> {
    UInt32(requests.dropped + 1)..<UInt32(requests.dropped + requests.count + 1)
  }

  /// A request by its id, or nil when there is none or it is no longer kept.
  public subscript(request: UInt32) -> RequestRecord? {
    requests.contains(Int(request) - 1) ? requests[Int(request) - 1] : nil
  }

  // MARK: Writing

  /// Makes what grows its own, if a copy shares it.
  mutating func own() {
    spans.own()
    requests.own()
  }

  /// Forgets the figures of the load before.
  mutating func beginLoad() {
    load = LoadStatistics()
    firstOfLoad = UInt32(sent + 1)
  }

  mutating func open(
    _ message: Message, path: Text, at now: Instant
  ) -> UInt32 {
    sent += 1
    let id = UInt32(requests.dropped + requests.count + 1)
    requests.append(
      RequestRecord(
        id: id, method: message.method, identity: message.identity, resource: message.resource,
        key: message.id, path: path, isVirtual: message.isVirtual, sentAt: now,
        firstSpan: spans.dropped + spans.count))
    if message.isVirtual { load.sent += 1 }
    return id
  }

  /// Notes a request's outcome. What counts is said: the request itself may no longer be kept.
  mutating func close(
    _ request: UInt32, _ answer: Answer, isVirtual: Bool, isRead: Bool, after latency: Duration,
    at now: Instant
  ) {
    if answer.isSuccess { succeeded += 1 } else { failed += 1 }
    if isVirtual && request >= firstOfLoad { load.record(answer, latency, isRead: isRead) }
    requests.change(Int(request) - 1) { record in
      record.answer = answer
      record.answer.parcel = .none
      record.answeredAt = now
    }
  }

  /// Keeps a message, which opens a call unless it is an answer; returns its number.
  @inline(__always)
  mutating func append(_ span: Span) -> UInt32 {
    messages &+= 1
    if !span.isAcknowledgement { hops &+= 1 }
    requests.change(Int(span.request) - 1) { $0.count(span) }
    return UInt32(truncatingIfNeeded: spans.append(span))
  }

  /// Notes what became of a message after it was sent.
  mutating func mark(_ span: UInt32, _ fate: Span.Fate, of request: UInt32) {
    guard request != 0 else { return }
    spans.change(Int(span)) { $0.fate = fate }
  }

  /// A call that no message of the journal opened.
  mutating func callOpened(for request: UInt32) {
    requests.change(Int(request) - 1) { $0.openCalls &+= 1 }
  }

  @inline(__always)
  mutating func callClosed(for request: UInt32) {
    requests.change(Int(request) - 1) { $0.openCalls &-= 1 }
  }

  /// Whether nothing works for a request any more.
  func isSettled(_ request: UInt32) -> Bool {
    guard let record = self[request] else { return true }
    return record.openCalls == 0
  }

  /// Keeps what was done, for `why`. No decision ever reads it.
  mutating func note(_ incident: Incident) {
    if keepsCauses { incidents.append(incident) }
  }

  // MARK: Reading

  /// Every message that is kept, in the order of its sending.
  public var keptSpans: [Span] { spans.indices.map { spans[$0] } }

  /// The messages of a request in the order of their sending; nil when the first of them are no
  /// longer kept.
  public func spans(of request: UInt32) -> [Span]? {
    guard let record = self[request], record.firstSpan >= spans.dropped else { return nil }
    return (record.firstSpan..<spans.indices.upperBound).lazy
      .map { self.spans[$0] }.filter { $0.request == request }
  }

  /// How long a call that came to a node at a moment waited for one of its worker slots, as far as
  /// the messages that are kept tell: calls get slots in the order in which they come, and hold them
  /// until their answers leave.
  public func wait(at node: NodeID, from moment: Instant, slots: Int) -> Duration {
    struct Question: Hashable {
      let request: UInt32
      let asker: NodeID
      let verb: Verb
    }
    var before: [Question: Int] = [:]
    var ends: [Instant] = []
    for index in spans.indices {
      let span = spans[index]
      if !span.isAnswer, span.to == node, span.fate == .delivered, span.receivedAt < moment {
        before[
          Question(request: span.request, asker: span.from, verb: span.verb), default: 0] += 1
      } else if span.isAnswer, span.from == node {
        let question = Question(request: span.request, asker: span.to, verb: span.verb)
        guard let open = before[question], open > 0 else { continue }
        before[question] = open - 1
        if span.sentAt > moment { ends.append(span.sentAt) }
      }
    }
    // With as many before it as there are slots, it gets that of the first to be answered.
    return ends.count < slots ? .zero : ends.sorted()[ends.count - slots] - moment
  }

  func mix(into digest: inout Digest) {
    digest.mix(sent)
    digest.mix(succeeded)
    digest.mix(failed)
    digest.mix(messages)
    digest.mix(hops)
    load.mix(into: &digest)
    for incident in incidents { incident.mix(into: &digest) }
    for request in requestIDs.suffix(64) { self[request]?.mix(into: &digest) }
    for number in spans.indices.suffix(256) { spans[number].mix(into: &digest) }
  }
}
