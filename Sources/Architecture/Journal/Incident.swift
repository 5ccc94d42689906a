import Kernel

/// Something done to the deployment rather than by it: the causes that `why` goes back to.
public struct Incident: Hashable, Sendable {
  public enum Kind: UInt8, Sendable {
    case crashed, restored, promoted, injected, lifted
    /// An old primary came back, and what it had taken meanwhile is lost.
    case diverged
    /// A pattern was switched, or a setting changed; the text names it.
    case configured
    /// What a node decided about another: its circuit breaker opened, or it ejected it.
    case tripped, ejected
    /// The number of a tier's instances changed, or an automatic failover found nobody.
    case scaled
  }

  public let at: Instant
  public let kind: Kind
  public let node: NodeID
  /// The node that decided it, if one did.
  public let by: NodeID
  /// The command that did it, as typed; empty when nobody typed one.
  public let command: String
  /// Of an injected or lifted fault: its kind and values, its number, and what it is on. Of a
  /// node's decision: why.
  public let text: String
  public let fault: UInt16
  public let target: FaultTarget?
  /// Of a pattern or a setting: where it was changed.
  public let nodes: [NodeID]
  /// Of a circuit breaker that opened: when it tries again.
  public let until: Instant

  init(
    at moment: Instant, kind: Kind, node: NodeID, command: String, text: String = "",
    fault: UInt16 = 0, target: FaultTarget? = nil, by observer: NodeID = .none,
    nodes: [NodeID] = [], until: Instant = .distantFuture
  ) {
    at = moment
    self.kind = kind
    self.node = node
    by = observer
    self.command = command
    self.text = text
    self.fault = fault
    self.target = target
    self.nodes = nodes
    self.until = until
  }

  func mix(into digest: inout Digest) {
    digest.mix(at)
    digest.mix(kind.rawValue)
    digest.mix(node.rawValue)
    digest.mix(fault)
  }
}
