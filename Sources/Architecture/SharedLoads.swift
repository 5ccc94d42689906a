import Kernel
import Patterns

/// Loads that calls of one node share (single flight): the first call of a key asks, the others
/// wait for what it gets.
typealias SharedLoads = Switch<SingleFlight<Ticket, Answer>>

extension Switch where Pattern == SingleFlight<Ticket, Answer> {
  /// Lets a call wait, resuming at a stage, for the load of its key that is under way; nil when it
  /// is to load for itself, and then perhaps for others.
  mutating func join<Stage: RawRepresentable<UInt8>>(
    _ call: inout Call, atMost patience: Duration, then stage: Stage
  ) -> Next<Stage>? {
    guard isOn, call.flight == .none else { return nil }
    let key = call.message.key.packed
    guard !active!.lead(key) else {
      call.flight = .leading
      return nil
    }
    active!.wait(call.ticket, for: key)
    call.flight = .following
    return .park(atMost: patience, then: stage)
  }

  /// What the load brought to a call that waited for it; nil when it is to load for itself, as the
  /// pattern was turned off meanwhile. A load that takes too long is a timeout at `node`.
  mutating func share(_ call: inout Call, at node: NodeID) -> Answer? {
    guard isOn else {
      call.flight = .none
      return nil
    }
    let place = call.ticket.place
    return active!.fetch(call.message.key.packed) { $0.place == place }
      ?? Answer(.upstreamTimeout, at: node)
  }

  /// Ends a load, if the call led one, with what it brought; wakes whoever waits for it.
  mutating func land(_ call: inout Call, _ outbox: inout Outbox) {
    guard call.flight == .leading else { return }
    call.flight = .none
    guard isOn else { return }
    var result = call.answer
    result.parcel = .none
    for waiter in active!.land(call.message.key.packed, result) { outbox.wake(waiter) }
  }
}

extension World {
  /// Shared loads are turned off: whoever waits for one loads for itself.
  mutating func wakeFollowers(of node: NodeID) {
    let place = directory[node].place
    let loads = rooms[node.index].kind == .service ? services[place].loads : caches[place].loads
    for ticket in loads.active?.waiters ?? [] where !isOver(ticket) {
      queue.push(Event(kind: .resumption, ticket: ticket), at: clock)
    }
  }
}
