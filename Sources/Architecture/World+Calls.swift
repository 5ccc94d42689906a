import Kernel

/// The life of a call: sent, admitted, handled stage by stage, answered, retired.
extension World {
  // MARK: Sending

  /// A call under way to a node.
  private mutating func open(
    _ message: Message, at node: NodeID, from origin: NodeID, request: UInt32
  ) -> Int32 {
    let place = calls.take(Call())
    calls[place].ticket.place = place
    calls[place].begin(message, at: node, from: origin, request: request)
    if request != 0 {
      openCalls += 1
      journal.callOpened(for: request)
    }
    return place
  }

  /// The end of a call: whatever still points to it is no longer current.
  @inline(__always)
  func isOver(_ ticket: Ticket) -> Bool { calls[ticket.place].ticket.number != ticket.number }

  mutating func retire(_ place: Int32) {
    let request = calls[place].request
    calls[place].ticket.number &+= 1
    calls[place].phase = .free
    if calls[place].answer.parcel != .none {
      _ = outbox.unpack(calls[place].answer.parcel)
      calls[place].answer.parcel = .none
    }
    calls.release(place)
    if request != 0 {
      openCalls -= 1
      journal.callClosed(for: request)
    }
  }

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
    let place = open(message, at: node, from: origin, request: request)
    calls[place].parent = parent
    var arrival = clock + travelTime(from: origin, to: node)
    var passage = Passage(from: origin, to: node, verb: message.verb, isAnswer: false)
    if !faults.isEmpty {
      judge(&passage)
      arrival = arrival + passage.delay
    }
    if request != 0 {
      calls[place].span = journal.append(
        Span(
          request: request, from: origin, to: node, verb: message.verb, isAnswer: false,
          fate: .delivered, cache: .none, reason: .none, status: 0, number: message.task,
          attempt: attempt, isAwaited: message.isAwaited, isHedge: isHedge, sentAt: clock,
          receivedAt: arrival, age: .zero,
          fault: passage.fault))
    }
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
  mutating func deliver(_ ticket: Ticket) {
    let place = ticket.place
    let node = calls[place].node
    calls[place].arrivedAt = clock
    guard nodes[node.index].isUp else {
      journal.mark(calls[place].span, .refused, of: calls[place].request)
      answerFromOutside(place, Answer(.connectionRefused, at: node))
      return
    }
    guard calls[place].message.verb.needsSlot else {
      calls[place].phase = .active
      step(place)
      return
    }
    nodes[node.index].requests &+= 1
    switch nodes[node.index].slots.admit(place, at: clock) {
    case .admitted:
      calls[place].phase = .active
      calls[place].holdsSlot = true
      step(place)
    case .queued:
      calls[place].phase = .queued
    case .rejected:
      calls[place].phase = .active
      reply(place, Answer(.queueFull, at: node))
    }
  }

  /// An answer reaches whoever asked, if it still waits.
  mutating func receive(_ ticket: Ticket) {
    let child = ticket.place
    let parent = calls[child].parent
    if isOver(parent) {
      journal.mark(calls[child].span, .late, of: calls[child].request)
      acknowledgeLate(child)
      retire(child)
      return
    }
    calls[parent.place].answer = calls[child].answer
    calls[parent.place].asked = calls[child].node
    calls[child].answer.parcel = .none  // handed over
    retire(child)
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
    calls[place].ticket.number &+= 1
    let node = calls[place].node
    let room = rooms[node.index]
    let index = Int(room.place)
    outbox.now = clock
    outbox.here = node
    if hasConditions {
      outbox.condition = nodes[node.index].condition
      outbox.now = clock + outbox.condition.clockSkew
    }
    var goesOn = true
    while goesOn {
      let stage = calls[place].stage
      switch room.kind {
      case .client:
        let next = users[index].handle(.init(raw: stage), of: &calls[place], &outbox)
        goesOn = perform(next, place)
      case .loadBalancer:
        let next = loadBalancers[index].handle(.init(raw: stage), of: &calls[place], &outbox)
        goesOn = perform(next, place)
      case .gateway:
        let next = gateways[index].handle(.init(raw: stage), of: &calls[place], &outbox)
        goesOn = perform(next, place)
      case .service:
        let next = services[index].handle(.init(raw: stage), of: &calls[place], &outbox)
        goesOn = perform(next, place)
      case .cache:
        let next = caches[index].handle(.init(raw: stage), of: &calls[place], &outbox)
        goesOn = perform(next, place)
      case .database:
        let next = databases[index].handle(.init(raw: stage), of: &calls[place], &outbox)
        goesOn = perform(next, place)
      case .messageQueue:
        let next = queues[index].handle(.init(raw: stage), of: &calls[place], &outbox)
        goesOn = perform(next, place)
      case .worker:
        let next = workers[index].handle(.init(raw: stage), of: &calls[place], &outbox)
        goesOn = perform(next, place)
      }
    }
  }

  /// Does what a component decided; true when the call goes on at once.
  private mutating func perform<Stage: RawRepresentable<UInt8>>(
    _ next: Next<Stage>, _ place: Int32
  ) -> Bool {
    if !outbox.isEmpty { flush(from: calls[place].node, for: calls[place].request) }
    switch next {
    case .wait(let work, let stage):
      calls[place].stage = stage.rawValue
      var time = work.sample(&nodes[calls[place].node.index].work)
      if hasConditions { time = time * outbox.condition.workFactor }
      let end = clock + time
      queue.push(Event(kind: .resumption, ticket: calls[place].ticket), at: end)
    case .pause(let duration, let stage):
      calls[place].stage = stage.rawValue
      queue.push(Event(kind: .resumption, ticket: calls[place].ticket), at: clock + duration)
    case .park(let limit, let stage):
      calls[place].stage = stage.rawValue
      self.limit(calls[place].ticket, to: limit, awaitsAnswer: false)
    case .go(let stage):
      calls[place].stage = stage.rawValue
      return true
    case .ask(let node, let message, let patience, let stage):
      calls[place].stage = stage.rawValue
      ask(node, message, patience: patience, place)
    case .reply(let answer):
      reply(place, answer)
    case .done:
      end(place)
    }
    return false
  }

  private mutating func ask(
    _ node: NodeID, _ message: Message, patience: Duration, _ place: Int32
  ) {
    calls[place].asked = node
    calls[place].askedAt = outbox.now
    let ticket = calls[place].ticket
    let given = patience
    var (message, patience) = (message, patience)
    if nodes[calls[place].node.index].carriesDeadlines && message.verb.carriesDeadline {
      patience = remaining(of: patience, place)
      message.patience = patience
      guard patience > .zero else { return exceedDeadline(place) }
    }
    send(
      message, from: calls[place].node, to: node, request: calls[place].request, parent: ticket,
      attempt: calls[place].attempt)
    if patience < given {
      // Hardly two calls have the same time left: no lane of its own.
      queue.push(Event(kind: .timeout, ticket: ticket), at: clock + patience)
    } else {
      limit(ticket, to: patience, awaitsAnswer: true)
    }
    if let hedge = outbox.hedge {
      outbox.hedge = nil
      let second = hedges.take(PendingHedge())
      hedges[second] = PendingHedge(ticket: ticket, node: hedge.node, message: message)
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
      calls[place].phase = .active
      calls[place].arrivedAt = clock
      step(place)
    }
    while outbox.starts.popLast() != nil {}
  }

  // MARK: Answering

  /// The component's answer: the call has done its work.
  private mutating func reply(_ place: Int32, _ answer: Answer) {
    let node = calls[place].node
    if calls[place].message.verb.needsSlot && calls[place].parent.place >= 0 {
      nodes[node.index].latency.record(clock - calls[place].arrivedAt)
      if answer.isServerError { nodes[node.index].errors &+= 1 }
    }
    releaseSlot(place)
    calls[place].answer = answer
    let isRoot = calls[place].origin == node
    if isRoot {
      if calls[place].message.verb == .request {
        journal.close(calls[place].request, answer, at: clock)
      }
      retire(place)
      return
    }
    var arrival = clock + travelTime(from: node, to: calls[place].origin)
    var passage = Passage(
      from: node, to: calls[place].origin, verb: calls[place].message.verb, isAnswer: true)
    if !faults.isEmpty {
      judge(&passage)
      arrival = arrival + passage.delay
    }
    if calls[place].request != 0 { journalAnswer(place, answer, arrival, passage.fault) }
    if passage.isLost {
      journal.mark(calls[place].span, .lost, of: calls[place].request)
      retire(place)
    } else {
      sendBack(place, at: arrival)
    }
  }

  private mutating func journalAnswer(
    _ place: Int32, _ answer: Answer, _ arrival: Instant, _ fault: UInt16
  ) {
    let message = calls[place].message
    calls[place].span = journal.append(
      Span(
        request: calls[place].request, from: calls[place].node, to: calls[place].origin,
        verb: message.verb, isAnswer: true, fate: .delivered, cache: answer.cache,
        reason: answer.reason, status: answer.status,
        number: message.verb.concernsTask ? message.task : answer.record.version, attempt: 0,
        isAwaited: message.isAwaited, sentAt: clock, receivedAt: arrival, age: answer.age,
        fault: fault))
  }

  /// Puts an answer on its way, if somebody waits for it.
  private mutating func sendBack(_ place: Int32, at arrival: Instant) {
    guard calls[place].parent.place >= 0 else {
      retire(place)
      return
    }
    calls[place].phase = .returning
    calls[place].ticket.number &+= 1
    queue.push(Event(kind: .answer, ticket: calls[place].ticket), at: arrival)
  }

  /// An answer that no component gave: a refused or a broken connection.
  mutating func answerFromOutside(_ place: Int32, _ answer: Answer) {
    calls[place].answer = answer
    let (node, origin) = (calls[place].node, calls[place].origin)
    sendBack(place, at: clock + travelTime(from: node, to: origin))
  }

  private mutating func end(_ place: Int32) {
    releaseSlot(place)
    retire(place)
  }

  /// The next call in the node's queue takes over the slot.
  private mutating func releaseSlot(_ place: Int32) {
    guard calls[place].holdsSlot else { return }
    calls[place].holdsSlot = false
    let node = calls[place].node
    while let next = nodes[node.index].slots.release(at: clock) {
      calls[next].phase = .active
      if nodes[node.index].carriesDeadlines && remaining(of: .forever, next) <= .zero {
        reply(next, Answer(.deadlineExceeded, at: node))
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

extension RawRepresentable where RawValue == UInt8 {
  /// A stage that a call's frame has kept as a number.
  fileprivate init(raw: UInt8) {
    guard let stage = Self(rawValue: raw) else {
      preconditionFailure("stage \(raw) is not one of \(Self.self)")
    }
    self = stage
  }
}
