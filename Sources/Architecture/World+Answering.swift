import Kernel

/// How a call is answered: its answer travels back, and its slot goes to the next one.
extension World {
  /// The component's answer is in the call's frame: the call has done its work.
  mutating func reply(_ place: Int32) {
    let (node, origin) = (calls[place].node, calls[place].origin)
    let verb = calls[place].message.verb
    if verb.needsSlot && calls[place].parent.place >= 0 {
      nodes[node.index].count(
        isError: calls[place].answer.isServerError, after: clock - calls[place].arrivedAt)
    }
    releaseSlot(place)
    if origin == node { return close(place) }
    var arrival = clock + travelTime(from: node, to: origin, for: calls[place].request)
    let passage = passage(from: node, to: origin, verb: verb, isAnswer: true)
    if let passage { arrival = arrival + passage.delay }
    let span = journalAnswer(place, arrival, passage?.fault ?? 0)
    if let passage, passage.isLost {
      journal.mark(span, .lost, of: calls[place].request)
      retire(place)
    } else {
      sendBack(place, at: arrival, span: span)
    }
  }

  /// The answer to a call that the node began on its own account: nobody asked for it.
  mutating func close(_ place: Int32) {
    if calls[place].message.verb == .request {
      let latency = clock - calls[place].arrivedAt
      journal.close(
        calls[place].request, calls[place].answer, isVirtual: calls[place].message.isVirtual,
        isRead: calls[place].message.method == .get, after: latency, at: clock)
      nodes[calls[place].node.index].count(
        isError: !calls[place].answer.isSuccess, after: latency)
    }
    retire(place)
  }

  @inline(__always)
  mutating func journalAnswer(
    _ place: Int32, _ arrival: Instant, _ fault: UInt16
  ) -> UInt32 {
    let request = calls[place].request
    guard request != 0 else { return 0 }
    let verb = calls[place].message.verb
    let version = calls[place].answer.record.version
    return journal.append(
      Span(
        sentAt: clock, receivedAt: arrival, age: calls[place].answer.age, request: request,
        number: verb.concernsTask ? calls[place].message.task : version,
        status: calls[place].answer.status, fault: fault, from: calls[place].node,
        to: calls[place].origin, verb: verb, isAnswer: true, fate: .delivered,
        cache: calls[place].answer.cache, reason: calls[place].answer.reason, attempt: 0,
        isAwaited: calls[place].message.isAwaited, isDeferred: isDeferred(place)))
  }

  /// Puts an answer on its way, if somebody waits for it.
  @inline(__always)
  mutating func sendBack(_ place: Int32, at arrival: Instant, span: UInt32) {
    guard calls[place].parent.place >= 0 else { return retire(place) }
    calls[place].turnBack(span: span)
    queue.push(Event(kind: .answer, ticket: calls[place].ticket), at: arrival)
  }

  /// An answer that no component gave: a refused or a broken connection.
  mutating func answerFromOutside(_ place: Int32, _ answer: Answer) {
    calls[place].answer = answer
    let (node, origin) = (calls[place].node, calls[place].origin)
    sendBack(
      place, at: clock + travelTime(from: node, to: origin, for: calls[place].request),
      span: calls[place].span)
  }

  mutating func end(_ place: Int32) {
    releaseSlot(place)
    retire(place)
  }

  /// The next call in the node's queue takes over the slot of a call that is over.
  @inline(__always)
  mutating func releaseSlot(_ place: Int32) {
    guard calls[place].holdsSlot else { return }
    let node = calls[place].node
    handOver(aSlotOf: node)
  }

  /// A slot goes to the call that waits for it, and back if none does.
  private mutating func handOver(aSlotOf node: NodeID) {
    while let next = nodes[node.index].slots.release(at: clock) {
      if begin(next, withASlotOf: node) { return }
    }
  }

  /// A call that waited goes on with a slot; false when nobody waits for it any more.
  @inline(__always)
  private mutating func begin(_ call: Int32, withASlotOf node: NodeID) -> Bool {
    calls[call].phase = .active
    if nodes[node.index].carriesDeadlines && remaining(of: .forever, call) <= .zero {
      calls[call].answer = Answer(.deadlineExceeded, at: node)
      reply(call)
      return false
    }
    calls[call].holdsSlot = true
    queue.push(Event(kind: .resumption, ticket: calls[call].ticket), at: clock)
    return true
  }

  /// More slots, or fewer: calls that wait take those that are free now.
  mutating func resizeSlots(of node: NodeID, to capacity: Int) {
    nodes[node.index].slots.resize(to: capacity, at: clock)
    while let next = nodes[node.index].slots.admitNext(at: clock) {
      if !begin(next, withASlotOf: node) { handOver(aSlotOf: node) }
    }
  }
}
