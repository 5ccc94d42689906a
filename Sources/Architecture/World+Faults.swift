import Kernel

/// What is done to nodes from outside: failing and restoring.
extension World {
  /// Kills a node: its calls end, its callers see their connections reset, its memory is gone.
  /// One that is down already, and was to start again, stays down.
  public mutating func fail(_ node: NodeID, command: String) {
    own()
    let isToStayDown = nodes[node.index].restartsAt < .distantFuture
    nodes[node.index].restartsAt = .distantFuture
    guard nodes[node.index].isUp || isToStayDown else { return }
    journal.note(Incident(at: clock, kind: .crashed, node: node, command: command))
    guard nodes[node.index].isUp else { return }
    nodes[node.index].isUp = false
    nodes[node.index].crashes += 1
    goOn(node)
    nodes[node.index].slots.clear(at: clock)
    for place in 0..<Int32(calls.capacity) where calls[place].node == node {
      endByCrash(place)
    }
    crashComponent(node)
    tellConnectedServices(of: node)
    beginStarted()
  }

  private mutating func endByCrash(_ place: Int32) {
    guard calls[place].phase == .active || calls[place].phase == .queued else { return }
    calls[place].holdsSlot = false
    if calls[place].parent.place >= 0 {
      journal.mark(calls[place].span, .reset, of: calls[place].request)
      answerFromOutside(place, Answer(.connectionReset, at: calls[place].node))
    } else {
      retire(place)
    }
  }

  /// A dying primary's operating system closes its connections, and the services notice.
  private mutating func tellConnectedServices(of node: NodeID) {
    let tier = directory[node].tier
    guard tier.kind == .database, directory.leader(of: node).primary == node else { return }
    let resource = databases[directory[node].place].resource
    for service in directory.instances(of: resource.service) {
      outbox.tell(service, Message(.disconnected))
    }
    flush(from: node, for: 0)
  }

  /// Starts a node that is down. Does nothing if it is up.
  public mutating func restore(_ node: NodeID, command: String) {
    own()
    guard !nodes[node.index].isUp else { return }
    journal.note(Incident(at: clock, kind: .restored, node: node, command: command))
    nodes[node.index].isUp = true
    noteUncountedLosses(of: node)
    beginNewHistory(of: node)
    boot(node)
  }

  /// Whether a node takes messages.
  public func isUp(_ node: NodeID) -> Bool { nodes[node.index].isUp }

  /// When a node that is down starts again by itself; `distantFuture` is when it is restored.
  public func restart(of node: NodeID) -> Instant { nodes[node.index].restartsAt }

  /// What is put into the outbox from here on is a node's, under its own conditions.
  mutating func speak(for node: NodeID) {
    outbox.now = clock
    outbox.here = node
    outbox.condition = nodes[node.index].condition
  }

  // MARK: By kind

  mutating func boot(_ node: NodeID) {
    speak(for: node)
    let place = Int(rooms[node.index].place)
    switch rooms[node.index].kind {
    case .client: users[place].boot(&outbox)
    case .loadBalancer: loadBalancers[place].boot(&outbox)
    case .gateway: gateways[place].boot(&outbox)
    case .service: services[place].boot(&outbox)
    case .cache: caches[place].boot(&outbox)
    case .database: databases[place].boot(&outbox)
    case .messageQueue: queues[place].boot(&outbox)
    case .worker: workers[place].boot(&outbox)
    }
    flush(from: node, for: 0)
    beginStarted()
  }

  mutating func crashComponent(_ node: NodeID) {
    let place = Int(rooms[node.index].place)
    switch rooms[node.index].kind {
    case .client: users[place].crash()
    case .loadBalancer: loadBalancers[place].crash()
    case .gateway: gateways[place].crash()
    case .service: services[place].crash()
    case .cache: caches[place].crash()
    case .database: databases[place].crash(texts)
    case .messageQueue: queues[place].crash()
    case .worker: workers[place].crash()
    }
  }
}
