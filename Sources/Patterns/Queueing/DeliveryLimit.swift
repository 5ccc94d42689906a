import Kernel

/// Gives up a task that was handed out too often, so that it does not come back for ever: a dead
/// letter.
///
/// SQS counts receives (`maxReceiveCount`); RabbitMQ's quorum queues have a delivery limit of 20.
public struct DeliveryLimit: Hashable, Sendable, Digestible {
  public var limit = 20

  public init() {}

  /// Whether a task that has been handed out so often, this time included, is given up instead.
  public func isExceeded(by deliveries: Int) -> Bool { deliveries > limit }

  public func mix(into digest: inout Digest) { digest.mix(limit) }
}
