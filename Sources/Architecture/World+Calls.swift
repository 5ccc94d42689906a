import Kernel

/// The life of a call: opened, admitted, handled stage by stage, retired. How it is sent and how it is
/// answered are in `World+Sending` and `World+Answering`.
///
/// The turns that each call takes are inlined into one another: saving the registers for a call of
/// the processor's kind costs as much as the turn.
extension World {
  // MARK: Its beginning and its end

  /// A call that no message of its own opens: a node begins it, or a message comes twice.
  mutating func open(
    _ message: Message, at node: NodeID, from origin: NodeID, request: UInt32,
    parent: Ticket = .none
  ) -> Int32 {
    let place = calls.take(Call())
    calls[place].begin(
      in: place, message, at: node, from: origin, request: request, parent: parent)
    if request != 0 {
      openCalls &+= 1
      journal.callOpened(for: request)
    }
    return place
  }

  /// The end of a call: whatever still points to it is no longer current.
  @inline(__always)
  func isOver(_ ticket: Ticket) -> Bool { calls[ticket.place].ticket.number != ticket.number }

  mutating func retire(_ place: Int32, handsOverParcel: Bool = false) {
    let request = calls[place].request
    let parcel = calls[place].end()
    calls.release(place)
    if request != 0 {
      openCalls &-= 1
      journal.callClosed(for: request)
    }
    if seldom(parcel != .none) && !handsOverParcel { outbox.drop(parcel) }
  }

  // MARK: Arriving

  /// A message reaches its node, if there is one to reach; returns the call if it is worked on now.
  @inline(__always)
  mutating func deliver(_ ticket: Ticket) -> Int32? {
    let place = ticket.place
    let node = calls[place].node
    guard mostly(nodes[node.index].isUp) else {
      calls[place].arrivedAt = clock
      journal.mark(calls[place].span, .refused, of: calls[place].request)
      answerFromOutside(place, Answer(.connectionRefused, at: node))
      return nil
    }
    let needsSlot = calls[place].message.verb.needsSlot
    switch nodes[node.index].admit(place, needsSlot: needsSlot, at: clock) {
    case .admitted:
      calls[place].activate(at: clock, holdsSlot: needsSlot)
      return place
    case .queued:
      calls[place].arrivedAt = clock
      calls[place].phase = .queued
    case .rejected:
      calls[place].arrivedAt = clock
      calls[place].phase = .active
      calls[place].answer = Answer(.queueFull, at: node)
      reply(place)
    }
    return nil
  }

  /// An answer reaches whoever asked, if it still waits; returns the asker's call then.
  @inline(__always)
  mutating func receive(_ ticket: Ticket) -> Int32? {
    let child = ticket.place
    let parent = calls[child].parent
    if seldom(isOver(parent)) {
      journal.mark(calls[child].span, .late, of: calls[child].request)
      noteLate(child)
      retire(child)
      return nil
    }
    if seldom(calls[parent.place].hasRival) && calls[child].answer.isServerError {
      passOver(child, of: parent.place)
      return nil
    }
    calls[parent.place].hear(calls[child].answer, from: calls[child].node)
    retire(child, handsOverParcel: true)
    return parent.place
  }

  /// One of two nodes that have a question answers with an error: the other one may do better. What
  /// the error says of its host is learnt all the same.
  private mutating func passOver(_ child: Int32, of parent: Int32) {
    let (asker, host) = (calls[parent].node, calls[child].node)
    calls[parent].hasRival = false
    journal.mark(calls[child].span, .passedOver, of: calls[child].request)
    speak(for: asker)
    let (tier, number) = (directory[host].tier, directory[host].number)
    let now = clock
    var ejected: [Int] = []
    changeClusters(of: asker) { cluster in
      guard cluster.tier == tier else { return }
      ejected = cluster.hosts.learn(number - 1, isServerError: true, at: now)
    }
    outbox.remark(ejected: ejected, of: tier)
    if !outbox.isEmpty { flush(from: asker, for: 0) }
    retire(child)
  }

  /// A worker's acknowledgement that comes after its time counts all the same, as in SQS; and so
  /// does its death.
  mutating func noteLate(_ place: Int32) {
    let origin = calls[place].origin
    guard calls[place].message.verb == .task, rooms[origin.index].kind == .messageQueue,
      nodes[origin.index].isUp
    else { return }
    let queue = Int(rooms[origin.index].place)
    let task = Int(calls[place].message.task)
    if calls[place].answer.isSuccess {
      queues[queue].acknowledgeLate(task)
    } else {
      queues[queue].noteFailure(of: task, calls[place].answer)
    }
  }

  // MARK: Handling

  /// Lets the component decide until the call waits or ends.
  @inline(__always)
  mutating func step(_ place: Int32) {
    while perform(decide(place), place) {}
  }

  @inline(__always)
  private mutating func decide(_ place: Int32) -> Decision {
    let node = calls[place].node
    let room = rooms[node.index]
    let index = Int(room.place)
    outbox.now = clock
    outbox.here = node
    if seldom(hasConditions) {
      outbox.condition = nodes[node.index].condition
    }
    return switch room.kind {
    case .client: users[index].decide(&calls[place], &outbox)
    case .loadBalancer: loadBalancers[index].decide(&calls[place], &outbox)
    case .gateway: gateways[index].decide(&calls[place], &outbox)
    case .service: services[index].decide(&calls[place], &outbox)
    case .cache: caches[index].decide(&calls[place], &outbox)
    case .database: databases[index].decide(&calls[place], &outbox)
    case .messageQueue: queues[index].decide(&calls[place], &outbox)
    case .worker: workers[index].decide(&calls[place], &outbox)
    }
  }

  /// Does what a component decided; returns whether it is to decide again at once.
  @inline(__always)
  private mutating func perform(_ decision: Decision, _ place: Int32) -> Bool {
    if !outbox.isEmpty { flush(from: calls[place].node, for: calls[place].request) }
    switch decision {
    case .wait(let work):
      var time = work.sample(&nodes[calls[place].node.index].work)
      if seldom(hasConditions) { time = time * outbox.condition.workFactor }
      let end = clock + time
      queue.push(Event(kind: .resumption, ticket: calls[place].ticket), at: end)
    case .pause(let duration):
      assert(duration >= .zero, "time goes forward only")
      queue.push(Event(kind: .resumption, ticket: calls[place].ticket), at: clock + duration)
    case .park(let limit):
      self.limit(calls[place].ticket, to: limit, awaitsAnswer: false)
    case .go:
      return true
    case .ask(let node, let patience):
      calls[place].ask(node, at: outbox.now)
      ask(node, patience: patience, place)
    case .reply:
      calls[place].answer = outbox.answer
      reply(place)
    case .done:
      end(place)
    }
    return false
  }
}
