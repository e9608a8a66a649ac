#include "report/columns.h"

#define I64(table, field)                                                                          \
    {                                                                                              \
#field, NS_COL_INT64, offsetof(ns_record, table.field)                                     \
    }
#define I32(table, field)                                                                          \
    {                                                                                              \
#field, NS_COL_INT32, offsetof(ns_record, table.field)                                     \
    }
#define REAL(table, field)                                                                         \
    {                                                                                              \
#field, NS_COL_DOUBLE, offsetof(ns_record, table.field)                                    \
    }
#define TEXT(table, field)                                                                         \
    {                                                                                              \
#field, NS_COL_TEXT, offsetof(ns_record, table.field)                                      \
    }

const ns_table ns_tables[NS_REC_TYPES] = {
    [NS_REC_LOOP_ITERATION] = {"loop_iteration",
                               9,
                               {I64(loop_iteration, seq), I64(loop_iteration, start_ns),
                                I64(loop_iteration, timers_ns), I64(loop_iteration, pending_ns),
                                I64(loop_iteration, idle_prepare_ns), I64(loop_iteration, poll_ns),
                                I64(loop_iteration, poll_wait_ns), I64(loop_iteration, check_ns),
                                I64(loop_iteration, close_ns)}},
    [NS_REC_CALLBACK] = {"callback",
                         13,
                         {I64(callback, id),
                          {"phase", NS_COL_PHASE, offsetof(ns_record, callback.phase)},
                          TEXT(callback, kind),
                          TEXT(callback, name),
                          TEXT(callback, script),
                          I32(callback, line),
                          I64(callback, start_ns),
                          I64(callback, end_ns),
                          I64(callback, cpu_ns),
                          I64(callback, gc_ns),
                          I64(callback, trigger_id),
                          I64(callback, async_id),
                          I64(callback, request_id)}},
    [NS_REC_POOL_TASK] = {"pool_task",
                          12,
                          {I64(pool_task, id), TEXT(pool_task, kind), TEXT(pool_task, name),
                           I64(pool_task, submit_ns), I64(pool_task, start_ns),
                           I64(pool_task, end_ns), I64(pool_task, done_ns), I32(pool_task, thread),
                           I64(pool_task, cpu_ns), I64(pool_task, wait_ns),
                           I64(pool_task, callback_id), I64(pool_task, request_id)}},
    [NS_REC_POLLER_EVENT] = {"poller_event",
                             4,
                             {I64(poller_event, t_ns), I64(poller_event, iteration),
                              TEXT(poller_event, source), I64(poller_event, ready_ns)}},
    [NS_REC_REQUEST] = {"request",
                        14,
                        {I64(request, id),
                         {"class", NS_COL_TEXT, offsetof(ns_record, request.cls)},
                         I64(request, arrival_ns),
                         I64(request, start_ns),
                         I64(request, done_ns),
                         TEXT(request, status),
                         I64(request, loop_wait_ns),
                         I64(request, own_js_ns),
                         I64(request, other_js_ns),
                         I64(request, pool_queue_ns),
                         I64(request, pool_service_ns),
                         I64(request, device_ns),
                         I64(request, rest_ns),
                         {"warmup", NS_COL_BOOL, offsetof(ns_record, request.warmup)}}},
    [NS_REC_GC_EVENT] = {"gc_event",
                         8,
                         {TEXT(gc_event, kind), TEXT(gc_event, reason), I64(gc_event, start_ns),
                          I64(gc_event, pause_ns), I64(gc_event, concurrent_ns),
                          I64(gc_event, before_bytes), I64(gc_event, after_bytes),
                          I64(gc_event, promoted_bytes)}},
    [NS_REC_HEAP_SAMPLE] = {"heap_sample",
                            4,
                            {I64(heap_sample, t_ns), TEXT(heap_sample, space),
                             I64(heap_sample, used), I64(heap_sample, committed)}},
    [NS_REC_JIT_FUNCTION] = {"jit_function",
                             8,
                             {I64(jit_function, id), TEXT(jit_function, name),
                              TEXT(jit_function, script), I32(jit_function, line),
                              I64(jit_function, bytecode_size), I64(jit_function, calls),
                              I64(jit_function, bytecodes), I64(jit_function, back_edges)}},
    [NS_REC_JIT_EVENT] = {"jit_event",
                          7,
                          {I64(jit_event, t_ns), I64(jit_event, function_id), TEXT(jit_event, kind),
                           TEXT(jit_event, from_tier), TEXT(jit_event, to_tier),
                           TEXT(jit_event, reason), TEXT(jit_event, site)}},
    [NS_REC_IC_SITE] = {"ic_site",
                        7,
                        {I64(ic_site, function_id),
                         {"bytecode_offset", NS_COL_INT32, offsetof(ns_record, ic_site.offset)},
                         I32(ic_site, line),
                         TEXT(ic_site, kind),
                         TEXT(ic_site, state),
                         I64(ic_site, hits),
                         I32(ic_site, shapes)}},
    [NS_REC_SAMPLE] = {"sample", 3, {I64(sample, t_ns), TEXT(sample, metric), REAL(sample, value)}},
    [NS_REC_HISTOGRAM] = {"histogram", 2, {TEXT(histogram, metric), TEXT(histogram, encoded)}},
};
