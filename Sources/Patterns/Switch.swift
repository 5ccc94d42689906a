import Kernel

/// A pattern that can be turned on and off while the deployment runs; off, it is nil and costs
/// nothing, and its settings are kept for the next time.
public struct Switch<Pattern: Sendable & Digestible>: Sendable, Digestible {
  /// With the settings in force, and nothing experienced yet.
  public private(set) var blueprint: Pattern
  /// At work, or nil when it is off.
  public var active: Pattern?

  public init(_ blueprint: Pattern, isOn: Bool = false) {
    self.blueprint = blueprint
    active = isOn ? blueprint : nil
  }

  public var isOn: Bool { active != nil }
  public var isTurnedOn: Bool {
    get { isOn }
    set { turn(on: newValue) }
  }

  /// Turned on it starts afresh; turned on again it goes on as it is.
  public mutating func turn(on: Bool) { active = on ? active ?? blueprint : nil }

  /// Changes a setting, of the pattern at work too.
  public mutating func change(_ body: (inout Pattern) -> Void) {
    body(&blueprint)
    if active != nil { body(&active!) }
  }

  /// Forgets what it experienced, as a restart does.
  public mutating func restart() { if isOn { active = blueprint } }

  public func mix(into digest: inout Digest) {
    digest.mix(isOn)
    (active ?? blueprint).mix(into: &digest)
  }
}
