// Searches over functions that are known, with noise: how often the interval has the true limit.
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sim/random.h"
#include "sweep/search.h"

enum { MOST = 40, POINTS = 64 };

// A database in memory of one metric.
typedef struct fake {
    ns_data data;
    const char *keys[1], *metrics[1], *values[POINTS];
    char texts[POINTS][32];
    ns_data_point points[POINTS];
    ns_data_run runs[POINTS * MOST];
    double numbers[POINTS * MOST];
} fake;

typedef double model(double value); // the metric's true mean at a value

static void fake_make(fake *f, const char *metric)
{
    *f = (fake){.keys = {"k"}, .metrics = {metric}};
    f->data = (ns_data){.keys = f->keys,
                        .key_count = 1,
                        .replicates = MOST,
                        .points = f->points,
                        .runs = f->runs,
                        .metrics = f->metrics,
                        .metric_count = 1,
                        .values = f->numbers};
}

// What a sweep would do: replicates with a common part (the same seeds) and a part of their own.
static void run(fake *f, const ns_find *find, const ns_search *s, model *mean, double noise,
                uint64_t trial)
{
    int point = s->next.point;
    cr_assert(lt(int, point, POINTS));
    if (point == f->data.point_count) {
        ns_find_value(find, s->next.value, f->texts[point], sizeof f->texts[point]);
        f->values[point] = f->texts[point];
        f->points[point] = (ns_data_point){&f->values[point], f->texts[point]};
        f->data.point_count++;
    }
    double value = mean(s->next.value);
    for (int r = 0; r < s->next.replicates; r++) {
        ns_draw draw = ns_stream_op(ns_stream_make(trial, "search", "noise"), (uint64_t)r);
        ns_draw own = ns_stream_op(ns_stream_make(trial, f->texts[point], "noise"), (uint64_t)r);
        f->runs[point * MOST + r] = (ns_data_run){.there = true, .usable = true, .status = "ok"};
        f->numbers[point * MOST + r] =
            value * (1 + noise * (0.8 * ns_draw_normal(&draw) + 0.6 * ns_draw_normal(&own)));
    }
}

static ns_search *search(fake *f, const ns_find *find, double start, model *mean, double noise,
                         uint64_t trial)
{
    const ns_search_options options = {start, 0.02, 5, MOST};
    ns_search *s = NULL;
    for (int step = 0; step < 500; step++) {
        ns_search_free(s);
        cr_assert(eq(int, ns_search_make(&s, find, &options, &f->data, NULL), 0));
        if (s->state != NS_SEARCH_RUN)
            return s;
        run(f, find, s, mean, noise, trial);
    }
    cr_fatal("the search does not end");
    return s;
}

static ns_find *find_of(const char *text)
{
    ns_find *find = NULL;
    ns_err err = {0};
    cr_assert(eq(int, ns_find_parse(&find, text, NULL, &err), 0), "%s", err.msg);
    return find;
}

static double queue(double rate) // M/M/1 with 1,000/s: the mean response, ns
{
    return rate >= 1000 ? 1e12 : 1e9 / (1000 - rate);
}

static double threads(double count) // less with each; 12 is the first below 30 ms
{
    return 345e6 / count;
}

static double flat(double value)
{
    return 10e6 + 0 * value;
}

Test(search, without_noise_it_is_exact)
{
    ns_find *find = find_of("max arrivals.a.rate where mean < 5 ms"); // 800/s
    fake f;
    fake_make(&f, "request.mean");
    ns_search *s = search(&f, find, 10, queue, 0, 1);
    cr_assert(eq(int, s->state, NS_SEARCH_FOUND));
    double low = s->probes[s->holds].value, high = s->probes[s->fails].value;
    cr_expect(low < 800 && high >= 800 && high / low <= 1.02, "%g %g", low, high);
    cr_expect(s->monotone);
    cr_expect(lt(int, s->count, 20));
    ns_search_free(s);
    ns_find_free(find);
    find = find_of("min node.threadpool where mean < 30 ms");
    fake_make(&f, "request.mean");
    s = search(&f, find, 4, threads, 0, 1);
    cr_assert(eq(int, s->state, NS_SEARCH_FOUND));
    cr_expect(eq(dbl, s->probes[s->answer].value, 12));
    cr_expect(eq(dbl, s->probes[s->fails].value, 11));
    ns_search_free(s);
    ns_find_free(find);
}

Test(search, the_interval_has_the_limit_as_often_as_it_says)
{
    enum { TRIALS = 300 };
    ns_find *find = find_of("max arrivals.a.rate in 10..5000 where mean < 5 ms");
    int inside = 0;
    double width = 0;
    for (uint64_t trial = 0; trial < TRIALS; trial++) {
        static fake f;
        fake_make(&f, "request.mean");
        ns_search *s = search(&f, find, 100, queue, 0.1, trial);
        cr_assert(eq(int, s->state, NS_SEARCH_FOUND));
        cr_assert(ge(int, s->holds, 0));
        double low = s->probes[s->holds].value, high = s->probes[s->fails].value;
        inside += low <= 800 && high >= 800;
        width += (high - low) / 800 / TRIALS;
        ns_search_free(s);
    }
    cr_expect(ge(int, inside, TRIALS * 95 / 100), "%d of %d", inside, TRIALS);
    cr_expect(lt(dbl, width, 0.06), "%g", width); // and it is no wider than it must be
    ns_find_free(find);
}

Test(search, there_may_be_no_limit)
{
    ns_find *find = find_of("max arrivals.a.rate in 10..500 where mean < 20 ms");
    fake f;
    char text[512];
    fake_make(&f, "request.mean");
    ns_search *s = search(&f, find, 100, flat, 0.05, 1);
    cr_expect(eq(int, s->state, NS_SEARCH_ALWAYS));
    cr_expect(eq(dbl, s->probes[s->count - 1].value, 500));
    ns_search_sentence(s, text, sizeof text);
    cr_expect(strstr(text, "at every value") != NULL, "%s", text);
    ns_search_free(s);
    ns_find_free(find);
    find = find_of("max arrivals.a.rate in 10..500 where mean < 1 ms");
    fake_make(&f, "request.mean");
    s = search(&f, find, 100, flat, 0.05, 1);
    cr_expect(eq(int, s->state, NS_SEARCH_NEVER));
    cr_expect(eq(dbl, s->probes[0].value, 10));
    ns_search_free(s);
    ns_find_free(find);
}

Test(search, a_broken_run_fails)
{
    ns_find *find = find_of("max arrivals.a.rate where mean < 20 ms");
    const ns_search_options options = {100, 0.02, 5, MOST};
    fake f;
    ns_search *s;
    fake_make(&f, "request.mean");
    cr_assert(eq(int, ns_search_make(&s, find, &options, &f.data, NULL), 0));
    run(&f, find, s, flat, 0, 1);
    ns_search_free(s);
    f.runs[2].usable = false;
    cr_assert(eq(int, ns_search_make(&s, find, &options, &f.data, NULL), 0));
    cr_expect(eq(int, s->probes[0].decision, NS_DECISION_FAILS));
    cr_expect(eq(dbl, s->next.value, 50));
    ns_search_free(s);
    ns_find_free(find);
}
