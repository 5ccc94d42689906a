import Architecture

/// A setting that changes nothing for now, as its pattern is off at that tier.
struct IdleSetting: Hashable, Sendable {
  let pattern: String
  let tier: String

  /// Those among some settings; none when the pattern is on at any of their nodes.
  static func among(_ paths: [SettingPath], in world: World) -> [IdleSetting] {
    var found: [IdleSetting] = []
    for path in paths {
      guard let pattern = Pattern.find(of: path.setting, on: path.tier.kind) else { continue }
      if pattern.name == "sharding", world.rowsMoving(of: path.tier) != nil { return [] }
      let nodes = path.instance.map { [$0] } ?? world.directory.instances(of: path.tier)
      if nodes.contains(where: { pattern.isOn(at: $0, in: world) }) { return [] }
      let idle = IdleSetting(pattern: pattern.name, tier: path.tier.name)
      if !found.contains(idle) { found.append(idle) }
    }
    return found
  }

  /// What is off where, and the commands that switch it on; nil when there is nothing to say.
  static func text(_ idle: [IdleSetting]) -> String? {
    guard let pattern = idle.first?.pattern else { return nil }
    let tiers = idle.map(\.tier).joined(separator: " and ")
    let commands = idle.map { "'enable \($0.pattern) on \($0.tier)'" }.joined(separator: " and ")
    return "\(pattern) is off at \(tiers): \(commands) \(idle.count == 1 ? "switches" : "switch") "
      + "it on."
  }
}
