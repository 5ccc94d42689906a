import Architecture
import Kernel
import Language

/// Draws the architecture with the health and the live figures of every tier.
enum MapText {
  private static let left = 16
  private static let right = 52
  private static let middle = 34

  static func lines(_ session: Session) -> [String] {
    let world = session.world
    let style = session.style
    var lines: [String] = []
    func centered(_ tier: Tier) {
      lines += box([(tier, middle)], world, style)
    }
    func stem(_ columns: [Int]) { lines.append(row(columns.map { ($0, "|", "|") })) }
    centered(.user)
    stem([middle])
    centered(.loadBalancer)
    stem([middle])
    centered(.gateway)
    let bar = String(repeating: "-", count: middle - left - 1)
    let fork = "+\(bar)+\(String(repeating: "-", count: right - middle - 1))+"
    lines.append(String(repeating: " ", count: left) + fork)
    let pairs: [(Tier, Tier)] = [
      (.serviceA, .serviceB), (.cacheA, .cacheB), (.databaseA, .databaseB),
    ]
    for (a, b) in pairs {
      stem([left, right])
      lines += box([(a, left), (b, right)], world, style)
    }
    for tier in [Tier.queue, .worker] {
      stem([left])
      lines.append(inline(tier, at: left, world, style))
    }
    let time = DurationText.format(nanoseconds: world.clock.nanoseconds)
    let journal = world.journal
    lines.append(
      style.quiet(
        "time \(time)   sent \(journal.sent)   succeeded \(journal.succeeded)   "
          + "failed \(journal.failed)   "
          + (journal.inFlight > 0 ? "in flight \(journal.inFlight)   " : "")
          + "seed \(world.seed)"))
    return lines
  }

  /// The titles of one level, each with its health and figures below.
  private static func box(
    _ tiers: [(Tier, Int)], _ world: World, _ style: Style
  ) -> [String] {
    let titles = tiers.map { ($0.1, $0.0.title, style.strong($0.0.title)) }
    guard tiers[0].0 != .user else { return [row(titles)] }
    let figures = tiers.map { tier, column in
      let (plain, colored) = health(tier, world, style)
      return (column, plain, colored)
    }
    return [row(titles), row(figures)]
  }

  /// A title with its health and figures behind it: the whole map fits a screen of 24 lines.
  private static func inline(
    _ tier: Tier, at column: Int, _ world: World, _ style: Style
  ) -> String {
    let (figures, colored) = health(tier, world, style)
    let start = String(repeating: " ", count: column - DisplayWidth.of(tier.title) / 2)
    return DisplayWidth.of(start + tier.title + figures) > 76
      ? start + style.strong(tier.title) : start + style.strong(tier.title) + "  " + colored
  }

  /// Texts centred on columns: plain for the width, coloured for the eye.
  private static func row(_ cells: [(column: Int, plain: String, colored: String)]) -> String {
    var line = ""
    var width = 0
    for cell in cells {
      let start = max(cell.column - DisplayWidth.of(cell.plain) / 2, width == 0 ? 0 : width + 2)
      line += String(repeating: " ", count: start - width) + cell.colored
      width = start + DisplayWidth.of(cell.plain)
    }
    return line
  }

  private static func health(
    _ tier: Tier, _ world: World, _ style: Style
  ) -> (plain: String, colored: String) {
    let nodes = world.directory.instances(of: tier)
    let up = nodes.count { world.isUp($0) }
    let state = up == nodes.count ? "up" : up == 0 ? "DOWN" : "degraded"
    let count = nodes.count > 1 ? "\(up)/\(nodes.count) \(state)" : state
    let rest = figures(tier, nodes, world)
    let colored =
      up == nodes.count ? style.good(count) : up == 0 ? style.bad(count) : style.warning(count)
    let tail = rest.isEmpty ? "" : "  " + rest
    return (count + tail, colored + style.quiet(tail))
  }

  private static func figures(_ tier: Tier, _ nodes: [NodeID], _ world: World) -> String {
    // What those did who have been taken away counts, too.
    let everyone = world.directory.everyInstance(of: tier)
    let requests = everyone.reduce(0) { $0 + world.requests(at: $1) }
    switch tier.kind {
    case .client: return ""
    case .cache:
      let copies = nodes.compactMap { world.cache($0)?.copies }
      let all = everyone.compactMap { world.cache($0)?.copies }
      let hits = all.reduce(0) { $0 + $1.hits }
      let lookups = all.reduce(hits) { $0 + $1.misses }
      let ratio = lookups == 0 ? "–" : NumberText.percent(Double(hits) / Double(lookups))
      return "hits \(ratio)  \(copies.reduce(0) { $0 + $1.count }) kept"
    case .database:
      let primaries = world.directory.sharding(of: tier).shards.map(\.primary)
      let short = primaries.map { primary in
        "-\(world.directory[primary].number)\(world.isUp(primary) ? "" : " (down)")"
      }
      let lag = Int(nodes.map { world.lag(of: $0).entries }.max() ?? 0)
      let behind = lag > 0 ? "  lag \(NumberText.counted(lag, "write"))" : ""
      let title = primaries.count > 1 ? "primaries" : "primary"
      return "\(title) \(short.joined(separator: " "))\(behind)"
    case .messageQueue:
      guard let queue = world.messageQueue(nodes[0]) else { return "" }
      return "depth \(queue.depth)  acked \(queue.processed)"
    case .worker:
      return "done \(everyone.reduce(0) { $0 + (world.worker($1)?.processed ?? 0) })"
    default:
      let errors = everyone.reduce(0) { $0 + world.errors(at: $1) }
      return NumberText.counted(requests, "request")
        + (errors > 0 ? "  " + NumberText.counted(errors, "error") : "")
    }
  }
}
