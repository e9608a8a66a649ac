// How a run ended, whether JavaScript ran or a trace was replayed.
#ifndef NS_TRACE_RESULT_H
#define NS_TRACE_RESULT_H

#include <stdint.h>

typedef struct ns_run_result {
    int exit_code;      // of the program: process.exitCode, 1 uncaught, 7, 13 ... as Node's
    const char *status; // "ok", "exception", "limit: virtual time", "limit: memory" ... static
    int64_t virtual_ns;
    uint64_t digest, events, ties;
    int pool_threads;
    int64_t idle_ns;
    int64_t pool_span_ns, pool_busy_ns, pool_full_ns; // see model/threadpool.h
    int64_t cpu_ns;                                   // of all cores, in service
    int64_t drawn; // of a replay: requests beyond those of the trace, drawn from it
} ns_run_result;

#endif
