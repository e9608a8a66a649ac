#include "trace/filter.h"

#include <assert.h>

// Knuth's multiplicative hash: neighbouring ids fall apart, and the share kept is even over any run
// of ids.
static bool sampled(int64_t id, double share)
{
    uint64_t hash = (uint64_t)id * UINT64_C(0x9E3779B97F4A7C15);
    return share >= 1 || (double)(hash >> 11) * 0x1p-53 < share;
}

static void filter_emit(ns_sink *sink, const ns_record *record)
{
    const ns_filter *filter = (ns_filter *)sink;
    switch (record->type) {
    case NS_REC_CALLBACK:
        if (!filter->rows || !sampled(record->callback.id, filter->sampling))
            return;
        break;
    case NS_REC_LOOP_ITERATION:
    case NS_REC_POOL_TASK:
    case NS_REC_POLLER_EVENT:
        if (!filter->rows)
            return;
        break;
    default:
        break;
    }
    ns_emit(filter->next, record);
}

void ns_filter_init(ns_filter *filter, ns_sink *next, bool rows, double sampling)
{
    assert(sampling > 0 && sampling <= 1);
    *filter = (ns_filter){{filter_emit}, next, rows, sampling};
}
