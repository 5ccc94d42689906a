import Kernel

/// What becomes of writes that caches hold (write-behind) when something is changed meanwhile.
extension World {
  /// Writes that caches hold go where their keys are looked for now, as when Hazelcast migrates a
  /// partition; what is on its way to the database already is not stopped.
  mutating func handOverHeldWrites(of tier: Tier) {
    guard let place = services.indices.first(where: { services[$0].resource.cache == tier }) else {
      return
    }
    let (service, directory) = (services[place], directory)
    func owner(_ key: UInt64) -> NodeID {
      service.cache(of: Key(service.resource, UInt32(truncatingIfNeeded: key)), directory)
    }
    for source in directory.everyInstance(of: tier) {
      // Should a key come back, an old copy must not number its next write.
      if service.writePolicy == .behind {
        caches[directory[source].place].copies.removeAll { owner($0) != source }
      }
      let writes = caches[directory[source].place].held.take { owner($0) != source }
      for (key, held) in writes {
        let node = owner(key)
        caches[directory[node].place].held.takeOver(held, for: key)
        var message = Message(.write)
        message.resource = service.resource
        message.id = UInt32(truncatingIfNeeded: key)
        message.isHeld = true
        speak(for: node)
        outbox.start(Cache.Stage.holding, message)
        flush(from: node, for: 0)
      }
    }
    beginStarted()
  }

  /// Services that write to their database themselves from now on would overtake what their caches
  /// hold: so it is written at once.
  mutating func writeWhatIsHeld(for service: NodeID) {
    let resource = services[directory[service].place].resource
    let isStillUsed = directory.instances(of: resource.service).contains {
      let service = services[directory[$0].place]
      return service.usesCache && service.writePolicy == .behind
    }
    guard !isStillUsed else { return }
    for node in directory.everyInstance(of: resource.cache) where isUp(node) {
      speak(for: node)
      caches[directory[node].place].writeWhatIsHeld(&outbox)
      flush(from: node, for: 0)
    }
    beginStarted()
  }
}
