#include "sweep/sweep.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "sweep/workers.h"

typedef struct sweep {
    const ns_plan *plan;
    ns_sweep_db *db;
    const ns_sweep_options *options;
    ns_tasks *tasks;
    int broken;
    struct timespec begin;
} sweep;

// -- In the child ---------------------------------------------------------------------------------

// Points are loaded when they run. If somebody edits the workload meanwhile, what follows is of
// another sweep.
static int check_unchanged(const ns_plan *plan, ns_err *err)
{
    uint64_t hash;
    int rc = ns_plan_hash(plan, &hash, err);
    if (rc == NS_OK && plan->hash != hash)
        rc = ns_fail(err, NS_EINVAL, "%s was changed while the sweep ran", plan->path);
    return rc;
}

static int work(void *opaque, int index, ns_buf *out, ns_err *err)
{
    const sweep *s = opaque;
    const ns_task *task = ns_tasks_at(s->tasks, index);
    ns_arena arena = {0};
    ns_point point = {.path = s->plan->path,
                      .sets = ns_plan_sets(s->plan, task->point, task->replicate, &arena),
                      .hidden = sqlite3_db_filename(ns_sweep_db_handle(s->db), "main")};
    bool recorded = s->options->records && task->stored;
    if (recorded)
        point.records = ns_arena_printf(&arena, "%s/run-%" PRId64 ".db", s->options->records,
                                        ns_sweep_run_id(s->plan, task->point, task->replicate));
    if (!point.sets || (recorded && !point.records))
        return ns_fail(err, NS_ENOMEM, "out of memory");
    ns_tasks_how(s->tasks, index, &point);
    int rc = check_unchanged(s->plan, err);
    if (rc == NS_OK)
        rc = ns_point_run(&point, out, err);
    ns_arena_free(&arena);
    return rc;
}

// -- In the parent --------------------------------------------------------------------------------

static bool ready(void *opaque, int index)
{
    return ns_tasks_ready(((const sweep *)opaque)->tasks, index);
}

static int ended(void *opaque, int index, const char *status, const char *bytes, size_t length,
                 ns_err *err)
{
    sweep *s = opaque;
    ns_task_role role = ns_tasks_at(s->tasks, index)->role;
    if (status || (role != NS_TASK_TRACE && role != NS_TASK_CHECK))
        return ns_tasks_ended(s->tasks, index, NULL, err);
    ns_point_result result;
    int rc = ns_point_read(&result, bytes, length, err);
    if (rc != NS_OK)
        return rc;
    rc = ns_tasks_ended(s->tasks, index, &result, err);
    ns_point_free(&result);
    return rc;
}

// A run without a result: what is known of it.
static int make_broken(const sweep *s, const ns_task *task, const char *status, const char *bytes,
                       size_t length, ns_point_result *out, ns_err *err)
{
    enum { SHOWN = 1000 };
    size_t from = length > SHOWN ? length - SHOWN : 0;
    cJSON *json = cJSON_CreateObject();
    char *message = ns_strndup(bytes + from, length - from);
    if (message)
        cJSON_AddStringToObject(json, "message", message);
    ns_free(message);
    *out = (ns_point_result){.json = json,
                             .made = NS_MADE_FULL,
                             .off = NAN,
                             .info = {.workload = s->plan->name,
                                      .config_json = "{}",
                                      .profile = "",
                                      .seed = s->plan->seed + (uint64_t)task->replicate,
                                      .status = status}};
    out->message = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, "message"));
    if (out->message)
        return NS_OK;
    ns_point_free(out);
    return ns_fail(err, NS_ENOMEM, "out of memory");
}

static int done(void *opaque, int index, const char *status, const char *bytes, size_t length,
                ns_err *err)
{
    sweep *s = opaque;
    const ns_task *task = ns_tasks_at(s->tasks, index);
    ns_point_result result;
    ns_buf params = {0};
    if (!task->stored)
        return NS_OK;
    int rc = status ? make_broken(s, task, status, bytes, length, &result, err)
                    : ns_point_read(&result, bytes, length, err);
    if (rc != NS_OK)
        return rc;
    ns_tasks_settle(s->tasks, index, &result);
    ns_plan_params(s->plan, task->point, &params);
    const ns_sweep_place place = {.run_id = ns_sweep_run_id(s->plan, task->point, task->replicate),
                                  .point = task->point + 1,
                                  .replicate = task->replicate + 1,
                                  .params = params.data,
                                  .trace_run_id = ns_tasks_trace_run(s->tasks, index)};
    rc = params.failed ? ns_fail(err, NS_ENOMEM, "out of memory")
                       : ns_sweep_db_add(s->db, &place, &result, err);
    s->broken += !ns_point_usable(result.info.status, result.info.exit_code);
    ns_buf_free(&params);
    ns_point_free(&result);
    return rc;
}

static void tick(void *opaque, int finished, int running)
{
    enum { BAR = 30 };
    const sweep *s = opaque;
    int count = ns_tasks_count(s->tasks);
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    double passed =
        (double)(now.tv_sec - s->begin.tv_sec) + (double)(now.tv_nsec - s->begin.tv_nsec) / 1e9;
    char bar[BAR + 1], left[48] = "";
    for (int i = 0; i < BAR; i++)
        bar[i] = (int64_t)i * count < (int64_t)finished * BAR ? '#' : '.';
    bar[BAR] = '\0';
    if (finished > 0) {
        int seconds = (int)ceil(passed / finished * (count - finished));
        snprintf(left, sizeof left, ", %d:%02d:%02d left", seconds / 3600, seconds / 60 % 60,
                 seconds % 60);
    }
    fprintf(stderr, "\r\033[K%s[%s] %d of %d runs, %d running%s",
            s->options->title ? s->options->title : "", bar, finished, count, running, left);
    if (s->broken)
        fprintf(stderr, ", %d broken", s->broken);
    fflush(stderr);
}

static int run_tasks(sweep *s, ns_err *err)
{
    const ns_sweep_options *options = s->options;
    int count = ns_tasks_count(s->tasks);
    if (count == 0)
        return NS_OK;
    const ns_workers workers = {.jobs = options->jobs < count ? options->jobs : count,
                                .time_limit = options->time_limit,
                                .stop = options->interrupt,
                                .opaque = s,
                                .work = work,
                                .ahead = ns_tasks_ahead(s->tasks, options->jobs),
                                .ready = ready,
                                .ended = ended,
                                .done = done,
                                .tick = options->progress ? tick : NULL};
    int rc = ns_workers_run(&workers, count, err);
    if (options->progress)
        fputs("\r\033[K", stderr);
    return rc;
}

int ns_sweep_run(const ns_plan *plan, int first, ns_sweep_db *db, const ns_sweep_options *options,
                 ns_err *err)
{
    assert(options->shards >= 1 && options->shard >= 0 && options->shard < options->shards);
    sweep s = {.plan = plan, .db = db, .options = options, .tasks = options->tasks};
    const ns_tasks_range range = {first,
                                  options->replicates ? options->replicates : plan->replicates,
                                  options->shard, options->shards};
    clock_gettime(CLOCK_MONOTONIC, &s.begin);
    int rc = s.tasks ? NS_OK : ns_tasks_new(&s.tasks, plan, err);
    if (rc == NS_OK)
        rc = ns_tasks_find(s.tasks, &range, db, err);
    if (rc == NS_OK)
        rc = run_tasks(&s, err);
    if (!options->tasks)
        ns_tasks_free(s.tasks);
    return rc;
}
