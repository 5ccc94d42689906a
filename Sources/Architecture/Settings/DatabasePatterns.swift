import Kernel
import Patterns

/// What is done so that data survives, and so that one machine need not hold it all.
extension Pattern {
  static let ofDatabases: [Pattern] = [
    of(
      .service, \.services, "read-replicas", \Service.readReplicas, .scalability,
      buys: "reads scale with the replicas", costs: "a reader may not see its own write"),
    Pattern(
      name: "sharding", challenge: .scalability, kinds: [.database], standard: [.database],
      buys: "writes and rows scale with the primaries",
      costs: "rows move; writes are held meanwhile; no query over all rows",
      isOn: { $0.directory.sharding(of: $0.tier(of: $1)).shards.count > 1 },
      turn: { world, node, on in
        let tier = world.tier(of: node)
        let plan = world.shardPlans[World.databaseTiers.firstIndex(of: tier) ?? 0]
        let count = on ? plan.count : 1
        guard world.obstacle(toShard: tier, into: count) == nil else { return }
        world.reshard(tier, into: count, plan.scheme, command: "")
      },
      obstacle: { world, node, on in
        let tier = world.tier(of: node)
        let count = on ? world.shardPlans[World.databaseTiers.firstIndex(of: tier) ?? 0].count : 1
        guard world.rowsMoving(of: tier) == nil else {
          return "rows of \(tier.name) are moving already; wait for them"
        }
        guard world.directory.sharding(of: tier).shards.count != count else { return nil }
        return world.obstacle(toShard: tier, into: count)
      }),
    Pattern(
      name: "synchronous-replication", challenge: .faultTolerance, kinds: [.database],
      standard: [.database], buys: "no acknowledged write is lost with the primary",
      costs: "each write waits for a standby, and for ever when there is none",
      isOn: { $0.databases[$0.directory[$1].place].synchronousCommit.level.isRemote },
      turn: { world, node, on in
        let level = world.databases[world.directory[node].place].synchronousCommit.level
        guard level.isRemote != on else { return }
        world.changeSynchronousCommit(at: node) { $0.level = on ? .on : .local }
      }),
    Pattern(
      name: "automatic-failover", challenge: .faultTolerance, kinds: [.database],
      standard: [.database], buys: "a replica takes over without an operator",
      costs: "only when the lease has run out; with what the replica has",
      isOn: { $0.automaticFailovers[$0.automaticFailover(of: $1)].lease.isOn },
      turn: { $0.turnAutomaticFailover(on: $2, at: $0.automaticFailover(of: $1)) },
      obstacle: { world, node, on in
        guard on else { return nil }
        return world.automaticFailovers[world.automaticFailover(of: node)].lease.blueprint.flaw
      }),
    of(
      .database, \.databases, "fencing", flag: \Database.usesFencing,
      buys: "never two primaries that take writes",
      costs: "a primary that is only cut off is put out too"),
  ]
}

/// How databases replicate, fail over, and spread their rows.
extension Setting {
  private static func lease<Value: SettingValue>(
    _ name: String, _ path: WritableKeyPath<LeaderLease, Value> & Sendable, _ unit: Unit,
    _ range: ClosedRange<Int64>, _ summary: String, _ source: String
  ) -> Setting {
    Setting(
      name: "automatic-failover." + name, kinds: [.database], unit: unit, range: range,
      summary: summary, source: source,
      obstacle: { world, node, value in
        let lease = world.automaticFailovers[world.automaticFailover(of: node)].lease
        var changed = lease.blueprint
        changed[keyPath: path] = Value(setting: value)
        return lease.isOn ? changed.flaw : nil
      },
      read: {
        $0.automaticFailovers[$0.automaticFailover(of: $1)].lease.blueprint[keyPath: path].setting
      },
      write: { world, node, value in
        let index = world.automaticFailover(of: node)
        let before = world.automaticFailovers[index].lease.blueprint
        world.automaticFailovers[index].lease.change { $0[keyPath: path] = Value(setting: value) }
        guard world.automaticFailovers[index].lease.blueprint != before else { return }
        world.rescheduleWatch(index)
      })
  }

  private static func shards<Value: SettingValue>(
    _ name: String, _ path: WritableKeyPath<World.ShardPlan, Value> & Sendable, _ unit: Unit,
    _ range: ClosedRange<Int64>, _ summary: String, _ source: String
  ) -> Setting {
    Setting(
      name: "sharding." + name, kinds: [.database], unit: unit, range: range,
      summary: summary, source: source,
      obstacle: { world, node, value in
        let tier = world.tier(of: node)
        guard
          world.directory.sharding(of: tier).shards.count > 1 || world.rowsMoving(of: tier) != nil
        else { return nil }
        var plan = world.shardPlans[World.databaseTiers.firstIndex(of: tier) ?? 0]
        if plan[keyPath: path].setting == value { return nil }
        plan[keyPath: path] = Value(setting: value)
        return world.obstacle(toShard: tier, into: plan.count)
      },
      read: { world, node in
        let index = World.databaseTiers.firstIndex(of: world.tier(of: node)) ?? 0
        return world.shardPlans[index][keyPath: path].setting
      },
      write: { world, node, value in
        let tier = world.tier(of: node)
        let index = World.databaseTiers.firstIndex(of: tier) ?? 0
        world.shardPlans[index][keyPath: path] = Value(setting: value)
        let plan = world.shardPlans[index]
        if world.directory.sharding(of: tier).shards.count > 1,
          world.obstacle(toShard: tier, into: plan.count) == nil
        {
          world.reshard(tier, into: plan.count, plan.scheme, command: "")
        }
      })
  }

  static let ofDatabases: [Setting] = [
    duration(
      .database, \.databases, "heartbeat", \Database.heartbeat, from: 10 * millisecond,
      "how long a replica's question waits for news", "wal_receiver_status_interval 10s"),
    Setting(
      name: "synchronous-commit", kinds: [.database],
      unit: .choice(["off", "local", "remote-write", "on", "remote-apply"]), range: 0...4,
      summary: "what a write waits for before it is acknowledged",
      source: "PostgreSQL synchronous_commit",
      read: { $0.databases[$0.directory[$1].place].synchronousCommit.level.setting },
      write: { world, node, value in
        world.changeSynchronousCommit(at: node) { $0.level = .init(setting: value) }
      }),
    Setting(
      name: "synchronous-standbys", kinds: [.database], unit: .count, range: 1...31,
      summary: "how many standbys must have it", source: "synchronous_standby_names ANY 1",
      read: { Int64($0.databases[$0.directory[$1].place].synchronousCommit.quorum) },
      write: { world, node, value in
        world.changeSynchronousCommit(at: node) { $0.quorum = Int(value) }
      }),
    duration(
      .database, \.databases, "flush-delay", \Database.flushDelay,
      "when what synchronous-commit off left in memory goes to disk", "wal_writer_delay 200ms"),
    lease(
      "ttl", \.timeToLive, .duration, millisecond...hour, "how long a primary's lease lasts",
      "Patroni ttl 30s"),
    lease(
      "loop-wait", \.loopWait, .duration, 10 * millisecond...hour, "how often leases are renewed",
      "Patroni loop_wait 10s"),
    lease(
      "max-lag", \.maximumLag, .count, 0...1_000_000,
      "writes that a replica may lack and still take over", "Patroni maximum_lag_on_failover 1 MiB"),
    shards(
      "shards", \.count, .count, 2...16, "primaries that share the rows",
      "MongoDB shards; Citus shard_count"),
    shards(
      "scheme", \.scheme, .choice(["ring", "modulo"]), 0...1, "how a key finds its shard",
      "Cassandra's token ring; hash modulo n"),
    of(
      .service, \.services, \.readReplicas, "read-replicas.pin", \.pin, .duration, 0...hour,
      "how long after a write its key is read from the primary", "Rails delay 2s; read your writes"),
  ]
}

extension SynchronousCommit.Level: SettingValue {}
extension Sharding.Scheme: SettingValue {}

extension World {
  /// How the rows of a database are to be spread when that is turned on.
  struct ShardPlan: Hashable, Sendable {
    var count = 2
    var scheme = Sharding.Scheme.ring
  }

  /// Changes what writes wait for; those that wait look again.
  mutating func changeSynchronousCommit(
    at node: NodeID, _ change: (inout SynchronousCommit<Ticket>) -> Void
  ) {
    // Of all instances: whoever is primary waits, and the others know that they are waited for.
    for instance in directory.everyInstance(of: directory[node].tier) {
      let place = directory[instance].place
      change(&databases[place].synchronousCommit)
      speak(for: instance)
      databases[place].wakeAll(&outbox)
      flush(from: instance, for: 0)
    }
  }
}
