#include "sweep/search.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

static const double risk = 0.025; // of a wrong decision at a probe
enum { OUTWARDS_MAX = 40 };       // factors of two from the start, in either direction

// -- Probes ---------------------------------------------------------------------------------------

// The replicates that a probe with `runs` of them shall have before it is looked at again.
static int stage_of(const ns_search_options *o, int runs)
{
    int stage = o->first;
    while (stage < runs && stage < o->most)
        stage = stage * 2 < o->most ? stage * 2 : o->most;
    return stage;
}

static int stages(const ns_search_options *o)
{
    int count = 1;
    for (int stage = o->first; stage < o->most; count++)
        stage = stage * 2 < o->most ? stage * 2 : o->most;
    return count;
}

static int look(const ns_search *s, const ns_data *data, ns_probe *probe, ns_err *err)
{
    int looks = stages(&s->options);
    probe->decision = NS_DECISION_HOLDS;
    probe->holds = true;
    for (int i = 0; i < s->find->count; i++) {
        ns_finding *f = &probe->findings[i];
        // All conditions must hold for the whole to hold, but any of them can make it fail.
        int rc = ns_condition_decide(&s->find->conditions[i], data, probe->point, probe->runs,
                                     risk / looks, risk / looks / s->find->count, f, err);
        if (rc != NS_OK)
            return rc;
        probe->holds &= f->holds;
        if (f->decision > probe->decision)
            probe->decision = f->decision;
    }
    probe->decided = probe->decision != NS_DECISION_OPEN || probe->runs >= s->options.most;
    return NS_OK;
}

// A point of the data as a probe. Where a run broke, the value is too much for the program.
static int make_probe(const ns_search *s, const ns_data *data, int point, ns_probe *probe,
                      ns_err *err)
{
    *probe = (ns_probe){.point = point};
    if (!ns_find_read(s->find, data->points[point].values[0], &probe->value))
        return ns_fail(err, NS_EINVAL, "the search has a value \"%s\"",
                       data->points[point].values[0]);
    for (int r = 0; r < data->replicates; r++) {
        const ns_data_run *run = &data->runs[point * data->replicates + r];
        probe->runs += run->there;
        probe->broken += run->there && !run->usable;
    }
    if (probe->runs != stage_of(&s->options, probe->runs))
        return NS_OK; // it was interrupted
    if (!probe->broken)
        return look(s, data, probe, err);
    probe->decision = NS_DECISION_FAILS;
    probe->decided = true;
    for (int i = 0; i < s->find->count; i++)
        probe->findings[i] = (ns_finding){.estimate = {.mean = NAN}, .beyond = -1};
    return NS_OK;
}

static int from_small(const void *a, const void *b)
{
    double x = ((const ns_probe *)a)->value, y = ((const ns_probe *)b)->value;
    return (x > y) - (x < y);
}

static int from_great(const void *a, const void *b)
{
    return from_small(b, a);
}

static int make_probes(ns_search *s, const ns_data *data, ns_err *err)
{
    s->probes = ns_calloc((size_t)data->point_count + 1, sizeof *s->probes);
    if (!s->probes)
        return ns_fail(err, NS_ENOMEM, "out of memory");
    for (int p = 0; p < data->point_count; p++) {
        int rc = make_probe(s, data, p, &s->probes[s->count], err);
        if (rc != NS_OK)
            return rc;
        s->count++;
    }
    qsort(s->probes, (size_t)s->count, sizeof *s->probes, s->find->max ? from_small : from_great);
    return NS_OK;
}

// -- The next value -------------------------------------------------------------------------------

static double clamp(const ns_find *f, double value)
{
    return value < f->low ? f->low : value > f->high ? f->high : value;
}

static double three_digits(double value)
{
    char text[48];
    snprintf(text, sizeof text, "%.2e", value);
    return strtod(text, NULL);
}

static void want(ns_search *s, double value, int point)
{
    s->state = NS_SEARCH_RUN;
    s->next.value = value;
    s->next.point = point;
    s->next.replicates = s->options.first;
}

// One step outwards from a probe at the end. False: there is no more room.
static bool outwards(ns_search *s, double from, bool upwards)
{
    const ns_find *f = s->find;
    double value = upwards ? from * 2 : from / 2;
    if (f->type != NS_FIND_NUMBER)
        value = upwards && value < 1 ? 1 : floor(value);
    value = clamp(f, value);
    if (value == from || !isfinite(value) || s->count > OUTWARDS_MAX)
        return false;
    want(s, value, s->count);
    return true;
}

// A value between two, in proportion: with few digits where that is exact enough. False: the gap is
// narrow enough, or there is none.
static bool between(const ns_search *s, double a, double b, double *out)
{
    double low = a < b ? a : b, high = a < b ? b : a;
    double middle = low > 0 && high / low > 1.5 ? sqrt(low * high) : (low + high) / 2;
    if (low > 0 && high / low <= 1 + s->options.precision)
        return false;
    double rounded = three_digits(middle);
    middle = rounded > low && rounded < high ? rounded : middle;
    if (s->find->type != NS_FIND_NUMBER)
        middle = floor(middle + 0.5) < high ? floor(middle + 0.5) : floor(middle);
    *out = middle;
    return middle > low && middle < high;
}

// -- The state ------------------------------------------------------------------------------------

static void survey(ns_search *s)
{
    s->holds = s->fails = s->answer = -1;
    s->monotone = true;
    bool failed = false;
    for (int i = 0; i < s->count; i++) {
        const ns_probe *p = &s->probes[i];
        if (p->decision == NS_DECISION_FAILS && s->fails < 0)
            s->fails = i;
        if (p->decision == NS_DECISION_HOLDS && s->fails < 0)
            s->holds = i;
        s->monotone &= p->decision != NS_DECISION_HOLDS || s->fails < 0;
        failed |= !p->holds;
        if (!failed)
            s->answer = i;
    }
}

// A probe that has all its replicates and still no group of runs with enough samples.
static bool find_thin(ns_search *s)
{
    for (int i = 0; i < s->count; i++) {
        const ns_probe *p = &s->probes[i];
        for (int c = 0; p->decision == NS_DECISION_OPEN && c < s->find->count; c++) {
            if (p->findings[c].together <= p->runs / 2)
                continue;
            s->thin = i;
            s->thin_condition = c;
            return true;
        }
    }
    return false;
}

static bool find_undecided(ns_search *s)
{
    for (int i = 0; i < s->count; i++) {
        const ns_probe *p = &s->probes[i];
        if (p->decided)
            continue;
        int stage = stage_of(&s->options, p->runs);
        want(s, p->value, p->point);
        s->next.replicates = stage > p->runs ? stage : stage_of(&s->options, p->runs + 1);
        return true;
    }
    return false;
}

static void decide(ns_search *s)
{
    double value;
    bool up = s->find->max; // towards values that should fail
    if (s->count == 0) {
        want(s, clamp(s->find, s->options.start), 0);
        return;
    }
    if (find_undecided(s))
        return;
    survey(s);
    if (find_thin(s)) {
        s->state = NS_SEARCH_THIN;
        return;
    }
    if (s->fails < 0) { // no end there yet
        if (!outwards(s, s->probes[s->count - 1].value, up))
            s->state = s->answer >= 0 ? NS_SEARCH_ALWAYS : NS_SEARCH_NEVER;
        return;
    }
    if (s->holds < 0 && outwards(s, s->probes[0].value, !up))
        return;
    if (s->holds < 0 && s->answer < 0) {
        s->state = NS_SEARCH_NEVER;
        return;
    }
    // The first probe does not fail, or there would be no answer.
    assert(s->probes && s->fails > 0 && s->holds < s->fails);
    const ns_probe *holds = s->holds >= 0 ? &s->probes[s->holds] : NULL;
    if ((holds && between(s, holds->value, holds[1].value, &value)) ||
        between(s, s->probes[s->fails - 1].value, s->probes[s->fails].value, &value))
        want(s, value, s->count);
    else
        s->state = NS_SEARCH_FOUND;
}

int ns_search_make(ns_search **out, const ns_find *find, const ns_search_options *options,
                   const ns_data *data, ns_err *err)
{
    assert(options->first >= 2 && options->most >= options->first && options->precision > 0);
    ns_search *s = *out = ns_calloc(1, sizeof *s);
    if (!s)
        return ns_fail(err, NS_ENOMEM, "out of memory");
    s->find = find;
    s->options = *options;
    int rc = make_probes(s, data, err);
    if (rc == NS_OK) {
        decide(s);
        survey(s);
    } else {
        ns_search_free(s);
        *out = NULL;
    }
    return rc;
}

void ns_search_free(ns_search *search)
{
    if (!search)
        return;
    ns_free(search->probes);
    ns_free(search);
}

// -- In words -------------------------------------------------------------------------------------

static size_t append(char *out, size_t size, size_t used, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
static size_t append(char *out, size_t size, size_t used, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    int n = used < size ? vsnprintf(out + used, size - used, fmt, args) : 0;
    va_end(args);
    return used + (n > 0 ? (size_t)n : 0);
}

static const char *conditions(const ns_search *s)
{
    return strstr(s->find->text, " where ") + strlen(" where ");
}

static void say_found(const ns_search *s, char *out, size_t size)
{
    const ns_find *f = s->find;
    char value[48], low[48], high[48];
    const ns_probe *fails = &s->probes[s->fails];
    if (s->answer < 0) { // nothing holds by its mean, but it may
        ns_find_show(f, s->probes[0].value, value, sizeof value);
        ns_find_show(f, fails->value, high, sizeof high);
        snprintf(out, size,
                 "Whether %s at %s=%s, the last value that may be tried, cannot be told; "
                 "at %s it fails.",
                 conditions(s), f->key, value, high);
        return;
    }
    ns_find_show(f, s->probes[s->answer].value, value, sizeof value);
    ns_find_show(f, fails->value, high, sizeof high);
    size_t n = append(out, size, 0, "The %s %s with %s is %s", f->max ? "greatest" : "smallest",
                      f->key, conditions(s), value);
    if (s->holds < 0) {
        append(out, size, n, "; it fails for certain at %s, and holds for certain nowhere.", high);
        return;
    }
    ns_find_show(f, s->probes[s->holds].value, low, sizeof low);
    append(out, size, n, ", 95%% interval %s to %s (it holds at %s, and fails at %s).%s",
           f->max ? low : high, f->max ? high : low, low, high,
           s->monotone ? ""
                       : " Beware: it holds again beyond values at which it fails; there is no "
                         "single limit.");
}

static void say_thin(const ns_search *s, char *out, size_t size)
{
    const ns_probe *p = &s->probes[s->thin];
    const ns_finding *f = &p->findings[s->thin_condition];
    char value[48];
    ns_find_show(s->find, p->value, value, sizeof value);
    snprintf(out, size,
             "At %s=%s, %s cannot be told: a run has %lld samples beyond it, and %d runs together "
             "are not twice the ten that it takes. Make the runs longer (more requests), or raise "
             "--replicates-max.",
             s->find->key, value, s->find->conditions[s->thin_condition].metric,
             (long long)f->beyond, p->runs);
}

void ns_search_sentence(const ns_search *s, char *out, size_t size)
{
    const ns_find *f = s->find;
    char value[48] = "";
    out[0] = '\0';
    if (s->count > 0)
        ns_find_show(f, s->probes[s->state == NS_SEARCH_NEVER ? 0 : s->count - 1].value, value,
                     sizeof value);
    switch (s->state) {
    case NS_SEARCH_RUN:
        snprintf(out, size, "The search has not ended: --resume goes on.");
        return;
    case NS_SEARCH_FOUND:
        say_found(s, out, size);
        return;
    case NS_SEARCH_ALWAYS:
        snprintf(out, size, "%s at every value of %s that was tried, as far as %s.", conditions(s),
                 f->key, value);
        return;
    case NS_SEARCH_NEVER:
        snprintf(out, size, "%s at no value of %s that was tried, as far as %s.", conditions(s),
                 f->key, value);
        return;
    case NS_SEARCH_THIN:
        say_thin(s, out, size);
        return;
    }
}
