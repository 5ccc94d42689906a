import Kernel

/// Something done to the deployment rather than by it: the causes that `why` goes back to.
public struct Incident: Hashable, Sendable {
  public enum Kind: UInt8, Sendable { case crashed, restored, promoted, demoted }

  public let at: Instant
  public let kind: Kind
  public let node: NodeID
  /// The command that did it, as typed; empty when nobody typed one.
  public let command: String

  func mix(into digest: inout Digest) {
    digest.mix(at)
    digest.mix(kind.rawValue)
    digest.mix(node.rawValue)
  }
}
