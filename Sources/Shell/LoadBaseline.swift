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

  private struct Figures {
    let at: Instant
    let uses: [NodeID: SlotUse]
    let tallies: [(String, Int)]

    init(_ world: World) {
      at = world.clock
      uses = Dictionary(
        uniqueKeysWithValues: world.directory.nodes.map {
          ($0, world.slots(at: $0).use(at: world.clock))
        })
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
    let use = atEnd?.uses[node] ?? world.slots(at: node).use(at: world.clock)
    return use - (atStart.uses[node] ?? SlotUse())
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
