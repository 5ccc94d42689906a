import Kernel

/// A signed statement of who may do what until when (RFC 6750).
public struct BearerToken: Hashable, Sendable {
  public struct Scopes: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    public static let read = Scopes(rawValue: 1)
    public static let write = Scopes(rawValue: 2)
  }

  public var scopes: Scopes
  public var expiresAt: Instant
  public var signature: UInt64

  /// No token at all.
  public static let none = BearerToken(scopes: [], expiresAt: .zero, signature: 0)
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

  public func issue(_ scopes: BearerToken.Scopes, until expiresAt: Instant) -> BearerToken {
    BearerToken(
      scopes: scopes, expiresAt: expiresAt, signature: sign(scopes, expiresAt))
  }

  public func check(_ token: BearerToken, at now: Instant) -> Verdict {
    if token == .none { return .missing }
    if token.signature != sign(token.scopes, token.expiresAt) { return .forged }
    return token.expiresAt > now ? .valid(token.scopes) : .expired
  }

  private func sign(_ scopes: BearerToken.Scopes, _ expiresAt: Instant) -> UInt64 {
    var digest = Digest()
    digest.mix(secret)
    digest.mix(scopes.rawValue)
    digest.mix(expiresAt)
    return digest.value
  }
}
