import Kernel

/// Tells a deployment that is the only one of its kind from one of which there is a copy.
///
/// It is copied with the deployment. While it is shared, so may be what `own` lists.
final class Ownership: Sendable {}

extension World {
  /// Makes what events change at every turn its own, if a copy of the deployment shares it.
  ///
  /// Called once by everything that changes the deployment from outside, so that these arrays need
  /// not ask at each write. The mark comes last: until then another thread
  /// that has the copy leaves them alone too.
  @inline(__always)
  mutating func own() {
    if !isKnownUniquelyReferenced(&ownership) { ownAll() }
  }

  private mutating func ownAll() {
    journal.own()
    queue.own()
    calls.own()
    lanes.own()
    hedges.own()
    nodes.own()
    for index in nodes.indices { nodes[index].latency.own() }
    users.own()
    loadBalancers.own()
    gateways.own()
    services.own()
    caches.own()
    databases.own()
    queues.own()
    workers.own()
    ownership = Ownership()
  }
}
