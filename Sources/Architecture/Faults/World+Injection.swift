import Kernel

/// Putting faults in force and lifting them, and what they do to messages and nodes.
extension World {
  /// Those in force that may be known.
  public var faultsInForce: [FaultInForce] { faults.inForce.filter { !$0.isHidden } }

  /// Whether one more fault can have a number of its own, as those that messages met keep theirs.
  public var hasRoomForFault: Bool { faults.count < .max }

  /// The number of a fault that acts and is to be found out; nil when there is none.
  public var hiddenFault: UInt16? { faults.inForce.first(where: \.isHidden)?.id }

  /// The kind of a fault that is or was in force.
  public func faultName(_ id: UInt16) -> String? {
    injection(of: id).map { String($0.text.prefix { $0 != " " }) }
  }

  /// How a fault came to be.
  public func injection(of id: UInt16) -> Incident? {
    journal.incidents.first { $0.fault == id && $0.kind == .injected }
  }

  /// The faults of machines that a node was under at some time between two moments: what was lifted
  /// at the first, or injected at the second, had no part in what was in between.
  public func afflictions(of node: NodeID, from start: Instant, to end: Instant) -> [Incident] {
    journal.incidents.filter { incident in
      guard incident.kind == .injected, incident.at < end, let target = incident.target,
        !target.isLink, target.contains(node, directory),
        let type = FaultCatalogue.find(String(incident.text.prefix { $0 != " " })),
        case .node = type.scope
      else { return false }
      let lifting = journal.incidents.first { $0.fault == incident.fault && $0.kind == .lifted }
      return lifting.map { $0.at > start } ?? true
    }
  }

  /// The faults that took hold, between two moments, of messages of some nodes to another one, or of
  /// its answers.
  public func obstacles(
    to node: NodeID, from senders: [NodeID], since start: Instant, to end: Instant
  ) -> [Incident] {
    journal.incidents.filter { incident in
      guard incident.kind == .injected, incident.at < end, let target = incident.target,
        let type = FaultCatalogue.find(String(incident.text.prefix { $0 != " " })),
        senders.contains(where: {
          let question = Passage(from: $0, to: node, verb: .request, isAnswer: false)
          let answer = Passage(from: node, to: $0, verb: .request, isAnswer: true)
          return target.isPassed(by: question, type.scope, directory)
            || target.isPassed(by: answer, type.scope, directory)
        })
      else { return false }
      let lifting = journal.incidents.first { $0.fault == incident.fault && $0.kind == .lifted }
      return lifting.map { $0.at > start } ?? true
    }
  }

  /// Puts a fault in force, until it is lifted or for a time. `values` are in the ranges of the
  /// fault's parameters; a fault of a machine is not put on a link.
  public mutating func inject(
    _ type: any Fault.Type, _ values: [Double], on target: FaultTarget, text: String,
    for duration: Duration?, command: String, isHidden: Bool = false
  ) {
    own()
    let fault = type.init(values)
    let end = duration.map { clock + $0 } ?? .distantFuture
    if fault is Crash {
      for node in directory.nodes where target.contains(node, directory) && isUp(node) {
        fail(node, command: command)
        if end != .distantFuture { restart(node, at: end) }
      }
      return
    }
    if fault is Restart {
      for node in directory.nodes where target.contains(node, directory) {
        if isUp(node) { fail(node, command: command) }
        restore(node, command: command)
      }
      return
    }
    let id = faults.add(
      fault, on: target, text: text, since: clock, until: end, command: command,
      isHidden: isHidden)
    if !isHidden { noteInjection(id) }
    if end != .distantFuture {
      queue.push(Event(kind: .lift, ticket: Ticket(place: Int32(id), number: 0)), at: end)
    }
    updateConditions()
  }

  private mutating func noteInjection(_ id: UInt16) {
    guard let entry = faults.inForce.first(where: { $0.id == id }) else { return }
    journal.note(
      Incident(
        at: entry.since, kind: .injected, node: .none, command: entry.command, text: entry.text,
        fault: id, target: entry.target))
  }

  /// Lets a hidden fault be named from now on; returns it, or nil when there is none.
  public mutating func reveal(_ id: UInt16) -> FaultInForce? {
    own()
    guard let entry = faults.reveal(id) else { return nil }
    noteInjection(id)
    return entry
  }

  private mutating func restart(_ node: NodeID, at moment: Instant) {
    let crashes = UInt32(truncatingIfNeeded: nodes[node.index].crashes)
    let ticket = Ticket(place: Int32(node.rawValue), number: crashes)
    nodes[node.index].restartsAt = moment
    queue.push(Event(kind: .restart, ticket: ticket), at: moment)
  }

  /// Takes a fault away; does nothing if it is not in force any more.
  public mutating func lift(_ id: UInt16, command: String) {
    own()
    guard let entry = faults.inForce.first(where: { $0.id == id }) else { return }
    faults.remove(id)
    journal.note(
      Incident(
        at: clock, kind: .lifted, node: .none, command: command, text: entry.text, fault: id,
        target: entry.target))
    updateConditions()
  }

  /// The condition of each node, after a change of the faults or of who is there.
  mutating func updateConditions() {
    guard hasConditions || !faults.isEmpty else { return }
    hasConditions = !faults.isEmpty
    for index in nodes.indices {
      let node = NodeID(rawValue: UInt8(index))
      let before = nodes[node.index].condition
      let now = faults.condition(of: node, directory)
      nodes[node.index].condition = now
      if before.isPaused && !now.isPaused { goOn(node) }
      if before.fsyncLies && !now.fsyncLies && nodes[node.index].isUp { drainDisk(of: node) }
    }
    outbox.condition = Condition()
    if hasUnaware { queue.push(Event(kind: .word, ticket: .none), at: clock + .seconds(1)) }
  }

  /// What a disk has kept in its cache, while it lied about it, gets to where it belongs.
  mutating func drainDisk(of node: NodeID) {
    speak(for: node)
    databases[Int(rooms[node.index].place)].flushLater(&outbox)
    flush(from: node, for: 0)
    beginStarted()
  }

  // MARK: Messages

  /// What the faults on its way make of a message; nil if there are none.
  @inline(__always)
  mutating func passage(
    from: NodeID, to: NodeID, verb: Verb, isAnswer: Bool
  ) -> Passage? {
    if mostly(faults.isEmpty) { return nil }
    return judge(Passage(from: from, to: to, verb: verb, isAnswer: isAnswer))
  }

  private mutating func judge(_ unharmed: Passage) -> Passage {
    var passage = unharmed
    faults.judge(&passage, directory)
    return passage
  }

  // MARK: Paused nodes

  /// Keeps an event for a paused node until it goes on; false if its node is not paused.
  mutating func holdBack(_ event: Event) -> Bool {
    let place = event.ticket.place
    let node: NodeID
    switch event.kind {
    case .delivery, .resumption, .timeout: node = calls[place].node
    case .answer: node = calls[place].origin
    default: return false
    }
    guard node != .none, nodes[node.index].condition.isPaused, nodes[node.index].isUp else {
      return false
    }
    if isCurrent(event) {
      nodes[node.index].heldBack.append(event)
      // While it is kept back nothing works for its request.
      if calls[place].request != 0 { journal.callClosed(for: calls[place].request) }
    }
    return true
  }

  private func isCurrent(_ event: Event) -> Bool { !isOver(event.ticket) }

  /// A paused node goes on, or dies: what was held back happens now, in its order.
  mutating func goOn(_ node: NodeID) {
    for event in nodes[node.index].heldBack {
      let request = calls[event.ticket.place].request
      if isCurrent(event) && request != 0 { journal.callOpened(for: request) }
      queue.push(event, at: clock)
    }
    nodes[node.index].heldBack = []
  }
}
