import Kernel

/// One load at a time for each key: whoever asks for what is being loaded waits for its result.
///
/// As in Go's singleflight and nginx's proxy_cache_lock. It ends a stampede at one process; each
/// process still loads for itself.
public struct SingleFlight<Waiter: Digestible & Sendable, Result: Sendable>: Sendable,
  Digestible
{
  private struct Flight: Sendable {
    var waiters: [Waiter] = []
    var result: Result?
    /// How many have yet to fetch the result.
    var readers = 0
  }

  private var flights: [UInt64: [Flight]] = [:]
  /// Calls that waited for another one's load.
  public private(set) var shared = 0

  public init() {}

  /// Begins a load, if none of this key is under way; false to wait for that one.
  public mutating func lead(_ key: UInt64) -> Bool {
    if let latest = flights[key]?.last, latest.result == nil { return false }
    flights[key, default: []].append(Flight())
    return true
  }

  /// Gets in line for the result of the load under way.
  public mutating func wait(_ waiter: Waiter, for key: UInt64) {
    guard let last = flights[key]?.indices.last else { return }
    flights[key]![last].waiters.append(waiter)
    shared += 1
  }

  /// Ends a load; returns who waits for its result.
  public mutating func land(_ key: UInt64, _ result: Result) -> [Waiter] {
    guard let last = flights[key]?.indices.last, flights[key]![last].result == nil else {
      return []
    }
    let waiters = flights[key]![last].waiters
    if waiters.isEmpty {
      flights[key]!.removeLast()
      if flights[key]!.isEmpty { flights[key] = nil }
      return []
    }
    flights[key]![last].result = result
    flights[key]![last].readers = waiters.count
    flights[key]![last].waiters = []
    return waiters
  }

  /// Fetches the result for one that waited: the oldest that still has readers; nil when the load
  /// is still under way, and then the waiter leaves the line.
  public mutating func fetch(_ key: UInt64, leaving isWaiter: (Waiter) -> Bool) -> Result? {
    guard var own = flights[key] else { return nil }
    defer { flights[key] = own.isEmpty ? nil : own }
    guard let index = own.firstIndex(where: { $0.result != nil }) else {
      for flight in own.indices { own[flight].waiters.removeAll(where: isWaiter) }
      return nil
    }
    let result = own[index].result
    own[index].readers -= 1
    if own[index].readers == 0 { own.remove(at: index) }
    return result
  }

  /// Who waits for a load that is under way, by key.
  public var waiters: [Waiter] {
    flights.keys.sorted().flatMap { flights[$0]!.flatMap(\.waiters) }
  }

  /// A restart: nothing is under way any more.
  public mutating func clear() { flights = [:] }

  public func mix(into digest: inout Digest) {
    digest.mix(shared)
    for key in flights.keys.sorted() {
      digest.mix(key)
      for flight in flights[key] ?? [] {
        digest.mix(flight.waiters.count)
        for waiter in flight.waiters { waiter.mix(into: &digest) }
        digest.mix(flight.readers)
      }
    }
  }
}
