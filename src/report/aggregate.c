// The sink that keeps the aggregates.
#include "report/aggregate.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

const char *const ns_part_names[7] = {"loop wait",  "own JavaScript", "others' JavaScript",
                                      "pool queue", "pool service",   "device",
                                      "rest"};

static void copy(char *out, size_t size, const char *text)
{
    snprintf(out, size, "%s", text ? text : "");
}

static void add_top(ns_summary *s, const ns_rec_callback *c)
{
    int64_t duration = c->end_ns - c->start_ns;
    int at = s->top_count;
    while (at > 0 && s->top[at - 1].duration < duration)
        at--;
    if (at == NS_TOP_CALLBACKS)
        return;
    if (s->top_count < NS_TOP_CALLBACKS)
        s->top_count++;
    memmove(&s->top[at + 1], &s->top[at], (size_t)(s->top_count - 1 - at) * sizeof s->top[0]);
    ns_top_callback *top = &s->top[at];
    *top = (ns_top_callback){.duration = duration,
                             .start = c->start_ns,
                             .cpu = c->cpu_ns,
                             .phase = c->phase,
                             .line = c->line};
    copy(top->kind, sizeof top->kind, c->kind);
    copy(top->name, sizeof top->name, c->name);
    copy(top->script, sizeof top->script, c->script);
}

// Ticks that follow each other without anything else of the loop between them: starvation.
static void add_tick_run(ns_summary *s, const ns_rec_callback *c)
{
    if (c->phase == NS_PHASE_MICROTASK)
        return;
    if (c->phase != NS_PHASE_TICK) {
        s->tick_run = 0;
        return;
    }
    if (s->tick_run++ == 0)
        s->tick_run_start = c->start_ns;
    s->tick_run_ns = c->end_ns - s->tick_run_start;
    if (s->tick_run > s->longest_tick_run) {
        s->longest_tick_run = s->tick_run;
        s->longest_tick_run_ns = s->tick_run_ns;
    }
}

static void add_callback(ns_summary *s, const ns_rec_callback *c)
{
    s->callbacks++;
    s->phase_count[c->phase]++;
    s->phase_ns[c->phase] += c->end_ns - c->start_ns;
    add_top(s, c);
    add_tick_run(s, c);
}

static void add_iteration(ns_summary *s, const ns_rec_loop_iteration *i)
{
    int64_t busy = i->timers_ns + i->pending_ns + i->idle_prepare_ns + i->poll_ns -
                   i->poll_wait_ns + i->check_ns + i->close_ns;
    s->iterations++;
    s->loop_busy_ns += busy;
    s->loop_wait_ns += i->poll_wait_ns;
    ns_hist_record(s->loop_delay, busy);
}

static ns_task_totals *kind_of(ns_summary *s, const char *kind)
{
    for (int i = 0; i < s->kind_count; i++)
        if (strcmp(s->kinds[i].kind, kind) == 0)
            return &s->kinds[i];
    if (s->kind_count == NS_KINDS_MAX)
        return NULL;
    ns_task_totals *k = &s->kinds[s->kind_count];
    if (ns_hist_new(&k->queue, NULL) || ns_hist_new(&k->service, NULL)) {
        s->failed = 1;
        return NULL;
    }
    copy(k->kind, sizeof k->kind, kind);
    s->kind_count++;
    return k;
}

static void add_name(ns_summary *s, const ns_rec_pool_task *t)
{
    int i = 0;
    while (i < s->name_count && strcmp(s->names[i].name, t->name) != 0)
        i++;
    if (i == NS_NAMES_MAX)
        return;
    if (i == s->name_count)
        copy(s->names[s->name_count++].name, sizeof s->names[i].name, t->name);
    s->names[i].count++;
    s->names[i].queue_ns += t->start_ns - t->submit_ns;
}

static void add_task(ns_summary *s, const ns_rec_pool_task *t)
{
    ns_task_totals *k = kind_of(s, t->kind);
    if (!k)
        return;
    s->tasks++;
    k->count++;
    if (t->thread < 0) {
        k->cancelled++;
        return;
    }
    add_name(s, t);
    ns_hist_record(k->queue, t->start_ns - t->submit_ns);
    ns_hist_record(s->queue, t->start_ns - t->submit_ns);
    ns_hist_record(k->service, t->end_ns - t->start_ns);
    k->cpu_ns += t->cpu_ns;
    k->wait_ns += t->wait_ns;
    k->held_ns += t->end_ns - t->start_ns;
}

static void add_request(ns_summary *s, const ns_rec_request *r)
{
    int i = 0;
    while (i < s->class_count && strcmp(s->classes[i].cls, r->cls) != 0)
        i++;
    if (i == NS_CLASSES_MAX)
        return;
    ns_class_totals *c = &s->classes[i];
    if (i == s->class_count) {
        if (ns_hist_new(&c->latency, NULL)) {
            s->failed = 1;
            return;
        }
        copy(c->cls, sizeof c->cls, r->cls);
        s->class_count++;
    }
    if (r->warmup) {
        c->warmup++;
        return;
    }
    if (strcmp(r->status, "unfinished") == 0) {
        c->unfinished++;
        return;
    }
    c->count++;
    c->errors += strcmp(r->status, "error") == 0;
    ns_hist_record(c->latency, r->done_ns - r->arrival_ns);
    const int64_t parts[7] = {r->loop_wait_ns,    r->own_js_ns, r->other_js_ns, r->pool_queue_ns,
                              r->pool_service_ns, r->device_ns, r->rest_ns};
    for (int p = 0; p < 7; p++)
        c->parts[p] += parts[p];
}

static void add_sample(ns_summary *s, const ns_rec_sample *sample)
{
    if (strcmp(sample->metric, "fs.sync") != 0)
        return;
    int64_t ns = (int64_t)sample->value;
    s->sync_count++;
    s->sync_ns += ns;
    if (ns > s->sync_max)
        s->sync_max = ns;
}

static void emit(ns_sink *sink, const ns_record *record)
{
    ns_summary *s = (ns_summary *)sink;
    switch (record->type) {
    case NS_REC_CALLBACK:
        add_callback(s, &record->callback);
        break;
    case NS_REC_LOOP_ITERATION:
        add_iteration(s, &record->loop_iteration);
        break;
    case NS_REC_POOL_TASK:
        add_task(s, &record->pool_task);
        break;
    case NS_REC_REQUEST:
        add_request(s, &record->request);
        break;
    case NS_REC_SAMPLE:
        add_sample(s, &record->sample);
        break;
    default:
        break;
    }
}

int ns_summary_new(ns_summary **out, ns_err *err)
{
    ns_summary *s = ns_calloc(1, sizeof *s);
    *out = s;
    if (!s)
        return ns_fail(err, NS_ENOMEM, "no memory for the summary");
    s->sink.emit = emit;
    if (ns_hist_new(&s->loop_delay, err) || ns_hist_new(&s->queue, err)) {
        ns_summary_free(s);
        *out = NULL;
        return NS_ENOMEM;
    }
    return NS_OK;
}

void ns_summary_free(ns_summary *s)
{
    if (!s)
        return;
    ns_hist_free(s->loop_delay);
    ns_hist_free(s->queue);
    for (int i = 0; i < s->kind_count; i++) {
        ns_hist_free(s->kinds[i].queue);
        ns_hist_free(s->kinds[i].service);
    }
    for (int i = 0; i < s->class_count; i++)
        ns_hist_free(s->classes[i].latency);
    for (int i = 0; i < 4; i++)
        ns_free(s->texts[i]);
    ns_free(s);
}

ns_sink *ns_summary_sink(ns_summary *s)
{
    return &s->sink;
}
