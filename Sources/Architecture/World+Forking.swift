import Kernel

/// Making a copy of a deployment go its own way.
extension World {
  /// Gives this copy databases that no other copy shares, so that it may go to another thread.
  public mutating func detach() {
    own()
    for place in databases.indices { databases[place].storage.detach() }
    for place in caches.indices { caches[place].detach() }
  }

  /// From now on chance is another one: latencies, faults and workloads derive from another seed.
  public mutating func reseed(_ seed: UInt64) {
    own()
    self.seed = seed
    faults.chance = Random(seed: seed, component: "faults", purpose: "chance")
    for index in nodes.indices {
      let name = directory.entries[index].name
      nodes[index].work = Random(seed: seed, component: name, purpose: "work")
      nodes[index].network = Random(seed: seed, component: name, purpose: "network")
    }
  }
}
