import Testing

@testable import Shell

/// What becomes of rows, tasks and copies under changes and faults, each as a script whose
/// expectations hold.
@Suite struct DataPromiseTests {
  static let promises: [(name: String, script: String)] = [
    (
      "a new shard takes nothing that the primary before was still sending",
      """
      repeat 5 { reset --seed 3; inject disk-full on database-a-2; send DELETE /orders/1 }
      send PUT /orders/4 'v5'; run 1s; enable sharding; run 1s; expect database-a.rows == 999
      send PUT /orders/4 'v6'; disable sharding; run 1s; send GET /orders/4
      expect last.version == 3 and database-a.rows == 999 and database-a.lost-writes == 0
      """
    ),
    (
      "a row that is deleted and made anew while it is held is both",
      """
      enable write-behind; send DELETE /orders/2; send PUT /orders/2 'new'; run 10s
      expect cache-a.lost-writes == 0; disable write-behind; set cache-a.ttl 1s; run 5s
      send GET /orders/2; expect last.cache == miss and last.version == 1
      send GET /orders/2; expect last.status == 200; send DELETE /orders/2; send GET /orders/2
      expect last.status == 404
      """
    ),
    (
      "a reader's old row does not replace what the cache has taken since",
      """
      enable write-behind; inject latency on service-a-1..database-a-1 30ms
      send GET /orders/42 --async; run 50ms; send PUT /orders/42 'first'; run 3s
      send GET /orders/42; expect last.version == 2
      send PUT /orders/42 'second'; settle; expect cache-a.lost-writes == 0
      expect last.version == 3
      """
    ),
    (
      "a copy from before its key moved away numbers no write",
      """
      enable write-behind; send PUT /orders/42 'a'; scale cache-a 4; run 2s
      send PUT /orders/42 'b'; run 2s; scale cache-a 1; send PUT /orders/42 'c'; settle
      expect cache-a.lost-writes == 0 and last.version == 4
      """
    ),
    (
      "a row that is made anew while its deletion fails is deleted first",
      """
      enable write-behind; send DELETE /orders/42; fail database-a; run 3s
      send PUT /orders/42 'new'; restore database-a; settle; run 1m
      expect cache-a.lost-writes == 0; disable write-behind; set cache-a.ttl 1s; run 5s
      send GET /orders/42; expect last.cache == miss and last.version == 1
      """
    ),
    (
      "a held write that is tried again waits for its standby, too",
      """
      enable synchronous-replication; enable write-behind; send PUT /orders/42 'w1'
      inject replication-pause on database-a; run 8s; expect cache-a.held-writes == 1
      failover database-a; restore all; settle; run 1m; disable write-behind
      set cache-a.ttl 1s; run 5s; send GET /orders/42
      expect last.cache == miss and last.version == 2
      """
    ),
    (
      "no task has been there for less than no time, whatever a clock says",
      """
      inject clock on queue 1m; fail worker-1,worker-2; send PUT /orders/1; restore queue
      expect queue.oldest-age == 0s
      """
    ),
    (
      "each instance knows the primary of its shard",
      """
      scale database-a 4; settle; enable sharding on database-a; settle
      expect database-a-4.primary == database-a-2 and database-a-2.primary == database-a-2
      expect database-a.primary == database-a-1 and database-a-3.primary == database-a-1
      """
    ),
    (
      "of two answers to a question that was delivered twice the first counts",
      "inject duplicate on database-a; send DELETE /orders/4; expect last.status == 200"
    ),
    (
      "autoscaling takes away no instance that works for one that does not",
      """
      scale service-a 4; enable autoscaling on service-a; set service-a.autoscaling.period 1s
      set service-a.autoscaling.stabilization 0s; fail service-a-1; run 20s
      load 20rps for 5s --orders 100%; expect load.success-rate > 99%
      """
    ),
    (
      "the outbox forgets no event, however long nobody reads it",
      """
      enable outbox; fail queue; load 1000rps for 20s --orders 100% --writes 100%
      restore queue; until queue.published > 19000 within 10m
      disable outbox; load 1000rps for 20s --orders 100% --writes 100%
      """
    ),
    (
      "a queue whose disk fails takes no event, and forgets none",
      """
      enable outbox; inject io-error on queue 100%; send PUT /orders/1; run 5s
      expect queue.published == 0; restore queue; run 5s; expect queue.published == 1
      """
    ),
    (
      "an answer that comes late counts for its load all the same",
      """
      inject blackhole on service-a; load 1000rps for 20s --orders 100%
      expect load.failed > 19000 and load.succeeded == 0
      """
    ),
    (
      "requests that an earlier load has left behind are not the next one's",
      """
      disable health-checks; inject latency on service-b 5s
      load 100rps for 10s --products 100% --async; run 10s
      load 5 users for 10s --products 100%; expect load.failed == 0 and load.sent < 60
      """
    ),
  ]

  @Test(arguments: promises.indices) func aPromiseIsKept(index: Int) {
    let room = Room()
    let status = room.run(Self.promises[index].script)
    #expect(status == 0, "\(Self.promises[index].name): \(room.said.last ?? "")")
  }

  @Test func activityOfADeletedRowIsOnOneShard() {
    let room = Room()
    room.run("send DELETE /orders/2; run 1s; enable sharding; run 1s")
    var lines = 0
    for node in ["database-a-1", "database-a-2"] {
      room.run("sql \(node) 'select * from activity'")
      lines += room.said.joined().contains("1 row of") ? 1 : 0
    }
    #expect(lines == 1)
  }
}
