import Architecture
import Kernel
import Language

/// Says where most of a request's time went: the longest hop or wait on the way to its answer.
enum SlownessText {
  /// One stretch of the way: what it was, and how long it took.
  private struct Part {
    let text: String
    let duration: Kernel.Duration
    /// Whose faults may have stretched it.
    var node = NodeID.none
    var fault: UInt16 = 0
  }

  static func lines(_ request: RequestRecord, _ world: World) -> [String] {
    guard let spans = world.journal.spans(of: request.id) else { return [] }
    let parts = parts(request, spans.filter { !$0.isBackground }, world)
    guard let longest = parts.max(by: { $0.duration < $1.duration }) else { return [] }
    let most = DurationText.format(nanoseconds: longest.duration.nanoseconds)
    let all = DurationText.format(nanoseconds: request.latency.nanoseconds)
    return ["The longest part of its time: \(most) of \(all), \(longest.text)."]
      + causes(longest, request, world)
  }

  /// The stretches of the way, from the answer back to the sending.
  private static func parts(
    _ request: RequestRecord, _ spans: [Span], _ world: World
  ) -> [Part] {
    var parts: [Part] = []
    var next = spans.last {
      $0.isAnswer && world.tier(of: $0.to) == .user && $0.receivedAt == request.answeredAt
    }
    while let span = next, parts.count < 1000 {
      parts.append(hop(span, world))
      guard world.tier(of: span.from) != .user else { break }
      let before = spans.filter {
        $0.to == span.from && $0.fate == .delivered && $0.receivedAt <= span.sentAt
          && $0.sentAt < span.receivedAt
      }.max { $0.receivedAt < $1.receivedAt }
      guard let before else { break }
      parts.append(stay(at: span.from, after: before, to: span.sentAt, spans, world))
      next = before
    }
    return parts
  }

  private static func hop(_ span: Span, _ world: World) -> Part {
    let (from, to) = (world.tier(of: span.from), world.tier(of: span.to))
    let text =
      from == .user
      ? "the way from the user to \(world.name(of: span.to))"
      : to == .user
        ? "the way from \(world.name(of: span.from)) back to the user"
        : "the hop from \(world.name(of: span.from)) to \(world.name(of: span.to))"
    return Part(text: text, duration: span.receivedAt - span.sentAt, fault: span.fault)
  }

  /// What a node did between two messages: it waited in vain for an answer, or for a slot, or was
  /// busy.
  private static func stay(
    at node: NodeID, after before: Span, to end: Instant, _ spans: [Span], _ world: World
  ) -> Part {
    let unanswered = spans.first { question in
      !question.isAnswer && question.fate != .refused && question.from == node
        && question.sentAt >= before.receivedAt && question.sentAt < end
        && !spans.contains {
          $0.isAnswer && $0.to == node && $0.from == question.to && $0.verb == question.verb
            && $0.receivedAt <= end && $0.sentAt >= question.sentAt
        }
    }
    let name = world.name(of: node)
    guard let unanswered else {
      let time = end - before.receivedAt
      let wait = wait(at: node, after: before, world)
      let text =
        wait.nanoseconds * 2 > time.nanoseconds
        ? "mostly waiting for a worker slot at \(name)" : "at \(name)"
      return Part(text: text, duration: time, node: node)
    }
    let wait = end - unanswered.sentAt
    return Part(
      text: "\(name) waited in vain for \(world.name(of: unanswered.to))"
        + (limit(of: wait, at: node, world).map { ", until its \($0) was over" } ?? ""),
      duration: wait, node: unanswered.to, fault: unanswered.fault)
  }

  /// How long a call that came waited for a worker slot.
  private static func wait(
    at node: NodeID, after before: Span, _ world: World
  ) -> Kernel.Duration {
    guard !before.isAnswer, let slots = world.slots(at: node).capacity else { return .zero }
    return world.journal.wait(at: node, from: before.receivedAt, slots: slots)
  }

  /// The timeout of a node that is as long as a wait was.
  private static func limit(
    of wait: Kernel.Duration, at node: NodeID, _ world: World
  ) -> String? {
    let kind = world.tier(of: node).kind
    return Setting.of(kind).first {
      $0.name.hasSuffix("timeout") && $0.value(in: world, at: node) == wait.nanoseconds
    }.map { "\($0.name) of \(DurationText.typed(nanoseconds: wait.nanoseconds))" }
  }

  private static func causes(
    _ part: Part, _ request: RequestRecord, _ world: World
  ) -> [String] {
    var found = part.fault == 0 ? [] : [world.injection(of: part.fault)].compactMap { $0 }
    if part.node != .none {
      found += world.afflictions(of: part.node, from: request.sentAt, to: request.answeredAt)
        .filter(WhyText.delays)
    }
    return WhyText.causes(among: found)
  }
}
