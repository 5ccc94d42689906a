import Architecture
import Language

/// More or fewer instances.
let scaleCommand = Command(
  name: "scale", group: .settings, summary: "change how many instances a tier has",
  takesAssignment: true,
  parameters: [.init(name: "TIER", kind: .node), .init(name: "N|+N|-N", kind: .count)],
  details: [
    "New instances get the settings of the first. The last ones go first: they get nothing new and "
      + "finish what they have begun (draining)."
  ],
  examples: [
    .init(line: "scale service-a 4", meaning: "twice the capacity"),
    .init(line: "scale worker +2", meaning: "two more than there are"),
    .init(line: "scale cache-a 3", meaning: "keys move to the new caches"),
    .init(line: "scale database-a 3", meaning: "a second replica"),
  ]
) { session, arguments throws(CommandError) in
  if let count = arguments["TIER"], Int(count) != nil, let name = arguments["N|+N|-N"],
    NodeNames.find(name, in: session.world) != nil
  {
    throw .usage("the tier comes first: did you mean 'scale \(name) \(count)'?")
  }
  let tier: Tier
  switch try NodeNames.target(arguments.required("TIER"), in: session.world) {
  case .tier(let named): tier = named
  case .node(let node) where session.world.name(of: node) == session.world.tier(of: node).name:
    tier = session.world.tier(of: node)
  case .node(let node):
    throw CommandError("name a tier, such as \(session.world.tier(of: node).name), not an instance")
  }
  let before = session.world.directory.count(of: tier)
  let count = try count(arguments.required("N|+N|-N"), from: before)
  if let obstacle = session.world.obstacle(toScale: tier, to: count) {
    throw CommandError(obstacle)
  }
  session.world.scale(tier, to: count, command: arguments.statement.text)
  let instances = count == 1 ? "instance" : "instances"
  let change =
    before == count ? "\(count) \(instances), as before" : "\(before) → \(count) \(instances)"
  let ending = count < before ? " The last ones finish what they have begun." : ""
  return Report(
    ["\(tier.name): \(change).\(ending)"],
    .object([
      ("tier", .string(tier.name)), ("from", .integer(before)), ("to", .integer(count)),
    ]))
}

/// So many, or so many more or less than there are.
private func count(_ text: String, from before: Int) throws(CommandError) -> Int {
  guard let number = Int(text), abs(number) <= 1000,
    number != 0 || text.first == "+" || text.first == "-"
  else {
    throw .usage(
      "'\(text)' is no number of instances; give 1 to \(World.scaleLimit), or +1 for one more")
  }
  return text.first == "+" || text.first == "-" ? before + number : number
}
