import Architecture
import Testing

@testable import School
@testable import Shell

/// Incidents can be diagnosed, and nothing gives their cause away.
@Suite struct IncidentTests {
  @Test func nothingShowsWhereNothingIsWrong() throws {
    let healthy = Room()
    healthy.run("load 60rps for 20s; load 60rps for 30s")
    for drill in IncidentDrill.all { #expect(try !healthy.holds(drill), "\(drill.name)") }
  }

  @Test(arguments: IncidentDrill.all.indices)
  func theEvidenceTellsItFromAllOthersAndNothingElseDoes(index: Int) throws {
    let drill = IncidentDrill.all[index]
    let room = Room()
    room.run("incident start \(index + 1)")
    for other in IncidentDrill.all {
      #expect(try room.holds(other) == (other.name == drill.name), "\(other.name)")
    }
    for look in [
      "faults", "map", "nodes", "why slowest", "why", "trace slowest", "traces failed --load",
      "metrics", "forecast 60rps", "sql \"SELECT * FROM log\"", "incident",
      "show \(drill.places[0])",
    ] where !(look.hasPrefix("show") && drill.places[0].contains("..")) {
      room.run(look)
      #expect(!room.said.contains { $0.contains("inject") || $0.contains(drill.fault) }, "\(look)")
    }
    #expect(room.run("restore all") == 0)
    #expect(room.session.world.hiddenFault != nil)
    #expect(room.run("incident answer \(drill.places[0]) \(drill.kinds[0])") == 0)
    #expect(room.said.first == "Right.")
    #expect(room.progress == "incident \(index + 1) solved\n")
    room.run("faults")
    #expect(room.said.joined().contains("inject"))
  }

  @Test func anAnswerThatIsNearIsToldSo() {
    let room = Room()
    room.run("incident start 3; incident answer service-a slow")
    #expect(room.said.joined().contains("You are near"))
    room.run("incident answer service-a-1 latency")
    #expect(room.said.first?.hasPrefix("The place is right.") == true)
    room.run("incident answer gateway-1 slow")
    #expect(room.said.first?.hasPrefix("Not so. gateway-1 is well.") == true)
    #expect(room.session.incident?.answers == 3)
    room.run("incident start 10; incident answer gateway-2 loss")
    #expect(room.said.joined().contains("You are near"))
    room.run("incident answer gw-2..svc-a loss")
    #expect(room.said.first == "Right.")
  }

  @Test func ofAnotherDeploymentNothingIsAsked() {
    let room = Room()
    room.run("send GET /orders/42; incident start 1; undo")
    #expect(room.session.world.journal.sent == 1)
    #expect(room.run("incident answer database-b disk-full") == 1)
    #expect(room.run("redo; incident answer database-b disk-full") == 0)
    #expect(room.run("incident hint") == 1)
    #expect(room.run("undo; incident hint") == 0)  // it is to be found out again
  }

  @Test func helpIsRemembered() {
    let room = Room()
    room.run("incident start; incident hint; incident hint; incident hint; incident solution")
    #expect(room.progress == "incident 1 helped\n")
    room.run("incident start")
    #expect(room.said.first == "Incident 1")
  }

  @Test func whatMeansNothingLosesNothing() {
    let room = Room()
    room.run("incident start 2")
    for (line, status) in [
      ("incident answer", 2), ("incident answer worker", 2), ("incident answer worker slwo", 2),
      ("incident answer wroker slow", 1), ("incident start 99", 2), ("incident stat", 2),
    ] as [(String, Int32)] {
      #expect(room.run(line) == status, "\(line)")
    }
    #expect(room.session.incident?.answers == 0)
    #expect(room.run("incident answer worker slow") == 0)
  }
}

extension Room {
  fileprivate func holds(_ drill: IncidentDrill) throws -> Bool {
    try drill.evidence.allSatisfy {
      try session.evaluate(try session.parseExpression($0.condition)).isTrue
    }
  }
}
