/// Data that must survive, and what several copies of it demand.
extension Term {
  static let ofDatabases: [Term] = [
    Term(
      "primary", ["leader", "master"],
      "The one instance of a database that takes writes; the replicas follow its log. A database's "
        + "name stands for its current primary.",
      "PostgreSQL primary and standby; MySQL source and replica.",
      "nodes database-a; show database-a.primary"),
    Term(
      "replication", ["asynchronous replication", "asynchronous", "replica"],
      "Replicas fetch the primary's log and apply it. Asynchronous: the primary does not wait, so "
        + "writes are fast.",
      costs: "The latest writes can be lost in a failover, and replicas lag behind.",
      "PostgreSQL synchronous_commit = local; replay lag.", "send PUT /orders/42; nodes database-a"),
    Term(
      "synchronous-replication",
      ["semi-sync", "semi-synchronous", "synchronous"],
      "A write is acknowledged only when a standby has it, too: with the primary nothing is lost "
        + "that was acknowledged.",
      costs: "Each write waits for a standby, and for ever when there is none.",
      "PostgreSQL synchronous_commit = on with synchronous_standby_names; MySQL semi-sync.",
      "enable synchronous-replication on database-a; send PUT /orders/42; trace"),
    Term(
      "failover", ["promotion", "switchover"],
      "Makes a replica the primary when the primary is gone, in a new epoch.",
      costs: "What the replica had not yet fetched is lost.",
      "Patroni failover (ttl 30, loop_wait 10), Redis Sentinel (down-after 30 s).",
      "fail database-a; failover database-a"),
    Term(
      "automatic-failover", ["leader election", "automatic failover"],
      "The primary holds a lease and renews it. When the lease runs out, the replica that lacks "
        + "least takes over, without an operator. The lease lies where most of the nodes are: who is "
        + "cut off from half of them or more can neither renew it nor take over.",
      costs: "It comes only when the lease has run out, and with what the replica has.",
      "Patroni ttl 30 s, loop_wait 10 s, maximum_lag_on_failover; etcd leases.",
      "enable automatic-failover on database-a; fail database-a; run 60s; nodes database-a"),
    Term(
      "epoch", ["term"],
      "A number that grows with every promotion. By it one tells an old primary from the new one, "
        + "when both think that they are it (split brain).",
      "Raft term, Kafka leader epoch, PostgreSQL timeline.",
      "fail database-a; failover database-a; restore database-a-1; nodes database-a"),
    Term(
      "fencing", ["fencing token", "stonith"],
      "Whoever promotes a replica puts the old primary out of its role by a way that no partition "
        + "cuts: its power switch, a lock on its disk. And storage refuses writes of another epoch, so "
        + "one that comes back can't take any: it follows.",
      costs: "A primary that was only cut off is put out, too.",
      "STONITH; SCSI-3 persistent reservations; Patroni's watchdog; fencing tokens.",
      "fail database-a; failover database-a; restore database-a-1; nodes database-a"),
    Term(
      "read-replicas", ["read replica", "replica reads"],
      "Reads that miss the cache go to the replicas: more replicas, more reads.",
      costs: "A reader may not see its own write yet, unless its key is pinned to the primary for "
        + "a while.",
      "Rails multiple databases (delay 2 s); Aurora reader endpoint.",
      "enable read-replicas; send GET /orders/42; trace"),
    Term(
      "sharding", ["shard", "partitioning", "horizontal partitioning"],
      "Rows are spread over several primaries by their key: writes and rows scale, which replicas "
        + "can't do.",
      costs: "Rows move when the number changes, writes are held meanwhile, and no query sees all.",
      "MongoDB shards; Citus; Vitess; Cassandra's token ring.",
      "scale database-a 4; enable sharding on database-a; nodes database-a"),
  ]
}
