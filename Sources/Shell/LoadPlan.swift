import Architecture
import Kernel
import Language

/// What the words of a `load` command ask for.
struct LoadPlan {
  var pace = Workload.Pace.open(from: 0, to: 0, isRandom: true)
  var mix = Workload.Mix()
  var spike: Workload.Spike?
  var duration = Kernel.Duration.zero

  static let form = "write it as in load 200rps for 30s, or load 50 users for 30s think 1s"

  init(_ arguments: Arguments) throws(CommandError) {
    var words = arguments.rest.map(\.text)[...]
    try readPace(&words, isRandom: arguments["arrivals"] ?? "poisson")
    guard words.popFirst() == "for", let length = words.popFirst() else {
      throw .usage(Self.form)
    }
    duration = try Arguments.duration(length)
    guard duration > .zero, duration <= .minutes(60 * 24) else {
      throw .usage("a load lasts up to 24h, not '\(length)'")
    }
    while let word = words.popFirst() {
      switch word {
      case "think": try readThink(&words)
      case "spike": try readSpike(&words)
      default: throw .usage("'\(word)' is one word too many; \(Self.form)")
      }
    }
    try Self.read(arguments, into: &mix)
  }

  /// The options that say what is asked for.
  static let mixOptions: [Command.Option] = [
    .init(name: "mix", value: ("MIX", .text), summary: "as in GET:80,PUT:15,DELETE:5,products:50"),
    .init(name: "writes", value: ("SHARE", .text), summary: "share of PUT among them (10%)"),
    .init(name: "products", value: ("SHARE", .text), summary: "share to Service B (50%)"),
    .init(name: "orders", value: ("SHARE", .text), summary: "share to Service A: the rest"),
    .init(name: "zipf", value: ("S", .text), summary: "skew of the keys (1); 0 is uniform"),
    .init(name: "keys", value: ("N", .count), summary: "only the first N rows of each service"),
  ]

  private mutating func readPace(
    _ words: inout ArraySlice<String>, isRandom arrivals: String
  ) throws(CommandError) {
    guard ["poisson", "constant"].contains(arrivals) else {
      throw .usage("arrivals are poisson or constant, not '\(arrivals)'")
    }
    guard let first = words.popFirst() else { throw .usage(Self.form) }
    if words.first == "users" || words.first == "user" {
      words.removeFirst()
      guard let users = Int(first), (1...10_000).contains(users) else {
        throw .usage("'\(first)' is no number of users from 1 to 10,000")
      }
      pace = .closed(users: users, think: .zero)
      return
    }
    let rate = try Self.rate(first)
    var last = rate
    if words.first == "to" {
      words.removeFirst()
      guard let text = words.popFirst() else { throw .usage("after 'to' a rate is missing") }
      last = try Self.rate(text)
    }
    pace = .open(from: rate, to: last, isRandom: arrivals == "poisson")
  }

  private mutating func readThink(_ words: inout ArraySlice<String>) throws(CommandError) {
    guard case .closed(let users, _) = pace else {
      throw .usage("only users think: load 50 users for 30s think 1s")
    }
    guard let text = words.popFirst() else { throw .usage("after 'think' a duration is missing") }
    pace = .closed(users: users, think: try Arguments.duration(text))
  }

  private mutating func readSpike(_ words: inout ArraySlice<String>) throws(CommandError) {
    let parts = Array(words)
    guard parts.count >= 5, parts[1] == "at", parts[3] == "for", parts[0].hasSuffix("x"),
      let factor = Double(parts[0].dropLast()), factor > 0, factor <= 1000
    else { throw .usage("a spike is written so: spike 10x at 20s for 5s") }
    guard case .open = pace else {
      throw .usage("a spike changes a rate; users send as fast as they get answers")
    }
    spike = Workload.Spike(
      factor: factor, start: try Arguments.duration(parts[2]),
      length: try Arguments.duration(parts[4]))
    guard spike!.start < duration else {
      throw .usage("the spike would come after the load's end")
    }
    words.removeFirst(5)
  }

  static func read(
    _ arguments: Arguments, into mix: inout Workload.Mix
  ) throws(CommandError) {
    if let text = arguments["mix"] {
      let names = text.lowercased()
      let methods = ["get", "put", "delete"].contains { names.contains($0) }
      if arguments["writes"] != nil && methods {
        throw .usage("give --mix or --writes: the mix says how many are writes")
      }
      if (arguments["products"] ?? arguments["orders"]) != nil
        && ["orders", "products"].contains(where: { names.contains($0) })
      {
        throw .usage("give the products in --mix or by themselves, not twice")
      }
    }
    if let text = arguments["mix"] { try readMethods(text, into: &mix) }
    if let share = try Self.share("writes", arguments) { mix.writes = share }
    if let share = try Self.share("products", arguments) { mix.products = share }
    if let share = try Self.share("orders", arguments) {
      guard arguments["products"] == nil else {
        throw .usage("give --orders or --products: the other one gets the rest")
      }
      mix.products = 1 - share
    }
    if let keys = try arguments.count("keys", 1...1000) { mix.keys = keys }
    if let text = arguments["zipf"] {
      guard case .number(let number) = Quantity.parse(text), (0...5).contains(number) else {
        throw .usage("'\(text)' is no skew; give a number from 0 (uniform) to 5")
      }
      mix.exponent = number
    }
    guard mix.writes + mix.deletes <= 1 else {
      throw .usage("writes and deletes are more than all requests")
    }
  }

  /// As in `GET:80,PUT:15,DELETE:5`, with parts of any sum; `orders` and `products` may stand
  /// there too.
  private static func readMethods(
    _ text: String, into mix: inout Workload.Mix
  ) throws(CommandError) {
    var parts: [String: Double] = [:]
    for part in text.lowercased().split(separator: ",") {
      let pair = part.split(whereSeparator: { ":=".contains($0) }).map(String.init)
      let value = pair.count == 2 ? Double(pair[1].filter { $0 != "%" }) : nil
      guard let value, value >= 0, ["get", "put", "delete", "orders", "products"].contains(pair[0])
      else {
        throw .usage(
          "'\(part)' is no part of a mix; write it as in GET:80,PUT:15,DELETE:5,products:50")
      }
      parts[pair[0]] = value
    }
    let methods = ["get", "put", "delete"].map { parts[$0] ?? 0 }
    let sum = methods.reduce(0, +)
    guard sum > 0 || !["get", "put", "delete"].contains(where: { parts[$0] != nil }) else {
      throw .usage("a mix of no requests is none; write it as in GET:80,PUT:15,DELETE:5")
    }
    if sum > 0 { (mix.writes, mix.deletes) = (methods[1] / sum, methods[2] / sum) }
    guard parts["orders"] != nil || parts["products"] != nil else { return }
    let (orders, products) = (parts["orders"], parts["products"])
    let total = (orders ?? 0) + (products ?? 0)
    if let products, orders == nil { mix.products = min(products / 100, 1) }
    if let orders, products == nil { mix.products = 1 - min(orders / 100, 1) }
    if orders != nil, products != nil, total > 0 { mix.products = (products ?? 0) / total }
  }

  // MARK: Values

  static func rate(_ text: String) throws(CommandError) -> Double {
    let value = Quantity.parse(text)
    if case .number(let rate) = value, rate >= 0.1, rate <= 100_000 {
      throw .usage("'\(text)' needs a unit; did you mean \(text)rps?")
    }
    guard case .rate(let rate) = value, rate >= 0.1, rate <= 100_000 else {
      throw .usage("'\(text)' is no rate from 0.1rps to 100000rps")
    }
    return rate
  }

  private static func share(
    _ name: String, _ arguments: Arguments
  ) throws(CommandError) -> Double? {
    guard let text = arguments[name] else { return nil }
    switch Quantity.parse(text) {
    case .percent(let share) where (0...1).contains(share): return share
    case .number(let share) where (0...1).contains(share): return share
    default: throw .usage("'\(text)' is no share; give one from 0% to 100%")
    }
  }
}
