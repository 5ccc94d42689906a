import Kernel
import Patterns

/// Scaling by itself: a control loop looks at each tier now and then, as an operator's tool does.
extension World {
  /// The autoscaler of one tier.
  struct Autoscaling: Sendable {
    /// What it keeps to a target.
    enum Metric: Int, CaseIterable, Sendable { case utilization, backlog }

    let tier: Tier
    var metric: Metric
    var scaler = Switch(Autoscaler())
    /// What each node had used when it last looked.
    var before: ContiguousArray<SlotUse> = []
    /// Tells the ticks of this loop from those of one that was turned off.
    var generation: UInt32 = 0

    func mix(into digest: inout Digest) {
      digest.mix(metric.rawValue)
      scaler.mix(into: &digest)
      for use in before { digest.mix(use.busy) }
      digest.mix(generation)
    }
  }

  static let scalableTiers: [Tier] = [.serviceA, .serviceB, .worker]

  func autoscaling(of node: NodeID) -> Int {
    Self.scalableTiers.firstIndex(of: directory[node].tier) ?? 0
  }

  /// Turns the control loop of a tier on or off.
  mutating func turnAutoscaling(on: Bool, at index: Int) {
    guard autoscalings[index].scaler.isOn != on else { return }
    autoscalings[index].scaler.turn(on: on)
    autoscalings[index].generation += 1
    if on {
      noteUse(index)
      scheduleAutoscaling(index)
    }
  }

  private mutating func scheduleAutoscaling(_ index: Int) {
    let autoscaling = autoscalings[index]
    let ticket = Ticket(place: Int32(index), number: autoscaling.generation)
    let period = autoscaling.scaler.active?.period ?? .zero
    queue.push(Event(kind: .autoscaling, ticket: ticket), at: clock + period)
  }

  /// The period has changed: the next look is one of it from now.
  mutating func rescheduleAutoscaling(_ index: Int) {
    guard autoscalings[index].scaler.isOn else { return }
    autoscalings[index].generation += 1
    scheduleAutoscaling(index)
  }

  private mutating func noteUse(_ index: Int) {
    autoscalings[index].before = ContiguousArray(nodes.map { $0.slots.use(at: clock) })
  }

  /// A tick of a control loop: as many instances as the metric asks for.
  mutating func autoscale(_ ticket: Ticket) {
    let index = Int(ticket.place)
    guard autoscalings[index].generation == ticket.number, autoscalings[index].scaler.isOn else {
      return
    }
    let tier = autoscalings[index].tier
    let instances = directory.instances(of: tier)
    let working = instances.filter { isUp($0) }
    if !working.isEmpty {
      let (metric, target) = measure(index, working)
      let desired = autoscalings[index].scaler.active!.desired(
        current: working.count, metric: metric, target: target, at: clock)
      let most = max(autoscalings[index].scaler.active!.maxInstances, instances.count)
      let count = min(most, size(of: instances, with: desired))
      // As many of them as there may be.
      let possible = stride(
        from: count, to: instances.count, by: count > instances.count ? -1 : 1
      ).first { obstacle(toScale: tier, to: $0) == nil }
      if let possible { scale(tier, to: possible, command: "autoscaling") }
    }
    noteUse(index)
    scheduleAutoscaling(index)
  }

  /// How many instances a tier needs so that so many of them work; the last ones go first, and new
  /// ones work.
  private func size(of instances: [NodeID], with desired: Int) -> Int {
    var working = 0
    for (number, node) in instances.enumerated() {
      if isUp(node) { working += 1 }
      if working == desired { return number + 1 }
    }
    return instances.count + desired - working
  }

  /// The metric of the instances that work, and what it should be: one that is down tells nothing.
  private func measure(
    _ index: Int, _ instances: [NodeID]
  ) -> (metric: Double, target: Double) {
    let autoscaling = autoscalings[index]
    let settings = autoscaling.scaler.blueprint
    if autoscaling.metric == .backlog {
      let depth = queues.reduce(0) { $0 + $1.depth }
      return (Double(depth) / Double(instances.count), Double(settings.targetBacklog))
    }
    let shares = instances.map { node -> Double in
      let before =
        node.index < autoscaling.before.count ? autoscaling.before[node.index] : SlotUse()
      return (nodes[node.index].slots.use(at: clock) - before).share ?? 0
    }
    return (shares.reduce(0, +) / Double(shares.count), settings.targetUtilization)
  }
}
