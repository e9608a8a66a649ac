#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "trace/filter.h"

typedef struct counter {
    ns_sink sink;
    int counts[NS_REC_TYPES];
    uint64_t ids; // a digest of the callbacks' ids
} counter;

static void count(ns_sink *sink, const ns_record *record)
{
    counter *c = (counter *)sink;
    c->counts[record->type]++;
    if (record->type == NS_REC_CALLBACK)
        c->ids = c->ids * 31 + (uint64_t)record->callback.id;
}

static void feed(ns_filter *filter, int callbacks)
{
    for (int id = 1; id <= callbacks; id++)
        ns_emit(&filter->sink, &(ns_record){NS_REC_CALLBACK, .callback = {.id = id}});
    for (int type = 0; type < NS_REC_TYPES; type++)
        if (type != NS_REC_CALLBACK)
            ns_emit(&filter->sink, &(ns_record){type, .sample = {0}});
}

Test(filter, full_passes_everything)
{
    counter all = {{count}, {0}, 0};
    ns_filter filter;
    ns_filter_init(&filter, &all.sink, true, 1);
    feed(&filter, 1000);
    for (int type = 0; type < NS_REC_TYPES; type++)
        cr_expect(eq(int, all.counts[type], type == NS_REC_CALLBACK ? 1000 : 1));
}

Test(filter, summary_has_no_rows)
{
    counter some = {{count}, {0}, 0};
    ns_filter filter;
    ns_filter_init(&filter, &some.sink, false, 1);
    feed(&filter, 1000);
    for (int type = 0; type < NS_REC_TYPES; type++) {
        int row = type == NS_REC_CALLBACK || type == NS_REC_LOOP_ITERATION ||
                  type == NS_REC_POOL_TASK || type == NS_REC_POLLER_EVENT;
        cr_expect(eq(int, some.counts[type], !row), "type %d", type);
    }
}

Test(filter, sampling_keeps_its_share_and_repeats)
{
    const double shares[] = {0.5, 0.1, 0.01};
    for (int i = 0; i < 3; i++) {
        counter one = {{count}, {0}, 0}, two = one;
        ns_filter filter;
        ns_filter_init(&filter, &one.sink, true, shares[i]);
        feed(&filter, 100000);
        ns_filter_init(&filter, &two.sink, true, shares[i]);
        feed(&filter, 100000);
        cr_expect(eq(u64, one.ids, two.ids));
        int kept = one.counts[NS_REC_CALLBACK];
        cr_expect(epsilon_eq(dbl, kept / 1e5, shares[i], shares[i] * 0.05), "%d kept", kept);
        cr_expect(eq(int, one.counts[NS_REC_POOL_TASK], 1));
    }
}
