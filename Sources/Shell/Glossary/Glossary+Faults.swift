/// What can be done to a node or to the network between nodes.
extension Term {
  static let ofFaults: [Term] = [
    Term(
      "crash", ["fail", "connection-refused", "Envoy UF", "UF"],
      "The node dies, its memory with it. Whoever calls is refused at once: the kindest of all "
        + "failures.",
      "a power cut; an instance that is terminated; Envoy UF.",
      "inject crash on service-a-1 for 10s; send GET /orders/42 --count 2"),
    Term(
      "pause", ["grey failure", "gray failure", "hang"],
      "The process takes every message and answers none, until it goes on: a grey failure, for "
        + "it seems to live. Callers find out by their timeout.",
      "kill -STOP; a long garbage collection; a stalled disk.",
      "inject pause on service-b-1; send GET /products/7 --timeout 1s --count 2"),
    Term(
      "blackhole", ["black hole", "silent drop"],
      "All messages to and from a node vanish. Nobody is told: a failure takes as long as the "
        + "patience of whoever waits.",
      "iptables DROP; a dead switch.", "inject blackhole on database-a; send PUT /orders/42; why"),
    Term(
      "reset", ["connection-reset", "rst", "Envoy UC", "UC"],
      "Connections break in the middle of a call, and the caller is told at once. What the other "
        + "side did is unknown. (As a command, 'reset' starts over with a fresh deployment.)",
      "TCP RST; Envoy UC.", "inject reset on database-a; send PUT /orders/42; why"),
    Term(
      "latency", ["delay", "slow network"],
      "Messages arrive later, by a fixed delay and a random part. Timeouts, slots that are held "
        + "longer, and queues follow.",
      "tc netem delay; Toxiproxy latency; Envoy fault delay.",
      "inject latency on database-a 200ms jitter 50ms; send GET /orders/42"),
    Term(
      "slow", ["slow node", "straggler"],
      "All of a node's work takes so many times as long: an old machine, a cold one, a neighbour "
        + "that is loud.",
      "A straggler; a noisy neighbour.", "inject slow on service-a-1 20; send GET /orders/42"),
    Term(
      "cpu", ["cpu stress", "noisy neighbour", "steal"],
      "Something else takes a share of a node's processor: with 80 % gone, work takes five times "
        + "as long.",
      "stress-ng; CPU steal; a cgroup's quota.", "inject cpu on service-b 98%; send GET /products/7"
    ),
    Term(
      "abort", ["fault-injected", "error injection"],
      "A share of the calls is answered with an HTTP status on the way. Health checks still pass: "
        + "the node lives and doesn't work.",
      "Envoy fault filter abort (flag FI); Istio HTTPFaultInjection.",
      "inject abort on service-b 503 50%; send GET /products/7 --count 8"),
    Term(
      "loss", ["packet loss", "drop"],
      "A share of the messages vanishes, answers included: a write may be done and its answer lost.",
      "tc netem loss.", "inject loss on gateway..service-b 20%; send GET /products/7 --timeout 1s"),
    Term(
      "duplicate", ["duplication"],
      "A share of the calls is delivered twice, as when somebody retries what had arrived. Harmless "
        + "where the call is idempotent.",
      "tc netem duplicate.",
      "inject duplicate on service-b..database-b; send PUT /products/7; "
        + "sql database-b \"select version from products where id = 7\""),
    Term(
      "reorder", ["reordering"],
      "A share of the messages is held back for a while, so that others overtake them: a tail of "
        + "slow answers.",
      "tc netem reorder.",
      "inject reorder on database-b 50% 100ms; load 50rps for 5s --products 100% --zipf 0"),
    Term(
      "partition", ["network partition", "split"],
      "Nothing passes between two groups of nodes, or in one direction only. Each side may take "
        + "the other for dead: see 'explain epoch'.",
      "iptables between hosts; Jepsen's nemesis.",
      "partition database-a-1 database-a-2; send PUT /orders/42; run 5s; nodes database-a; heal"),
    Term(
      "restart", ["reboot"],
      "The process dies and starts again at once. Its connections break and its memory is gone: a "
        + "cache comes back empty, a queue offers again what was in flight.",
      "systemctl restart; a rolling deployment.", "inject restart on cache-a; show cache-a.entries"),
    Term(
      "fsync-lie", ["lying disk", "volatile write cache"],
      "The disk says that a write is safe while it is still in a volatile cache. Nobody notices "
        + "until the machine goes down, and then acknowledged writes are gone.",
      "A drive's write cache without a battery; LazyFS in tests.",
      "inject fsync-lie on database-a; send PUT /orders/42; fail database-a"),
    Term(
      "disk-full", ["enospc"],
      "What is there can be read; nothing can be written.",
      "ENOSPC; PostgreSQL 53100 disk_full.",
      "inject disk-full on database-a; send PUT /orders/42; send GET /orders/42"),
    Term(
      "io-error", ["disk error", "eio"],
      "A share of the disk accesses fails: a dying disk.",
      "EIO; a bad sector.",
      "inject io-error on database-b 50%; send GET /products/7 --count 4"),
    Term(
      "replication-pause", ["replication pause"],
      "A replica stops following its primary. Its lag grows, and so does what a failover to it "
        + "would lose.",
      "MySQL STOP REPLICA; a standby whose connection to the primary is broken.",
      "inject replication-pause on database-a-2; send PUT /orders/42; run 5s; nodes database-a"),
    Term(
      "clock", ["clock skew", "ntp"],
      "A node's clock is wrong. Tokens expire too early, copies seem older than they are: time that "
        + "two machines compare is a guess. How long something takes is measured by another clock, "
        + "which only goes forward, and stays right.",
      "NTP step; a virtual machine that slept. CLOCK_REALTIME and CLOCK_MONOTONIC.",
      "inject clock on gateway 2h; send GET /orders/42; why"),
  ]
}
