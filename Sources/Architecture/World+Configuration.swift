import Kernel
import Patterns

/// Where the patterns of a node are, whatever its kind.
extension World {
  /// What a caller does about those it asks, one for each; empty for nodes that ask nobody.
  public func dependencies(of node: NodeID) -> [Dependency] {
    let place = directory[node].place
    switch rooms[node.index].kind {
    case .client: return [users[place].loadBalancer]
    case .loadBalancer, .gateway: return clusters(of: node).map(\.dependency)
    case .service: return [services[place].database]
    case .worker: return [workers[place].database]
    default: return []
    }
  }

  mutating func changeDependencies(of node: NodeID, _ body: (inout Dependency) -> Void) {
    let place = directory[node].place
    switch rooms[node.index].kind {
    case .client: body(&users[place].loadBalancer)
    case .loadBalancer, .gateway: changeClusters(of: node) { body(&$0.dependency) }
    case .service: body(&services[place].database)
    case .worker: body(&workers[place].database)
    default: break
    }
  }

  /// Changes a service's connection pool; whoever waits and need not any more goes on.
  mutating func changePool(
    of node: NodeID, _ body: (inout Switch<ConnectionPool<Ticket>>) -> Void
  ) {
    let place = directory[node].place
    let waiters = services[place].pool.active?.waiters ?? []
    body(&services[place].pool)
    let admitted =
      services[place].pool.isOn ? services[place].pool.active!.admitWaiters() : waiters
    for ticket in admitted { outbox.wake(ticket) }
    flush(from: node, for: 0)
  }

  /// The tiers behind a proxy, as it sees them; empty for nodes that are none.
  public func clusters(of node: NodeID) -> [Cluster] {
    let place = directory[node].place
    switch rooms[node.index].kind {
    case .loadBalancer: return [loadBalancers[place].gateways]
    case .gateway: return gateways[place].services
    default: return []
    }
  }

  mutating func changeClusters(of node: NodeID, _ body: (inout Cluster) -> Void) {
    let place = directory[node].place
    switch rooms[node.index].kind {
    case .loadBalancer: body(&loadBalancers[place].gateways)
    case .gateway:
      for index in gateways[place].services.indices {
        body(&gateways[place].services[index])
      }
    default: break
    }
  }

  /// The proxies that send nothing to an instance: as it fails their checks, or for its answers.
  public func shunners(of node: NodeID) -> (unhealthy: [NodeID], ejected: [NodeID]) {
    let (tier, host) = (directory[node].tier, directory[node].number - 1)
    var (unhealthy, ejected): ([NodeID], [NodeID]) = ([], [])
    for proxy in directory.nodes {
      for cluster in clusters(of: proxy) where cluster.tier == tier && host < cluster.hosts.count {
        if cluster.hosts.usesHealthChecks && !cluster.hosts.isHealthy(host) {
          unhealthy.append(proxy)
        }
        if cluster.hosts.isEjected(host, at: clock) { ejected.append(proxy) }
      }
    }
    return (unhealthy, ejected)
  }

  /// Notes that a pattern or a setting was changed at some nodes, for `why` and for curves.
  public mutating func noteConfiguration(
    _ name: String, at nodes: [NodeID], command: String
  ) {
    journal.note(
      Incident(
        at: clock, kind: .configured, node: .none, command: command, text: name, nodes: nodes))
  }

  /// What an instance is worth to the proxies before it.
  public func weight(of node: NodeID) -> Int {
    let (tier, host) = (directory[node].tier, directory[node].number - 1)
    for proxy in directory.nodes {
      for cluster in clusters(of: proxy) where cluster.tier == tier {
        return cluster.hosts.weight(of: host)
      }
    }
    return 1
  }

  mutating func setWeight(_ weight: Int, of node: NodeID) {
    let (tier, host) = (directory[node].tier, directory[node].number - 1)
    for proxy in directory.nodes {
      changeClusters(of: proxy) { cluster in
        if cluster.tier == tier { cluster.hosts.setWeight(weight, of: host) }
      }
    }
  }
}
