import Kernel

/// The nodes or the link that a fault is on.
public struct FaultTarget: Hashable, Sendable {
  public enum Place: Hashable, Sendable {
    case node(NodeID)
    case tier(Tier)

    func contains(_ node: NodeID, _ directory: Directory) -> Bool {
      switch self {
      case .node(let own): own == node
      case .tier(let tier): directory[node].tier == tier
      }
    }
  }

  /// The nodes; of a link, those at its near end.
  public var here: [Place]
  /// Of a link, those at its far end.
  public var there: [Place] = []
  /// Of a link: only what travels from here to there.
  public var isOneWay = false
  /// As it was typed.
  public var text: String

  public init(here: [Place], there: [Place] = [], isOneWay: Bool = false, text: String) {
    self.here = here
    self.there = there
    self.isOneWay = isOneWay
    self.text = text
  }

  public var isLink: Bool { !there.isEmpty }

  public func contains(_ node: NodeID, _ directory: Directory) -> Bool {
    here.contains { $0.contains(node, directory) }
  }

  /// Whether a node has any part in it, be it at the far end of a link.
  public func touches(_ node: NodeID, _ directory: Directory) -> Bool {
    (here + there).contains { $0.contains(node, directory) }
  }

  /// Whether a message passes here, under a fault that takes hold of calls or of all traffic.
  func isPassed(by passage: Passage, _ scope: FaultScope, _ directory: Directory) -> Bool {
    func has(_ places: [Place], _ node: NodeID) -> Bool {
      places.contains { $0.contains(node, directory) }
    }
    let (from, to) = (passage.from, passage.to)
    guard from != to else { return false }
    switch scope {
    case .node: return false
    case .calls:
      if passage.isAnswer { return false }
      return isLink ? has(here, from) && has(there, to) : has(here, to)
    case .traffic:
      guard isLink else { return has(here, from) || has(here, to) }
      return has(here, from) && has(there, to)
        || (!isOneWay && has(there, from) && has(here, to))
    }
  }
}

/// A fault that is in force, and who put it there.
public struct FaultInForce: Sendable {
  /// 1 for the first fault of the deployment.
  public let id: UInt16
  public let fault: any Fault
  public let target: FaultTarget
  /// Its kind and its values, as they would be typed.
  public let text: String
  public let since: Instant
  /// When it goes away by itself; `distantFuture` is when it is lifted.
  public let until: Instant
  /// The command that injected it, as typed.
  public let command: String
  /// Whether it is to be found out: it acts, and nothing names it.
  var isHidden = false

  public var name: String { type(of: fault).name }
}

/// The faults in force, asked for every message and every node while there are any.
struct FaultTable: Sendable {
  private(set) var inForce: [FaultInForce] = []
  private(set) var count: UInt16 = 0
  var chance: Random

  init(seed: UInt64) { chance = Random(seed: seed, component: "faults", purpose: "chance") }

  var isEmpty: Bool { inForce.isEmpty }

  mutating func add(
    _ fault: any Fault, on target: FaultTarget, text: String, since: Instant, until: Instant,
    command: String, isHidden: Bool
  ) -> UInt16 {
    count += 1
    inForce.append(
      FaultInForce(
        id: count, fault: fault, target: target, text: text, since: since, until: until,
        command: command, isHidden: isHidden))
    return count
  }

  /// Lets a fault be named from now on; returns it if it was hidden.
  mutating func reveal(_ id: UInt16) -> FaultInForce? {
    guard let index = inForce.firstIndex(where: { $0.id == id && $0.isHidden }) else { return nil }
    inForce[index].isHidden = false
    return inForce[index]
  }

  mutating func remove(_ id: UInt16) { inForce.removeAll { $0.id == id } }

  /// The verdict on a message.
  mutating func judge(_ passage: inout Passage, _ directory: Directory) {
    for entry in inForce {
      let scope = type(of: entry.fault).scope
      guard entry.target.isPassed(by: passage, scope, directory) else { continue }
      let before = passage
      entry.fault.judge(&passage, &chance)
      // What decides the message's fate counts for more than what came before it.
      let isFirst = passage.fault == 0 && passage.differs(from: before)
      if isFirst || passage.isStopped && !before.isStopped { passage.fault = entry.id }
    }
  }

  /// Whether nothing passes between two nodes, in one direction or the other.
  func separates(_ a: NodeID, _ b: NodeID, _ directory: Directory) -> Bool {
    inForce.contains { entry in
      guard entry.fault.letsNothingPass else { return false }
      return [(a, b), (b, a)].contains { from, to in
        let passage = Passage(from: from, to: to, verb: .probe, isAnswer: false)
        return entry.target.isPassed(by: passage, .traffic, directory)
      }
    }
  }

  func condition(of node: NodeID, _ directory: Directory) -> Condition {
    var condition = Condition()
    for entry in inForce where !entry.target.isLink && entry.target.contains(node, directory) {
      entry.fault.afflict(&condition)
    }
    return condition
  }

  func mix(into digest: inout Digest) {
    for entry in inForce {
      digest.mix(entry.id)
      digest.mix(entry.text)
      digest.mix(entry.target.text)
      digest.mix(entry.until)
      digest.mix(entry.isHidden)
    }
    digest.mix(count)
    chance.mix(into: &digest)
  }
}

extension Passage {
  /// Whether the message does not reach its node.
  fileprivate var isStopped: Bool { isLost || isReset || abortStatus != 0 }

  fileprivate func differs(from other: Passage) -> Bool {
    delay != other.delay || isLost != other.isLost || isReset != other.isReset
      || abortStatus != other.abortStatus || isDuplicated != other.isDuplicated
  }
}

/// Every fault, by its name.
public enum FaultCatalogue {
  public static let all: [any Fault.Type] = [
    Crash.self, Restart.self, Pause.self, Blackhole.self, Reset.self, Latency.self, Slow.self,
    CPUStress.self,
    Abort.self, Loss.self, Duplicate.self, Reorder.self, Partition.self, DiskFull.self,
    FsyncLie.self,
    IOError.self, ReplicationPause.self, ClockSkew.self,
  ]

  public static func find(_ name: String) -> (any Fault.Type)? {
    let words = name.lowercased().split { $0 == " " || $0 == "_" }
    let name = words.joined(separator: "-")
    return all.first { $0.name == aliases[name] ?? name }
  }

  /// Other names that people type.
  private static let aliases = [
    "error": "abort", "errors": "abort", "delay": "latency", "packet-loss": "loss", "drop": "loss",
    "clock-skew": "clock", "skew": "clock", "cpu-stress": "cpu", "kill": "crash", "hang": "pause",
    "slowdown": "slow", "diskfull": "disk-full", "disk": "disk-full", "dup": "duplicate",
  ]
}
