import Kernel

/// Keeps a bounded number of connections open and lends them out: a caller that finds none waits
/// for one, in order, but not for ever.
///
/// HikariCP's `maximumPoolSize` 10 and `connectionTimeout` 30 s.
public struct ConnectionPool<Waiter: Digestible & Sendable>: Sendable, Digestible {
  public var size: Int
  public var connectionTimeout: Duration
  public private(set) var inUse = 0
  public private(set) var timeouts = 0
  public private(set) var waiters: [Waiter] = []

  public init(size: Int = 10, connectionTimeout: Duration = .seconds(30)) {
    self.size = size
    self.connectionTimeout = connectionTimeout
  }

  /// Takes a connection if one is free and nobody came before.
  public mutating func borrow() -> Bool {
    guard inUse < size, waiters.isEmpty else { return false }
    inUse += 1
    return true
  }

  /// Gets in line for a connection.
  public mutating func wait(_ waiter: Waiter) { waiters.append(waiter) }

  /// Gives a connection back; returns who has it now, if somebody waited.
  public mutating func giveBack() -> Waiter? {
    if inUse <= size, !waiters.isEmpty { return waiters.removeFirst() }
    inUse = max(inUse - 1, 0)
    return nil
  }

  /// Gives connections that have become free to those who have waited longest; returns them.
  public mutating func admitWaiters() -> [Waiter] {
    let admitted = Array(waiters.prefix(max(0, size - inUse)))
    waiters.removeFirst(admitted.count)
    inUse += admitted.count
    return admitted
  }

  /// Leaves the line without a connection; false if it has been given one meanwhile.
  public mutating func giveUp(where isWaiter: (Waiter) -> Bool) -> Bool {
    guard let index = waiters.firstIndex(where: isWaiter) else { return false }
    waiters.remove(at: index)
    timeouts += 1
    return true
  }

  /// A restart: all connections are closed, and whoever waited is gone.
  public mutating func clear() {
    inUse = 0
    waiters = []
  }

  public func mix(into digest: inout Digest) {
    digest.mix(size)
    digest.mix(connectionTimeout)
    digest.mix(inUse)
    digest.mix(timeouts)
    digest.mix(waiters.count)
    for waiter in waiters { waiter.mix(into: &digest) }
  }
}
