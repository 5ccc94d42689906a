import Kernel

extension World {
  /// A fingerprint of the whole deployment: equal worlds have equal ones, in every process.
  public var digest: Digest {
    var digest = Digest()
    digest.mix(seed)
    digest.mix(clock)
    digest.mix(eventCount)
    queue.mix(into: &digest) { event, digest in
      digest.mix(event.kind.rawValue)
      digest.mix(event.ticket.place)
      digest.mix(event.ticket.number)
    }
    for place in 0..<Int32(calls.capacity) { calls[place].mix(into: &digest) }
    for place in calls.freePlaces { digest.mix(place) }
    lanes.mix(into: &digest)
    for place in 0..<Int32(hedges.capacity) {
      digest.mix(hedges[place].ticket.place)
      digest.mix(hedges[place].ticket.number)
      digest.mix(hedges[place].node.rawValue)
    }
    outbox.directory.mix(into: &digest)
    outbox.texts.mix(into: &digest)
    outbox.sharedRateLimit.mix(into: &digest)
    outbox.pins.mix(into: &digest)
    latencies.mix(into: &digest)
    for node in nodes { node.mix(into: &digest) }
    faults.mix(into: &digest)
    for autoscaling in autoscalings { autoscaling.mix(into: &digest) }
    for failover in automaticFailovers { failover.mix(into: &digest) }
    for plan in shardPlans {
      digest.mix(plan.count)
      digest.mix(plan.scheme.rawValue)
    }
    for plan in resharding { digest.mix(plan?.moving ?? -1) }
    mixComponents(into: &digest)
    journal.mix(into: &digest)
    return digest
  }

  private func mixComponents(into digest: inout Digest) {
    for component in users { component.mix(into: &digest) }
    for component in loadBalancers { component.mix(into: &digest) }
    for component in gateways { component.mix(into: &digest) }
    for component in services { component.mix(into: &digest) }
    for component in caches { component.mix(into: &digest) }
    for component in databases { component.mix(into: &digest) }
    for component in queues { component.mix(into: &digest) }
    for component in workers { component.mix(into: &digest) }
  }

  /// What conservation demands and does not hold; nil when all is accounted for.
  public var conservationBreach: String? {
    let open = requestsOpen
    if journal.sent != journal.succeeded + journal.failed + open {
      return """
        sent \(journal.sent) ≠ succeeded \(journal.succeeded) + failed \(journal.failed) \
        + in flight \(open)
        """
    }
    if journal.load.answered > journal.load.sent {
      return "of the load's requests \(journal.load.answered) answered, \(journal.load.sent) sent"
    }
    for queue in queues {
      let accounted =
        queue.processed + queue.deadLetters.count + queue.waiting + queue.tasks.hidden
      if queue.published != accounted {
        return "published \(queue.published) ≠ processed, dead, waiting and in flight \(accounted)"
      }
    }
    return nil
  }

  /// Requests whose own call, at the user, is still there: counted, not derived.
  private var requestsOpen: Int {
    (0..<Int32(calls.capacity)).count {
      calls[$0].phase != .free && calls[$0].message.verb == .request
        && rooms[calls[$0].node.index].kind == .client
    }
  }
}
