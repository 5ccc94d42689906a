import Kernel

/// A signed statement of who may do what until when (RFC 6750).
public struct BearerToken: Hashable, Sendable {
  public struct Scopes: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    public static let read = Scopes(rawValue: 1)
    public static let write = Scopes(rawValue: 2)
  }

  /// The first second of virtual time at which it is no longer valid (a JWT's `exp`).
  public var expiry: UInt32
  public var signature: UInt32
  public var scopes: Scopes

  /// No token at all.
  public static let none = BearerToken(expiry: 0, signature: 0, scopes: [])
}

/// Issues bearer tokens and checks them, with a secret that only it knows.
///
/// The signature is a keyed fingerprint: enough to tell a forged token here, and no cryptography.
public struct TokenAuthority: Hashable, Sendable {
  private let secret: UInt64

  public enum Verdict: Hashable, Sendable {
    case valid(BearerToken.Scopes)
    case missing, expired, forged
  }

  public init(secret: UInt64) { self.secret = secret }

  /// A token that is valid until a moment, to the second.
  public func issue(_ scopes: BearerToken.Scopes, until end: Instant) -> BearerToken {
    let expiry = Self.second(end)
    return BearerToken(expiry: expiry, signature: sign(scopes, expiry), scopes: scopes)
  }

  private static func second(_ moment: Instant) -> UInt32 {
    UInt32(clamping: moment.nanoseconds / 1_000_000_000)
  }

  public func check(_ token: BearerToken, at now: Instant) -> Verdict {
    if token == .none { return .missing }
    if token.signature != sign(token.scopes, token.expiry) { return .forged }
    return token.expiry > Self.second(now) ? .valid(token.scopes) : .expired
  }

  private func sign(_ scopes: BearerToken.Scopes, _ expiry: UInt32) -> UInt32 {
    var digest = Digest()
    digest.mix(secret)
    digest.mix(scopes.rawValue)
    digest.mix(expiry)
    return UInt32(truncatingIfNeeded: digest.value)
  }
}
