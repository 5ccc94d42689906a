/// Slot-seconds: how many there were, and how many of them were in use.
///
/// It only grows, so what was in use between two moments is the difference of two such values.
public struct SlotUse: Sendable {
  public var busy: Double
  /// 0 where slots have no bound.
  public var offered: Double

  public init(busy: Double = 0, offered: Double = 0) {
    self.busy = busy
    self.offered = offered
  }

  /// The share that was in use, 0...1; nil where there was nothing to use. Calls may keep slots that
  /// are offered no longer.
  public var share: Double? { offered > 0 ? min(max(busy, 0) / offered, 1) : nil }

  public static func + (a: SlotUse, b: SlotUse) -> SlotUse {
    SlotUse(busy: a.busy + b.busy, offered: a.offered + b.offered)
  }

  public static func - (a: SlotUse, b: SlotUse) -> SlotUse {
    SlotUse(busy: a.busy - b.busy, offered: a.offered - b.offered)
  }
}
