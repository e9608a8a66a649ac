// Every allocation of the module is made to fail once: that is an error, without a leak or a crash.
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "../base/failing.h"
#include "sim/coro.h"
#include "sim/sim.h"
#include "sim/stats.h"

static bool was_error(int rc, const void *object, const ns_err *err)
{
    cr_assert(eq(int, rc, NS_ENOMEM));
    cr_assert(eq(ptr, (void *)object, NULL));
    cr_assert(ne(ptr, strstr(err->msg, "memory"), NULL));
    return false;
}

static bool make_sim(void)
{
    ns_err err = {0};
    ns_sim *sim = (ns_sim *)&err;
    int rc = ns_sim_new(&sim, NULL, &err);
    if (rc != NS_OK)
        return was_error(rc, sim, &err);
    ns_sim_free(sim);
    return true;
}

static void nothing(void *arg) {}

static bool make_coro(void)
{
    ns_err err = {0};
    ns_coro *coro = (ns_coro *)&err;
    int rc = ns_coro_new(&coro, 4096, nothing, NULL, &err);
    if (rc != NS_OK)
        return was_error(rc, coro, &err);
    ns_coro_resume(coro);
    ns_coro_free(coro);
    return true;
}

static bool make_hist(void)
{
    ns_err err = {0};
    ns_hist *hist = (ns_hist *)&err;
    int rc = ns_hist_new(&hist, &err);
    if (rc != NS_OK)
        return was_error(rc, hist, &err);
    for (int64_t i = 1; i < INT64_C(1) << 40; i *= 3)
        ns_hist_record_n(hist, i, i);
    char *text = ns_hist_encode(hist);
    bool encoded = text != NULL;
    ns_free(text);
    ns_hist_free(hist);
    return encoded;
}

enum { EVENTS = 5000 };

static int64_t ran;

static void count(ns_sim *sim, ns_event *event)
{
    ran += event->time;
}

// Once the simulation exists, no failure is seen from outside.
static bool run_events(void)
{
    static ns_event events[EVENTS];
    ns_err err = {0};
    ns_sim *sim;
    int rc = ns_sim_new(&sim, NULL, &err);
    if (rc != NS_OK)
        return was_error(rc, sim, &err);
    ran = 0;
    for (int i = 0; i < EVENTS; i++) {
        ns_event_init(&events[i], count, NULL);
        ns_sim_at(sim, &events[i], i * 37 % EVENTS, NS_CLASS_CPU);
    }
    cr_assert(eq(u64, ns_sim_run(sim, NS_NEVER - 1), EVENTS));
    cr_assert(eq(i64, ran, (int64_t)EVENTS * (EVENTS - 1) / 2));
    ns_sim_free(sim);
    return true;
}

Test(alloc, sim){FOR_EACH_FAILURE(make_sim())}

Test(alloc, coro){FOR_EACH_FAILURE(make_coro())}

Test(alloc, hist){FOR_EACH_FAILURE(make_hist())}

Test(alloc, queue)
{
    bool grew = false;
    for (long nth = 0; nth < 30; nth++) {
        failing f = {.left = nth};
        ns_set_allocator(failing_realloc, &f);
        bool succeeded = run_events();
        ns_set_allocator(NULL, NULL);
        cr_assert(eq(int, succeeded, !f.failed || nth >= 2)); // the simulation and its first wheel
        cr_assert(eq(long, f.alive, 0));
        grew |= f.failed && nth >= 2;
    }
    cr_assert(grew); // or the test did not reach what it is for
}
