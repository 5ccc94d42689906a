import Kernel
import Testing

@testable import Architecture

/// Even arrivals: so many requests as the rate comes to, however it changes.
@Suite struct WorkloadTests {
  /// How many requests a load of ten seconds sends.
  private func sent(
    from first: Double, to last: Double, _ spike: Workload.Spike? = nil
  ) -> Int {
    var world = World(seed: 1)
    var workload = world.makeWorkload(
      .open(from: first, to: last, isRandom: false), for: .seconds(10))
    workload.spike = spike
    var (moment, count) = (world.clock, 0)
    while workload.next(at: moment) != nil {
      count += 1
      moment = moment + workload.pause(at: moment)
    }
    return count
  }

  @Test func aSteadyRateIsMet() {
    #expect(sent(from: 100, to: 100) == 1000)
    #expect(sent(from: 300, to: 300) == 3000)  // a third of a second is no whole number of anything
  }

  @Test func aRateThatRisesFromNextToNothingIsMet() {
    #expect((999...1001).contains(sent(from: 0.1, to: 199.9)))
    #expect((999...1001).contains(sent(from: 199.9, to: 0.1)))
  }

  @Test func aSpikeKeepsToItsTime() {
    let spike = Workload.Spike(factor: 5, start: .seconds(2), length: .seconds(2))
    #expect((1799...1801).contains(sent(from: 100, to: 100, spike)))
  }

  @Test func aLullOfNextToNothingEnds() {
    let lull = Workload.Spike(factor: 1e-12, start: .zero, length: .seconds(5))
    #expect((500...501).contains(sent(from: 100, to: 100, lull)))
  }
}
