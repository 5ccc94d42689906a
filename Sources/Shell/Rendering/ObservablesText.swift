import Architecture
import Language

/// The list of everything that has a name and a value, by what it is of.
enum ObservablesText {
  private struct Group {
    let title: String
    let members: [(name: String, summary: String)]
  }

  static func report(_ session: Session) -> Report {
    let lines = groups.flatMap { group -> [String] in
      var table = TextTable([.init("name"), .init("meaning")])
      for member in group.members { table.add([member.name, member.summary]) }
      return [session.style.strong(group.title)]
        + table.wrapped(width: session.options.width - 2, showsHeader: false).map { "  " + $0 }
    }
    let note =
      "'show', 'expect', 'until', 'plot' and 'watch' take them; 'settings' have names, too."
    return Report(
      lines + session.wrap(session.style.quiet(note)),
      .object([
        (
          "groups",
          .array(
            groups.map { group in
              .object([
                ("title", .string(group.title)),
                ("observables", .object(group.members.map { ($0.name, .string($0.summary)) })),
              ])
            })
        )
      ]))
  }

  private static var groups: [Group] {
    func wholes(_ title: String, _ belongs: (String) -> Bool) -> Group {
      Group(
        title: title,
        members: WholeObservable.all.filter { belongs($0.name) }.map { ($0.name, $0.summary) })
    }
    func parts(_ title: String, _ observables: [Observable]) -> Group {
      Group(title: title, members: observables.map { ($0.name, $0.summary) })
    }
    let kinds: [(Tier.Kind, String)] = [
      (.cache, "of a cache, as in cache-a.hits"),
      (.database, "of a database, as in database-a.lag"),
      (.messageQueue, "of the queue, as in queue.depth"),
      (.worker, "of a worker, as in worker.processed"),
      (.service, "of a service, as in service-a.tasks-lost"),
    ]
    return [
      wholes("of your last request") { $0.hasPrefix("last.") },
      wholes("of the latest load") { $0.hasPrefix("load.") },
      wholes("of the whole") { !$0.hasPrefix("last.") && !$0.hasPrefix("load.") },
      parts("of every node and tier, as in gateway.p99 or gateway-1.p99", Observable.ofEveryNode),
    ]
      + kinds.map { kind, title in
        parts(title, Observable.ofSomeKinds.filter { $0.kinds?.contains(kind) ?? true })
      } + [parts("of patterns, where they are on, as in gateway.retries", Observable.ofPatterns)]
  }
}
