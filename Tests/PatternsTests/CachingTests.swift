import Kernel
import Testing

@testable import Patterns

@Suite struct EvictionTests {
  /// Letters as keys.
  static func key(_ letter: Character) -> UInt64 { UInt64(letter.asciiValue!) }
  static func text(_ keys: [UInt64]) -> String {
    String(keys.map { Character(UnicodeScalar(UInt8($0))) })
  }

  /// Feeds requests; returns what was evicted, in order.
  static func feed(_ eviction: inout Eviction, _ requests: String) -> String {
    text(requests.compactMap { eviction.admit(key($0)).evicted })
  }

  @Test func sieveFollowsTheExampleOfItsPaper() {
    var sieve = Eviction(.sieve, capacity: 7)
    _ = Self.feed(&sieve, "ABCDEFG")
    _ = Self.feed(&sieve, "ABG")  // visited
    #expect(Self.feed(&sieve, "HADIBJ") == "CEF")
    #expect(Self.text(sieve.keys) == "JIHGDBA")
  }

  @Test(arguments: [Eviction.Policy.lfu, .sieve, .windowTinyLFU])
  func whatDecidesWhoGoesNextIsPartOfTheFingerprint(policy: Eviction.Policy) {
    func fingerprint(_ used: String) -> (keys: String, digest: UInt64) {
      var eviction = Eviction(policy, capacity: 4)
      _ = Self.feed(&eviction, "ABCD")
      for letter in used { _ = eviction.touch(Self.key(letter)) }
      var digest = Digest()
      eviction.mix(into: &digest)
      return (Self.text(eviction.keys), digest.value)
    }
    #expect(fingerprint("D").keys == fingerprint("DD").keys)
    let differ = policy == .sieve ? ["", "D", "A"] : ["", "D", "DD"]
    #expect(Set(differ.map { fingerprint($0).digest }).count == 3)
    #expect(fingerprint("D").digest == fingerprint("D").digest)
  }

  @Test func leastRecentlyUsedGivesUpTheOneNotUsedForLongest() {
    var lru = Eviction(.lru, capacity: 3)
    #expect(Self.feed(&lru, "ABCADBE") == "BCA")
    #expect(Self.text(lru.keys) == "EBD")
  }

  @Test func leastFrequentlyUsedKeepsWhatIsUsedOftenAndAmongEqualsTheLatest() {
    var lfu = Eviction(.lfu, capacity: 3)
    #expect(Self.feed(&lfu, "AAABBCD") == "C")
    #expect(Self.feed(&lfu, "EF") == "DE")
    #expect(Self.text(lfu.keys) == "ABF")
  }

  @Test func leastFrequentlyUsedStaysConsistentWhenKeysAreRemoved() {
    var lfu = LeastFrequentlyUsed(capacity: 2)
    _ = lfu.admit(1)
    _ = lfu.admit(1)
    _ = lfu.admit(2)
    lfu.remove(2)
    _ = lfu.admit(3)
    _ = lfu.touch(3)
    let admission = lfu.admit(4)
    #expect(admission.evicted == 1)  // both were used twice, 1 longer ago
    #expect(lfu.keys == [3, 4])
  }

  /// A scan of keys that never come again, in the midst of a popular set.
  static func hitRatio(_ policy: Eviction.Policy) -> Double {
    var cache = Eviction(policy, capacity: 100)
    var random = Random(seed: 7)
    let popular = Zipf(count: 1000, exponent: 1)
    var (hits, lookups) = (0, 0)
    for step in 0..<60_000 {
      let isScan = step % 2 == 1
      let key = UInt64(isScan ? 100_000 + step : popular.sample(&random))
      if !isScan { lookups += 1 }
      if cache.touch(key) != nil { hits += isScan ? 0 : 1 } else { _ = cache.admit(key) }
    }
    return Double(hits) / Double(lookups)
  }

  @Test func aScanHurtsRecencyAndNotFrequency() {
    let lru = Self.hitRatio(.lru)
    #expect(Self.hitRatio(.windowTinyLFU) > lru + 0.1)
    #expect(Self.hitRatio(.sieve) > lru + 0.05)
  }

  @Test(arguments: Eviction.Policy.allCases)
  func noPolicyKeepsMoreThanItsCapacityOrLosesTrackOfItsPlaces(policy: Eviction.Policy) {
    var cache = Eviction(policy, capacity: 16)
    var random = Random(seed: 3)
    var stored = [UInt64](repeating: .max, count: 16)
    for _ in 0..<20_000 {
      let key = UInt64(random.below(60))
      switch random.below(4) {
      case 0: cache.remove(key)
      case 1:
        if let place = cache.touch(key) { #expect(stored[place] == key) }
      default:
        if let place = cache.admit(key).place { stored[place] = key }
      }
      #expect(cache.count <= 16 && cache.keys.count == cache.count)
      #expect(cache.keys.allSatisfy { stored[cache.place(of: $0)!] == $0 })
    }
  }

  @Test func theSketchNeverSaysTooLittleAndForgetsByHalves() {
    var sketch = CountMinSketch(capacity: 64)
    for _ in 0..<9 { sketch.add(5) }
    #expect(sketch.estimate(5) >= 9)
    for key in 0..<640 { sketch.add(UInt64(1000 + key)) }
    #expect(sketch.estimate(5) < 9)
  }
}

@Suite struct FreshnessTests {
  @Test func aCopyIsFreshThenServedWhileRenewedThenOnlyOnErrorsThenNever() {
    var freshness = Freshness(timeToLive: .seconds(60), staleIfError: .seconds(600))
    freshness.usesStaleWhileRevalidate = true
    freshness.staleWhileRevalidate = .seconds(10)
    let verdicts = [59, 60, 69, 70, 659, 660].map { freshness.verdict(age: .seconds($0)) }
    #expect(
      verdicts == [
        .fresh, .staleWhileRevalidate, .staleWhileRevalidate, .staleIfError, .staleIfError, .tooOld,
      ])
    freshness.usesStaleWhileRevalidate = false
    freshness.usesStaleIfError = false
    #expect(freshness.verdict(age: .seconds(60)) == .tooOld)
  }

  @Test func jitterSpreadsTheTimeToLiveEvenlyByItsShareEitherWay() {
    var freshness = Freshness()
    var chance = Random(seed: 1)
    #expect(freshness.factor(&chance) == 1)
    freshness.usesJitter = true
    let factors = (0..<10_000).map { _ in freshness.factor(&chance) }
    #expect(factors.allSatisfy { (0.9...1.1).contains($0) })
    #expect(abs(factors.reduce(0, +) / 10_000 - 1) < 0.002)
    #expect(factors.min()! < 0.905 && factors.max()! > 1.095)
  }
}

@Suite struct SingleFlightTests {
  @Test func oneLeadsTheOthersShareItsResult() {
    var flights = SingleFlight<Int, String>()
    #expect(flights.lead(7) == true)
    #expect(flights.lead(7) == false)
    #expect(flights.lead(8) == true)
    flights.wait(1, for: 7)
    flights.wait(2, for: 7)
    #expect(flights.land(7, "row") == [1, 2])
    #expect(flights.fetch(7) { $0 == 1 } == "row")
    #expect(flights.lead(7) == true)  // what comes after the landing loads anew
    #expect(flights.fetch(7) { $0 == 2 } == "row")
    #expect(flights.shared == 2)
  }

  @Test func aWaiterThatGivesUpLeavesTheLine() {
    var flights = SingleFlight<Int, String>()
    _ = flights.lead(7)
    flights.wait(1, for: 7)
    flights.wait(2, for: 7)
    #expect(flights.fetch(7) { $0 == 1 } == nil)
    #expect(flights.land(7, "row") == [2])
  }

  @Test func aLoadThatNobodyWaitedForLeavesNothingBehind() {
    var flights = SingleFlight<Int, String>()
    _ = flights.lead(7)
    #expect(flights.land(7, "row") == [])
    #expect(flights.fetch(7) { _ in true } == nil)
    #expect(flights.lead(7) == true)
  }
}
