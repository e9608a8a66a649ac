#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "sim/sim.h"

typedef struct trace {
    char text[4096];
    size_t len;
} trace;

typedef struct actor {
    ns_event event;
    trace *trace;
    char name;
} actor;

static void note(ns_sim *sim, ns_event *event)
{
    actor *a = event->data;
    a->trace->text[a->trace->len++] = a->name;
}

static actor actor_new(trace *t, char name)
{
    return (actor){.trace = t, .name = name};
}

static void arm(ns_sim *sim, actor *a, ns_event_fn fn, ns_time at, ns_class cls)
{
    ns_event_init(&a->event, fn, a);
    ns_sim_at(sim, &a->event, at, cls);
}

static ns_sim *new_sim(ns_sim_options options)
{
    ns_sim *sim;
    cr_assert(eq(int, ns_sim_new(&sim, &options, NULL), NS_OK));
    return sim;
}

Test(sim, order_is_time_then_class_then_sequence)
{
    ns_sim *sim = new_sim((ns_sim_options){.seed = 17});
    trace t = {0};
    actor a[8];
    for (int i = 0; i < 8; i++)
        a[i] = actor_new(&t, (char)('a' + i));
    arm(sim, &a[0], note, 20, NS_CLASS_DEVICE);
    arm(sim, &a[1], note, 10, NS_CLASS_SAMPLE);
    arm(sim, &a[2], note, 10, NS_CLASS_THREAD);
    arm(sim, &a[3], note, 10, NS_CLASS_CPU);
    arm(sim, &a[4], note, 10, NS_CLASS_THREAD);
    arm(sim, &a[5], note, 10, NS_CLASS_DEVICE);
    arm(sim, &a[6], note, 0, NS_CLASS_SAMPLE);
    arm(sim, &a[7], note, 10, NS_CLASS_ARRIVAL);
    cr_assert(eq(i64, ns_sim_next(sim), 0));
    cr_assert(eq(u64, ns_sim_run(sim, NS_NEVER - 1), 8));
    cr_assert(eq(str, t.text, "gfhdceba"));
    cr_assert(eq(i64, ns_sim_now(sim), 20)); // the last event's time, when there is no end
    cr_assert(eq(i64, ns_sim_next(sim), NS_NEVER));
    cr_assert(eq(u64, ns_sim_seed(sim), 17));
    ns_sim_stats stats;
    ns_sim_get_stats(sim, &stats);
    cr_assert(eq(u64, stats.events, 8));
    cr_assert(eq(u64, stats.ties, 1)); // c and e; the classes keep the others apart
    cr_assert(eq(u64, stats.max_pending, 8));
    ns_sim_free(sim);
}

static void stop(ns_sim *sim, ns_event *event)
{
    note(sim, event);
    ns_sim_stop(sim);
}

Test(sim, runs_until_a_time_and_stops_when_told)
{
    ns_sim *sim = new_sim((ns_sim_options){0});
    trace t = {0};
    actor a = actor_new(&t, 'a'), b = actor_new(&t, 'b'), c = actor_new(&t, 'c');
    arm(sim, &a, note, 10, NS_CLASS_CPU);
    arm(sim, &b, stop, 20, NS_CLASS_CPU);
    arm(sim, &c, note, 30, NS_CLASS_CPU);
    cr_assert(eq(u64, ns_sim_run(sim, 9), 0));
    cr_assert(eq(i64, ns_sim_now(sim), 9));
    cr_assert(eq(u64, ns_sim_run(sim, 10), 1)); // an event at the limit itself runs
    cr_assert(eq(u64, ns_sim_run(sim, 100), 1));
    cr_assert(eq(i64, ns_sim_now(sim), 20)); // stopped
    cr_assert(ns_event_pending(&c.event));
    ns_sim_cancel(sim, &c.event);
    ns_sim_cancel(sim, &c.event); // nothing happens
    cr_assert(not(ns_event_pending(&c.event)));
    cr_assert(eq(u64, ns_sim_run(sim, 100), 0));
    cr_assert(eq(i64, ns_sim_now(sim), 100));
    cr_assert(eq(str, t.text, "ab"));
    ns_sim_free(sim);
}

static ns_event *victim;

static void cancel_other(ns_sim *sim, ns_event *event)
{
    note(sim, event);
    cr_assert(not(ns_event_pending(event)));
    ns_sim_cancel(sim, victim);
}

Test(sim, an_event_may_cancel_another_of_its_instant)
{
    ns_sim *sim = new_sim((ns_sim_options){0});
    trace t = {0};
    actor a = actor_new(&t, 'a'), b = actor_new(&t, 'b'), c = actor_new(&t, 'c');
    arm(sim, &a, cancel_other, 10, NS_CLASS_CPU);
    arm(sim, &b, note, 10, NS_CLASS_CPU);
    arm(sim, &c, note, 10, NS_CLASS_CPU);
    victim = &b.event;
    cr_assert(eq(u64, ns_sim_run(sim, NS_NEVER - 1), 2));
    cr_assert(eq(str, t.text, "ac"));
    ns_sim_free(sim);
}

static void burn(ns_sim *sim, ns_event *event)
{
    note(sim, event); // at 10; the next event is at 50, the horizon at 60
    cr_assert(ns_sim_advance(sim, 10));
    cr_assert(ns_sim_advance(sim, 49));
    cr_assert(eq(i64, ns_sim_now(sim), 49));
    cr_assert(not(ns_sim_advance(sim, 50))); // an event is due then
    cr_assert(not(ns_sim_advance(sim, 55)));
    cr_assert(eq(i64, ns_sim_now(sim), 49));
    ns_sim_after(sim, event, 0, NS_CLASS_CPU); // scheduling goes from the time advanced to
    cr_assert(eq(i64, event->time, 49));
    cr_assert(not(ns_sim_advance(sim, 49)));
    ns_sim_cancel(sim, event);
    cr_assert(ns_sim_advance(sim, 49));
    ns_sim_cancel(sim, victim);
    cr_assert(ns_sim_advance(sim, 60));
    cr_assert(not(ns_sim_advance(sim, 61))); // beyond the horizon
    ns_sim_stop(sim);
    cr_assert(not(ns_sim_advance(sim, 60)));
}

Test(sim, advance_is_for_when_nothing_is_due)
{
    ns_sim *sim = new_sim((ns_sim_options){0});
    trace t = {0};
    actor a = actor_new(&t, 'a'), b = actor_new(&t, 'b');
    arm(sim, &a, burn, 10, NS_CLASS_THREAD);
    arm(sim, &b, note, 50, NS_CLASS_THREAD);
    victim = &b.event;
    cr_assert(eq(u64, ns_sim_run(sim, 60), 1));
    cr_assert(eq(i64, ns_sim_now(sim), 60));
    ns_sim_stats stats;
    ns_sim_get_stats(sim, &stats);
    cr_assert(eq(u64, stats.advances, 4));
    ns_sim_free(sim);
}

// -- Ties -----------------------------------------------------------------------------------------

enum { TIED = 200 };

// The order in which events of two instants and two classes run, as text, and the run's digest.
static void tied_run(ns_sim_options options, trace *t, ns_sim_stats *stats)
{
    ns_sim *sim = new_sim(options);
    static actor a[TIED];
    *t = (trace){0};
    for (int i = 0; i < TIED; i++) {
        a[i] = actor_new(t, (char)(' ' + i % 90));
        arm(sim, &a[i], note, 5 + i / 100, i % 2 ? NS_CLASS_CPU : NS_CLASS_DEVICE);
    }
    ns_sim_run(sim, NS_NEVER - 1);
    ns_sim_get_stats(sim, stats);
    ns_sim_free(sim);
}

Test(sim, shuffled_ties_keep_times_and_classes)
{
    trace plain, one, again, two;
    ns_sim_stats stats, shuffled;
    tied_run((ns_sim_options){0}, &plain, &stats);
    tied_run((ns_sim_options){.shuffle_ties = true, .shuffle_seed = 1}, &one, &shuffled);
    tied_run((ns_sim_options){.shuffle_ties = true, .shuffle_seed = 1}, &again, &shuffled);
    tied_run((ns_sim_options){.shuffle_ties = true, .shuffle_seed = 2}, &two, &shuffled);
    cr_assert(eq(str, one.text, again.text));
    cr_assert(ne(str, one.text, plain.text));
    cr_assert(ne(str, one.text, two.text));
    cr_assert(eq(u64, stats.ties, TIED - 4)); // two instants of two classes
    cr_assert(eq(u64, shuffled.ties, stats.ties));
    cr_assert(eq(u64, shuffled.digest, stats.digest)); // it is over times and classes
    // Each group of 50 has the same members, in another order.
    for (int group = 0; group < TIED; group += 50) {
        int counts[256] = {0};
        for (int i = group; i < group + 50; i++) {
            counts[(unsigned char)plain.text[i]]++;
            counts[(unsigned char)one.text[i]]--;
        }
        for (int c = 0; c < 256; c++)
            cr_assert(eq(int, counts[c], 0));
    }
}

Test(sim, shuffled_ties_are_even)
{
    // Of two tied events, each is first in half of the orders.
    int first = 0;
    for (uint64_t seed = 0; seed < 2000; seed++) {
        ns_sim *sim = new_sim((ns_sim_options){.shuffle_ties = true, .shuffle_seed = seed});
        trace t = {0};
        actor a = actor_new(&t, 'a'), b = actor_new(&t, 'b');
        arm(sim, &a, note, 1, NS_CLASS_CPU);
        arm(sim, &b, note, 1, NS_CLASS_CPU);
        ns_sim_run(sim, NS_NEVER - 1);
        first += t.text[0] == 'a';
        ns_sim_free(sim);
    }
    cr_assert(gt(int, first, 900));
    cr_assert(lt(int, first, 1100));
}

Test(sim, the_digest_tells_times_and_classes_apart)
{
    uint64_t digests[4];
    for (int i = 0; i < 4; i++) {
        ns_sim *sim = new_sim((ns_sim_options){0});
        trace t = {0};
        actor a = actor_new(&t, 'a'), b = actor_new(&t, 'b');
        arm(sim, &a, note, i == 1 ? 2 : 1, i == 2 ? NS_CLASS_CPU : NS_CLASS_DEVICE);
        arm(sim, &b, note, 3, NS_CLASS_DEVICE);
        if (i == 3)
            ns_sim_cancel(sim, &b.event);
        ns_sim_run(sim, NS_NEVER - 1);
        ns_sim_stats stats;
        ns_sim_get_stats(sim, &stats);
        digests[i] = stats.digest;
        for (int j = 0; j < i; j++)
            cr_assert(ne(u64, digests[i], digests[j]));
        ns_sim_free(sim);
    }
}

Test(sim, several_run_side_by_side)
{
    ns_sim *one = new_sim((ns_sim_options){0}), *two = new_sim((ns_sim_options){0});
    trace t = {0}, u = {0};
    actor a = actor_new(&t, 'a'), b = actor_new(&u, 'b');
    arm(one, &a, note, 5, NS_CLASS_CPU);
    arm(two, &b, note, 7, NS_CLASS_CPU);
    cr_assert(eq(u64, ns_sim_run(one, NS_NEVER - 1), 1));
    cr_assert(eq(i64, ns_sim_now(two), 0));
    cr_assert(eq(u64, ns_sim_run(two, NS_NEVER - 1), 1));
    cr_assert(eq(str, t.text, "a"));
    cr_assert(eq(str, u.text, "b"));
    ns_sim_free(one);
    ns_sim_free(two);
}
