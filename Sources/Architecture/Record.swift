import Kernel

/// One row of an orders or products table, small enough to travel inside a message.
///
/// Texts are kept once, in the deployment's `Texts`; a record holds their numbers.
public struct Record: Hashable, Sendable {
  /// Counts the writes of this row; 0 is no row.
  public var version: UInt32 = 0
  /// An order's customer; a product's name.
  public var title = Text.empty
  /// An order's item; a product's category.
  public var subject = Text.empty
  /// An order's progress; a product's availability.
  public var status = Text.empty
  /// Free text.
  public var note = Text.empty
  /// An order's quantity; a product's stock.
  public var quantity: Int32 = 0
  /// An order's total; a product's price; in cents.
  public var cents: Int32 = 0

  public init() {}

  public var exists: Bool { version > 0 }

  public func mix(into digest: inout Digest) {
    digest.mix(version)
    digest.mix(title.rawValue)
    digest.mix(subject.rawValue)
    digest.mix(status.rawValue)
    digest.mix(note.rawValue)
    digest.mix(quantity)
    digest.mix(cents)
  }
}

/// The names that a record's fields have as columns and in JSON.
public struct RecordNames: Sendable {
  public let table: String
  public let title: String
  public let subject: String
  public let status: String
  public let quantity: String
  public let cents: String

  public static let orders = RecordNames(
    table: "orders", title: "customer", subject: "item", status: "status",
    quantity: "quantity", cents: "total_cents")
  public static let products = RecordNames(
    table: "products", title: "name", subject: "category", status: "availability",
    quantity: "stock", cents: "price_cents")

  public static func of(_ resource: Resource) -> RecordNames {
    resource == .orders ? .orders : .products
  }
}
