import Kernel

/// What leaves a node: messages, questions, and what was said on the side.
extension World {
  /// How long a message is on its way. Those of no request have a stream of their own: how many
  /// instances are checked, or followed, changes nothing of what requests meet.
  @inline(__always)
  mutating func travelTime(from: NodeID, to: NodeID, for request: UInt32) -> Duration {
    guard request != 0 else { return latencies.zone.sample(&nodes[from.index].upkeep) }
    let isUserLink = rooms[from.index].kind == .client || rooms[to.index].kind == .client
    let model = isUserLink ? latencies.user : latencies.zone
    return model.sample(&nodes[from.index].network)
  }

  /// Puts a message on its way; the call that will handle it travels with it.
  mutating func send(
    _ message: Message, from origin: NodeID, to node: NodeID, request: UInt32, parent: Ticket,
    attempt: UInt8, isHedge: Bool = false
  ) {
    // The message comes first: it is copied once then, from where it was written.
    let place = calls.take(Call())
    calls[place].begin(in: place, message, at: node, from: origin, request: request, parent: parent)
    let verb = calls[place].message.verb
    var arrival = clock + travelTime(from: origin, to: node, for: request)
    let passage = passage(from: origin, to: node, verb: verb, isAnswer: false)
    if let passage { arrival = arrival + passage.delay }
    if request != 0 {
      openCalls &+= 1
      calls[place].span = journal.append(
        Span(
          sentAt: clock, receivedAt: arrival, age: .zero, request: request,
          number: calls[place].message.task, status: 0, fault: passage?.fault ?? 0, from: origin,
          to: node, verb: verb, isAnswer: false, fate: .delivered, cache: .none, reason: .none,
          attempt: attempt, isAwaited: calls[place].message.isAwaited, isHedge: isHedge,
          isDeferred: isDeferred(place)))
    }
    if let passage, passage.fault != 0, meets(passage, place, at: arrival) { return }
    queue.push(Event(kind: .delivery, ticket: calls[place].ticket), at: arrival)
  }

  /// Whether a call is about a write that its cache has acknowledged before.
  @inline(__always)
  func isDeferred(_ place: Int32) -> Bool {
    guard seldom(calls[place].message.isHeld) else { return false }
    let verb = calls[place].message.verb
    return (verb == .write || verb == .delete)
      && rooms[calls[place].origin.index].kind == .cache
  }

  /// A message meets a fault on its way; true when it does not arrive.
  mutating func meets(_ passage: Passage, _ place: Int32, at arrival: Instant) -> Bool {
    let (message, request) = (calls[place].message, calls[place].request)
    if passage.isLost {
      journal.mark(calls[place].span, .lost, of: request)
      if message.verb == .task, rooms[passage.from.index].kind == .messageQueue {
        queues[Int(rooms[passage.from.index].place)].noteFailure(
          of: Int(message.task), Answer(.connectionReset, at: passage.to))
      }
      retire(place)
    } else if passage.isReset {
      journal.mark(calls[place].span, .reset, of: request)
      answerFromOutside(place, Answer(.connectionReset, at: passage.to))
    } else if passage.abortStatus != 0 {
      journal.mark(calls[place].span, .aborted, of: request)
      var answer = Answer(.faultInjected, at: passage.to)
      answer.status = passage.abortStatus
      if message.verb.needsSlot {
        nodes[passage.to.index].countAborted(isError: answer.isServerError)
      }
      answerFromOutside(place, answer)
    } else {
      if passage.isDuplicated {
        // Whichever is answered first is the answer.
        let twin = open(
          message, at: passage.to, from: passage.from, request: request,
          parent: calls[place].parent)
        calls[twin].span = calls[place].span
        let later = arrival + travelTime(from: passage.from, to: passage.to, for: request)
        queue.push(Event(kind: .delivery, ticket: calls[twin].ticket), at: later)
      }
      return false
    }
    return true
  }

  /// Puts the question that is in the outbox.
  mutating func ask(_ node: NodeID, patience given: Duration, _ place: Int32) {
    let ticket = calls[place].ticket
    let second = outbox.takeHedge()
    var patience = given
    if outbox.question.verb.carriesDeadline {
      if seldom(nodes[calls[place].node.index].carriesDeadlines) {
        patience = remaining(of: patience, place)
        outbox.limitQuestion(to: patience)
        guard patience > .zero else { return exceedDeadline(place) }
      } else {
        outbox.limitQuestion(to: .forever)  // who does not know it does not pass it on
      }
    }
    send(
      outbox.question, from: calls[place].node, to: node, request: calls[place].request,
      parent: ticket, attempt: calls[place].attempt)
    if seldom(patience < given || calls[place].attempt > 0) {
      // Hardly two calls have the same time left, nor two retries: no lane of its own.
      queue.push(Event(kind: .timeout, ticket: ticket), at: clock + patience)
    } else {
      limit(ticket, to: patience, awaitsAnswer: true)
    }
    if let second {
      let hedge = hedges.take(PendingHedge())
      hedges[hedge] = PendingHedge(ticket: ticket, node: second.node, message: outbox.question)
      let event = Event(kind: .hedge, ticket: Ticket(place: hedge, number: 0))
      queue.push(event, at: clock + second.delay)
    }
  }

  /// Puts an open question to a second node; the first answer counts, unless it is an error and the
  /// other one may do better.
  mutating func hedge(_ place: Int32) {
    let hedge = hedges[place]
    hedges.release(place)
    let call = hedge.ticket.place
    guard !isOver(hedge.ticket), !nodes[calls[call].node.index].condition.isPaused else { return }
    nodes[calls[call].node.index].hedges &+= 1
    calls[call].hasRival = true
    send(
      hedge.message, from: calls[call].node, to: hedge.node, request: calls[call].request,
      parent: hedge.ticket, attempt: calls[call].attempt, isHedge: true)
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
          at: clock, kind: remark.kind, node: remark.node, command: "", text: remark.text, by: node,
          until: remark.until))
    }
    while outbox.remarks.popLast() != nil {}
    for index in outbox.starts.indices where outbox.starts[index].node == .none {
      outbox.starts[index].node = node
    }
  }

  /// Begins the calls that components started on their own account.
  mutating func beginStarted() {
    while !outbox.starts.isEmpty { step(beginNext()) }
  }

  /// Opens the next of those calls, which there must be; its first step is still to be taken.
  mutating func beginNext() -> Int32 {
    let start = outbox.takeStart()
    var request = start.request
    if request == 0 && start.message.verb == .request {
      request = journal.open(start.message, path: start.message.path, at: clock)
    }
    let place = open(start.message, at: start.node, from: start.node, request: request)
    calls[place].stage = start.stage
    calls[place].activate(at: clock, holdsSlot: false)
    return place
  }

  // MARK: Deadlines

  /// Sets a deadline for a wait.
  mutating func limit(_ ticket: Ticket, to patience: Duration, awaitsAnswer: Bool) {
    let deadline = DeadlineLanes.Deadline(
      time: clock + patience, sequence: queue.reserveSequence(), ticket: ticket,
      awaitsAnswer: awaitsAnswer)
    let lane = lanes.lane(of: patience)
    if seldom(lanes.isFull(lane)) {
      while let head = lanes.head(of: lane), isOver(head.ticket) { lanes.removeHead(of: lane) }
    }
    if seldom(lanes.add(deadline, to: lane)) {
      let event = Event(kind: .deadline, ticket: Ticket(place: Int32(lane), number: 0))
      queue.push(event, at: deadline.time, sequence: deadline.sequence)
    }
  }

  /// What is left of the time that a call's asker gave it, and no more than a patience.
  func remaining(of patience: Duration, _ place: Int32) -> Duration {
    let given = calls[place].message.patience
    guard given != .forever, calls[place].message.verb.carriesDeadline else { return patience }
    return min(patience, given - (clock - calls[place].arrivedAt))
  }

  /// A call whose time is over asks nobody any more.
  mutating func exceedDeadline(_ place: Int32) {
    calls[place].answer = Answer(.deadlineExceeded, at: calls[place].node)
    queue.push(Event(kind: .resumption, ticket: calls[place].ticket), at: clock)
  }
}
