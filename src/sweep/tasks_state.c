// What is known of traced and checked runs, and what follows from it.
#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "sweep/tasks_private.h"

int tasks_no_memory(ns_err *err)
{
    return ns_fail(err, NS_ENOMEM, "out of memory");
}

// -- Verdicts -------------------------------------------------------------------------------------

static int set_text(char **out, const char *text, ns_err *err)
{
    ns_free(*out);
    *out = text && *text ? ns_strdup(text) : NULL;
    return *out || !text || !*text ? NS_OK : tasks_no_memory(err);
}

static void print_point(const ns_plan *plan, int point, ns_buf *out)
{
    for (int k = 0; k < plan->key_count; k++)
        ns_buf_printf(out, "%s%s=%s", k ? " " : "", plan->keys[k].key, plan->points[point][k]);
}

static int fail_verdict(verdict *v, const char *why, ns_err *err)
{
    v->known = v->failed = true;
    return set_text(&v->why, why, err);
}

// When all checks are there.
static int judge(const ns_tasks *t, verdict *v, ns_err *err)
{
    const check *worst = NULL, *refused = NULL;
    for (int i = 0; i < v->count; i++) {
        const check *c = &v->checks[i];
        if (!c->known || v->known)
            return NS_OK;
        if (isnan(c->off))
            refused = refused ? refused : c;
        else if (!worst || c->off > worst->off)
            worst = c;
    }
    if (!worst && refused)
        return fail_verdict(v, refused->why, err);
    v->known = true;
    if (!worst || worst->off <= t->plan->tolerance)
        return NS_OK;
    ns_buf text = {0};
    ns_buf_str(&text, "the check at ");
    print_point(t->plan, worst->point, &text);
    ns_buf_printf(&text, " differs by %.3g%% in %s", worst->off * 100, worst->metric);
    int rc = text.failed ? tasks_no_memory(err) : fail_verdict(v, text.data, err);
    ns_buf_free(&text);
    return rc;
}

int tasks_set_check(const ns_tasks *t, verdict *v, int point, double off, const char *metric,
                    const char *why, ns_err *err)
{
    int rc = NS_OK;
    for (int i = 0; i < v->count && rc == NS_OK; i++) {
        check *c = &v->checks[i];
        if (c->point != point)
            continue;
        c->known = true;
        c->off = off;
        rc = set_text(&c->metric, metric ? metric : "", err);
        if (rc == NS_OK)
            rc = set_text(&c->why, why ? why : "", err);
    }
    return rc == NS_OK ? judge(t, v, err) : rc;
}

// -- Units ----------------------------------------------------------------------------------------

static int refuse(ns_tasks *t, int index, const char *why, ns_err *err)
{
    unit *u = &t->units[index];
    u->state = REFUSED;
    int rc = set_text(&u->why, why, err);
    for (int v = 0; v < t->verdict_count && rc == NS_OK; v++) {
        verdict *of = &t->verdicts[v];
        if (of->unit == index && !of->known)
            rc = fail_verdict(of, why, err);
    }
    return rc;
}

int tasks_take_trace(ns_tasks *t, int index, const ns_point_result *result, ns_err *err)
{
    unit *u = &t->units[index];
    if (!result || !result->trace)
        return refuse(t, index, result && result->why ? result->why : "the traced run broke", err);
    ns_buf_clear(&u->trace);
    ns_buf_add(&u->trace, result->trace, result->trace_size);
    int rc = set_text(&u->config, result->info.config_json, err);
    u->state = READY;
    return rc == NS_OK && u->trace.failed ? tasks_no_memory(err) : rc;
}

// A unit whose traced run is in the database.
int tasks_recall(ns_tasks *t, int index, int64_t run_id, ns_sweep_db *db, ns_err *err)
{
    ns_sweep_made made;
    int rc = ns_sweep_db_made(db, run_id, &made, err);
    if (rc == NS_OK && strcmp(made.made, NS_MADE_FULL) == 0 && t->units[index].state == UNKNOWN)
        rc = refuse(t, index, made.why, err);
    return rc;
}

// -- Making ---------------------------------------------------------------------------------------

int ns_tasks_new(ns_tasks **out, const ns_plan *plan, ns_err *err)
{
    ns_tasks *t = *out = ns_calloc(1, sizeof *t);
    if (!t)
        return tasks_no_memory(err);
    t->plan = plan;
    const ns_groups *groups = plan->groups;
    if (!plan->replay)
        return NS_OK;
    t->unit_count = plan->search ? plan->replicates : groups->count * plan->replicates;
    t->units = ns_calloc((size_t)t->unit_count, sizeof *t->units);
    t->verdict_count = plan->search ? 0 : groups->count;
    t->verdicts = ns_calloc((size_t)t->verdict_count + 1, sizeof *t->verdicts);
    if (!t->units || !t->verdicts) {
        ns_tasks_free(t);
        *out = NULL;
        return tasks_no_memory(err);
    }
    for (int u = 0; u < t->unit_count; u++)
        t->units[u].point = plan->search ? -1 : groups->list[u / plan->replicates].traced;
    for (int v = 0; v < t->verdict_count; v++) {
        const ns_group *group = &groups->list[v];
        t->verdicts[v].unit = v * plan->replicates;
        for (int c = 0; c < group->check_count; c++)
            t->verdicts[v].checks[t->verdicts[v].count++].point = group->checks[c];
    }
    return NS_OK;
}

static void free_verdict(verdict *v)
{
    for (int c = 0; c < v->count; c++) {
        ns_free(v->checks[c].metric);
        ns_free(v->checks[c].why);
    }
    ns_free(v->why);
}

void ns_tasks_free(ns_tasks *t)
{
    if (!t)
        return;
    for (int u = 0; t->units && u < t->unit_count; u++) {
        ns_buf_free(&t->units[u].trace);
        ns_free(t->units[u].config);
        ns_free(t->units[u].why);
    }
    for (int v = 0; t->verdicts && v < t->verdict_count; v++)
        free_verdict(&t->verdicts[v]);
    ns_free(t->units);
    ns_free(t->verdicts);
    ns_free(t->list);
    ns_free(t);
}

// -- Running --------------------------------------------------------------------------------------

bool ns_tasks_ready(const ns_tasks *t, int index)
{
    const ns_task *task = &t->list[index];
    if (task->role == NS_TASK_FULL || task->role == NS_TASK_TRACE)
        return true;
    if (t->units[task->unit].state == UNKNOWN)
        return task->role == NS_TASK_REPLAY && t->verdicts[task->verdict].failed;
    return task->role == NS_TASK_CHECK || t->verdicts[task->verdict].known;
}

// Why a run is a full one; NULL: it need not be.
static const char *why_full(const ns_tasks *t, const ns_task *task)
{
    const unit *u = task->unit >= 0 ? &t->units[task->unit] : NULL;
    const verdict *v = task->verdict >= 0 ? &t->verdicts[task->verdict] : NULL;
    bool judged = task->role == NS_TASK_REPLAY || (task->role == NS_TASK_TRACE && !t->plan->search);
    if (v && v->failed && judged && (task->role == NS_TASK_REPLAY || task->replicate > 0))
        return v->why;
    return u && u->state == REFUSED && task->role != NS_TASK_TRACE ? u->why : NULL;
}

void ns_tasks_how(const ns_tasks *t, int index, ns_point *point)
{
    static const ns_point_how ways[] = {[NS_TASK_FULL] = NS_POINT_FULL,
                                        [NS_TASK_TRACE] = NS_POINT_TRACED,
                                        [NS_TASK_CHECK] = NS_POINT_CHECKED,
                                        [NS_TASK_REPLAY] = NS_POINT_REPLAYED};
    const ns_task *task = &t->list[index];
    point->why = why_full(t, task);
    point->how = point->why ? NS_POINT_FULL : ways[task->role];
    if (point->how != NS_POINT_CHECKED && point->how != NS_POINT_REPLAYED)
        return;
    const unit *u = &t->units[task->unit];
    assert(u->state == READY);
    point->trace = u->trace.data;
    point->trace_size = u->trace.len;
    point->trace_config = u->config;
    point->deciding = t->plan->deciding;
}

int ns_tasks_ended(ns_tasks *t, int index, const ns_point_result *result, ns_err *err)
{
    const ns_task *task = &t->list[index];
    int rc = NS_OK;
    if (task->role == NS_TASK_TRACE)
        return tasks_take_trace(t, task->unit, result, err);
    if (task->role == NS_TASK_CHECK)
        rc = tasks_set_check(t, &t->verdicts[task->verdict], task->point,
                             result ? result->off : NAN, result ? result->off_metric : NULL,
                             result && result->why ? result->why : "the run of the check broke",
                             err);
    if (task->unit >= 0 && --t->units[task->unit].left == 0 && !t->plan->search)
        ns_buf_free(&t->units[task->unit].trace);
    return rc;
}

void ns_tasks_settle(const ns_tasks *t, int index, ns_point_result *result)
{
    const ns_task *task = &t->list[index];
    const char *why = task->role == NS_TASK_TRACE ? why_full(t, task) : NULL;
    if (why) {
        result->made = NS_MADE_FULL;
        result->why = why;
    }
    if (strcmp(result->made, NS_MADE_FULL) == 0 && task->unit >= 0 && !result->why)
        result->why = task->role == NS_TASK_TRACE   ? t->units[task->unit].why
                      : task->role == NS_TASK_CHECK ? "the run of the check broke"
                                                    : "the run broke";
}
