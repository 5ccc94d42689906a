/// Having data close at hand.
extension Term {
  static let ofCaching: [Term] = [
    Term(
      "cache-aside", ["caching", "cache aside", "lazy loading"],
      "The service asks the cache first, on a miss the database, and fills the cache itself. A "
        + "write goes to the database and invalidates the copy. Most reads need no database.",
      costs: "Copies may be outdated, and a cold cache sends everything to the database.",
      "The usual way to use Redis or Memcached.", "send GET /orders/42; trace"),
    Term(
      "read-through", ["read through"],
      "The service asks the cache alone; on a miss the cache asks the database. One place knows how "
        + "a row is loaded.",
      costs:
        "Whoever asks the cache waits for the database, too: its patience (100 ms) has to last "
        + "for a load.",
      "Caffeine LoadingCache; Hazelcast MapLoader; DynamoDB DAX.",
      "enable read-through; send GET /orders/42; trace"),
    Term(
      "write-through", ["write through"],
      "A write puts the new row into the cache as well as into the database: the next read is a "
        + "hit, and right.",
      costs: "Writes are one hop longer, and rows are kept that nobody reads.",
      "Hazelcast MapStore (write-delay 0); DynamoDB DAX.",
      "enable write-through; send PUT /orders/42; send GET /orders/42"),
    Term(
      "write-behind", ["write back", "write behind"],
      "A write is acknowledged by the cache; the database gets it a little later. As fast as the "
        + "cache, and many writes of a row may become one.",
      costs: "A cache that dies takes acknowledged writes with it.",
      "Hazelcast write-delay; a disk's write-back cache; Linux dirty pages before fsync.",
      "enable write-behind; send PUT /orders/42; run 2s; trace"),
    Term(
      "ttl", ["time to live", "expiry", "freshness"],
      "How long a copy counts as fresh. Long: more hits, older data. 60 s here.",
      "Redis EXPIRE, HTTP max-age.", "send GET /orders/42; run 61s; send GET /orders/42"),
    Term(
      "ttl-jitter", ["expiry jitter"],
      "Each copy lives a little shorter or longer, by chance: copies that were stored together do "
        + "not expire together, so the database is not asked for all at once.",
      costs: "Some are renewed earlier than need be.",
      "EXPIRE with a random part; Caffeine expireAfter.",
      "enable ttl-jitter; load 100rps for 5s; settings cache-a"),
    Term(
      "eviction-lru",
      [
        "lru", "least recently used", "eviction", "evictions", "eviction policies",
        "eviction-policies",
      ],
      "When the cache is full, the copy not used for longest goes.",
      costs: "One scan of rare keys empties it.",
      "Redis allkeys-lru, Memcached's default.", "show cache-a"),
    Term(
      "eviction-lfu", ["lfu", "least frequently used"],
      "When the cache is full, the copy used least often goes: a scan does no harm.",
      costs: "What was popular once stays.",
      "Redis allkeys-lfu (which forgets with time).", "enable eviction-lfu; load 100rps for 5s"),
    Term(
      "eviction-sieve", ["sieve"],
      "A queue with a hand: copies asked for again are marked and passed over, the first unmarked "
        + "one goes. Hits move nothing, so it is simple and fast.",
      costs: "Slow to forget what was marked.",
      "SIEVE (NSDI 2024), in several CDNs and caches.",
      "enable eviction-sieve; load 100rps for 5s"),
    Term(
      "eviction-w-tinylfu", ["w-tinylfu", "tinylfu", "caffeine"],
      "A new copy passes a small window, and takes another's place only if a sketch of frequencies "
        + "says that it is asked for more often.",
      costs: "The sketch has to be kept, and what is new has to prove itself.",
      "Caffeine; window 1 %, main 99 %, of which 80 % protected.",
      "enable eviction-w-tinylfu; load 100rps for 5s"),
    Term(
      "invalidation", ["invalidate"],
      "After a write the cached copy is removed, so that the next read fetches the new row.",
      costs: "The next read is a miss; and if the removal is lost, the old copy lives on.",
      "Memcached delete, Redis DEL.", "send GET /orders/42; send PUT /orders/42; trace"),
    Term(
      "single-flight", ["request coalescing", "singleflight"],
      "When many miss the same key at once, one of them asks the database and the others wait for "
        + "its answer. Without it a hot key that expires is a stampede.",
      costs: "All of them wait for the one, and share its failure.",
      "Go's singleflight; nginx proxy_cache_lock; Memcached leases.",
      "enable single-flight; load 200rps for 5s --zipf 2"),
    Term(
      "stale-while-revalidate", ["swr", "refresh ahead"],
      "A copy that has just expired is answered at once, and renewed in the background.",
      costs: "Answers that are a little outdated.",
      "RFC 5861; Varnish grace; Caffeine refreshAfterWrite.",
      "enable stale-while-revalidate; send GET /orders/42; run 61s; send GET /orders/42; trace"),
    Term(
      "stale-if-error", ["stale"],
      "If the database fails, a copy past its TTL is served rather than an error, for up to an "
        + "hour, and says how old it is. One within its TTL is called stale, too, while the database is "
        + "known to be down: nobody can tell whether it is outdated.",
      costs: "Answers that may be outdated.",
      "RFC 5861, Varnish grace mode, Cloudflare Always Online.",
      "send GET /orders/42; fail database-a; send GET /orders/42; why"),
    Term(
      "negative-caching", ["negative cache", "penetration"],
      "That a row does not exist is remembered, too: who asks for absent keys does not reach the "
        + "database each time.",
      costs: "A row that is new is not seen at once.",
      "DNS (RFC 2308); the cure for cache penetration.",
      "enable negative-caching; send GET /orders/4200; send GET /orders/4200; trace"),
    Term(
      "consistent-hashing", ["consistent hashing", "hash ring", "rehash"],
      "Caches stand on a ring at many points, and a key belongs to the next one. A new cache takes "
        + "1/n of the keys, and no other moves; with the number modulo n most of them would.",
      costs: "The shares are uneven, and a hot key stays hot on one cache.",
      "ketama (memcached clients); Cassandra's and DynamoDB's rings.",
      "scale cache-a 4; load 200rps for 10s --products 0%; scale cache-a 5; "
        + "load 100rps for 2s --products 0%"),
    Term(
      "hot-key", ["hot key", "zipf", "skew"],
      "A few keys get most of the requests: by Zipf's law the n-th key gets 1/n of what the first "
        + "one gets. That is why small caches help so much, and why shares are never even.",
      "Zipf's law; the celebrity problem.",
      "load 200rps for 5s --zipf 0; load 200rps for 5s --zipf 1.5"),
  ]
}
