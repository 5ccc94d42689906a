/// What goes well and wrong with copies.
extension Term {
  static let ofFreshness: [Term] = [
    Term(
      "hit-ratio", ["hit ratio", "hit", "miss", "cache hit", "cache miss"],
      "The share of look-ups that find a fresh copy. What counts is the rest: from 90 % to 95 % the "
        + "database gets half as many reads.",
      "Redis keyspace_hits, Memcached get_hits and get_misses.",
      "load 200rps for 10s --products 100%; show cache-b.hit-ratio; show database-b.reads"),
    Term(
      "bypass", ["cache bypass"],
      "The answer came without the cache being asked: a write, or a read while the cache is off or "
        + "out of reach.",
      "nginx $upstream_cache_status BYPASS; Cloudflare's CF-Cache-Status.",
      "send PUT /orders/42; traces bypass"),
    Term(
      "cold-start", ["cold start", "cold cache"],
      "A cache that is empty finds nothing, and the database gets all the reads that it was spared: "
        + "a restart at the peak can bring it down.",
      "Cache warming; Memcached's gutter pools.",
      "load 200rps for 10s --products 100%; fail cache-b; restore cache-b; "
        + "load 200rps for 1s --products 100%; show load.hit-ratio"),
    Term(
      "stampede", ["cache stampede", "thundering herd", "dogpile", "synchronised expiry"],
      "A copy that many ask for expires, and all of them go to the database at once, until the first "
        + "one has brought a new copy. The slower the database, the more of them. Single flight lets "
        + "one through, stale-while-revalidate keeps the others content, ttl-jitter keeps many copies "
        + "from expiring at one moment.",
      "Dogpile; nginx proxy_cache_lock, Memcached leases, XFetch.",
      "inject latency on database-b 200ms; set cache-b.ttl 1s; "
        + "load 400rps for 5s --products 100% --writes 0% --zipf 3; show database-b.reads"),
    Term(
      "scan", ["scan resistance", "cache pollution"],
      "Somebody reads every row once, say for a report. Least recently used keeps the rows of the "
        + "scan and gives up what everybody else needs; policies that count uses do not.",
      "MySQL's midpoint insertion, PostgreSQL's ring buffers for scans.",
      "set cache-b.capacity 100; load 200rps for 10s --products 100% --writes 0%; "
        + "load 400rps for 1s --products 100% --writes 0% --zipf 0; "
        + "load 200rps for 1s --products 100% --writes 0%; show load.hit-ratio"),
    Term(
      "write-policy", ["write policy", "write around", "write allocate"],
      "What a write does about the cache: remove the copy (cache-aside), go through it to the "
        + "database (write-through), or stay there for a while (write-behind). A service has one of "
        + "them at a time.",
      "Hazelcast write-delay-seconds: 0 is write-through, more is write-behind.",
      "enable write-behind; patterns write-through; disable write-behind"),
    Term(
      "staleness", ["outdated", "age", "stale read", "stale set"],
      "How far behind the truth an answer may be: until the copy's time is over, if the removal of a "
        + "copy is lost; for as long as a replica lags, if it was read there, and then the cache keeps "
        + "that. What is served stale says so, and how old it is.",
      "HTTP Age and Warning; staleness bounds of Cosmos DB and Spanner.",
      "send GET /products/7; inject loss on service-b..cache-b 100%; send PUT /products/7; "
        + "restore all; send GET /products/7"),
  ]
}
