import Architecture
import Kernel
import Language
import Patterns

/// What nodes and patterns had done when a load began, to tell what they did meanwhile.
struct LoadBaseline {
  var start: Instant { atStart.at }
  private let atStart: Figures
  /// Those at the end of a load beside which other things are done.
  private var atEnd: Figures?
  /// What of their slots the nodes had used when the last request was sent.
  private var sent: [NodeID: SlotUse]?

  private struct Figures {
    let at: Instant
    let uses: [NodeID: SlotUse]
    let tallies: [(String, Int)]
    let lookups: [Tier: Lookups]

    init(_ world: World) {
      at = world.clock
      uses = LoadBaseline.uses(of: world)
      lookups = LoadBaseline.lookups(of: world)
      tallies = LoadBaseline.tallies(of: world)
    }
  }

  init(_ world: World) {
    atStart = Figures(world)
  }

  /// What is done from now on is none of the load's.
  mutating func close(_ world: World) { atEnd = Figures(world) }

  var closedAt: Instant? { atEnd?.at }

  /// What of its slots a node has used since, or until the end.
  func use(of node: NodeID, in world: World) -> SlotUse {
    let use = sent?[node] ?? atEnd?.uses[node] ?? world.slots(at: node).use(at: world.clock)
    return use - (atStart.uses[node] ?? SlotUse())
  }

  /// The share of its look-ups in which a tier of caches found a fresh copy since; nil when there were
  /// none.
  func hitRatio(of tier: Tier, in world: World) -> Double? {
    let before = atStart.lookups[tier] ?? Lookups()
    let now = (atEnd?.lookups ?? Self.lookups(of: world))[tier] ?? Lookups()
    let (hits, all) = (now.hits - before.hits, now.all - before.all)
    return all > 0 ? Double(hits) / Double(all) : nil
  }

  private struct Lookups {
    var hits = 0
    var all = 0
  }

  private static func lookups(of world: World) -> [Tier: Lookups] {
    var found: [Tier: Lookups] = [:]
    for tier in Tier.allCases where tier.kind == .cache {
      let copies = world.directory.everyInstance(of: tier).compactMap { world.cache($0)?.copies }
      let (hits, misses) = copies.reduce((0, 0)) { ($0.0 + $1.hits, $0.1 + $1.misses) }
      found[tier] = Lookups(hits: hits, all: hits + misses)
    }
    return found
  }

  /// Its slots are counted up to here: what is answered late is not of the load's time.
  mutating func endSending(_ world: World) { sent = Self.uses(of: world) }

  private static func uses(of world: World) -> [NodeID: SlotUse] {
    Dictionary(
      uniqueKeysWithValues: world.directory.nodes.map {
        ($0, world.slots(at: $0).use(at: world.clock))
      })
  }

  /// What patterns did since, by the names under which `show` tells it: none that did nothing.
  func patternCounts(in world: World) -> [(name: String, count: Int)] {
    let before = Dictionary(uniqueKeysWithValues: atStart.tallies)
    return (atEnd?.tallies ?? Self.tallies(of: world)).compactMap { name, count in
      let growth = count - (before[name] ?? 0)
      return growth > 0 ? (name, growth) : nil
    }
  }

  /// The counts that patterns keep, in the order of the diagram.
  private static func tallies(of world: World) -> [(String, Int)] {
    let counters = Observable.ofPatterns.filter {
      $0.course == .counter && $0.name != "hedging.arranged"  // only what was put counts
    }
    return Tier.allCases.flatMap { tier in
      counters.filter { $0.kinds?.contains(tier.kind) ?? true }.compactMap { counter in
        guard case .number(let count) = counter.read(world, world.directory.everyInstance(of: tier))
        else { return nil }
        return ("\(tier.name).\(counter.name)", Int(count))
      }
    }
  }
}
