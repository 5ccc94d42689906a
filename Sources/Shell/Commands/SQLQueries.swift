import Architecture
import Kernel
import Language

/// Asks a database instance, or the deployment's ledgers, for rows.
func sql(_ arguments: Arguments, _ session: Session) throws(CommandError) -> Report {
  var words = arguments.rest
  var node = NodeID.none
  let first = words.first?.text ?? ""
  let isName = !first.contains(" ") && first.contains("-")
  if words.count > 1, isName || NodeNames.find(first, in: session.world) != nil {
    node = try NodeNames.node(first, in: session.world)
    guard session.world.tier(of: node).kind == .database else {
      throw CommandError(
        "\(session.world.name(of: node)) has no rows; ask database-a or database-b")
    }
    words.removeFirst()
  }
  let query = words.map(\.text).joined(separator: " ")
  if words.count > 2, words[words.count - 2].text == "on",
    NodeNames.find(words[words.count - 1].text, in: session.world) != nil
  {
    throw .usage(
      "whom to ask comes first: sql \(words[words.count - 1].text) \"\(words[0].text)\"")
  }
  if node == .none {
    let text = query.lowercased()
    let isOfProducts =
      text.contains(/\bproducts\b/) && !text.contains(/\b(from|join)\s+(orders|activity)\b/)
    let tier = isOfProducts ? Tier.databaseB : .databaseA
    node = session.world.directory.primary(of: tier)
  }
  // On a copy: looking must not change even how the rows lie in memory.
  var copy = session.world
  let ledgers = Ledger.tables(for: query, session)
  let owner = ledgers.isEmpty ? session.world.name(of: node) : "the deployment"
  switch copy.query(query, at: node, with: ledgers) {
  case .failure(let refusal):
    throw CommandError(
      "\(owner): \(refusal.message)"
        + (advice(on: refusal.message, query, &copy, node, ledgers).map { "; \($0)" } ?? ""))
  case .success(let table): return SQLText.report(table, at: owner, session)
  }
}

/// What there is instead of a column or a table that there is not.
private func advice(
  on message: String, _ query: String, _ world: inout World, _ node: NodeID,
  _ ledgers: [Query.Ledger]
) -> String? {
  let resources = ["orders", "activity", "products"]
  if message.hasPrefix("no such table") {
    let unknown = message.split(separator: " ").last.map(String.init) ?? ""
    if resources.contains(unknown) {
      let tier = unknown == "products" ? Tier.databaseB : .databaseA
      return "\(unknown) is a table of \(tier.name), and one database is asked at a time"
    }
    return Suggestion.question(about: unknown, among: resources + Ledger.names)
      ?? "there are \((resources + Ledger.names).joined(separator: ", "))"
  }
  guard message.hasPrefix("no such column") else { return nil }
  let words = Set(query.lowercased().split { !$0.isLetter && $0 != "_" }.map(String.init))
  let rows = resources.filter(words.contains).compactMap { name -> String? in
    guard case .success(let table) = world.query("select * from \(name)", at: node)
    else { return nil }
    return "\(name) has \(table.columns.joined(separator: ", "))"
  }
  let ledgers = ledgers.map { ledger in
    let columns = ledger.columns.map { $0.prefix { $0 != " " } }
    return "\(ledger.name) has \(columns.joined(separator: ", "))"
  }
  return rows.isEmpty && ledgers.isEmpty ? nil : (rows + ledgers).joined(separator: "; ")
}
