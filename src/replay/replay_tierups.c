// Compilations of a replay: code is installed when its own job has ended, and JavaScript costs what
// it costs with the code that is there. The trace has both costs (SHIFT) for as long as a replay
// may well differ from the run.
#include <string.h>

#include "base/alloc.h"
#include "replay/replay_private.h"

// Shifts of a trace that is made up must not overflow when they are added.
#define MOST (INT64_C(1) << 60)
// A demand that is longer is not divided.
#define LONGEST (10 * NS_SEC)

// A loop that goes on while its function is compiled has its own code made so many checks after
// that is there.
enum { SOON = 16 };
// An activation in old code that has taken this many steps (node.sync_interval_compiling) has a hot
// loop.
enum { HOT = 2 };

static int64_t add(int64_t a, int64_t b)
{
    int64_t sum;
    if (__builtin_add_overflow(a, b, &sum) || sum > MOST || sum < -MOST)
        return (a < 0) == (b < 0) ? (a < 0 ? -MOST : MOST) : 0;
    return sum;
}

int replay_tierups_start(ns_replay *r, ns_err *err)
{
    r->tierups.step = ns_profile_ns(r->machine.profile, "node.sync_interval_compiling");
    if (r->tierups.step < 1)
        r->tierups.step = 1;
    uint32_t count = r->trace->compilation_count;
    replay_tierup *all = r->tierups.all = ns_calloc(2 * (size_t)count + 1, sizeof *all);
    if (!all)
        return ns_fail(err, NS_ENOMEM, "out of memory");
    for (uint32_t i = count; i-- > 0;) {
        const ns_nst_compilation *of = &r->trace->compilations[i];
        all[i].of = all[count + i].of = of;
        all[i].again = &all[count + i];
        all[count + i].for_loops_of = &all[i];
        if (of->after && of->checks <= SOON)
            all[of->after - 1].loop = &all[i];
    }
    return NS_OK;
}

void replay_tierups_free(ns_replay *r)
{
    for (replay_tierup *t = r->tierups.first; t; t = t->next)
        if (t->state == REPLAY_COMPILES)
            ns_compile_withdraw(&t->job);
    ns_free(r->tierups.all);
}

// -- Jobs -----------------------------------------------------------------------------------------

static void job_done(ns_compile_job *job)
{
    ((replay_tierup *)job->data)->state = REPLAY_COMPILED;
}

// Code for a loop is asked for once the function's own is there.
static bool may_begin(const ns_replay *r, const replay_tierup *t, uint32_t polls)
{
    const ns_nst_compilation *of = t->of;
    if (!of->after || t->for_loops_of)
        return true;
    const replay_tierup *before = &r->tierups.all[of->after - 1];
    return before->state == REPLAY_NO_JOB ||
           (before->state == REPLAY_INSTALLED && polls - before->installed_poll >= of->checks);
}

static const char *name_of(const ns_replay *r, int64_t function)
{
    for (uint32_t i = 0; i < r->trace->record_count; i++) {
        const ns_record *record = &r->trace->records[i];
        if (record->type == NS_REC_JIT_FUNCTION && record->jit_function.id == function)
            return record->jit_function.name;
    }
    return "";
}

static void begin(ns_replay *r, replay_tierup *t)
{
    t->state = REPLAY_COMPILES;
    ns_compile_init(&t->job, job_done, t, name_of(r, t->of->function));
    ns_compile_submit(&r->safepoint, &t->job, t->of->demand, t->of->maglev);
}

static void await_job(ns_replay *r, replay_tierup *t)
{
    replay_tierup **last = &r->tierups.first;
    while (*last)
        last = &(*last)->next;
    *last = t;
    t->state = REPLAY_DEFERRED;
}

void replay_compile(ns_replay *r, uint32_t number)
{
    replay_tierup *t = &r->tierups.all[number];
    if (t->state == REPLAY_NO_JOB)
        await_job(r, t);
    // A job is submitted at the check that comes now.
    if (t->state == REPLAY_DEFERRED && may_begin(r, t, r->tierups.polls + 1))
        begin(r, t);
}

static void install(ns_replay *r, replay_tierup *t, uint32_t check)
{
    const ns_nst_compilation *of = t->of;
    t->state = REPLAY_INSTALLED;
    if (t->for_loops_of) { // for all activations
        t->for_loops_of->installed_at = 0;
        return;
    }
    t->installed_at = check;
    t->installed_poll = r->tierups.polls;
    if (t->loop && t->loop->state == REPLAY_NO_JOB)
        await_job(r, t->loop);
    for (uint32_t i = 0; i < of->record_count; i++)
        replay_emit(r, of->first_record + i, ns_sim_now(r->machine.sim) + of->record_delay);
    if (t->entry)
        replay_emit(r, t->entry - 1, ns_sim_now(r->machine.sim) + of->record_delay);
}

bool replay_is_early(ns_replay *r, uint32_t number)
{
    const ns_nst *t = r->trace;
    const ns_record *record = &t->records[number];
    if (record->type != NS_REC_JIT_EVENT || strcmp(record->jit_event.kind, "osr") != 0)
        return false;
    for (replay_tierup *at = r->tierups.first; at; at = at->next) {
        const ns_record *end = at->of->record_count ? &t->records[at->of->first_record] : NULL;
        if (at->for_loops_of || !end || end->type != NS_REC_JIT_EVENT ||
            end->jit_event.opt_id != record->jit_event.opt_id)
            continue;
        at->entry = number + 1;
        return true;
    }
    return false;
}

// `check`: from which on activations run the new code.
static void poll(ns_replay *r, uint32_t check)
{
    r->tierups.polls++;
    for (replay_tierup **at = &r->tierups.first, *t; (t = *at) != NULL;) {
        if (t->state == REPLAY_DEFERRED && may_begin(r, t, r->tierups.polls))
            begin(r, t);
        if (t->state != REPLAY_COMPILED) {
            at = &t->next;
            continue;
        }
        *at = t->next;
        install(r, t, check);
    }
}

void replay_install(ns_replay *r)
{
    poll(r, ++r->tierups.checks);
}

// -- Demand ---------------------------------------------------------------------------------------

static bool is_under_way(const replay_tierup *t)
{
    return t->state != REPLAY_NO_JOB && t->state != REPLAY_INSTALLED;
}

// An activation that began at `began` has cost so much more in the old code, after the new one was
// installed: its loop gets hot.
static void go_on(ns_replay *r, replay_tierup *t, int64_t began, ns_time cpu)
{
    t->old_cpu = add(t->old_began == began ? t->old_cpu : 0, cpu);
    t->old_began = began;
    if (t->old_cpu > HOT * r->tierups.step && t->again->state == REPLAY_NO_JOB)
        await_job(r, t->again);
}

void replay_shift(ns_replay *r, ns_nst_cursor *c)
{
    replay_tierups *all = &r->tierups;
    replay_tierup *t = &all->all[ns_nst_get(c)];
    bool back = ns_nst_get(c);
    int64_t began = (int64_t)all->checks - (int64_t)ns_nst_get(c);
    ns_time cpu = ns_nst_get_signed(c);
    int64_t bytes = ns_nst_get_signed(c);
    bool optimized = t->state == REPLAY_INSTALLED && t->installed_at <= began;
    // Where the loop's own code is there, it costs what the function's would.
    optimized |= !back && t->loop && t->loop->state == REPLAY_INSTALLED;
    if (optimized == back)
        return; // as it was
    if (back && t->state == REPLAY_INSTALLED)
        go_on(r, t, began, cpu);
    const replay_tierup *until = is_under_way(t->again)                    ? t->again
                                 : is_under_way(t) && began == all->checks ? t
                                                                           : NULL;
    if (back && until && all->open_count < REPLAY_OPEN && cpu > 0 && cpu < LONGEST) {
        all->open[all->open_count++] = (replay_open){until, cpu, bytes};
        return;
    }
    all->cpu = add(all->cpu, cpu);
    all->bytes = add(all->bytes, bytes);
}

// Garbage more, or less than is recorded.
static void make_garbage(ns_replay *r, int64_t bytes)
{
    if (bytes > 0)
        ns_heap_add_births(r->heap, bytes, 0, 0, 0);
    else
        r->tierups.spared = add(r->tierups.spared, -bytes);
}

int64_t replay_spared(ns_replay *r, int64_t garbage)
{
    int64_t spared = r->tierups.spared < garbage ? r->tierups.spared : garbage;
    if (spared <= 0)
        return 0;
    r->tierups.spared -= spared;
    return spared;
}

// The demand that was recorded, and what is more; it cannot be below 0.
static ns_time shifted(ns_replay *r, ns_time cpu)
{
    ns_time sum = add(cpu, r->tierups.cpu);
    r->tierups.cpu = sum < 0 ? sum : 0;
    make_garbage(r, r->tierups.bytes);
    r->tierups.bytes = 0;
    return sum < 0 ? 0 : sum;
}

// `part` of the demand that is left, `left`, is met: the same share of what is open.
static void take_share(ns_replay *r, ns_time part, ns_time left)
{
    double share = (double)part / (double)left;
    for (uint32_t i = 0; i < r->tierups.open_count; i++) {
        replay_open *open = &r->tierups.open[i];
        int64_t bytes = (int64_t)((double)open->bytes * share);
        open->cpu -= (ns_time)((double)open->cpu * share);
        open->bytes -= bytes;
        make_garbage(r, bytes);
    }
}

static void close_installed(ns_replay *r)
{
    replay_tierups *all = &r->tierups;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < all->open_count; i++)
        if (all->open[i].tierup->state != REPLAY_INSTALLED)
            all->open[kept++] = all->open[i];
    all->open_count = kept;
}

// In steps, as the run had them while it compiled: code that comes meanwhile makes the rest cheap.
static ns_time divided(ns_replay *r, ns_time cpu)
{
    replay_tierups *all = &r->tierups;
    while (all->open_count > 0 && !r->exiting) {
        ns_time left = cpu;
        for (uint32_t i = 0; i < all->open_count; i++)
            left += all->open[i].cpu;
        if (left <= all->step) {
            take_share(r, 1, 1);
            all->open_count = 0;
            return left;
        }
        ns_thread_charge(r->machine.thread, all->step);
        replay_sync(r);
        cpu -= (ns_time)((double)cpu * ((double)all->step / (double)left));
        take_share(r, all->step, left);
        replay_check(r);
        poll(r, all->checks + 1);
        close_installed(r);
    }
    all->open_count = 0;
    return cpu;
}

void replay_demand(ns_replay *r, ns_time cpu)
{
    replay_tierups *all = &r->tierups;
    cpu = replay_left(r, cpu);
    if (all->cpu != 0 || all->bytes != 0)
        cpu = shifted(r, cpu);
    if (all->open_count > 0)
        cpu = divided(r, cpu);
    ns_thread_charge(r->machine.thread, cpu);
    replay_sync(r);
}
