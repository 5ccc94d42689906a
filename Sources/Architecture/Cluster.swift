import Kernel
import Patterns

/// The instances of one tier as a proxy sees them: which one is asked, and what its answers teach.
public struct Cluster: Sendable, Digestible {
  public let tier: Tier
  public var hosts: Upstreams
  public var dependency: Dependency
  private var chance: Random

  init(_ tier: Tier, count: Int, startingAt start: Int = 0, _ streams: Streams) {
    self.tier = tier
    chance = streams["\(tier.name) choice"]
    hosts = Upstreams(count: count, startingAt: start)
    dependency = Dependency(on: tier, streams)
  }

  mutating func reseed(_ streams: Streams) {
    chance = streams["\(tier.name) choice"]
    dependency.reseed(streams)
  }

  /// Asks an instance, if the guards let it and one is available; otherwise answers why not. All
  /// attempts together may take as long as the timeout, pauses included (Envoy's route timeout).
  mutating func ask<Stage: RawRepresentable<UInt8>>(
    _ call: inout Call, timeout: Duration, then stage: Stage, _ outbox: inout Outbox
  ) -> Next<Stage> {
    var patience = timeout
    if seldom(call.attempt > 0) && dependency.usesTimeouts {
      patience = timeout - (outbox.now - call.arrivedAt)
      guard patience > .zero else {
        dependency.giveUp(&call)
        return outbox.reply(Answer(.upstreamTimeout, at: call.asked))
      }
    }
    if let refusal = dependency.begin(&call, at: outbox.now) {
      return outbox.reply(Answer(refusal, at: outbox.here))
    }
    let key = call.message.key.packed
    guard let host = hosts.pick(for: key, at: outbox.now, &chance) else {
      dependency.abandon(&call)
      return outbox.reply(Answer(.noHealthyUpstream, at: outbox.here))
    }
    call.upstream = UInt8(host)
    if seldom(dependency.mayHedge(call.message)),
      let other = hosts.pick(for: key, at: outbox.now, besides: host, &chance)
    {
      hosts.end(other)  // it may never be asked
      let node = outbox.directory.instance(other, of: tier)
      outbox.hedge(node, after: dependency.hedging.active!.arrange())
    }
    let node = outbox.directory.instance(host, of: tier)
    return outbox.ask(node, call.message, patience: dependency.patience(patience), then: stage)
  }

  /// An instance has answered, or did not in time: tries again, or passes the answer on.
  mutating func settle<Stage: RawRepresentable<UInt8>>(
    _ call: inout Call, timeout: Duration, orAgain stage: Stage, _ outbox: inout Outbox
  ) -> Next<Stage> {
    hosts.end(Int(call.upstream))
    if seldom(call.wasNotAsked) {
      dependency.abandon(&call)
      return outbox.reply(call.answer)
    }
    if seldom(hosts.outlierDetection.isOn) {
      let answering = outbox.directory[call.asked].number - 1
      let ejected = hosts.learn(
        answering, isServerError: call.answer.isServerError, at: outbox.now)
      outbox.remark(ejected: ejected, of: tier)
    }
    if let pause = dependency.end(&call, &outbox, timeout: timeout) {
      return .pause(pause, then: stage)
    }
    return outbox.reply(call.answer)
  }

  // MARK: Health checks

  /// Begins a row of health checks of each host from a range; `number` tells the caller's clusters
  /// apart.
  func beginChecks<Stage: RawRepresentable<UInt8>>(
    of range: Range<Int>, number: UInt32 = 0, at stage: Stage, _ outbox: inout Outbox
  ) {
    for host in range {
      var probe = Message(.probe)
      probe.member = UInt8(host)
      probe.id = number
      outbox.start(stage, probe)
    }
  }

  /// Asks one host whether it lives; passes over one that has been taken away.
  func check<Stage: RawRepresentable<UInt8>>(
    _ call: Call, every interval: Duration, from stage: Stage, then next: Stage,
    _ outbox: inout Outbox
  ) -> Next<Stage> {
    let host = Int(call.message.member)
    if !outbox.directory.isMember(outbox.here) { return .done }
    guard host < hosts.count else { return .pause(interval, then: stage) }
    let node = outbox.directory.instance(host, of: tier)
    return outbox.ask(node, call.message, patience: interval, then: next)
  }

  /// A host has answered a health check, or has not in time. The pause until the next one is what
  /// is left of the interval after a check that waited in vain.
  mutating func endCheck<Stage: RawRepresentable<UInt8>>(
    _ call: Call, every interval: Duration, then stage: Stage, _ outbox: Outbox
  ) -> Next<Stage> {
    hosts.record(Int(call.message.member), success: call.answer.isSuccess, at: outbox.now)
    let isSilent = call.answer.reason == .upstreamTimeout
    let pause = isSilent ? interval - (outbox.now - call.askedAt) : interval
    return .pause(max(pause, .zero), then: stage)
  }

  mutating func reset() {
    hosts.reset()
    dependency.reset()
  }

  public func mix(into digest: inout Digest) {
    hosts.mix(into: &digest)
    dependency.mix(into: &digest)
    chance.mix(into: &digest)
  }
}
