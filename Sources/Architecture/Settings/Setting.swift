import Kernel
import Patterns

/// One value of a component or of a pattern that may be changed while the deployment runs.
public struct Setting: Sendable {
  public enum Unit: Sendable, Hashable {
    case duration, count, bytes
    /// In ten-thousandths: a share is written 50%, a factor 1.5.
    case share, factor
    case choice([String])
  }

  /// The name after the tier's, as in `cache-a.ttl` or `gateway.retry.max-attempts`.
  public let name: String
  public let kinds: [Tier.Kind]
  public let unit: Unit
  /// In nanoseconds, ten-thousandths, the index of a choice, or a plain number.
  public let range: ClosedRange<Int64>
  public let summary: String
  /// The real system that the name or the default comes from.
  public let source: String
  /// Whether one instance may have another value than its neighbours.
  var isOfInstances = false
  /// Why it can't have a value now; nil when it can.
  var obstacle: @Sendable (World, NodeID, Int64) -> String? = { _, _, _ in nil }
  let read: @Sendable (World, NodeID) -> Int64
  let write: @Sendable (inout World, NodeID, Int64) -> Void

  public func value(in world: World, at node: NodeID) -> Int64 { read(world, node) }

  /// Why the deployment does not let an instance have a value now; nil when it does.
  public func obstacle(to value: Int64, at node: NodeID, in world: World) -> String? {
    obstacle(world, node, value)
  }

  /// Changes it at one instance; the value must be in the range.
  public func set(_ value: Int64, at node: NodeID, in world: inout World) {
    precondition(range.contains(value), "\(name) is out of its range")
    world.own()
    write(&world, node, value)
  }

  /// Changes it at every instance of a tier; the value must be in the range.
  public func set(_ value: Int64, on tier: Tier, in world: inout World) {
    for node in world.directory.instances(of: tier) { set(value, at: node, in: &world) }
  }

  /// Every setting, in the order of the diagram; those of patterns after those of components.
  public static let all: [Setting] = ofComponents + ofPatterns

  public static func of(_ kind: Tier.Kind) -> [Setting] {
    all.filter { $0.kinds.contains(kind) }
  }
}

/// A type that a setting can have: kept as a whole number.
protocol SettingValue: SendableMetatype {
  init(setting: Int64)
  var setting: Int64 { get }
}

extension Int: SettingValue {
  init(setting: Int64) { self = Int(setting) }
  var setting: Int64 { Int64(self) }
}

extension UInt8: SettingValue {
  init(setting: Int64) { self = UInt8(clamping: setting) }
  var setting: Int64 { Int64(self) }
}

extension Duration: SettingValue {
  init(setting: Int64) { self = .nanoseconds(setting) }
  var setting: Int64 { nanoseconds }
}

extension Double: SettingValue {
  init(setting: Int64) { self = Double(setting) / 10_000 }
  var setting: Int64 { Int64((self * 10_000).rounded()) }
}

extension SettingValue where Self: RawRepresentable<Int> & CaseIterable {
  init(setting: Int64) {
    guard let value = Self(rawValue: Int(setting)) else {
      preconditionFailure("\(setting) is no choice of \(Self.self)")
    }
    self = value
  }
  var setting: Int64 { Int64(rawValue) }
}

extension Backoff.Jitter: SettingValue {}
extension Retry.Condition: SettingValue {}
extension Retry.Methods: SettingValue {}
extension CircuitBreaker.Window: SettingValue {}
extension Upstreams.Policy: SettingValue {}
extension Eviction.Policy: SettingValue {}
extension World.Autoscaling.Metric: SettingValue {}
extension RateLimit.Algorithm: SettingValue {}
extension RateLimit.Scope: SettingValue {}

extension Setting {
  static let hour: Int64 = 3_600_000_000_000
  static let millisecond: Int64 = 1_000_000

  /// A field of a component.
  static func of<Part, Value: SettingValue>(
    _ kind: Tier.Kind, _ parts: WritableKeyPath<World, OwnedArray<Part>> & Sendable,
    _ name: String, _ path: WritableKeyPath<Part, Value> & Sendable, _ unit: Unit,
    _ range: ClosedRange<Int64>, _ summary: String, _ source: String
  ) -> Setting {
    Setting(
      name: name, kinds: [kind], unit: unit, range: range, summary: summary, source: source,
      read: { $0[keyPath: parts][$0.directory[$1].place][keyPath: path].setting },
      write: { $0[keyPath: parts][$0.directory[$1].place][keyPath: path] = Value(setting: $2) })
  }

  /// A field of a component's pattern.
  static func of<Part, Pattern, Value: SettingValue>(
    _ kind: Tier.Kind, _ parts: WritableKeyPath<World, OwnedArray<Part>> & Sendable,
    _ pattern: WritableKeyPath<Part, Switch<Pattern>> & Sendable, _ name: String,
    _ path: WritableKeyPath<Pattern, Value> & Sendable, _ unit: Unit,
    _ range: ClosedRange<Int64>, _ summary: String, _ source: String
  ) -> Setting {
    Setting(
      name: name, kinds: [kind], unit: unit, range: range, summary: summary, source: source,
      read: {
        $0[keyPath: parts][$0.directory[$1].place][keyPath: pattern].blueprint[keyPath: path]
          .setting
      },
      write: { world, node, value in
        world[keyPath: parts][world.directory[node].place][keyPath: pattern].change {
          $0[keyPath: path] = Value(setting: value)
        }
      })
  }

  /// How long something may take or lasts: a field of a component.
  static func duration<Part>(
    _ kind: Tier.Kind, _ parts: WritableKeyPath<World, OwnedArray<Part>> & Sendable,
    _ name: String, _ path: WritableKeyPath<Part, Duration> & Sendable,
    from lowest: Int64 = millisecond, _ summary: String, _ source: String
  ) -> Setting {
    of(kind, parts, name, path, .duration, lowest...24 * hour, summary, source)
  }
}
