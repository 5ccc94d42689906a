/// Why a request did not succeed: a closed list, exactly one for each failure.
public enum Reason: UInt8, CaseIterable, Sendable {
  case none
  // The request itself.
  case badRequest, noToken, tokenExpired, tokenForged, forbidden, noRoute, notFound
  case methodNotAllowed, bodyTooLarge
  // The way to a node.
  case connectionRefused, connectionReset, upstreamTimeout, clientTimeout, noHealthyUpstream
  // The node itself.
  case queueFull, notPrimary, fencedEpoch, diskFull, ioError
  // What stands in for a node.
  case faultInjected
  // What a caller decides without asking.
  case circuitOpen, bulkheadFull, poolExhausted, deadlineExceeded
  // What the gateway turns away.
  case rateLimited, loadShed, concurrencyLimited
  // What can't be handed on.
  case backpressure, writesHeld

  /// The name in commands and JSON.
  public var name: String {
    switch self {
    case .none: "none"
    case .badRequest: "bad-request"
    case .noToken: "no-token"
    case .tokenExpired: "token-expired"
    case .tokenForged: "token-forged"
    case .forbidden: "forbidden"
    case .noRoute: "no-route"
    case .notFound: "not-found"
    case .methodNotAllowed: "method-not-allowed"
    case .bodyTooLarge: "body-too-large"
    case .connectionRefused: "connection-refused"
    case .connectionReset: "connection-reset"
    case .upstreamTimeout: "upstream-timeout"
    case .clientTimeout: "client-timeout"
    case .noHealthyUpstream: "no-healthy-upstream"
    case .queueFull: "queue-full"
    case .notPrimary: "not-primary"
    case .fencedEpoch: "fenced-epoch"
    case .diskFull: "disk-full"
    case .ioError: "io-error"
    case .faultInjected: "fault-injected"
    case .circuitOpen: "circuit-open"
    case .bulkheadFull: "bulkhead-full"
    case .poolExhausted: "pool-exhausted"
    case .deadlineExceeded: "deadline-exceeded"
    case .rateLimited: "rate-limited"
    case .loadShed: "load-shed"
    case .concurrencyLimited: "concurrency-limited"
    case .backpressure: "backpressure"
    case .writesHeld: "writes-held"
    }
  }

  /// The HTTP status that a request with this reason is answered with.
  public var status: UInt16 {
    switch self {
    case .none: 200
    case .badRequest: 400
    case .noToken, .tokenExpired, .tokenForged: 401
    case .forbidden: 403
    case .noRoute, .notFound: 404
    case .methodNotAllowed: 405
    case .bodyTooLarge: 413
    case .upstreamTimeout, .clientTimeout, .deadlineExceeded: 504
    case .rateLimited: 429
    case .circuitOpen, .bulkheadFull, .poolExhausted, .loadShed, .concurrencyLimited: 503
    case .backpressure, .writesHeld: 503
    case .connectionRefused, .connectionReset, .noHealthyUpstream, .queueFull: 503
    case .notPrimary, .fencedEpoch, .diskFull, .faultInjected: 503
    case .ioError: 500
    }
  }

  /// What the reference systems call it: Envoy's response flag where it has one.
  public var reference: String {
    switch self {
    case .none: ""
    case .noToken, .tokenExpired, .tokenForged: "Envoy UAEX; RFC 6750 invalid_token"
    case .forbidden: "RFC 6750 insufficient_scope"
    case .noRoute: "Envoy NR"
    case .badRequest, .notFound, .methodNotAllowed: "RFC 9110"
    case .bodyTooLarge: "nginx client_max_body_size"
    case .connectionRefused: "Envoy UF"
    case .connectionReset: "Envoy UC"
    case .upstreamTimeout: "Envoy UT"
    case .clientTimeout: "curl (28), Envoy DC"
    case .circuitOpen: "resilience4j CallNotPermittedException; Polly BrokenCircuitException"
    case .bulkheadFull: "Envoy UO; resilience4j BulkheadFullException"
    case .poolExhausted: "HikariCP SQLTransientConnectionException"
    case .deadlineExceeded: "gRPC DEADLINE_EXCEEDED"
    case .rateLimited: "Envoy RL; RFC 6585 Too Many Requests"
    case .loadShed: "Envoy admission control"
    case .concurrencyLimited: "Envoy adaptive concurrency; Netflix concurrency-limits"
    case .backpressure: "RabbitMQ overflow reject-publish"
    case .writesHeld: "a resharding lock"
    case .noHealthyUpstream: "Envoy UH"
    case .queueFull: "Envoy UO"
    case .notPrimary: "PostgreSQL 25006 read_only_sql_transaction"
    case .fencedEpoch: "a fencing token that is too old"
    case .diskFull: "ENOSPC; PostgreSQL 53100 disk_full"
    case .ioError: "EIO; PostgreSQL 58030 io_error"
    case .faultInjected: "Envoy FI"
    }
  }

  /// One sentence for somebody who meets it for the first time; `place` is where it happened.
  public func sentence(at place: String) -> String {
    switch self {
    case .none: "nothing went wrong"
    case .badRequest: "\(place) could not make sense of the body"
    case .noToken: "the request carried no bearer token, so \(place) does not know who sent it"
    case .tokenExpired: "\(place) knows the token, but its time is over"
    case .tokenForged: "the token's signature does not match: \(place) never issued it"
    case .forbidden: "\(place) knows who sent it, but this token may only read"
    case .noRoute: "\(place) has no route for this path"
    case .notFound: "there is no such row in \(place)"
    case .methodNotAllowed: "the path exists, but \(place) does not take this method on it"
    case .bodyTooLarge: "the body is larger than \(place) accepts"
    case .connectionRefused: "nothing listens at \(place): it is down, and says so at once"
    case .connectionReset: "the connection to \(place) broke while it was working on the request"
    case .upstreamTimeout: "\(place) did not answer in time; what it did meanwhile is unknown"
    case .clientTimeout: "the user stopped waiting for \(place); what happens there is unknown"
    case .noHealthyUpstream: "\(place) knows no healthy instance to send it to"
    case .queueFull: "all worker slots of \(place) were busy and its queue was full"
    case .notPrimary: "\(place) is not the primary of the row that was asked for"
    case .fencedEpoch: "\(place) belongs to an older epoch than the current primary's"
    case .diskFull: "the disk of \(place) is full: it can be read, and takes no writes"
    case .ioError: "the disk of \(place) failed to read or write"
    case .circuitOpen: "\(place) has stopped asking its dependency, which kept failing"
    case .bulkheadFull: "\(place) has as many calls under way to its dependency as it may"
    case .poolExhausted: "\(place) waited in vain for a free database connection"
    case .deadlineExceeded: "the time for the request was over before \(place) began with it"
    case .rateLimited: "\(place) has let through as many requests as its limit allows for now"
    case .loadShed: "\(place) turns a share of the requests away while too many of them fail"
    case .concurrencyLimited: "\(place) has as many requests under way as it can do quickly"
    case .backpressure: "the queue is full, and \(place) takes no work that it can't hand on"
    case .writesHeld: "\(place) holds writes while its rows move"
    case .faultInjected: "an injected fault answered before \(place) could"
    }
  }
}
