import Kernel

/// The life of a call: sent, admitted, handled stage by stage, answered, retired.
///
/// The turns that each call takes are inlined into one another: saving the registers for a call of
/// the processor's kind costs as much as the turn.
extension World {
  // MARK: Sending

  /// A call under way to a node. Of a call that no message opens the journal is told here.
  private mutating func open(
    _ message: Message, at node: NodeID, from origin: NodeID, request: UInt32,
    parent: Ticket = .none, span: UInt32? = nil
  ) -> Int32 {
    let place = calls.take(Call())
    calls[place].begin(
      in: place, message, at: node, from: origin, request: request, parent: parent, span: span ?? 0)
    if request != 0 {
      openCalls += 1
      if span == nil { journal.callOpened(for: request) }
    }
    return place
  }

  /// The end of a call: whatever still points to it is no longer current.
  @inline(__always)
  func isOver(_ ticket: Ticket) -> Bool { calls[ticket.place].ticket.number != ticket.number }

  mutating func retire(_ place: Int32, handsOverParcel: Bool = false) {
    let request = calls[place].request
    let parcel = calls[place].end()
    if parcel != .none && !handsOverParcel { _ = outbox.unpack(parcel) }
    calls.release(place)
    if request != 0 {
      openCalls -= 1
      journal.callClosed(for: request)
    }
  }

  @inline(__always)
  private mutating func travelTime(from: NodeID, to: NodeID) -> Duration {
    let isUserLink = rooms[from.index].kind == .client || rooms[to.index].kind == .client
    let model = isUserLink ? latencies.user : latencies.zone
    return model.sample(&nodes[from.index].network)
  }

  /// Puts a message on its way; the call that will handle it travels with it.
  private mutating func send(
    _ message: Message, from origin: NodeID, to node: NodeID, request: UInt32, parent: Ticket,
    attempt: UInt8, isHedge: Bool = false
  ) {
    var arrival = clock + travelTime(from: origin, to: node)
    var passage = Passage(from: origin, to: node, verb: message.verb, isAnswer: false)
    if !faults.isEmpty {
      judge(&passage)
      arrival = arrival + passage.delay
    }
    var span: UInt32 = 0
    if request != 0 {
      span = journal.append(
        Span(
          sentAt: clock, receivedAt: arrival, age: .zero, request: request, number: message.task,
          status: 0, fault: passage.fault, from: origin, to: node, verb: message.verb,
          isAnswer: false, fate: .delivered, cache: .none, reason: .none, attempt: attempt,
          isAwaited: message.isAwaited, isHedge: isHedge))
    }
    let place = open(
      message, at: node, from: origin, request: request, parent: parent, span: span)
    if passage.fault != 0 && meets(passage, place, at: arrival) { return }
    queue.push(Event(kind: .delivery, ticket: calls[place].ticket), at: arrival)
  }

  /// A message meets a fault on its way; true when it does not arrive.
  private mutating func meets(_ passage: Passage, _ place: Int32, at arrival: Instant) -> Bool {
    let (message, request) = (calls[place].message, calls[place].request)
    if passage.isLost {
      journal.mark(calls[place].span, .lost, of: request)
      retire(place)
    } else if passage.isReset {
      journal.mark(calls[place].span, .reset, of: request)
      answerFromOutside(place, Answer(.connectionReset, at: passage.to))
    } else if passage.abortStatus != 0 {
      journal.mark(calls[place].span, .aborted, of: request)
      var answer = Answer(.faultInjected, at: passage.to)
      answer.status = passage.abortStatus
      answerFromOutside(place, answer)
    } else {
      if passage.isDuplicated {
        let twin = open(message, at: passage.to, from: passage.from, request: request)
        calls[twin].span = calls[place].span
        let later = arrival + travelTime(from: passage.from, to: passage.to)
        queue.push(Event(kind: .delivery, ticket: calls[twin].ticket), at: later)
      }
      return false
    }
    return true
  }

  // MARK: Arriving

  /// A message reaches its node, if there is one to reach.
  @inline(__always)
  mutating func deliver(_ ticket: Ticket) {
    let place = ticket.place
    let node = calls[place].node
    guard nodes[node.index].isUp else {
      calls[place].arrivedAt = clock
      journal.mark(calls[place].span, .refused, of: calls[place].request)
      answerFromOutside(place, Answer(.connectionRefused, at: node))
      return
    }
    let needsSlot = calls[place].message.verb.needsSlot
    switch nodes[node.index].admit(place, needsSlot: needsSlot, at: clock) {
    case .admitted:
      calls[place].activate(at: clock, holdsSlot: needsSlot)
      step(place)
    case .queued:
      calls[place].arrivedAt = clock
      calls[place].phase = .queued
    case .rejected:
      calls[place].arrivedAt = clock
      calls[place].phase = .active
      calls[place].answer = Answer(.queueFull, at: node)
      reply(place)
    }
  }

  /// An answer reaches whoever asked, if it still waits.
  @inline(__always)
  mutating func receive(_ ticket: Ticket) {
    let child = ticket.place
    let parent = calls[child].parent
    if isOver(parent) {
      journal.mark(calls[child].span, .late, of: calls[child].request)
      acknowledgeLate(child)
      retire(child)
      return
    }
    calls[parent.place].hear(calls[child].answer, from: calls[child].node)
    retire(child, handsOverParcel: true)
    step(parent.place)
  }

  /// A worker's acknowledgement that comes after its time counts all the same, as in SQS.
  private mutating func acknowledgeLate(_ place: Int32) {
    let origin = calls[place].origin
    guard calls[place].message.verb == .task, calls[place].answer.isSuccess,
      rooms[origin.index].kind == .messageQueue, nodes[origin.index].isUp
    else { return }
    queues[Int(rooms[origin.index].place)].acknowledgeLate(Int(calls[place].message.task))
  }

  // MARK: Handling

  /// Lets the component decide until the call waits or ends.
  mutating func step(_ place: Int32) {
    let node = calls[place].node
    let room = rooms[node.index]
    let index = Int(room.place)
    outbox.now = clock
    outbox.here = node
    if hasConditions {
      outbox.condition = nodes[node.index].condition
      outbox.now = clock + outbox.condition.clockSkew
    }
    while true {
      let decision: Decision
      switch room.kind {
      case .client: decision = users[index].decide(&calls[place], &outbox)
      case .loadBalancer: decision = loadBalancers[index].decide(&calls[place], &outbox)
      case .gateway: decision = gateways[index].decide(&calls[place], &outbox)
      case .service: decision = services[index].decide(&calls[place], &outbox)
      case .cache: decision = caches[index].decide(&calls[place], &outbox)
      case .database: decision = databases[index].decide(&calls[place], &outbox)
      case .messageQueue: decision = queues[index].decide(&calls[place], &outbox)
      case .worker: decision = workers[index].decide(&calls[place], &outbox)
      }
      if !perform(decision, place) { return }
    }
  }

  /// Does what a component decided; true when the call goes on at once.
  @inline(__always)
  private mutating func perform(_ decision: Decision, _ place: Int32) -> Bool {
    if !outbox.isEmpty { flush(from: calls[place].node, for: calls[place].request) }
    switch decision {
    case .wait(let work):
      var time = work.sample(&nodes[calls[place].node.index].work)
      if hasConditions { time = time * outbox.condition.workFactor }
      let end = clock + time
      queue.push(Event(kind: .resumption, ticket: calls[place].ticket), at: end)
    case .pause(let duration):
      queue.push(Event(kind: .resumption, ticket: calls[place].ticket), at: clock + duration)
    case .park(let limit):
      self.limit(calls[place].ticket, to: limit, awaitsAnswer: false)
    case .go:
      return true
    case .ask(let node, let patience):
      ask(node, patience: patience, place)
    case .reply:
      reply(place)
    case .done:
      end(place)
    }
    return false
  }

  /// Puts the question that is in the outbox.
  private mutating func ask(_ node: NodeID, patience given: Duration, _ place: Int32) {
    let ticket = calls[place].ticket
    var patience = given
    if nodes[calls[place].node.index].carriesDeadlines && outbox.question.verb.carriesDeadline {
      patience = remaining(of: patience, place)
      outbox.limitQuestion(to: patience)
      guard patience > .zero else { return exceedDeadline(place) }
    }
    send(
      outbox.question, from: calls[place].node, to: node, request: calls[place].request,
      parent: ticket, attempt: calls[place].attempt)
    if patience < given {
      // Hardly two calls have the same time left: no lane of its own.
      queue.push(Event(kind: .timeout, ticket: ticket), at: clock + patience)
    } else {
      limit(ticket, to: patience, awaitsAnswer: true)
    }
    if let hedge = outbox.hedge {
      outbox.hedge = nil
      let second = hedges.take(PendingHedge())
      hedges[second] = PendingHedge(ticket: ticket, node: hedge.node, message: outbox.question)
      let event = Event(kind: .hedge, ticket: Ticket(place: second, number: 0))
      queue.push(event, at: clock + hedge.delay)
    }
  }

  /// Puts an open question to a second node; the first answer counts.
  mutating func hedge(_ place: Int32) {
    let hedge = hedges[place]
    hedges.release(place)
    let call = hedge.ticket.place
    guard !isOver(hedge.ticket), !nodes[calls[call].node.index].condition.isPaused else { return }
    nodes[calls[call].node.index].hedges &+= 1
    send(
      hedge.message, from: calls[call].node, to: hedge.node, request: calls[call].request,
      parent: hedge.ticket, attempt: calls[call].attempt, isHedge: true)
  }

  /// Sets a deadline for a wait.
  private mutating func limit(_ ticket: Ticket, to patience: Duration, awaitsAnswer: Bool) {
    let deadline = DeadlineLanes.Deadline(
      time: clock + patience, sequence: queue.reserveSequence(), ticket: ticket,
      awaitsAnswer: awaitsAnswer)
    if let lane = lanes.add(deadline, patience: patience) {
      let event = Event(kind: .deadline, ticket: Ticket(place: Int32(lane), number: 0))
      queue.push(event, at: deadline.time, sequence: deadline.sequence)
    }
  }

  /// Sends what a component said on the side, and wakes whom it woke.
  mutating func flush(from node: NodeID, for request: UInt32) {
    outbox.isEmpty = true
    if !outbox.tellings.isEmpty {
      for index in outbox.tellings.indices {
        let telling = outbox.tellings[index]
        let owner = telling.message.verb.needsSlot ? request : 0
        send(
          telling.message, from: node, to: telling.node, request: owner, parent: .none, attempt: 0)
      }
      while outbox.tellings.popLast() != nil {}  // `removeAll` looks its type up each time
    }
    if !outbox.wakes.isEmpty {
      for ticket in outbox.wakes where !isOver(ticket) {
        queue.push(Event(kind: .resumption, ticket: ticket), at: clock)
      }
      while outbox.wakes.popLast() != nil {}
    }
    for remark in outbox.remarks {
      journal.note(
        Incident(
          at: clock, kind: remark.kind, node: remark.node, command: "", text: remark.text, by: node)
      )
    }
    while outbox.remarks.popLast() != nil {}
    for index in outbox.starts.indices where outbox.starts[index].node == .none {
      outbox.starts[index].node = node
    }
  }

  /// Begins the calls that components started on their own account.
  mutating func beginStarted() {
    var index = 0
    while index < outbox.starts.count {
      let start = outbox.starts[index]
      index += 1
      var request = start.request
      if request == 0 && start.message.verb == .request {
        request = journal.open(start.message, path: start.message.path, at: clock)
      }
      let place = open(start.message, at: start.node, from: start.node, request: request)
      calls[place].stage = start.stage
      calls[place].activate(at: clock, holdsSlot: false)
      step(place)
    }
    while outbox.starts.popLast() != nil {}
  }

  // MARK: Answering

  /// The component's answer is in the call's frame: the call has done its work.
  private mutating func reply(_ place: Int32) {
    let (node, origin) = (calls[place].node, calls[place].origin)
    let verb = calls[place].message.verb
    if verb.needsSlot && calls[place].parent.place >= 0 {
      nodes[node.index].count(
        isError: calls[place].answer.isServerError, after: clock - calls[place].arrivedAt)
    }
    releaseSlot(place)
    if origin == node { return close(place) }
    var arrival = clock + travelTime(from: node, to: origin)
    var passage = Passage(from: node, to: origin, verb: verb, isAnswer: true)
    if !faults.isEmpty {
      judge(&passage)
      arrival = arrival + passage.delay
    }
    let span = journalAnswer(place, arrival, passage.fault)
    if passage.isLost {
      journal.mark(span, .lost, of: calls[place].request)
      retire(place)
    } else {
      sendBack(place, at: arrival, span: span)
    }
  }

  /// The answer to a call that the node began on its own account: nobody asked for it.
  private mutating func close(_ place: Int32) {
    if calls[place].message.verb == .request {
      journal.close(calls[place].request, calls[place].answer, at: clock)
    }
    retire(place)
  }

  @inline(__always)
  private mutating func journalAnswer(
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
        isAwaited: calls[place].message.isAwaited))
  }

  /// Puts an answer on its way, if somebody waits for it.
  @inline(__always)
  private mutating func sendBack(_ place: Int32, at arrival: Instant, span: UInt32) {
    guard calls[place].parent.place >= 0 else { return retire(place) }
    calls[place].turnBack(span: span)
    queue.push(Event(kind: .answer, ticket: calls[place].ticket), at: arrival)
  }

  /// An answer that no component gave: a refused or a broken connection.
  mutating func answerFromOutside(_ place: Int32, _ answer: Answer) {
    calls[place].answer = answer
    let (node, origin) = (calls[place].node, calls[place].origin)
    sendBack(
      place, at: clock + travelTime(from: node, to: origin), span: calls[place].span)
  }

  private mutating func end(_ place: Int32) {
    releaseSlot(place)
    retire(place)
  }

  /// The next call in the node's queue takes over the slot of a call that is over.
  @inline(__always)
  private mutating func releaseSlot(_ place: Int32) {
    guard calls[place].holdsSlot else { return }
    let node = calls[place].node
    while let next = nodes[node.index].slots.release(at: clock) {
      calls[next].phase = .active
      if nodes[node.index].carriesDeadlines && remaining(of: .forever, next) <= .zero {
        calls[next].answer = Answer(.deadlineExceeded, at: node)
        reply(next)
        continue  // nobody waits for it any more: the slot goes to the next one
      }
      calls[next].holdsSlot = true
      queue.push(Event(kind: .resumption, ticket: calls[next].ticket), at: clock)
      return
    }
  }

  // MARK: Deadlines

  /// What is left of the time that a call's asker gave it, and no more than a patience.
  private func remaining(of patience: Duration, _ place: Int32) -> Duration {
    let given = calls[place].message.patience
    guard given != .forever, calls[place].message.verb.carriesDeadline else { return patience }
    return min(patience, given - (clock - calls[place].arrivedAt))
  }

  /// A call whose time is over asks nobody any more.
  private mutating func exceedDeadline(_ place: Int32) {
    calls[place].answer = Answer(.deadlineExceeded, at: calls[place].node)
    queue.push(Event(kind: .resumption, ticket: calls[place].ticket), at: clock)
  }
}
