// Finding what is to be run. tasks_state.c has the rest.
#include "sweep/tasks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "sweep/tasks_private.h"

int64_t ns_sweep_run_id(const ns_plan *plan, int point, int replicate)
{
    return (int64_t)point * plan->replicates + replicate + 1;
}

// -- Finding tasks --------------------------------------------------------------------------------

// In a plan: which unit and verdict a run belongs to, and as what.
static ns_task task_of(const ns_tasks *t, int point, int replicate)
{
    const ns_plan *plan = t->plan;
    int group = plan->replay && !plan->search ? plan->groups->of[point] : -1;
    ns_task task = {point, replicate, NS_TASK_FULL, -1, -1, true};
    if (group < 0)
        return task;
    task.unit = group * plan->replicates + replicate;
    task.verdict = group;
    task.role = t->units[task.unit].point == point ? NS_TASK_TRACE : NS_TASK_REPLAY;
    for (int c = 0; c < t->verdicts[group].count && replicate == 0; c++)
        if (t->verdicts[group].checks[c].point == point)
            task.role = NS_TASK_CHECK;
    return task;
}

int64_t ns_tasks_trace_run(const ns_tasks *t, int index)
{
    const ns_task *task = &t->list[index];
    return task->unit < 0 ? 0
                          : ns_sweep_run_id(t->plan, t->units[task->unit].point, task->replicate);
}

static int room_for(ns_tasks *t, size_t more, ns_err *err)
{
    if ((size_t)t->count + more <= (size_t)t->room)
        return NS_OK;
    size_t room = (size_t)t->count + more + (size_t)t->room / 2;
    ns_task *list = ns_realloc(t->list, room * sizeof *list);
    if (!list)
        return tasks_no_memory(err);
    t->list = list;
    t->room = (int)room;
    return NS_OK;
}

static int add_task(ns_tasks *t, ns_task task, ns_err *err)
{
    int rc = room_for(t, 1, err);
    if (rc != NS_OK)
        return rc;
    if (task.unit >= 0 && task.role == NS_TASK_TRACE)
        t->units[task.unit].asked = true;
    else if (task.unit >= 0)
        t->units[task.unit].left++;
    for (int c = 0; task.verdict >= 0 && c < t->verdicts[task.verdict].count; c++) {
        check *at = &t->verdicts[task.verdict].checks[c];
        at->asked |= task.role == NS_TASK_CHECK && at->point == task.point;
    }
    t->list[t->count++] = task;
    return NS_OK;
}

// The order of the database: by traced run, then by run.
typedef struct entry {
    int64_t traced, id;
    ns_task task;
} entry;

static int by_trace(const void *a, const void *b)
{
    const entry *x = a, *y = b;
    if (x->traced != y->traced)
        return x->traced < y->traced ? -1 : 1;
    return (x->id > y->id) - (x->id < y->id);
}

static entry entry_of(const ns_tasks *t, ns_task task)
{
    int64_t id = ns_sweep_run_id(t->plan, task.point, task.replicate);
    int64_t traced =
        task.unit < 0 ? id : ns_sweep_run_id(t->plan, t->units[task.unit].point, task.replicate);
    return (entry){traced, id, task};
}

// Shards of runs that are replayed are neighbours, which share traced runs; others are dealt out,
// so that each shard has its part of the slow points.
static bool is_mine(const ns_plan *plan, const ns_tasks_range *range, int64_t at, int64_t total,
                    int64_t id)
{
    return plan->replay ? at * range->shards / total == range->shard
                        : (id - 1) % range->shards == range->shard;
}

// What the runs of a plan need besides: traces and checks that the database has not, or that
// another shard makes.
static int add_needed(ns_tasks *t, ns_sweep_db *db, ns_err *err)
{
    const ns_plan *plan = t->plan;
    int own = t->count, rc = NS_OK;
    for (int i = 0; i < own && rc == NS_OK; i++) {
        const ns_task task = t->list[i];
        bool first = task.replicate == 0 && task.role != NS_TASK_REPLAY;
        if (task.verdict >= 0 && !first)
            t->verdicts[task.verdict].used = true;
    }
    for (int v = 0; v < t->verdict_count && rc == NS_OK; v++) {
        verdict *of = &t->verdicts[v];
        if (!of->used)
            continue;
        rc = tasks_recall(t, of->unit, ns_sweep_run_id(plan, t->units[of->unit].point, 0), db, err);
        for (int c = 0; c < of->count && rc == NS_OK && !of->known; c++) {
            ns_sweep_made made;
            int point = of->checks[c].point;
            rc = ns_sweep_db_made(db, ns_sweep_run_id(plan, point, 0), &made, err);
            if (rc == NS_OK && made.made[0])
                rc = tasks_set_check(t, of, point, made.off, made.off_metric, made.why, err);
            else if (rc == NS_OK && !of->checks[c].asked)
                rc = add_task(t, (ns_task){point, 0, NS_TASK_CHECK, of->unit, v, false}, err);
        }
    }
    for (int i = 0; i < t->count && rc == NS_OK; i++) {
        const ns_task task = t->list[i];
        if (task.unit < 0 || task.role == NS_TASK_TRACE || t->units[task.unit].asked ||
            (task.role == NS_TASK_REPLAY && t->verdicts[task.verdict].failed))
            continue;
        int point = t->units[task.unit].point;
        rc = tasks_recall(t, task.unit, ns_sweep_run_id(plan, point, task.replicate), db, err);
        if (rc == NS_OK && t->units[task.unit].state == UNKNOWN)
            rc = add_task(
                t, (ns_task){point, task.replicate, NS_TASK_TRACE, task.unit, task.verdict, false},
                err);
    }
    return rc;
}

static int sort_tasks(ns_tasks *t, ns_err *err)
{
    entry *entries = ns_calloc((size_t)t->count + 1, sizeof *entries);
    if (!entries)
        return tasks_no_memory(err);
    for (int i = 0; i < t->count; i++)
        entries[i] = entry_of(t, t->list[i]);
    qsort(entries, (size_t)t->count, sizeof *entries, by_trace);
    for (int i = 0; i < t->count; i++)
        t->list[i] = entries[i].task;
    ns_free(entries);
    return NS_OK;
}

static int find_in_plan(ns_tasks *t, const ns_tasks_range *range, ns_sweep_db *db, ns_err *err)
{
    const ns_plan *plan = t->plan;
    int64_t total = (int64_t)(plan->point_count - range->first) * range->replicates, n = 0;
    entry *entries = ns_calloc((size_t)total + 1, sizeof *entries);
    if (!entries)
        return tasks_no_memory(err);
    for (int p = range->first; p < plan->point_count; p++)
        for (int r = 0; r < range->replicates; r++)
            entries[n++] = entry_of(t, task_of(t, p, r));
    qsort(entries, (size_t)total, sizeof *entries, by_trace);
    int rc = NS_OK;
    for (int64_t i = 0; rc == NS_OK && i < total; i++) {
        bool has;
        rc = ns_sweep_db_has(db, entries[i].id, &has, err);
        if (rc == NS_OK && !has && is_mine(plan, range, i, total, entries[i].id))
            rc = add_task(t, entries[i].task, err);
    }
    ns_free(entries);
    if (rc == NS_OK && plan->replay)
        rc = add_needed(t, db, err);
    return rc == NS_OK ? sort_tasks(t, err) : rc;
}

// -- Of a search ----------------------------------------------------------------------------------

static int grow_verdicts(ns_tasks *t, ns_err *err)
{
    int count = t->plan->point_count;
    verdict *list = ns_realloc(t->verdicts, ((size_t)count + 1) * sizeof *list);
    if (!list)
        return tasks_no_memory(err);
    t->verdicts = list;
    for (; t->verdict_count < count; t->verdict_count++)
        list[t->verdict_count] =
            (verdict){.checks = {{.point = t->verdict_count, .off = NAN}}, .count = 1, .unit = -1};
    return NS_OK;
}

// Where a replicate of a search is traced: where it was, or else here.
static int place_unit(ns_tasks *t, int replicate, int point, ns_sweep_db *db, ns_err *err)
{
    unit *u = &t->units[replicate];
    int traced = 0, rc = NS_OK;
    if (u->point >= 0)
        return NS_OK;
    rc = ns_sweep_db_traced(db, replicate + 1, &traced, err);
    u->point = traced > 0 ? traced - 1 : point;
    return rc;
}

// The check of a search's verdict is its first replicate, which may be the traced run itself.
static int add_verdict(ns_tasks *t, int point, ns_sweep_db *db, ns_err *err)
{
    verdict *v = &t->verdicts[point];
    ns_sweep_made made;
    if (v->known || v->checks[0].asked)
        return NS_OK;
    int rc = place_unit(t, 0, point, db, err);
    if (rc == NS_OK && t->units[0].point == point) {
        v->known = true;
        return NS_OK;
    }
    if (rc == NS_OK)
        rc = ns_sweep_db_made(db, ns_sweep_run_id(t->plan, point, 0), &made, err);
    if (rc == NS_OK && made.made[0])
        rc = tasks_set_check(t, v, point, made.off, made.off_metric, made.why, err);
    return rc;
}

static int add_probe_run(ns_tasks *t, int point, int replicate, ns_sweep_db *db, ns_err *err)
{
    unit *u = &t->units[replicate];
    int rc = place_unit(t, replicate, point, db, err);
    ns_task task = {point, replicate, NS_TASK_REPLAY, replicate, point, true};
    if (u->point == point)
        task.role = NS_TASK_TRACE;
    else if (replicate == 0)
        task.role = NS_TASK_CHECK;
    if (rc == NS_OK && task.role != NS_TASK_TRACE && u->state == UNKNOWN && !u->asked) {
        rc = tasks_recall(t, replicate, ns_sweep_run_id(t->plan, u->point, replicate), db, err);
        if (rc == NS_OK && u->state == UNKNOWN)
            rc = add_task(t, (ns_task){u->point, replicate, NS_TASK_TRACE, replicate, -1, false},
                          err);
    }
    if (rc == NS_OK)
        rc = add_task(t, task, err);
    return rc == NS_OK ? add_verdict(t, point, db, err) : rc;
}

static int find_in_search(ns_tasks *t, const ns_tasks_range *range, ns_sweep_db *db, ns_err *err)
{
    int rc = grow_verdicts(t, err);
    for (int p = range->first; rc == NS_OK && p < t->plan->point_count; p++)
        for (int r = 0; rc == NS_OK && r < range->replicates; r++) {
            bool has;
            rc = ns_sweep_db_has(db, ns_sweep_run_id(t->plan, p, r), &has, err);
            if (rc == NS_OK && !has)
                rc = add_probe_run(t, p, r, db, err);
        }
    return rc;
}

int ns_tasks_find(ns_tasks *t, const ns_tasks_range *range, ns_sweep_db *db, ns_err *err)
{
    t->count = 0;
    for (int u = 0; u < t->unit_count; u++) {
        t->units[u].asked = false;
        t->units[u].left = 0;
    }
    return t->plan->replay && t->plan->search ? find_in_search(t, range, db, err)
                                              : find_in_plan(t, range, db, err);
}

int ns_tasks_count(const ns_tasks *t)
{
    return t->count;
}

const ns_task *ns_tasks_at(const ns_tasks *t, int index)
{
    return &t->list[index];
}

int ns_tasks_ahead(const ns_tasks *t, int jobs)
{
    int longest = 0;
    for (int i = 0, length = 0; t->plan->replay && i < t->count; i++) {
        bool same = i > 0 && t->list[i].unit >= 0 && t->list[i].unit == t->list[i - 1].unit;
        length = same ? length + 1 : 1;
        if (length > longest)
            longest = length;
    }
    int64_t ahead = t->plan->search ? t->count : (int64_t)longest * (jobs + 1);
    return ahead < t->count ? (int)ahead : t->count;
}
