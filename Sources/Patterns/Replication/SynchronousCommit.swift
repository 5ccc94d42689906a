import Kernel

/// Decides when a write may be acknowledged: at once, or when it is on so many disks.
///
/// PostgreSQL's `synchronous_commit` with `synchronous_standby_names = 'ANY n (…)'`. What waits for
/// more than the local disk waits for ever when too few standbys are there: it is not undone, and
/// whoever gave up waiting does not know whether it happened.
public struct SynchronousCommit<Waiter: Sendable>: Sendable, Digestible {
  public enum Level: Int, CaseIterable, Sendable, Comparable {
    /// At once; the disk hears of it later.
    case off
    /// On the local disk.
    case local
    /// A standby has received it, and holds it in memory.
    case remoteWrite
    /// A standby has it on its disk.
    case on
    /// A standby has applied it: it can be read there.
    case remoteApply

    public static func < (a: Level, b: Level) -> Bool { a.rawValue < b.rawValue }
    /// Whether a standby is waited for.
    public var isRemote: Bool { self > .local }
  }

  public var level = Level.local
  /// How many standbys must have it.
  public var quorum = 1
  /// The position up to which each standby has confirmed, by its number.
  private var confirmations: [UInt64] = []
  private var waiters: [(position: UInt64, waiter: Waiter)] = []

  public init() {}

  /// How many writes wait for standbys.
  public var waiting: Int { waiters.count }

  /// The position up to which enough standbys have confirmed.
  public var confirmed: UInt64 {
    guard confirmations.count >= quorum else { return 0 }
    return confirmations.sorted(by: >)[quorum - 1]
  }

  public mutating func wait(_ waiter: Waiter, for position: UInt64) {
    waiters.append((position, waiter))
  }

  /// A standby has everything up to a position; returns who need not wait any more.
  public mutating func confirm(_ position: UInt64, by standby: Int) -> [Waiter] {
    while confirmations.count <= standby { confirmations.append(0) }
    confirmations[standby] = max(confirmations[standby], position)
    let reached = confirmed
    let released = waiters.filter { $0.position <= reached }.map(\.waiter)
    waiters.removeAll { $0.position <= reached }
    return released
  }

  /// Lets everybody look again, as the level or the role has changed; forgets what standbys said.
  public mutating func release() -> [Waiter] {
    defer {
      waiters = []
      confirmations = []
    }
    return waiters.map(\.waiter)
  }

  public func mix(into digest: inout Digest) {
    digest.mix(level.rawValue)
    digest.mix(quorum)
    for position in confirmations { digest.mix(position) }
    for entry in waiters { digest.mix(entry.position) }
  }
}
