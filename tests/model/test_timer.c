#include "machine.h"

#include "sim/random.h"

enum { TIMERS = 500 };

typedef struct field field;
typedef struct entry {
    ns_timer timer;
    field *field;
    bool active;
    uint64_t timeout, start; // the naive model's
} entry;

struct field {
    machine m;
    entry entries[TIMERS];
    uint64_t starts;
    int fired, left;
    ns_draw draw;
};

static void on_fire(ns_timer *timer);

static void start(entry *e, uint64_t timeout, uint64_t repeat)
{
    ns_timer_start(&e->timer, on_fire, timeout, repeat);
    e->active = true;
    e->timeout = ns_loop_now(e->field->m.loop) + timeout;
    e->start = e->field->starts++;
}

static entry *naive_first(field *f)
{
    entry *first = NULL;
    for (int i = 0; i < TIMERS; i++) {
        entry *e = &f->entries[i];
        if (!e->active)
            continue;
        if (!first || e->timeout < first->timeout ||
            (e->timeout == first->timeout && e->start < first->start))
            first = e;
    }
    return first;
}

// Each time one fires it must be the first of all active ones; then change some at random.
static void on_fire(ns_timer *timer)
{
    entry *e = (entry *)timer;
    field *f = e->field;
    cr_assert(eq(ptr, naive_first(f), e));
    cr_assert(ge(u64, ns_loop_now(f->m.loop), e->timeout));
    e->active = false;
    if (timer->repeat > 0) { // it was restarted before this callback
        e->active = true;
        e->timeout = ns_loop_now(f->m.loop) + timer->repeat;
        e->start = f->starts++;
    }
    f->fired++;
    for (int i = 0; i < 3 && f->left > 0; i++, f->left--) {
        entry *other = &f->entries[ns_draw_below(&f->draw, TIMERS)];
        switch (ns_draw_below(&f->draw, 3)) {
        case 0:
            ns_timer_stop(&other->timer);
            other->active = false;
            break;
        case 1:
            start(other, 1 + ns_draw_below(&f->draw, 20), 0);
            break;
        default:
            start(other, ns_draw_below(&f->draw, 20), 1 + ns_draw_below(&f->draw, 9));
        }
    }
    if (f->left == 0)
        for (int i = 0; i < TIMERS; i++) { // no more repeats: let it end
            ns_timer_set_repeat(&f->entries[i].timer, 0);
        }
}

static void many_timers(machine *m)
{
    field *f = (field *)m;
    f->draw = ns_stream_op(ns_stream_make(3, "timers", "test"), 0);
    f->left = 20000;
    for (int i = 0; i < TIMERS; i++) {
        f->entries[i].field = f;
        ns_timer_init(m->loop, &f->entries[i].timer);
        start(&f->entries[i], ns_draw_below(&f->draw, 50), 0);
    }
    cr_assert(not(ns_loop_run(m->loop, NS_RUN_DEFAULT)));
    cr_assert(eq(ptr, naive_first(f), NULL));
    cr_assert(gt(int, f->fired, 6000));
}

Test(timer, fire_in_the_order_of_a_naive_scan)
{
    field *f = ns_calloc(1, sizeof *f);
    machine_init(&f->m, 1, NULL, NULL, many_timers);
    machine_run(&f->m);
    machine_free(&f->m);
    ns_free(f);
}

typedef struct named {
    ns_timer timer;
    machine *m;
    const char *name;
    ns_time work; // CPU of its callback
    int left;     // then it is stopped
} named;

static void log_time(ns_timer *timer)
{
    named *n = (named *)timer;
    machine_log(n->m, "%s%.6g", n->name, (double)ns_sim_now(n->m->sim) / 1e6);
    ns_thread_charge(n->m->main, n->work);
    ns_thread_sync(n->m->main);
    if (--n->left == 0)
        ns_timer_stop(timer);
}

static void init(machine *m, named *n, const char *name, ns_time cost, int left)
{
    *n = (named){.m = m, .name = name, .work = cost, .left = left};
    ns_timer_init(m->loop, &n->timer);
}

static void run_body(void (*body)(machine *m), const char *expected)
{
    machine m;
    machine_init(&m, 1, NULL, NULL, body);
    machine_run(&m);
    assert_log(&m, expected);
    machine_free(&m);
}

// libuv's own example of uv_timer_again: a repeat of 50 ms whose callback takes 17 runs 33 later.
static void repeating(machine *m)
{
    named n;
    init(m, &n, "t", 17 * NS_MS, 4);
    ns_timer_start(&n.timer, log_time, 10, 50);
    ns_loop_run(m->loop, NS_RUN_DEFAULT);
}

Test(timer, a_repeat_counts_from_when_it_fired)
{
    run_body(repeating, "t10 t60 t110 t160 ");
}

// If the callback takes longer than the repeat, it runs once in each iteration, not to catch up.
static void overrunning(machine *m)
{
    named n;
    init(m, &n, "t", 25 * NS_MS, 4);
    ns_timer_start(&n.timer, log_time, 10, 10);
    ns_loop_run(m->loop, NS_RUN_DEFAULT);
}

Test(timer, missed_repeats_are_not_made_up_for)
{
    run_body(overrunning, "t10 t35 t60 t85 ");
}

// Timeouts count from the loop's cached time, which work does not move.
static void cached_time(machine *m)
{
    named a, b;
    init(m, &a, "a", 0, 1);
    init(m, &b, "b", 0, 1);
    ns_thread_charge(m->main, 8 * NS_MS + 700 * NS_US);
    ns_thread_sync(m->main);
    ns_timer_start(&a.timer, log_time, 10, 0); // of time 0
    ns_loop_update_time(m->loop);              // 8
    cr_assert(eq(u64, ns_loop_now(m->loop), 8));
    cr_assert(eq(u64, ns_timer_due_in(&a.timer), 2));
    ns_timer_start(&b.timer, log_time, 10, 0);
    ns_loop_run(m->loop, NS_RUN_DEFAULT);
}

// The clock stands at 8.7 when poll begins to wait 2 ms: libuv's ms are cut off, so timers are late
// by up to 1 ms.
Test(timer, timeouts_count_from_the_cached_time)
{
    run_body(cached_time, "a10.7 b18.7 ");
}

static void again(machine *m)
{
    named n, none;
    init(m, &n, "t", 0, 3);
    init(m, &none, "none", 0, 1);
    ns_timer_again(&none.timer); // never started
    ns_timer_start(&none.timer, log_time, 1, 0);
    ns_timer_stop(&none.timer);
    ns_timer_again(&none.timer); // has no repeat
    cr_assert(not(ns_handle_active(&none.timer.handle)));
    ns_timer_start(&n.timer, log_time, 100, 7);
    ns_timer_again(&n.timer); // due in its repeat, 7
    cr_assert(eq(u64, ns_timer_due_in(&n.timer), 7));
    ns_timer_set_repeat(&n.timer, 20); // holds from the next restart on
    ns_loop_run(m->loop, NS_RUN_DEFAULT);
}

Test(timer, again_and_set_repeat)
{
    run_body(again, "t7 t27 t47 ");
}

static void ends(machine *m)
{
    named a, b;
    init(m, &a, "a", 0, 1);
    init(m, &b, "b", 0, 1);
    ns_timer_start(&a.timer, log_time, UINT64_MAX, 0); // clamped, never due
    ns_timer_start(&a.timer, log_time, 5, 0);          // restarted: one timer, not two
    ns_timer_start(&b.timer, log_time, 5, 0);
    ns_handle_close(&b.timer.handle, NULL);
    ns_timer_start(&b.timer, log_time, 1, 0); // a closing handle does not start
    ns_loop_run(m->loop, NS_RUN_DEFAULT);
}

Test(timer, restarted_stopped_and_closed)
{
    run_body(ends, "a5 ");
}
