import Kernel

/// One box of the architecture diagram: a role that one or more instances play.
public enum Tier: UInt8, CaseIterable, Sendable {
  case user, loadBalancer, gateway, serviceA, serviceB, cacheA, cacheB, databaseA, databaseB
  case queue, worker

  /// What the instances of a tier are.
  public enum Kind: UInt8, CaseIterable, Sendable {
    case client, loadBalancer, gateway, service, cache, database, messageQueue, worker
  }

  public var kind: Kind {
    switch self {
    case .user: .client
    case .loadBalancer: .loadBalancer
    case .gateway: .gateway
    case .serviceA, .serviceB: .service
    case .cacheA, .cacheB: .cache
    case .databaseA, .databaseB: .database
    case .queue: .messageQueue
    case .worker: .worker
    }
  }

  /// The name in commands; an instance adds its number, as in `gateway-2`.
  public var name: String {
    switch self {
    case .user: "user"
    case .loadBalancer: "load-balancer"
    case .gateway: "gateway"
    case .serviceA: "service-a"
    case .serviceB: "service-b"
    case .cacheA: "cache-a"
    case .cacheB: "cache-b"
    case .databaseA: "database-a"
    case .databaseB: "database-b"
    case .queue: "queue"
    case .worker: "worker"
    }
  }

  /// The name in the diagram.
  public var title: String {
    switch self {
    case .user: "User"
    case .loadBalancer: "Load Balancer"
    case .gateway: "API Gateway"
    case .serviceA: "Service A"
    case .serviceB: "Service B"
    case .cacheA: "Cache A"
    case .cacheB: "Cache B"
    case .databaseA: "Database A"
    case .databaseB: "Database B"
    case .queue: "Message Queue"
    case .worker: "Worker Service"
    }
  }

  /// Other names that people type.
  public var aliases: [String] {
    switch self {
    case .user: ["client"]
    case .loadBalancer: ["lb", "loadbalancer", "balancer"]
    case .gateway: ["gw", "api-gateway", "apigateway"]
    case .serviceA: ["svc-a", "servicea"]
    case .serviceB: ["svc-b", "serviceb"]
    case .cacheA: ["cachea"]
    case .cacheB: ["cacheb"]
    case .databaseA: ["db-a", "databasea"]
    case .databaseB: ["db-b", "databaseb"]
    case .queue: ["mq", "message-queue", "messagequeue"]
    case .worker: ["worker-service", "workers", "wk"]
    }
  }

  /// What it is for, in one line.
  public var role: String {
    switch self {
    case .user: "initiates requests to the system"
    case .loadBalancer: "distributes incoming requests evenly to API Gateway instances"
    case .gateway: "routes requests to the backend services and handles authentication"
    case .serviceA: "business logic and data of the orders"
    case .serviceB: "business logic and data of the products"
    case .cacheA, .cacheB: "frequently accessed data of its service, to reduce database load"
    case .databaseA, .databaseB: "persistent data of its service"
    case .queue: "queues asynchronous tasks to be processed by worker services"
    case .worker: "processes background tasks from the message queue"
    }
  }
}

/// A collection of resources: the part of the business that one service owns.
public enum Resource: UInt8, CaseIterable, Sendable {
  case orders, products

  public var name: String { self == .orders ? "orders" : "products" }
  public var service: Tier { self == .orders ? .serviceA : .serviceB }
  public var cache: Tier { self == .orders ? .cacheA : .cacheB }
  public var database: Tier { self == .orders ? .databaseA : .databaseB }
  /// Whether handling a request leaves work for the background: Service A's does.
  public var publishesTasks: Bool { self == .orders }
}

/// One instance, by its place in the directory of the deployment.
@frozen
public struct NodeID: Hashable, Sendable {
  public let rawValue: UInt8
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }
  /// No node at all.
  public static let none = NodeID(rawValue: .max)
  @inlinable var index: Int { Int(rawValue) }
}

/// One resource of one service: `/orders/42`.
@frozen
public struct Key: Hashable, Sendable {
  public var resource: Resource
  public var id: UInt32

  public init(_ resource: Resource, _ id: UInt32) {
    self.resource = resource
    self.id = id
  }

  public var path: String { "/\(resource.name)/\(id)" }
  var packed: UInt64 { UInt64(resource.rawValue) << 32 | UInt64(id) }
}

extension Tier {
  /// Whether two tiers serve the same data: a service with its cache and its database, and for
  /// tasks the queue and the workers.
  public func worksWith(_ other: Tier) -> Bool {
    let groups: [Set<Tier>] = [
      [.serviceA, .cacheA, .databaseA], [.serviceB, .cacheB, .databaseB],
      [.serviceA, .queue, .worker],
    ]
    return groups.contains { $0.contains(self) && $0.contains(other) }
  }
}
