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
      let streams = Streams(seed: seed, component: directory.entries[index].name)
      nodes[index].reseed(streams)
      reseed(rooms[index], streams)
    }
  }

  private mutating func reseed(_ room: Room, _ streams: Streams) {
    let place = Int(room.place)
    switch room.kind {
    case .client: users[place].reseed(streams)
    case .loadBalancer: loadBalancers[place].reseed(streams)
    case .gateway: gateways[place].reseed(streams)
    case .service: services[place].reseed(streams)
    case .cache: caches[place].reseed(streams)
    case .database: databases[place].reseed(streams)
    case .messageQueue: queues[place].reseed(streams)
    case .worker: workers[place].reseed(streams)
    }
  }
}
