#include "report/schema.h"

const char ns_schema_run[] =
    "CREATE TABLE run(\n"
    "  id INTEGER PRIMARY KEY,\n"
    "  workload TEXT NOT NULL,\n"
    "  seed INTEGER NOT NULL,\n"
    "  nsim_version TEXT NOT NULL,\n"
    "  config_json TEXT NOT NULL,\n"
    "  workload_hash TEXT NOT NULL,\n"
    "  profile TEXT NOT NULL,\n"
    "  started_utc TEXT,\n"
    "  status TEXT NOT NULL,\n"
    "  exit_code INTEGER NOT NULL,\n"
    "  virtual_ns INTEGER NOT NULL,\n"
    "  event_digest TEXT NOT NULL,\n"
    "  events INTEGER NOT NULL,\n"
    "  ties INTEGER NOT NULL,\n"
    "  pool_threads INTEGER NOT NULL,\n"
    "  cores INTEGER NOT NULL,\n"
    "  loop_idle_ns INTEGER NOT NULL,\n"
    "  pool_span_ns INTEGER NOT NULL,\n"
    "  pool_busy_ns INTEGER NOT NULL,\n"
    "  pool_full_ns INTEGER NOT NULL\n"
    ") STRICT;\n"
    "CREATE TABLE sweep(\n"
    "  id INTEGER PRIMARY KEY,\n"
    "  name TEXT NOT NULL,\n"
    "  config_json TEXT NOT NULL\n"
    ") STRICT;\n"
    "CREATE TABLE sweep_point(\n"
    "  sweep_id INTEGER NOT NULL REFERENCES sweep(id),\n"
    "  run_id INTEGER NOT NULL REFERENCES run(id),\n"
    "  params_json TEXT NOT NULL,\n"
    "  replicate INTEGER NOT NULL\n"
    ") STRICT;\n";

const char ns_schema_insert_run[] =
    "INSERT INTO run VALUES($id, $workload, $seed, '" NSIM_VERSION "', $config, $hash, $profile, $started, "
    "'incomplete', 0, 0, '', 0, 0, 0, $cores, 0, 0, 0, 0)";

const char ns_schema_update_run[] =
    "UPDATE run SET status = $status, exit_code = $exit_code, virtual_ns = $virtual, event_digest = $digest, "
    "events = $events, ties = $ties, pool_threads = $pool_threads, loop_idle_ns = $idle, "
    "pool_span_ns = $pool_span, pool_busy_ns = $pool_busy, pool_full_ns = $pool_full WHERE id = $id";
