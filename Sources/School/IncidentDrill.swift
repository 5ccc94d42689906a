/// An incident to diagnose: something is wrong with the deployment, and only its effects show.
///
/// The exercise is that of the Wheel of Misfortune (Beyer et al., Site Reliability Engineering,
/// 2016): an alert, the instruments of every day, and a cause to be named.
public struct IncidentDrill: Sendable {
  /// Something that tells the cause, for whoever looks: it holds in this incident.
  public struct Evidence: Sendable {
    public let text: String
    /// As `expect` takes it.
    public let condition: String
  }

  public let name: String
  /// What people say.
  public let complaint: String
  /// The cause, as `inject` takes it.
  public let fault: String
  /// The names that the place of the cause goes by, and the kinds of fault that look the same.
  public let places: [String]
  public let kinds: [String]
  public let hints: [String]
  public let evidence: [Evidence]
  /// What there is to learn, and what helps.
  public let moral: String

  /// In the order of their difficulty.
  public static let all: [IncidentDrill] = [
    nobodyCanSave, nothingHappens, everySecondOrder, slowOrders, blankPages, noComplaint,
    twoComplaints,
    tryAgain, aTenthLonger, someTimeOut, signedOut,
  ]

  static let nobodyCanSave = IncidentDrill(
    name: "nobody-can-save",
    complaint: "Nobody can change a product. Looking at them works.",
    fault: "disk-full on database-b",
    places: ["database-b", "database-b-1"], kinds: ["disk-full"],
    hints: [
      "What do those that fail have in common? 'traces failed --load' lists them.",
      "Where does such a request stop? 'why' tells of the latest.",
    ],
    evidence: [
      Evidence(
        text: "Database B answers writes with errors", condition: "database-b.errors > 50"),
      Evidence(text: "and no other database does", condition: "database-a.errors == 0"),
      Evidence(
        text: "nobody waits any longer than before", condition: "load.p99 < 200ms"),
    ],
    moral: "A full disk makes a database read-only. Reads hide it, the more so with a cache in "
      + "front: watch errors by method, and not only in sum.")

  static let nothingHappens = IncidentDrill(
    name: "nothing-happens",
    complaint: "All is green. But what follows an order happens later and later.",
    fault: "slow on worker 200",
    places: ["worker"], kinds: ["slow", "cpu"],
    hints: [
      "What users wait for is well. What comes after their answer? Hops 12 to 14.",
      "Look at 'show queue' and 'show worker'. Is it the workers, or what they write to?",
    ],
    evidence: [
      Evidence(text: "every user is served", condition: "load.success-rate == 100%"),
      Evidence(text: "tasks pile up", condition: "queue.depth > 300"),
      Evidence(text: "a task takes a worker seconds", condition: "worker.p99 > 1s"),
      Evidence(
        text: "and the database that it writes to milliseconds", condition: "database-a.p99 < 50ms"),
    ],
    moral: "A queue takes the load off the users' path, and the alarms with it. Watch the age of "
      + "its oldest task ('show queue.oldest-age'); more workers help: 'scale worker 12'.")

  static let everySecondOrder = IncidentDrill(
    name: "every-second-order",
    complaint: "Every second order is slow.",
    fault: "slow on service-a-1 20",
    places: ["service-a-1"], kinds: ["slow", "cpu"],
    hints: [
      "Every second one: what takes turns? 'nodes' shows instance by instance.",
      "Compare the p99 of neighbours. What is passed on slowly is slow higher up as well.",
    ],
    evidence: [
      Evidence(
        text: "one instance is slow, and its neighbour is not",
        condition: "service-a-1.p99 > 100ms and service-a-2.p99 < 50ms"),
      Evidence(text: "nothing that it asks is", condition: "database-a.p99 < 50ms"),
    ],
    moral: "A mean over a tier hides its worst instance. Round robin gives it its share all the "
      + "same; least-request gives it less: 'explain least-request'.")

  static let slowOrders = IncidentDrill(
    name: "slow-orders",
    complaint: "Some orders take a third of a second. Products are as quick as ever.",
    fault: "latency on database-a 300ms 100ms",
    places: ["database-a", "database-a-1"], kinds: ["latency"],
    hints: [
      "Is it all orders, or those that are not in the cache? 'traces miss --load'.",
      "Take a slow one: 'trace slowest' and 'why slowest'. Does a node take the time, or a way?",
    ],
    evidence: [
      Evidence(
        text: "Service A's slowest calls take that long", condition: "service-a.p99 > 300ms"),
      Evidence(
        text: "Database A is quick: the time goes by on the way to it",
        condition: "database-a.p99 < 50ms"),
      Evidence(
        text: "whoever else writes to it is slow, too", condition: "worker.p50 > 100ms"),
    ],
    moral: "Time that no node accounts for is spent between nodes: compare what a caller measures "
      + "with what the callee does.")

  static let blankPages = IncidentDrill(
    name: "blank-pages",
    complaint: "Product pages did not load for a while: a long wait, then an error.",
    fault: "pause on service-b-1",
    places: ["service-b-1"], kinds: ["pause", "blackhole"],
    hints: [
      "How long did they wait? Whose patience is that? 'settings gateway'.",
      "Who was asked and did not answer? 'trace' one that failed; compare the requests of "
        + "neighbours in 'nodes'.",
    ],
    evidence: [
      Evidence(text: "they waited for the gateway's timeout", condition: "load.p99 > 14s"),
      Evidence(
        text: "one instance took no call any more, and its neighbour all",
        condition: "service-b-1.requests < 400 and service-b-2.requests > 900"),
      Evidence(text: "though it is up", condition: "service-b-1.state == up"),
    ],
    moral: "A grey failure: the process lives, and does nothing. Only health checks that ask it "
      + "something notice. Until then each caller waits for its timeout: a shorter one and a retry "
      + "elsewhere help.")

  static let noComplaint = IncidentDrill(
    name: "no-complaint",
    complaint: "No user complains. But somebody found the standby to be old.",
    fault: "replication-pause on database-a-2",
    places: ["database-a-2"], kinds: ["replication-pause"],
    hints: [
      "Which databases have a standby? 'nodes' tells how far each one is.",
      "How much would a failover lose now? 'show database-a'.",
    ],
    evidence: [
      Evidence(text: "a replica is far behind", condition: "database-a-2.lag > 20s"),
      Evidence(text: "and no user knows", condition: "load.success-rate == 100%"),
      Evidence(text: "nothing waits either", condition: "queue.depth == 0"),
    ],
    moral: "Redundancy that is gone hurts nobody, until it is needed: a failover now would lose "
      + "what the replica lacks. Alarm on lag, or let writes wait for the standby: 'explain "
      + "synchronous-replication'.")

  static let twoComplaints = IncidentDrill(
    name: "two-complaints",
    complaint: "A few orders fail, and what is to follow them piles up.",
    fault: "io-error on database-a 30%",
    places: ["database-a", "database-a-1"], kinds: ["io-error"],
    hints: [
      "Two complaints, perhaps one cause: what do orders and workers share?",
      "'why' tells of the latest failure. Which reason, and at which node?",
    ],
    evidence: [
      Evidence(text: "Database A answers with errors", condition: "database-a.errors > 200"),
      Evidence(text: "workers can't record their tasks", condition: "worker.failures > 100"),
      Evidence(text: "which come back and wait", condition: "queue.depth > 100"),
    ],
    moral: "One part that fails at times is seen in several places. Retries hide it from users, "
      + "redelivery from tasks: a disk that errs wants a failover all the same.")

  static let tryAgain = IncidentDrill(
    name: "try-again",
    complaint: "Some product requests fail at once. Asked again, they mostly work.",
    fault: "reset on service-b-2 50%",
    places: ["service-b-2"], kinds: ["reset"],
    hints: [
      "They fail at once: nobody waited. Which reason do they have? 'traces failed --load'.",
      "Do the failures go to one instance? 'trace' some of them, and compare in 'nodes'.",
    ],
    evidence: [
      Evidence(
        text: "those that fail do so at once", condition: "failed > 100 and load.p99 < 200ms"),
      Evidence(
        text: "no instance of Service B knows of an error", condition: "service-b.errors == 0"),
      Evidence(
        text: "but fewer calls reach one than the other",
        condition: "service-b-2.requests < 600 and service-b-1.requests > 800"),
    ],
    moral: "A connection that breaks is not an error of the server, and none that it counts: look "
      + "at what callers see. Outlier detection puts such an instance out, a retry helps until then."
  )

  static let aTenthLonger = IncidentDrill(
    name: "a-tenth-longer",
    complaint: "Every product takes a tenth of a second longer. Nothing fails.",
    fault: "blackhole on cache-b",
    places: ["cache-b", "cache-b-1"], kinds: ["blackhole", "pause"],
    hints: [
      "A tenth of a second, for all of them: whose timeout is that? 'settings service-b'.",
      "'trace' a product: at which hop does the time go by, and does an answer come?",
    ],
    evidence: [
      Evidence(
        text: "half of Service B's calls take as long as its patience with the cache",
        condition: "service-b.p50 > 100ms"),
      Evidence(text: "its database is quick", condition: "database-b.p99 < 50ms"),
      Evidence(text: "every user is served", condition: "load.success-rate == 100%"),
    ],
    moral: "A cache that is gone is a miss; one that is silent is a timeout and a miss. Keep the "
      + "patience with a cache near its p99: 'set service-b.cache-timeout 5ms'.")

  static let someTimeOut = IncidentDrill(
    name: "some-time-out",
    complaint: "Some orders time out. No instance of anything is slow or ill.",
    fault: "loss on gateway-2..service-a 15%",
    places: ["gateway-2..service-a"], kinds: ["loss"],
    hints: [
      "Which gateway do the failures pass, and which service? 'trace' several that failed.",
      "Both ends are well, and what is between them? A link is named gateway-1..service-b.",
    ],
    evidence: [
      Evidence(
        text: "one gateway sees all the failures",
        condition: "gateway-1.errors == 0 and gateway-2.errors > 100"),
      Evidence(
        text: "the service that it waits for is quick and well",
        condition: "service-a.p99 < 50ms and service-a.errors == 0"),
      Evidence(
        text: "through the other gateway as well as for products all is quick",
        condition: "gateway-1.p99 < 50ms and service-b.p99 < 50ms"),
    ],
    moral:
      "A message that is lost leaves no error anywhere, only a wait. Failures that two healthy "
      + "nodes have only with each other are those of the link.")

  static let signedOut = IncidentDrill(
    name: "signed-out",
    complaint: "Half of the users are told to sign in again, and can't.",
    fault: "clock on gateway-2 2h",
    places: ["gateway-2"], kinds: ["clock"],
    hints: [
      "Which status, which reason? Who checks tokens? 'traces failed --load'.",
      "Do both gateways refuse? 'trace' some. What, besides the token, does such a check look at?",
    ],
    evidence: [
      Evidence(
        text: "half of the requests fail, and none by a server's error",
        condition: "load.success-rate < 60% and gateway.errors == 0"),
      Evidence(
        text: "both gateways get the same share of the requests",
        condition: "gateway-1.requests > 1000 and gateway-2.requests > 1000"),
    ],
    moral: "A token is valid until a moment, and a moment is what a clock says. A gateway whose "
      + "clock is two hours ahead finds every token of an hour expired.")
}
