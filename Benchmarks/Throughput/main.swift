import Architecture
import Glibc
import Kernel

// Runs a Zipf mix through the default deployment and prints what a CPU second bought.

let count = CommandLine.arguments.count > 1 ? Int(CommandLine.arguments[1]) ?? 0 : 1_000_000
guard count > 0 else {
  print("usage: Throughput [REQUESTS]")
  exit(2)
}

func cpuSeconds() -> Double {
  var usage = rusage()
  getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
  return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
    + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
}

var world = World(seed: 42)
let workload = world.makeWorkload(.open(from: 1000, to: 1000, isRandom: true), count: count)
let rowsBefore = world.rowOperations
let start = cpuSeconds()
world.begin(workload)
world.advance(until: { $0.isQuiet }, notAfter: .distantFuture)
let seconds = cpuSeconds() - start

var usage = rusage()
getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
let journal = world.journal
let rows = world.rowOperations - rowsBefore
/// For an event and its share of the rows that SQLite reads and writes.
let budget = 100 + 600 * rows / world.eventCount
print(
  "impl=hopsh N=\(count) completed=\(journal.succeeded) failed=\(journal.failed)",
  "hops=\(journal.hops) events=\(world.eventCount) rows=\(rows) cpu=\(seconds)",
  "hops_per_s=\(Int(Double(journal.hops) / seconds))",
  "events_per_s=\(Int(Double(world.eventCount) / seconds))",
  "ns_per_event=\(Int(seconds * 1e9 / Double(world.eventCount)))", "ns_budget=\(budget)",
  "rss_kb=\(usage.ru_maxrss) digest=\(world.digest.text)")
