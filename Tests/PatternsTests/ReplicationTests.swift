import Kernel
import Testing

@testable import Patterns

extension Instant {
  fileprivate static func at(_ seconds: Int64) -> Instant {
    Instant(nanoseconds: seconds * 1_000_000_000)
  }
}

@Suite struct SynchronousCommitTests {
  @Test func aWriteIsReleasedWhenEnoughStandbysHaveIt() {
    var commit = SynchronousCommit<String>()
    commit.quorum = 2
    commit.wait("first", for: 1)
    commit.wait("second", for: 2)
    #expect(commit.confirm(2, by: 1) == [])
    #expect(commit.confirm(1, by: 2) == ["first"])
    #expect(commit.confirm(5, by: 0) == ["second"])
    #expect(commit.confirmed == 2 && commit.waiting == 0)
  }

  @Test func aStandbyNeverTakesBackWhatItConfirmed() {
    var commit = SynchronousCommit<Int>()
    _ = commit.confirm(7, by: 0)
    _ = commit.confirm(3, by: 0)
    #expect(commit.confirmed == 7)
  }

  @Test func onRoleChangesEverybodyLooksAgainAndOldConfirmationsDoNotCount() {
    var commit = SynchronousCommit<Int>()
    _ = commit.confirm(7, by: 0)
    commit.wait(1, for: 9)
    #expect(commit.release() == [1])
    #expect(commit.confirmed == 0)
  }

  @Test func theLevelsAreOrderedByWhatTheyWaitFor() {
    let remote = SynchronousCommit<Int>.Level.allCases.filter(\.isRemote)
    #expect(remote == [.remoteWrite, .on, .remoteApply])
  }
}

@Suite struct LeaderLeaseTests {
  @Test func aLeaseLastsItsTimeFromTheLastRenewal() {
    var lease = LeaderLease()
    lease.renew(at: .at(10), position: 4)
    #expect(!lease.isExpired(at: .at(39)))
    #expect(lease.isExpired(at: .at(40)))
    lease.renew(at: .at(39), position: 5)
    #expect(!lease.isExpired(at: .at(40)))
  }

  @Test func aReplicaThatLagsTooMuchIsNotAccepted() {
    var lease = LeaderLease()
    lease.maximumLag = 10
    lease.renew(at: .zero, position: 100)
    #expect(lease.accepts(position: 90))
    #expect(!lease.accepts(position: 89))
  }

  @Test func aLeaseThatEndsBeforeItsRenewalIsFlawed() {
    var lease = LeaderLease()
    #expect(lease.flaw == nil)
    lease.timeToLive = lease.loopWait
    #expect(lease.flaw == nil)
    lease.timeToLive = .seconds(9)
    #expect(lease.flaw != nil)
  }
}

@Suite struct ReadRoutingTests {
  @Test func readsGoToTheReplicasInTurnAndToThePrimaryWhenThereAreNone() {
    var (routing, pins) = (ReadRouting(), ReadRouting.Pins())
    let turns = (0..<3).map { _ in routing.replica(for: 1, of: 2, at: .zero, &pins) }
    #expect(turns == [0, 1, 0])
    let none = routing.replica(for: 1, of: 0, at: .zero, &pins)
    #expect(none == nil)
  }

  @Test func afterAWriteItsKeyIsReadFromThePrimaryForAWhile() {
    var (routing, other, pins) = (ReadRouting(), ReadRouting(), ReadRouting.Pins())
    routing.pin = .seconds(2)
    other.pin = .seconds(2)
    routing.noteWrite(of: 7, at: .at(10), &pins)
    // Another instance of the service knows it, too.
    let reads = [(7, 11), (8, 11), (7, 12)].map { key, second in
      other.replica(for: UInt64(key), of: 1, at: .at(Int64(second)), &pins)
    }
    #expect(reads == [nil, 0, 0])
  }
}

@Suite struct QueueLimitTests {
  @Test func aTaskIsGivenUpAfterItsLastDeliveryAndNotBefore() {
    var limit = DeliveryLimit()
    limit.limit = 3
    #expect((1...5).map { limit.isExceeded(by: $0) } == [false, false, false, true, true])
  }

  @Test func aFullQueueRefuses() {
    var bound = QueueBound()
    bound.maximumLength = 2
    let admitted = [0, 1, 2, 3].map { bound.admits(depth: $0) }
    #expect(admitted == [true, true, false, false])
    #expect(bound.rejected == 2)
  }

  @Test func whatIsBuriedIsNeitherKeptNorDone() {
    var queue = VisibilityQueue<Int>()
    queue.publish(1, at: .zero)
    queue.publish(2, at: .zero)
    let first = queue.receive(at: .zero)
    queue.bury(first!.number)
    queue.bury(2)
    #expect(queue.depth == 0 && queue.waiting == 0)
    #expect(queue.buried == 2 && queue.acknowledged == 0)
    #expect(queue.receive(at: .zero) == nil)
  }
}
