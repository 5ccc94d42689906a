import Architecture
import Testing

@testable import Shell

/// What theory says beforehand is what a load shows then, whatever patterns are on.
@Suite struct ForecastTests {
  /// Of one service: what is set, how much is sent, and which share of it writes.
  static let cases: [(setup: String, rate: Double, writes: Double)] = [
    ("scale service-b 1; set service-b.slots 1", 120, 0.1),
    ("set service-b.slots 1", 240, 0.1),
    ("set service-b.slots 1; disable cache-aside on service-b", 400, 0),
    ("set service-b.slots 1; enable write-behind on service-b", 300, 1),
    ("set service-b.slots 1; enable write-through on service-b", 250, 1),
    ("set service-b.slots 1; disable connection-pool on service-b", 150, 1),
    ("scale service-b 8; set service-b.slots 1; disable cache-aside on service-b", 1500, 0),
    ("set service-b.slots 1; enable random; disable cache-aside on service-b", 300, 0),
    ("set service-b.slots 2; inject slow on database-b 20", 100, 0.3),
    (
      "set service-b.slots 2; inject slow on database-b 5; enable write-through on service-b", 80, 1
    ),
    ("set service-b.slots 1; inject slow on cache-b 300", 60, 0),
  ]

  @Test(arguments: cases.indices) func theForecastIsWhatTheLoadThenShows(index: Int) throws {
    let (setup, rate, writes) = Self.cases[index]
    let room = Room()
    let session = room.session
    let seconds = Int(3000 / rate) + 4
    room.run(
      "\(setup); load \(Int(rate))rps for \(seconds)s --products 100% --writes \(writes * 100)%")
    let load = session.world.journal.load
    #expect(load.failed == 0)
    let hits = session.observe("load.hit-ratio")?.plain ?? 0
    let forecast = Forecast(
      session.world, rate: session.latestLoad.rate, mix: session.latestLoad.mix, hits: [hits, hits])
    let service = try #require(forecast.places.first { $0.tier == .serviceB })
    let measured = try #require(session.observe("service-b.utilization")?.plain)
    #expect(abs(service.station.utilization - measured) < 0.04, "\(setup)")
    #expect(abs(forecast.meanLatency / load.latency.mean.seconds - 1) < 0.06, "\(setup)")
  }

  @Test func withoutAQueueTheWorkIsAPartOfTheRequest() throws {
    let room = Room()
    room.run(
      "disable queue-load-levelling; set service-a.slots 2; load 150rps for 20s --products 0%")
    let hits = room.session.observe("load.hit-ratio")?.plain ?? 0
    let forecast = Forecast(
      room.session.world, rate: room.session.latestLoad.rate, mix: room.session.latestLoad.mix,
      hits: [hits, hits])
    let mean = room.session.world.journal.load.latency.mean.seconds
    #expect(abs(forecast.meanLatency / mean - 1) < 0.06)
  }

  /// A limit is a property of the deployment, and not of the rate that one asks about.
  @Test func theLimitIsTheSameWhateverIsAsked() throws {
    let room = Room()
    room.run("set database-a.slots 1; disable cache-aside on service-a")
    var mix = Workload.Mix()
    mix.products = 0
    let limits = [100, 450, 540, 550, 700].map {
      Forecast(room.session.world, rate: $0, mix: mix)
    }
    for forecast in limits {
      #expect(forecast.bottleneck?.tier == .databaseA)
      #expect(abs(forecast.limit / limits[0].limit - 1) < 1e-6)
    }
    // And it is where a load shows it to be.
    let limit = Int(limits[0].limit)
    room.run("load \(limit + 60)rps for 40s --products 0%; expect database-a.utilization > 97%")
    #expect(room.session.status == 0, "\(room.said.last ?? "")")
  }

  @Test func whatItDoesNotKnowItSays() {
    let room = Room()
    room.run("forecast 100rps")
    #expect(!room.said.joined().contains("leaves out"))
    room.run("enable hedging; enable rate-limit; inject loss on queue 1%; inject slow on queue 2")
    room.run("forecast 100rps")
    #expect(
      room.said.joined(separator: " ").contains("It leaves out hedging, rate-limit, loss."),
      "\(room.said)")
  }

  @Test func readsOfReplicasAreNoLoadOfThePrimary() throws {
    let room = Room()
    room.run("enable read-replicas on service-b; disable cache-aside on service-b")
    var mix = Workload.Mix()
    (mix.products, mix.writes) = (1, 0.1)
    let forecast = Forecast(room.session.world, rate: 400, mix: mix)
    let database = try #require(forecast.places.first { $0.tier == .databaseB })
    #expect(abs(database.arrivalRate - 40) < 1e-9)
  }
}
