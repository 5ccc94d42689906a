import Kernel
import Patterns

/// How many instances each tier starts with.
public struct Deployment: Hashable, Sendable {
  public var counts: [Tier: Int]

  /// The architecture of the diagram: two of what scales out, one of the rest.
  public static let standard = Deployment(counts: [
    .user: 1, .loadBalancer: 1, .gateway: 2, .serviceA: 2, .serviceB: 2, .cacheA: 1, .cacheB: 1,
    .databaseA: 2, .databaseB: 2, .queue: 1, .worker: 2,
  ])
}

extension World {
  /// A deployment with its seeded rows, every node up, at time zero.
  public init(_ deployment: Deployment = .standard, seed: UInt64) {
    self.init(emptyWithSeed: seed)
    outbox.texts = SeedRows.shared.texts
    for tier in Tier.allCases {
      for _ in 0..<(deployment.counts[tier] ?? 0) {
        _ = add(tier) { deployment.counts[$0] ?? 0 }
      }
    }
    for tier in [Tier.databaseA, .databaseB] {
      outbox.directory.promote(directory.first(of: tier))
    }
    for node in directory.nodes { boot(node) }
  }

  /// A further instance, in a deployment that has or will have so many of each tier.
  mutating func add(_ tier: Tier, _ count: (Tier) -> Int) -> NodeID {
    let number = directory.count(of: tier) + 1
    let streams = Streams(seed: seed, component: Directory.name(of: tier, number: number))
    let place = build(tier, count, streams)
    let id = outbox.directory.add(tier, place: place)
    nodes.append(Node(streams, slots: slots(of: tier.kind)))
    rooms.append(Room(kind: tier.kind, place: Int32(place)))
    return id
  }

  /// Appends a component of a tier's kind; returns its place in the array of that kind.
  private mutating func build(
    _ tier: Tier, _ count: (Tier) -> Int, _ streams: Streams
  ) -> Int {
    let authority = TokenAuthority(secret: Random.secret(seed: seed))
    let resource: Resource =
      [.serviceB, .cacheB, .databaseB].contains(tier) ? .products : .orders
    switch tier.kind {
    case .client:
      users.append(User(authority: authority, streams))
      return users.count - 1
    case .loadBalancer:
      loadBalancers.append(LoadBalancer(gateways: count(.gateway), streams))
      return loadBalancers.count - 1
    case .gateway:
      let services = Resource.allCases.map { count($0.service) }
      gateways.append(
        Gateway(
          services: services, number: gateways.count + 1, authority: authority, streams))
      return gateways.count - 1
    case .service:
      services.append(Service(resource, caches: count(resource.cache), streams))
      return services.count - 1
    case .cache:
      caches.append(Cache(resource, streams))
      return caches.count - 1
    case .database:
      let seed = SeedRows.shared
      let rows = resource == .orders ? seed.orders : seed.products
      databases.append(Database(resource, rows: rows, streams))
      return databases.count - 1
    case .messageQueue:
      queues.append(MessageQueue(workers: count(.worker), streams))
      return queues.count - 1
    case .worker:
      workers.append(Worker(streams))
      return workers.count - 1
    }
  }

  /// Worker slots and the length of the queue before them.
  private func slots(of kind: Tier.Kind) -> WorkerSlots {
    switch kind {
    case .service: WorkerSlots(capacity: 16, queueLimit: 64, since: clock)
    case .database: WorkerSlots(capacity: 16, queueLimit: 128, since: clock)
    case .worker: WorkerSlots(capacity: 4, queueLimit: 16, since: clock)
    default: WorkerSlots(capacity: nil, queueLimit: 0)
    }
  }
}

extension Random {
  /// The secret with which a deployment's tokens are signed.
  fileprivate static func secret(seed: UInt64) -> UInt64 {
    var stream = Random(seed: seed, component: "gateway", purpose: "secret")
    return stream.next()
  }
}
