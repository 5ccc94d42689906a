#include <sqlite3.h>

/// Stops SQLite from counting its memory, which takes a lock at each allocation. A variadic call,
/// which Swift cannot make; it must come before any other.
static inline int sqlite3_forgo_memory_statistics(void) {
  return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}
