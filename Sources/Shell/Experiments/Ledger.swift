import Architecture
import Kernel
import Language

/// The live deployment as SQL tables: requests, hops, nodes, metrics and log.
enum Ledger {
  static let names = ["requests", "hops", "nodes", "metrics", "log"]

  /// The tables that a query mentions.
  static func tables(for sql: String, _ session: Session) -> [Query.Ledger] {
    let words = Set(
      sql.lowercased().split { !$0.isLetter && $0 != "_" }.map(String.init))
    return names.filter { words.contains($0) }.map { name in
      switch name {
      case "requests": requests(session.world)
      case "hops": hops(session.world)
      case "nodes": nodes(session.world)
      case "metrics": metrics(session)
      default: log(session.world)
      }
    }
  }

  private static func requests(_ world: World) -> Query.Ledger {
    let rows = world.journal.requestIDs.compactMap { world.journal[$0] }.map {
      record -> [Query.Value] in
      [
        .integer(Int64(record.id)), .text(record.method.name),
        .text(RequestText.path(record, world)),
        .text(record.identity.name),
        record.isAnswered ? .integer(Int64(record.answer.status)) : .null,
        .text(record.answer.reason.name), .integer(Int64(record.hops)),
        record.isAnswered ? .real(record.latency.milliseconds) : .null,
        .text(record.answer.cache.name), .text(RequestText.servedBy(record, world)),
        .real(record.sentAt.milliseconds), .integer(record.isVirtual ? 1 : 0),
      ]
    }
    return Query.Ledger(
      name: "requests",
      columns: [
        "id INTEGER", "method TEXT", "path TEXT", "sender TEXT", "status INTEGER", "reason TEXT",
        "hops INTEGER", "latency_ms REAL", "cache TEXT", "served_by TEXT", "sent_ms REAL",
        "virtual INTEGER",
      ], rows: rows)
  }

  /// The messages, numbered as in a trace: those of the request path first.
  private static func hops(_ world: World) -> Query.Ledger {
    var numbers: [UInt32: (front: Int, background: Int)] = [:]
    for span in world.journal.keptSpans where !span.isAcknowledgement && !span.isBackground {
      numbers[span.request, default: (0, 0)].background += 1
    }
    let rows = world.journal.keptSpans.map { span -> [Query.Value] in
      var number = Query.Value.null
      if !span.isAcknowledgement {
        if span.isBackground {
          numbers[span.request, default: (0, 0)].background += 1
          number = .integer(Int64(numbers[span.request]!.background))
        } else {
          numbers[span.request, default: (0, 0)].front += 1
          number = .integer(Int64(numbers[span.request]!.front))
        }
      }
      return [
        .integer(Int64(span.request)), number, .text(world.name(of: span.from)),
        .text(world.name(of: span.to)), .text("\(span.verb)"), .integer(span.isAnswer ? 1 : 0),
        .real(span.sentAt.milliseconds), .real(span.receivedAt.milliseconds),
        .text("\(span.fate)"), .integer(Int64(span.status)), .text(span.reason.name),
        .integer(span.isBackground ? 1 : 0),
      ]
    }
    return Query.Ledger(
      name: "hops",
      columns: [
        "request INTEGER", "number INTEGER", "sender TEXT", "receiver TEXT", "verb TEXT",
        "is_answer INTEGER", "sent_ms REAL", "received_ms REAL", "fate TEXT", "status INTEGER",
        "reason TEXT", "background INTEGER",
      ], rows: rows)
  }

  private static func nodes(_ world: World) -> Query.Ledger {
    let rows = world.directory.nodes.map { node -> [Query.Value] in
      let latency = world.latency(at: node)
      func milliseconds(_ quantile: Double) -> Query.Value {
        latency.quantile(quantile).map { .real($0.milliseconds) } ?? .null
      }
      return [
        .text(world.name(of: node)), .text(world.tier(of: node).name),
        .text(world.isUp(node) ? "up" : "down"), .integer(Int64(world.requests(at: node))),
        .integer(Int64(world.errors(at: node))), milliseconds(0.5), milliseconds(0.99),
        .real(world.utilization(at: node)), .integer(Int64(world.slots(at: node).queueLength)),
      ]
    }
    return Query.Ledger(
      name: "nodes",
      columns: [
        "name TEXT", "tier TEXT", "state TEXT", "requests INTEGER", "errors INTEGER",
        "p50_ms REAL", "p99_ms REAL", "utilization REAL", "queue_length INTEGER",
      ], rows: rows)
  }

  private static func metrics(_ session: Session) -> Query.Ledger {
    let rows = session.observableNames.compactMap { name -> [Query.Value]? in
      guard name != "hash", let value = session.observe(name) else { return nil }
      return [.text(name), value.plain.map { .real($0) } ?? .null, .text(value.text)]
    }
    return Query.Ledger(
      name: "metrics", columns: ["name TEXT", "value REAL", "text TEXT"], rows: rows)
  }

  private static func log(_ world: World) -> Query.Ledger {
    let rows = world.journal.incidents.map { incident -> [Query.Value] in
      [
        .real(incident.at.milliseconds), .text("\(incident.kind)"),
        incident.node == .none ? .null : .text(world.name(of: incident.node)),
        .text(incident.command), .text(incident.text),
      ]
    }
    return Query.Ledger(
      name: "log",
      columns: ["at_ms REAL", "kind TEXT", "node TEXT", "command TEXT", "text TEXT"], rows: rows)
  }
}
