import Kernel

/// The rows that every deployment starts with: 500 products and 1,000 orders of them.
///
/// They are the same for every seed, so that what a lesson or a test says about an order holds.
struct SeedRows: Sendable {
  static let orderCount = 1000
  static let productCount = 500

  let texts: Texts
  let orders: Rows
  let products: Rows

  /// Made once a process; a deployment starts with a copy.
  static let shared = SeedRows()

  private init() {
    var texts = Texts()
    var random = Random(seed: 0, component: "seed", purpose: "rows")
    let catalogue = Self.catalogue()
    var products = Rows(.products)
    var orders = Rows(.orders)
    for (index, product) in catalogue.enumerated() {
      let record = Self.product(product, &random, &texts)
      products.apply(Self.entry(.products, index + 1, record), texts)
    }
    for id in 1...Self.orderCount {
      let product = catalogue[random.below(catalogue.count)]
      let record = Self.order(of: product, id, &random, &texts)
      orders.apply(Self.entry(.orders, id, record), texts)
    }
    products.writePending(texts)
    orders.writePending(texts)
    self.texts = texts
    self.products = products
    self.orders = orders
  }

  private static func entry(_ resource: Resource, _ id: Int, _ record: Record) -> LogEntry {
    LogEntry(
      position: 0, epoch: 0, verb: .write, key: Key(resource, UInt32(id)), method: .put,
      record: record, task: 0, request: 0, at: .zero)
  }

  private struct Product {
    let name: String
    let category: String
    let cents: Int
  }

  private static func catalogue() -> [Product] {
    var result: [Product] = []
    for (category, nouns) in Self.nouns {
      for (noun, cents) in nouns {
        for (style, percent) in styles {
          result.append(
            Product(
              name: "\(style) \(noun)", category: category,
              cents: (cents * percent / 100) / 50 * 50 - 1))
        }
      }
    }
    precondition(result.count == productCount)
    return result
  }

  private static func product(
    _ product: Product, _ random: inout Random, _ texts: inout Texts
  ) -> Record {
    var record = Record()
    record.version = 1
    record.title = texts.intern(product.name)
    record.subject = texts.intern(product.category)
    let stock = random.below(12) == 0 ? 0 : 1 + random.below(240)
    record.status = texts.intern(stock == 0 ? "sold out" : stock < 10 ? "few left" : "in stock")
    record.quantity = Int32(stock)
    record.cents = Int32(product.cents)
    return record
  }

  private static func order(
    of product: Product, _ id: Int, _ random: inout Random, _ texts: inout Texts
  ) -> Record {
    var record = Record()
    record.version = 1
    let first = firstNames[random.below(firstNames.count)]
    let last = lastNames[random.below(lastNames.count)]
    record.title = texts.intern("\(first) \(last)")
    record.subject = texts.intern(product.name)
    let quantity = [1, 1, 1, 1, 1, 2, 2, 3, 4, 6][random.below(10)]
    record.quantity = Int32(quantity)
    record.cents = Int32(quantity * product.cents)
    // Orders come in by number: the oldest are delivered, the newest just placed.
    let age = 1 - Double(id) / Double(orderCount) + (random.unit() - 0.5) / 4
    let status =
      random.below(25) == 0
      ? "cancelled"
      : age > 0.35
        ? "delivered" : age > 0.2 ? "shipped" : age > 0.1 ? "packed" : age > 0 ? "paid" : "placed"
    record.status = texts.intern(status)
    return record
  }

  private static let styles: [(String, Int)] = [
    ("Oak", 115), ("Walnut", 140), ("Birch", 95), ("Slate", 120), ("Copper", 150),
    ("Linen", 90), ("Ash", 100), ("Graphite", 110), ("Ivory", 105), ("Cobalt", 125),
  ]

  private static let nouns: [(String, [(String, Int)])] = [
    (
      "lighting",
      [
        ("desk lamp", 4900), ("floor lamp", 9900), ("pendant light", 7900), ("lantern", 3500),
        ("reading light", 2900),
      ]
    ),
    (
      "furniture",
      [
        ("side table", 8900), ("bookshelf", 14900), ("stool", 5900), ("coat rack", 6900),
        ("bench", 12900),
      ]
    ),
    (
      "kitchen",
      [
        ("tea kettle", 4500), ("cutting board", 2900), ("pepper mill", 1900), ("bread box", 3900),
        ("mixing bowl", 2400),
      ]
    ),
    (
      "stationery",
      [
        ("notebook", 1400), ("pencil case", 1900), ("letter tray", 2700), ("card holder", 2200),
        ("desk mat", 3300),
      ]
    ),
    (
      "audio",
      [
        ("headphones", 12900), ("radio", 8900), ("bookshelf speaker", 19900),
        ("turntable", 24900), ("microphone", 9900),
      ]
    ),
    (
      "travel",
      [
        ("backpack", 8900), ("weekend bag", 11900), ("water bottle", 2600), ("umbrella", 3400),
        ("travel mug", 2300),
      ]
    ),
    (
      "garden",
      [
        ("planter", 3600), ("watering can", 3200), ("hand trowel", 1600), ("bird feeder", 2800),
        ("garden stool", 6400),
      ]
    ),
    (
      "bedroom",
      [
        ("throw blanket", 5400), ("pillow", 3900), ("alarm clock", 3700), ("night stand", 10900),
        ("laundry basket", 4200),
      ]
    ),
    (
      "games",
      [
        ("chess set", 5900), ("domino box", 2600), ("card deck", 1500), ("backgammon board", 6900),
        ("puzzle", 2100),
      ]
    ),
    (
      "bath",
      [
        ("soap dish", 1700), ("bath mat", 2900), ("towel set", 4600), ("mirror", 7200),
        ("storage jar", 1800),
      ]
    ),
  ]

  private static let firstNames = [
    "Amara", "Ben", "Chiara", "Daniel", "Elif", "Farid", "Grace", "Hiro", "Ines", "Jonas",
    "Katya", "Liam", "Mei", "Noor", "Omar", "Priya", "Quentin", "Rosa", "Samuel", "Tove",
    "Uma", "Viktor", "Wanda", "Ximena", "Yusuf", "Zoe", "Aline", "Bruno", "Clara", "Dario",
    "Emeka", "Freya",
  ]

  private static let lastNames = [
    "Okafor", "Schmidt", "Rossi", "Novak", "Yilmaz", "Haddad", "Nguyen", "Tanaka", "Silva",
    "Berg", "Ivanova", "Murphy", "Chen", "Rahman", "Farouk", "Sharma", "Laurent", "Garcia",
    "Cohen", "Lindqvist", "Patel", "Kowalski", "Mensah", "Torres", "Demir", "Fischer", "Santos",
    "Moreau", "Keller", "Costa", "Eze", "Larsen", "Okoye", "Vargas", "Weber", "Suzuki",
  ]
}
