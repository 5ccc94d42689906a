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
    let current = directory.count(of: tier)
    let (metric, target) = measure(index)
    let desired = autoscalings[index].scaler.active!.desired(
      current: current, metric: metric, target: target, at: clock)
    noteUse(index)
    // As many of them as there may be.
    let possible = stride(from: desired, to: current, by: desired > current ? -1 : 1)
      .first { obstacle(toScale: tier, to: $0) == nil }
    if let possible { scale(tier, to: possible, command: "autoscaling") }
    scheduleAutoscaling(index)
  }

  /// The metric of a tier now and what it should be.
  private func measure(_ index: Int) -> (metric: Double, target: Double) {
    let autoscaling = autoscalings[index]
    let settings = autoscaling.scaler.blueprint
    let instances = directory.instances(of: autoscaling.tier)
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
