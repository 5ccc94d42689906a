import Kernel
import Patterns

/// What one node asks of another or tells it.
public enum Verb: UInt8, CaseIterable, Sendable {
  // The request path.
  case request
  case get, fill, invalidate
  case read, write, delete
  // The background path.
  case publish, task, record
  /// A read that brings a cache's copy up to date while the old one is served.
  case renew
  // What keeps the deployment going; not part of any request.
  case probe, fetch, tail, confirm, connected, disconnected

  /// On the background path, which goes on after the user has an answer.
  public var isBackground: Bool {
    switch self {
    case .publish, .task, .record, .renew: true
    default: false
    }
  }

  /// Whether it is about a background task, which has a number.
  @inline(__always)
  var concernsTask: Bool { self == .publish || self == .task || self == .record }

  /// Whether the answer only confirms: it travels, and is not numbered as a hop.
  public var answerOnlyConfirms: Bool {
    switch self {
    case .request, .get, .read, .write, .delete, .renew: false
    default: true
    }
  }

  /// Whether the time that is left travels with it: on the request path.
  var carriesDeadline: Bool { rawValue <= Verb.delete.rawValue }

  /// Whether the node must have a free worker slot to handle it.
  var needsSlot: Bool { rawValue < Verb.probe.rawValue }
}

/// The method of an HTTP request.
public enum Method: UInt8, CaseIterable, Sendable {
  case get, put, delete, post, patch, head, options

  public var name: String {
    switch self {
    case .get: "GET"
    case .put: "PUT"
    case .delete: "DELETE"
    case .post: "POST"
    case .patch: "PATCH"
    case .head: "HEAD"
    case .options: "OPTIONS"
    }
  }
}

/// Who sends a request: which bearer token it carries.
public enum Identity: UInt8, CaseIterable, Sendable {
  case learner, reader, none, expired, forged

  public var name: String {
    switch self {
    case .learner: "learner"
    case .reader: "reader"
    case .none: "none"
    case .expired: "expired"
    case .forged: "forged"
    }
  }
}

/// What travels from node to node. Large fields first, so that there are no gaps to be copied.
public struct Message: Hashable, Sendable {
  /// How long the sender waits.
  public var patience = Duration.forever
  /// Of a replication log: the last position that the sender has; of a write that waits for
  /// standbys, its own.
  public var position: UInt64 = 0
  public var record = Record()
  public var id: UInt32 = 0
  /// Of a task: its idempotency key, the request that it comes from.
  public var event: UInt32 = 0
  /// A background task's number in its queue.
  public var task: UInt32 = 0
  /// The path as it was typed, where it is not that of a resource.
  public var path = Text.empty
  public var body = Text.empty
  public var bodyBytes: UInt32 = 0
  /// Of a database: the primary's term as the sender knows it.
  public var epoch: UInt32 = 0
  public var token = BearerToken.none
  public var verb: Verb
  public var method = Method.get
  public var identity = Identity.learner
  /// The route's resource, or nil when the path leads nowhere.
  public var resource: Resource?
  /// Which member of a group it concerns, by index.
  public var member: UInt8 = 0
  /// Sent by a workload's virtual user rather than by the learner.
  public var isVirtual = false
  /// Of a write: the record is the whole row as it is to be, rather than what the body asks for;
  /// on its way to a cache, that the cache may keep it for a while before it is written.
  public var isHeld = false
  /// Of a write: whether its event is a part of it, for the relay to read (outbox).
  public var wantsEvent = false
  /// Of a task: whether the user's answer waits for it.
  public var isAwaited = false
  /// Of a task's record: whether its idempotency key counts, so that it is done once.
  public var isKeyed = true

  public init(_ verb: Verb) { self.verb = verb }

  public var key: Key { Key(resource ?? .orders, id) }

  /// The same matter, put as another verb.
  public func with(_ verb: Verb) -> Message {
    var message = self
    message.verb = verb
    return message
  }

  func mix(into digest: inout Digest) {
    digest.mix(verb.rawValue)
    digest.mix(method.rawValue)
    digest.mix(identity.rawValue)
    digest.mix(resource?.rawValue ?? .max)
    digest.mix(token.signature)
    digest.mix(isVirtual)
    digest.mix(id)
    digest.mix(member)
    digest.mix(isHeld)
    digest.mix(patience)
    digest.mix(wantsEvent)
    digest.mix(isAwaited)
    digest.mix(event)
    digest.mix(isKeyed)
    digest.mix(task)
    digest.mix(path.rawValue)
    digest.mix(body.rawValue)
    digest.mix(bodyBytes)
    digest.mix(epoch)
    digest.mix(position)
    record.mix(into: &digest)
  }
}
