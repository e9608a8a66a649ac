// Whether the operations of a trace are what they should be: operands, indices, and that a replay
// ends.
#include "base/alloc.h"
#include "trace/nst_read.h"

static void check_heap(ns_nst_reader *r)
{
    const ns_nst *t = &r->file->trace;
    uint64_t cohort = ns_nst_get_below(r, t->cohorts);
    ns_nst_get_bytes(r);
    ns_nst_get_amount(r);
    ns_nst_get_bytes(r);
    ns_nst_get_bytes(r);
    ns_nst_get_amount(r);
    for (uint64_t left = ns_nst_read(r); left > 0 && !r->bad; left--) {
        ns_nst_get_below(r, NS_NST_PLACES);
        ns_nst_get_amount(r);
    }
    uint64_t literals = ns_nst_get_below(r, t->cohorts - cohort);
    for (uint64_t left = literals; left > 0 && !r->bad; left--) {
        uint64_t site = ns_nst_read(r) >> NS_NST_LITERAL_BITS;
        r->bad |= site == 0 || site >= UINT16_MAX;
        ns_nst_get_amount(r);
        ns_nst_get_bytes(r);
        ns_nst_get_bytes(r);
        ns_nst_get_below(r, UINT32_MAX);
    }
    for (uint64_t left = ns_nst_read(r); left > 0 && !r->bad; left--) {
        ns_nst_get_below(r, NS_NST_DEATHS);
        ns_nst_get_below(r, cohort + 1);
        ns_nst_get_bytes(r);
    }
}

static void check_operand(ns_nst_reader *r, char letter, uint32_t unit)
{
    const ns_nst *t = &r->file->trace;
    switch (letter) {
    case 'u':
        ns_nst_read(r);
        break;
    case 'i':
        ns_nst_read(r);
        break;
    case 's':
        ns_nst_get_below(r, t->string_count);
        break;
    case 't':
        ns_nst_get_below(r, t->site_count);
        break;
    case 'r':
        ns_nst_get_below(r, t->record_count);
        break;
    case 'S':
        ns_nst_get_below(r, t->spawn_count);
        break;
    case 'J':
        ns_nst_get_below(r, t->compilation_count);
        break;
    case 'U': // of a unit that comes later: no circle
        r->bad |= ns_nst_get_below(r, t->unit_count) <= unit;
        break;
    default:
        r->bad = true;
    }
}

// Each unit runs for one reason.
static void lead_to(ns_nst_reader *r, uint32_t unit)
{
    r->bad |= r->file->led_to[unit];
    r->file->led_to[unit] = true;
}

// It is started once, and its unit comes later: a replay ends.
static void check_spawn(ns_nst_reader *r, uint32_t spawn, uint32_t unit)
{
    uint32_t next = r->file->trace.spawns[spawn].unit;
    r->bad |= r->file->spawned[spawn] || (next && next - 1 <= unit);
    r->file->spawned[spawn] = true;
    if (next)
        lead_to(r, next - 1);
}

void ns_nst_check_roots(ns_nst_reader *r)
{
    const ns_nst *t = &r->file->trace;
    r->file->spawned = ns_calloc((size_t)t->spawn_count + 1, sizeof(bool));
    r->file->led_to = ns_calloc((size_t)t->unit_count + 1, sizeof(bool));
    if (!r->file->spawned || !r->file->led_to) {
        r->no_memory = r->bad = true;
        return;
    }
    lead_to(r, 0);
    for (uint32_t i = 0; i < t->request_count; i++)
        if (t->requests[i].unit)
            lead_to(r, t->requests[i].unit - 1);
    for (uint32_t i = 0; i < t->loop_end_count; i++)
        lead_to(r, t->loop_ends[i]);
    for (uint32_t i = 0; i < t->firing_count; i++)
        lead_to(r, t->firings[i]);
    if (t->final_unit)
        lead_to(r, t->final_unit - 1);
}

// Demands must add up without overflow; each kind of spawn has operations of its own.
static void check_op(ns_nst_reader *r, ns_nst_op op, uint32_t unit)
{
    static const uint8_t spawn_of[NS_OPS] = {[NS_OP_SUBMIT] = 1 + NS_NST_TASK,
                                             [NS_OP_TIMER] = 1 + NS_NST_TIMER,
                                             [NS_OP_TIMER_CLEAR] = 1 + NS_NST_TIMER,
                                             [NS_OP_IMMEDIATE] = 1 + NS_NST_IMMEDIATE,
                                             [NS_OP_IMMEDIATE_CLEAR] = 1 + NS_NST_IMMEDIATE,
                                             [NS_OP_NATIVE] = 1 + NS_NST_NATIVE};
    ns_nst_reader start = *r;
    if (op == NS_OP_HEAP) {
        check_heap(r);
        return;
    }
    for (const char *letter = ns_nst_operands(op); *letter && !r->bad; letter++)
        check_operand(r, *letter, unit);
    if (r->bad)
        return;
    uint64_t first = *ns_nst_operands(op) ? ns_nst_read(&start) : 0;
    if (op == NS_OP_SYNC || op == NS_OP_CHARGE || op == NS_OP_TAIL || op == NS_OP_POINT)
        r->bad |= first >= UINT64_C(1) << 56;
    if (op == NS_OP_SYNCS)
        r->bad |= first == 0 || first > NS_NST_SYNCS || ns_nst_read(&start) >= UINT64_C(1) << 50;
    if (spawn_of[op])
        r->bad |= r->file->trace.spawns[first].kind + 1 != spawn_of[op];
    if (op == NS_OP_SUBMIT || op == NS_OP_TIMER || op == NS_OP_IMMEDIATE || op == NS_OP_NATIVE)
        check_spawn(r, (uint32_t)first, unit);
    if (op == NS_OP_FRAGMENT)
        lead_to(r, (uint32_t)first);
    if (op == NS_OP_SLEEP || op == NS_OP_TIMER_REFS || op == NS_OP_IMMEDIATE_REFS)
        r->bad |= first >= UINT64_C(1) << 32;
    if (op == NS_OP_SHIFT) {
        r->bad |= ns_nst_read(&start) > 1 || ns_nst_read(&start) > UINT32_MAX;
        ns_nst_get_bytes(&start);
        ns_nst_get_bytes(&start);
        r->bad |= start.bad;
    }
    if (op == NS_OP_DISK_WAIT) {
        r->bad |= first == 0 || first >= NS_NST_DISK_KINDS;
        for (int i = 1; i < 5; i++)
            r->bad |= ns_nst_read(&start) >= UINT64_C(1) << 56 && i != 2;
    }
}

void ns_nst_check_ops(ns_nst_reader *r)
{
    ns_nst *t = &r->file->trace;
    t->ops_size = (size_t)ns_nst_read(r);
    t->ops = r->at;
    const uint8_t *end = r->end;
    if (r->bad || t->ops_size != (size_t)(end - r->at)) {
        r->bad = true;
        return;
    }
    for (uint32_t i = 0; i < t->unit_count && !r->bad; i++) {
        size_t left = (size_t)(end - r->at);
        if (t->units[i].length > left || t->units[i].length == 0) {
            r->bad = true;
            return;
        }
        r->end = r->at + t->units[i].length;
        uint64_t op = NS_OPS;
        int rows = 0;
        while (r->at < r->end && !r->bad && op != NS_OP_END) {
            op = ns_nst_get_below(r, NS_OPS);
            rows += (op == NS_OP_ROW_BEGIN) - (op == NS_OP_ROW_END);
            r->bad |= rows < 0 || rows > 10000;
            check_op(r, (ns_nst_op)op, i);
        }
        // Rows that are open at the end: process.exit leaves them.
        r->bad |= r->at != r->end || op != NS_OP_END;
        r->end = end;
    }
}
