import Architecture
import Language

/// Explains what failed in a load: how many requests for each reason, and the latest for each.
extension WhyText {
  /// How many reasons are explained; the others are counted.
  private static var explainedReasons: Int { 3 }

  /// `failures` are requests of the load that failed and are still kept, the latest first.
  static func ofLoad(
    _ failures: [RequestRecord], _ world: World, _ style: Style
  ) -> [String] {
    let load = world.journal.load
    guard let latest = failures.first else { return [] }
    let reasons = load.failuresByReason.sorted { $0.count > $1.count }
    guard reasons.count > 1 else {
      let title =
        load.failed == 1
        ? "One request of the load failed:"
        : "\(NumberText.grouped(load.failed)) requests of the load failed, the latest of them:"
      return withWhatElseIsWrong([title] + lines(latest, world, style), world)
    }
    let counts = reasons.map { "\(NumberText.grouped($0.count)) \($0.reason.name)" }
    let kept = reasons.compactMap { reason in
      failures.first { $0.answer.reason == reason.reason }
    }.prefix(explainedReasons)
    let title =
      "\(NumberText.grouped(load.failed)) requests of the load failed: "
      + "\(counts.joined(separator: ", ")). The latest of each:"
    return withWhatElseIsWrong(
      [title] + kept.flatMap { lines($0, world, style, isBrief: true) }, world)
  }

  /// Adds what is wrong and has not been named: it may fail nobody, and cost time or safety.
  private static func withWhatElseIsWrong(_ lines: [String], _ world: World) -> [String] {
    let said = lines.joined(separator: " ")
    let faults = world.faultsInForce.compactMap { world.injection(of: $0.id)?.command }
      .filter { !$0.isEmpty && !said.contains("'\($0)'") }
    let down = world.directory.nodes.filter { !world.isUp($0) }.map { world.name(of: $0) }
      .filter { !said.contains($0) }
    let others = faults.map { "'\($0)'" } + down.map { "\($0), which is down" }
    guard !others.isEmpty else { return lines }
    return lines + ["It is not all that is wrong: \(others.joined(separator: "; "))."]
  }
}
