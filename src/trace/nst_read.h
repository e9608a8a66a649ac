// The reader of traces, for its own files (nst_read.c, nst_check.c).
#ifndef NS_TRACE_NST_READ_H
#define NS_TRACE_NST_READ_H

#include "trace/nst_format.h"

enum { NS_NST_DISK_KINDS = 5, NS_NST_TASK_KINDS = 5 }; // of model/disk.h, model/threadpool.h

struct ns_nst_file {
    ns_nst trace;
    uint8_t *bytes;
    char *text; // of the strings
    const char **strings, **sets;
    ns_nst_site *sites;
    ns_nst_spawn *spawns;
    ns_nst_unit *units;
    ns_nst_request *requests;
    uint32_t *loop_ends, *firings;
    ns_record *records;
    ns_nst_compilation *compilations;
    ns_nst_death *deaths;
    bool *spawned; // while it is checked: spawns that were started
    bool *led_to;  // and units that something leads to
};

// Reads what may be damaged: after the first fault everything is 0.
typedef struct ns_nst_reader {
    ns_nst_file *file;
    const uint8_t *at, *end;
    bool bad, no_memory;
} ns_nst_reader;

// A varint.
static inline uint64_t ns_nst_read(ns_nst_reader *r)
{
    uint64_t value = 0;
    for (int shift = 0; shift < 70 && r->at < r->end; shift += 7) {
        uint8_t byte = *r->at++;
        if (shift == 63 && byte > 1)
            break;
        value |= (uint64_t)(byte & 127) << shift;
        if (!(byte & 128))
            return value;
    }
    r->bad = true;
    r->at = r->end;
    return 0;
}

// A number below `limit`.
static inline uint64_t ns_nst_get_below(ns_nst_reader *r, uint64_t limit)
{
    uint64_t value = ns_nst_read(r);
    if (value < limit)
        return value;
    r->bad = true;
    return 0;
}

// A whole number that fits into int64_t with room to add many.
static inline int64_t ns_nst_get_amount(ns_nst_reader *r)
{
    return (int64_t)ns_nst_get_below(r, UINT64_C(1) << 56);
}

static inline int64_t ns_nst_get_bytes(ns_nst_reader *r)
{
    int64_t bytes = ns_nst_signed(ns_nst_read(r));
    r->bad |= bytes > INT64_C(1) << 56 || bytes < -(INT64_C(1) << 56);
    return bytes;
}

// Whether what the tables name is there, and each unit runs for one reason; then the operations.
void ns_nst_check_roots(ns_nst_reader *r);
void ns_nst_check_ops(ns_nst_reader *r);

#endif
