import Architecture
import Kernel
import Language
import Patterns

/// What nodes and patterns had done when a load began, to tell what they did meanwhile.
struct LoadBaseline {
  let start: Instant
  private let uses: [NodeID: SlotUse]
  private let tallies: [String: Int]

  init(_ world: World) {
    start = world.clock
    uses = Dictionary(
      uniqueKeysWithValues: world.directory.nodes.map {
        ($0, world.slots(at: $0).use(at: world.clock))
      })
    tallies = Dictionary(uniqueKeysWithValues: Self.tallies(of: world))
  }

  /// What of its slots a node has used since.
  func use(of node: NodeID, in world: World) -> SlotUse {
    world.slots(at: node).use(at: world.clock) - (uses[node] ?? SlotUse())
  }

  /// What patterns did since, by the names under which `show` tells it: none that did nothing.
  func patternCounts(in world: World) -> [(name: String, count: Int)] {
    Self.tallies(of: world).compactMap { name, count in
      let growth = count - (tallies[name] ?? 0)
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
