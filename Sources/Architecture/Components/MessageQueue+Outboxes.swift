import Kernel
import Patterns

/// The queue as the relay of transactional outboxes: it follows the logs of databases.
extension MessageQueue {
  /// Begins to follow the logs of databases whose outboxes are not followed yet.
  mutating func beginTailing(_ outbox: inout Outbox) {
    for shard in outboxes.beginning(outbox.directory) {
      var message = Message(.tail)
      message.member = UInt8(shard)
      outbox.start(Stage.tailing, message)
    }
  }

  mutating func tail(_ call: inout Call, _ outbox: inout Outbox) -> Next<Stage> {
    let shard = Int(call.message.member)
    let sharding = outbox.directory.sharding(of: OutboxCursors.tier)
    if let bound = bound.active, depth >= bound.maximumLength {
      return .pause(.seconds(1), then: .tailing)  // the log keeps them meanwhile
    }
    guard outboxes.isOn, shard < sharding.shards.count else {
      outboxes.isTailing.remove(shard)
      return .done
    }
    call.message.position = outboxes.positions[shard]
    return outbox.ask(
      sharding.shards[shard].primary, call.message, patience: .seconds(15), then: .tailed)
  }

  /// Events came: their tasks are kept, and the cursor with them.
  mutating func takeEvents(_ call: inout Call, _ outbox: inout Outbox) -> Next<Stage> {
    let parcel = outbox.unpack(&call.answer)
    guard call.answer.isSuccess, diskRefusal(outbox.condition) == nil else {
      return .pause(.seconds(1), then: .tailing)
    }
    let shard = Int(call.message.member)
    let shards = outbox.directory.sharding(of: OutboxCursors.tier).shards
    guard shard < shards.count, shards[shard].primary == call.asked,
      outboxes.positions[shard] == call.message.position
    else { return .go(.tailing) }  // it is of a log that was given up meanwhile
    if case .entries(let shipment) = parcel {
      for index in 0..<shipment.count {
        let entry = shipment[index]
        tasks.publish(
          Task(message: Message(task: entry), request: entry.request), at: outbox.timeOfDay)
      }
      dispatch(&outbox)
    } else if outboxes.isEnding && call.answer.position == outboxes.positions[shard] {
      outboxes.end(shard)
      return .done
    }
    outboxes.positions[shard] = call.answer.position
    return .go(.tailing)
  }
}
