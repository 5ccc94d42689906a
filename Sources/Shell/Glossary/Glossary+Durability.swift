/// What becomes of a write that was acknowledged.
extension Term {
  static let ofDurability: [Term] = [
    Term(
      "synchronous-commit",
      ["synchronous commit", "remote-write", "remote-apply", "commit level", "synchronous_commit"],
      "What a write waits for before it is acknowledged, and so what can be lost. off: nothing; a "
        + "crash takes what was not flushed. local: the primary's disk; a failover takes what no "
        + "replica has. remote-write: a standby has it in memory. on: on its disk. remote-apply: it "
        + "can be read there.",
      costs: "Each level takes longer: some 0.3, 1, 2, 3.3 and 3.8 ms here.",
      "PostgreSQL synchronous_commit. In PostgreSQL 'on' means local where no standby is named.",
      "set database-b.synchronous-commit remote-apply; "
        + "load 100rps for 5s --products 100% --writes 100%; show database-b.p50"),
    Term(
      "flush", ["fsync", "wal", "write-ahead log", "durability", "group commit"],
      "What is in memory is gone after a crash; what was flushed to the disk is not. A commit writes "
        + "the log and waits for that; with synchronous-commit off it is done within 200 ms.",
      "fsync; PostgreSQL wal_writer_delay 200 ms; Redis appendfsync everysec.",
      "set database-b.synchronous-commit off; send PUT /products/7; fail database-b; "
        + "restore database-b; send GET /products/7"),
    Term(
      "standby", ["quorum", "synchronous standby", "synchronous-standbys"],
      "A replica that the primary waits for. With a quorum any so many of them will do; with too few "
        + "a write waits for ever: it is not undone, and who gives up waiting does not know.",
      "synchronous_standby_names = 'ANY 1 (…)'. MySQL semi-sync goes on without after 10 s, and "
        + "promises nothing then.",
      "enable synchronous-replication on database-b; fail database-b-2; send PUT /products/7; "
        + "show database-b.waiting-for-standbys"),
    Term(
      "lost-write", ["lost write", "lost writes", "rpo", "lost-writes", "data loss"],
      "A write that was acknowledged and is gone. What is lost in a failover is what the new primary "
        + "did not have; 'failover' lists it, and lost-writes counts it at the old one.",
      "RPO, the recovery point objective; Jepsen's lost updates.",
      "partition database-b-1 database-b-2; send PUT /products/7; fail database-b; "
        + "failover database-b; show database-b-1.lost-writes"),
    Term(
      "replica-lag", ["replica lag", "replay lag", "lag", "replication lag"],
      "How far a replica is behind: the age of the oldest write that it lacks. A failover to it loses "
        + "that much, and reads from it are that old. 'nodes' and 'map' count the writes it lacks; "
        + "the observable lag is their age.",
      "PostgreSQL replay_lag; MySQL Seconds_Behind_Source.",
      "inject replication-pause on database-b-2; send PUT /products/7; run 20s; "
        + "send PUT /products/7; show database-b-2.lag"),
    Term(
      "lease", ["ttl of a leader", "loop-wait", "leader lease", "failure detection", "max-lag"],
      "The right to be primary, for 30 s. The primary renews it every 10 s; when it has run out, "
        + "another one may take over. So a failover takes the rest of the lease, 20 to 30 s, and "
        + "in real systems up to one look more.",
      costs: "Short: a pause is taken for a death. Long: writes fail for longer.",
      "Patroni ttl 30, loop_wait 10, retry_timeout 10; Kubernetes leases 15 s; Chubby.",
      "set database-b.automatic-failover.ttl 5s; set database-b.automatic-failover.loop-wait 1s; "
        + "enable automatic-failover on database-b; fail database-b; "
        + "until database-b.failovers == 1"),
    Term(
      "split-brain", ["split brain", "two primaries", "diverged"],
      "Two primaries that both take writes, each for those who can reach it. When the network is "
        + "whole again, one history has to go, with all that was acknowledged in it. Fencing keeps it "
        + "from happening.",
      "STONITH, quorum, and Raft's terms are against it; GitHub's outage of October 2018.",
      "disable fencing on database-b; "
        + "partition database-b-1,service-b-1,gateway-1 database-b-2,service-b-2,gateway-2; "
        + "failover database-b; send PUT /products/7; send PUT /products/7; nodes database-b; heal; "
        + "run 1s; show database-b-1.lost-writes"),
    Term(
      "read-your-writes", ["read your writes", "read your own writes", "pin", "monotonic reads"],
      "Who has written sees it in the next read. Replicas that lag and copies in caches break it; "
        + "reading a key from the primary for a while after a write (a pin) mends it.",
      "Rails delay 2 s; MongoDB causal sessions; waiting for the LSN. The pin is kept "
        + "by the user's session, so that any instance knows it.",
      "scale service-b 1; enable read-replicas on service-b; set service-b.read-replicas.pin 5s; "
        + "inject replication-pause on database-b-2; send PUT /products/7; send GET /products/7"),
    Term(
      "resharding", ["rebalancing", "writes-held", "rows-moving", "modulo", "chunk migration"],
      "Another number of shards means that rows move: on a ring 1/n of them, with the key modulo n "
        + "(n−1)/n. Writes are held while they do (503 writes-held).",
      "MongoDB's balancer, Vitess Reshard, Citus rebalance_table_shards.",
      "scale database-b 5; set database-b.sharding.shards 4; enable sharding on database-b; run 1s; "
        + "set database-b.sharding.shards 5; show database-b.rows-moving"),
  ]
}
