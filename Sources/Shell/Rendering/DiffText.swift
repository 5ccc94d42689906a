import Architecture
import Kernel
import Language

/// Two traces, hop by hop: what both have, and what only one has.
enum DiffText {
  enum Line {
    case both(Trace.Hop, Trace.Hop)
    case first(Trace.Hop)
    case second(Trace.Hop)
  }

  /// The hops lined up by the longest common subsequence of who asks whom for what.
  static func align(_ first: Trace, _ second: Trace, _ world: World) -> [Line] {
    let (a, b) = ([first, second].map { $0.hops.filter { $0.number != nil } }).pair
    func key(_ hop: Trace.Hop) -> [UInt8] {
      let span = hop.span
      return [
        world.tier(of: span.from).rawValue, world.tier(of: span.to).rawValue, span.verb.rawValue,
        span.isAnswer ? 1 : 0,
      ]
    }
    let (x, y) = (a.map(key), b.map(key))
    var common = Array(repeating: Array(repeating: 0, count: y.count + 1), count: x.count + 1)
    for i in x.indices.reversed() {
      for j in y.indices.reversed() {
        common[i][j] =
          x[i] == y[j] ? common[i + 1][j + 1] + 1 : max(common[i + 1][j], common[i][j + 1])
      }
    }
    var lines: [Line] = []
    var (i, j) = (0, 0)
    while i < x.count || j < y.count {
      if i < x.count, j < y.count, x[i] == y[j] {
        lines.append(.both(a[i], b[j]))
        (i, j) = (i + 1, j + 1)
      } else if j >= y.count || (i < x.count && common[i + 1][j] >= common[i][j + 1]) {
        lines.append(.first(a[i]))
        i += 1
      } else {
        lines.append(.second(b[j]))
        j += 1
      }
    }
    return lines
  }

  static func report(_ first: Trace, _ second: Trace, _ session: Session) -> Report {
    let world = session.world
    let lines = align(first, second, world)
    var table = TextTable([
      .init(""), .init("from"), .init("to"), .init("#\(first.request.id)", right: true),
      .init("#\(second.request.id)", right: true), .init("what"),
    ])
    func time(_ hop: Trace.Hop) -> String {
      NumberText.fixed((hop.span.receivedAt - hop.span.sentAt).milliseconds, decimals: 2)
    }
    func names(_ hops: [Trace.Hop], _ node: (Span) -> NodeID) -> String {
      let nodes = hops.map { node($0.span) }
      let name = world.name(of: nodes[0])
      guard let other = nodes.last, other != nodes[0] else { return name }
      return "\(name)|\(world.directory[other].number)"
    }
    func add(_ sign: String, _ hops: [Trace.Hop], _ times: [String], _ what: String) {
      table.add([sign, names(hops, \.from), names(hops, \.to)] + times + [what])
    }
    func what(_ hop: Trace.Hop, _ trace: Trace) -> String {
      TraceText.what(hop.span, of: trace.request, world)
    }
    var (onlyFirst, onlySecond) = (0, 0)
    for line in lines {
      switch line {
      case .both(let a, let b):
        let (one, other) = (what(a, first), what(b, second))
        add("", [a, b], [time(a), time(b)], one == other ? one : "\(one) | \(other)")
      case .first(let hop):
        onlyFirst += 1
        add("-", [hop], [time(hop), ""], what(hop, first))
      case .second(let hop):
        onlySecond += 1
        add("+", [hop], ["", time(hop)], what(hop, second))
      }
    }
    let rendered = table.render(width: session.options.width).lines
    let titles = [first.request, second.request].flatMap { request in
      DisplayWidth.wrap(
        words: ["#\(request.id)", RequestText.title(request, world)]
          + RequestText.outcomeParts(request, world, session.style),
        separator: "  ", indent: 4, session.options.width)
    }
    let sum =
      "\(NumberText.counted(onlyFirst, "hop")) only in #\(first.request.id) (-), "
      + "\(NumberText.counted(onlySecond, "hop")) only in #\(second.request.id) (+); "
      + "times on the way in ms"
    return Report(
      titles + [session.style.quiet(rendered[0])] + rendered.dropFirst()
        + session.wrap(sum).map { session.style.quiet($0) },
      .object([
        ("first", .integer(Int(first.request.id))), ("second", .integer(Int(second.request.id))),
        ("common", .integer(lines.count - onlyFirst - onlySecond)),
        ("onlyFirst", .integer(onlyFirst)), ("onlySecond", .integer(onlySecond)),
      ]))
  }
}

extension Array {
  /// The first two elements.
  fileprivate var pair: (Element, Element) { (self[0], self[1]) }
}
