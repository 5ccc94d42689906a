import Kernel

/// Something that goes wrong on purpose: a value that gives a verdict on messages, or changes
/// the conditions under which a node works.
public protocol Fault: Sendable {
  /// The name in commands, as chaos tools use it.
  static var name: String { get }
  static var summary: String { get }
  static var parameters: [FaultParameter] { get }
  static var scope: FaultScope { get }
  /// The reasons in which a request may end because of it.
  static var outcomes: Set<Reason> { get }

  /// With one value for each parameter, in their order and within their ranges.
  init(_ values: [Double])
  /// What it does to one message on its way. `chance` is the faults' own stream.
  func judge(_ passage: inout Passage, _ chance: inout Random)
  /// Whether no message passes where it is.
  var letsNothingPass: Bool { get }
  /// What it does to a node that it is on.
  func afflict(_ condition: inout Condition)
}

extension Fault {
  public static var parameters: [FaultParameter] { [] }
  public func judge(_ passage: inout Passage, _ chance: inout Random) {}
  public var letsNothingPass: Bool { false }
  public func afflict(_ condition: inout Condition) {}
}

extension Set<Reason> {
  /// What waiting too long ends in: somebody gives up, or so many wait that no place is left.
  static let ofSlowness: Self = ofFailures.union([
    .upstreamTimeout, .clientTimeout, .deadlineExceeded, .queueFull, .poolExhausted,
    .bulkheadFull, .concurrencyLimited, .backpressure,
  ])
  /// What whoever counts failures decides in the end.
  static let ofFailures: Self = [.circuitOpen, .noHealthyUpstream, .loadShed]
  /// What a primary meets that has not heard of its successor.
  static let ofIgnorance: Self = [.notPrimary, .fencedEpoch]
}

/// Where a fault takes hold.
public enum FaultScope: Sendable {
  /// On the machine itself; the kinds of nodes that have what it breaks, or nil for all.
  case node(only: Set<Tier.Kind>?)
  /// On messages: calls to a node, or along a link, but not the answers.
  case calls
  /// On all messages that a node sends or gets, or that pass a link in either direction.
  case traffic
}

/// A value that a fault takes: `inject latency on cache-a 20ms`.
public struct FaultParameter: Sendable {
  public enum Unit: Sendable { case duration, percent, factor, status }

  public let name: String
  public let unit: Unit
  /// Nanoseconds, a share of 1, or a plain number.
  public let range: ClosedRange<Double>
  /// What holds when it is not said; nil when it must be.
  public let standard: Double?

  static func percent(_ name: String = "percent", standard: Double? = 1) -> FaultParameter {
    FaultParameter(name: name, unit: .percent, range: 0...1, standard: standard)
  }
}

/// One message on its way, and what the faults on that way make of it.
public struct Passage: Sendable {
  public let from: NodeID
  public let to: NodeID
  public let verb: Verb
  public let isAnswer: Bool
  /// On top of the usual time.
  public var delay = Duration.zero
  /// It never arrives, and nobody is told.
  public var isLost = false
  /// The connection breaks, and the asker is told at once.
  public var isReset = false
  /// Somebody on the way answers with this HTTP status instead; 0 is nobody.
  public var abortStatus: UInt16 = 0
  /// It arrives twice.
  public var isDuplicated = false
  /// The first fault that did something to it; 0 is none.
  public internal(set) var fault: UInt16 = 0
}

/// How well a machine is: what faults change about the work of one node.
public struct Condition: Hashable, Sendable {
  /// All work takes this many times as long.
  public var workFactor = 1.0
  /// Stopped like a process under SIGSTOP: it takes messages and does nothing.
  public var isPaused = false
  /// What its clock shows beyond the true time.
  public var clockSkew = Duration.zero
  public var diskIsFull = false
  /// Commits count as on disk, and are not.
  public var fsyncLies = false
  /// The share of disk accesses that fail.
  public var diskErrorShare = 0.0
  /// A replica keeps what it has got and applies nothing.
  public var replicationIsPaused = false
}
