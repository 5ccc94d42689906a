import Kernel
import Testing

@testable import Shell

@Suite struct TimelineTests {
  static let changes = [
    "send GET /orders/42", "send PUT /orders/7 '{\"status\":\"paid\"}'", "send DELETE /orders/9",
    "send GET /products/3 --count 5", "fail worker-1", "restore all", "fail database-a",
    "failover database-b", "run 7s", "set cache-a.ttl 3s", "repeat 3 { send PUT /products/5 }",
    "until sent > 2 within 10s", "reset --seed 9", "load 20rps for 1s", "step 5",
    "enable retry", "scale service-a 3", "inject loss on cache-a 20% for 5s",
    "send GET /orders/5 --async", "load 1rps for 60s --async", "load stop",
    "at 3s { fail worker-2 }", "at 1s { restore all }",
  ]
  static let looks = ["map", "trace", "show cache-a", "settings", "sql \"select 1\"", "nonsense"]

  static func session() -> Session {
    let session = Session()
    session.options.isInteractive = true
    session.write = { _ in }
    session.writeError = { _ in }
    return session
  }

  /// Random commands; the fingerprints before each that changed something.
  static func play(_ session: Session, _ random: inout Random, _ count: Int) -> [String] {
    var hashes: [String] = []
    for _ in 0..<count {
      if random.below(3) == 0 { session.run(looks[random.below(looks.count)], name: "look") }
      let before = session.hash
      session.run(changes[random.below(changes.count)], name: "change")
      if session.hash != before { hashes.append(before) }
    }
    return hashes
  }

  @Test(arguments: 0..<8 as Range<UInt64>)
  func undoGoesBackThroughEveryChangeAndRedoForth(seed: UInt64) {
    var random = Random(seed: seed)
    let session = Self.session()
    let hashes = Self.play(session, &random, 20)
    let last = session.hash
    for hash in hashes.reversed() {
      #expect(session.run("undo", name: "undo") == 0)
      #expect(session.hash == hash)
    }
    #expect(session.run("undo", name: "undo") == 1)
    #expect(session.run("redo \(hashes.count)", name: "redo") == 0)
    #expect(session.hash == last)
  }

  @Test func theSameCommandsAfterAnUndoLeadToTheSameDeployment() {
    let session = Self.session()
    let commands = "fail database-a; send GET /orders/1; failover database-a; send PUT /orders/1"
    session.run("send GET /orders/1", name: "start")
    session.run(commands, name: "first")
    let first = session.world.digest
    session.run("undo 4", name: "undo")
    session.run(commands, name: "second")
    #expect(session.world.digest == first)
    let rows = session.world.directory.primary(of: .databaseA)
    #expect(session.world.logPosition(of: rows) > 0)
  }
}
