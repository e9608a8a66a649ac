#include "report/aggregate.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

const char *const ns_part_names[NS_PARTS] = {"loop wait", "own JS",    "other JS",
                                             "in queue",  "pool work", "device",
                                             "gc",        "safepoint", "rest"};

void ns_request_parts(const ns_rec_request *r, int64_t parts[NS_PARTS])
{
    const int64_t list[NS_PARTS] = {r->loop_wait_ns,  r->own_js_ns,       r->other_js_ns,
                                    r->pool_queue_ns, r->pool_service_ns, r->device_ns,
                                    r->gc_ns,         r->safepoint_ns,    r->rest_ns};
    memcpy(parts, list, sizeof list);
}

bool ns_waits_matter(int64_t waits, int64_t pauses)
{
    return waits >= NS_MS || waits * 20 > pauses;
}

bool ns_summary_waited(const ns_summary *s, int part)
{
    for (int i = 0; i < s->class_count; i++)
        if (s->classes[i].parts[part] > 0)
            return true;
    return false;
}

static void copy(char *out, size_t size, const char *text)
{
    snprintf(out, size, "%s", text ? text : "");
}

static void seen(ns_summary *s, int64_t time)
{
    if (time > s->last)
        s->last = time;
}

static void count_call(ns_call_totals *calls, int64_t duration)
{
    calls->count++;
    calls->total += duration;
    if (duration > calls->longest)
        calls->longest = duration;
}

// -- Event loop and callbacks ---------------------------------------------------------------------

static void add_iteration(ns_summary *s, const ns_rec_loop_iteration *i)
{
    // The loop looks for events where poll begins: that ends one stretch, and what runs after it
    // begins the next.
    int64_t between = i->start_ns - s->loop_end;
    int64_t stretch = s->stretch + between + i->pending_ns + i->idle_prepare_ns;
    if (s->iterations++ == 0) {
        s->loop_start = i->start_ns;
        s->first_stretch = stretch;
    } else {
        s->between_ns += between;
        ns_delay_busy(&s->delay, stretch);
    }
    s->timers_ns += i->timers_ns;
    s->pending_ns += i->pending_ns;
    s->idle_prepare_ns += i->idle_prepare_ns;
    s->poll_ns += i->poll_ns - i->poll_wait_ns;
    s->wait_ns += i->poll_wait_ns;
    s->check_ns += i->check_ns;
    s->close_ns += i->close_ns;
    ns_delay_wait(&s->delay, i->poll_wait_ns);
    s->stretch = i->poll_ns - i->poll_wait_ns + i->check_ns + i->close_ns + i->timers_ns;
    s->loop_end = i->start_ns + i->timers_ns + i->pending_ns + i->idle_prepare_ns + i->poll_ns +
                  i->check_ns + i->close_ns;
    seen(s, s->loop_end);
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

static void add_drain(ns_summary *s, const ns_rec_callback *c)
{
    if (c->phase != NS_PHASE_TICK && c->phase != NS_PHASE_MICROTASK) {
        s->drain = (ns_drain){0};
        return;
    }
    // A drain inside a drain ends before the outer one, and began later.
    if (s->drain.end == 0 || c->start_ns < s->drain.start)
        s->drain.start = c->start_ns;
    s->drain.end = c->end_ns;
    s->drain.ticks += c->phase == NS_PHASE_TICK;
    if (s->drain.end - s->drain.start > s->longest_drain.end - s->longest_drain.start)
        s->longest_drain = s->drain;
}

static void add_callback(ns_summary *s, const ns_rec_callback *c)
{
    int64_t duration = c->end_ns - c->start_ns;
    ns_phase_totals *phase = &s->phases[c->phase];
    phase->count++;
    phase->total += duration;
    if (duration > phase->longest)
        phase->longest = duration;
    if (duration >= NS_BLOCKING_NS) {
        phase->blocking++;
        phase->blocking_ns += duration;
    }
    if (c->phase == NS_PHASE_MAIN && s->main_end < 0) {
        s->main_start = c->start_ns;
        s->main_end = c->end_ns;
    }
    add_top(s, c);
    add_drain(s, c);
    seen(s, c->end_ns);
}

// -- Thread pool ----------------------------------------------------------------------------------

static ns_task_totals *kind_of(ns_summary *s, const char *kind)
{
    for (int i = 0; i < s->kind_count; i++)
        if (strcmp(s->kinds[i].kind, kind) == 0)
            return &s->kinds[i];
    if (s->kind_count == NS_KINDS_MAX)
        return &s->kinds[NS_KINDS_MAX - 1];
    ns_task_totals *k = &s->kinds[s->kind_count];
    if (ns_hist_new(&k->queue, NULL) != NS_OK || ns_hist_new(&k->service, NULL) != NS_OK) {
        ns_hist_free(k->queue);
        k->queue = NULL;
        s->failed = true;
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
    s->names[i].held_ns += t->end_ns - t->start_ns;
}

static void add_task(ns_summary *s, const ns_rec_pool_task *t)
{
    ns_task_totals *k = kind_of(s, t->kind);
    if (!k)
        return;
    if (s->tasks++ == 0 || t->submit_ns < s->first_submit)
        s->first_submit = t->submit_ns;
    k->count++;
    seen(s, t->done_ns);
    if (t->thread < 0) {
        k->cancelled++;
        return;
    }
    if (t->end_ns > s->last_end)
        s->last_end = t->end_ns;
    if (t->thread >= s->threads_seen)
        s->threads_seen = t->thread + 1;
    add_name(s, t);
    ns_hist_record(k->queue, t->start_ns - t->submit_ns);
    ns_hist_record(s->queue, t->start_ns - t->submit_ns);
    ns_hist_record(k->service, t->end_ns - t->start_ns);
    k->queue_ns += t->start_ns - t->submit_ns;
    k->cpu_ns += t->cpu_ns;
    k->wait_ns += t->wait_ns;
    k->held_ns += t->end_ns - t->start_ns;
}

// -- Requests and samples -------------------------------------------------------------------------

static ns_class_totals *class_of(ns_summary *s, const char *cls)
{
    for (int i = 0; i < s->class_count; i++)
        if (strcmp(s->classes[i].cls, cls) == 0)
            return &s->classes[i];
    if (s->class_count == NS_CLASSES_MAX)
        return &s->classes[NS_CLASSES_MAX - 1];
    ns_class_totals *c = &s->classes[s->class_count];
    if (ns_hist_new(&c->latency, NULL) != NS_OK) {
        s->failed = true;
        return NULL;
    }
    copy(c->cls, sizeof c->cls, cls);
    s->class_count++;
    return c;
}

static void add_request(ns_summary *s, const ns_rec_request *r)
{
    ns_class_totals *c = class_of(s, r->cls);
    if (!c)
        return;
    if (r->warmup) {
        c->warmup++;
        return;
    }
    if (strcmp(r->status, "unfinished") == 0) {
        c->unfinished++;
        return;
    }
    if (c->count++ == 0 || r->arrival_ns < c->first_arrival)
        c->first_arrival = r->arrival_ns;
    if (r->done_ns > c->last_done)
        c->last_done = r->done_ns;
    c->errors += strcmp(r->status, "error") == 0;
    ns_hist_record(c->latency, r->done_ns - r->arrival_ns);
    int64_t parts[NS_PARTS];
    ns_request_parts(r, parts);
    for (int p = 0; p < NS_PARTS; p++)
        c->parts[p] += parts[p];
    seen(s, r->done_ns);
}

// During the main script synchronous calls delay nobody, as a rule: modules are loaded with them.
static void add_sample(ns_summary *s, const ns_rec_sample *sample)
{
    if (strcmp(sample->metric, "fs.sync") != 0)
        return;
    bool later = s->main_end >= 0 && sample->t_ns >= s->main_end;
    count_call(later ? &s->sync_later : &s->sync_start, (int64_t)sample->value);
}

// -- Heap -----------------------------------------------------------------------------------------

static void add_gc(ns_summary *s, const ns_rec_gc_event *e)
{
    ns_heap_totals *heap = &s->heap;
    ns_gc_totals *gc = &s->gc[strcmp(e->kind, "scavenge") == 0 ? NS_GC_SCAVENGES : NS_GC_FULL];
    int64_t end = e->start_ns + e->pause_ns;
    count_call(&gc->pauses, e->pause_ns);
    int64_t waited = e->to_safepoint_ns + e->after_safepoint_ns;
    if (waited > 0) {
        if (waited > heap->waits.longest)
            copy(heap->compiled, sizeof heap->compiled, e->safepoint_function);
        count_call(&heap->waits, waited);
    }
    gc->young += heap->copied;
    heap->copied = e->survived_bytes - e->promoted_bytes;
    gc->survived += e->survived_bytes;
    gc->promoted += e->promoted_bytes;
    if (heap->first == 0)
        heap->first = end;
    else if (e->before_bytes > heap->after_last)
        gc->allocated += e->before_bytes - heap->after_last;
    heap->last = end;
    heap->after_last = e->after_bytes;
    heap->concurrent_ns += e->concurrent_ns;
    if (e->before_bytes > heap->largest)
        heap->largest = e->before_bytes;
    seen(s, end);
}

// They come in falling order.
static void add_site(ns_summary *s, const ns_rec_alloc_site *site)
{
    s->heap.sampled += site->bytes;
    if (s->heap.site_count == NS_TOP_SITES)
        return;
    ns_alloc_site *top = &s->heap.sites[s->heap.site_count++];
    top->bytes = site->bytes;
    top->line = site->line;
    copy(top->name, sizeof top->name, site->name);
    copy(top->script, sizeof top->script, site->script);
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
    case NS_REC_POLLER_EVENT:
        ns_hist_record(s->event_wait, record->poller_event.t_ns - record->poller_event.ready_ns);
        seen(s, record->poller_event.t_ns);
        break;
    case NS_REC_REQUEST:
        add_request(s, &record->request);
        break;
    case NS_REC_SAMPLE:
        add_sample(s, &record->sample);
        s->failed |= !ns_tiers_add(&s->tiers, record);
        break;
    case NS_REC_GC_EVENT:
        add_gc(s, &record->gc_event);
        break;
    case NS_REC_ALLOC_SITE:
        add_site(s, &record->alloc_site);
        break;
    case NS_REC_JIT_FUNCTION:
    case NS_REC_JIT_EVENT:
    case NS_REC_IC_SITE:
        s->failed |= !ns_tiers_add(&s->tiers, record);
        break;
    default:
        break;
    }
}

// -- Public ---------------------------------------------------------------------------------------

int ns_summary_new(ns_summary **out, ns_err *err)
{
    ns_summary *s = ns_calloc(1, sizeof *s);
    *out = s;
    if (!s)
        return ns_fail(err, NS_ENOMEM, "no memory for the summary");
    s->sink.emit = emit;
    s->main_start = s->main_end = -1;
    if (ns_hist_new(&s->event_wait, err) != NS_OK || ns_hist_new(&s->queue, err) != NS_OK) {
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
    ns_hist_free(s->event_wait);
    ns_hist_free(s->queue);
    for (int i = 0; i < s->kind_count; i++) {
        ns_hist_free(s->kinds[i].queue);
        ns_hist_free(s->kinds[i].service);
    }
    for (int i = 0; i < s->class_count; i++)
        ns_hist_free(s->classes[i].latency);
    for (int i = 0; i < 4; i++)
        ns_free(s->texts[i]);
    ns_tiers_free(&s->tiers);
    ns_free(s);
}

ns_sink *ns_summary_sink(ns_summary *s)
{
    return &s->sink;
}

static int emit_histogram(ns_sink *out, const char *prefix, const char *name, const ns_hist *hist,
                          ns_err *err)
{
    char metric[128];
    if (ns_hist_count(hist) == 0)
        return NS_OK;
    snprintf(metric, sizeof metric, "%s%s", prefix, name);
    char *encoded = ns_hist_encode(hist);
    if (!encoded)
        return ns_fail(err, NS_ENOMEM, "no memory for a histogram");
    ns_emit(out, &(ns_record){NS_REC_HISTOGRAM, .histogram = {metric, encoded}});
    ns_free(encoded);
    return NS_OK;
}

int ns_summary_emit(ns_summary *s, ns_sink *out, ns_err *err)
{
    int rc = emit_histogram(out, "poller.wait", "", s->event_wait, err);
    if (rc == NS_OK)
        rc = emit_histogram(out, "pool.queue", "", s->queue, err);
    for (int i = 0; i < s->kind_count && rc == NS_OK; i++) {
        rc = emit_histogram(out, "pool.queue.", s->kinds[i].kind, s->kinds[i].queue, err);
        if (rc == NS_OK)
            rc = emit_histogram(out, "pool.service.", s->kinds[i].kind, s->kinds[i].service, err);
    }
    for (int i = 0; i < s->class_count && rc == NS_OK; i++)
        rc = emit_histogram(out, "request.", s->classes[i].cls, s->classes[i].latency, err);
    return rc;
}
