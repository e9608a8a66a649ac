#include "sweep/sweep.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "sweep/workers.h"

typedef struct job {
    int point, replicate; // from 0
} job;

typedef struct sweep {
    const ns_plan *plan;
    ns_sweep_db *db;
    const ns_sweep_options *options;
    job *jobs;
    int count, broken;
    struct timespec begin;
} sweep;

int64_t ns_sweep_run_id(const ns_plan *plan, int point, int replicate)
{
    return (int64_t)point * plan->replicates + replicate + 1;
}

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
    const job *j = &s->jobs[index];
    ns_arena arena = {0};
    ns_point point = {.path = s->plan->path,
                      .sets = ns_plan_sets(s->plan, j->point, j->replicate, &arena),
                      .hidden = sqlite3_db_filename(ns_sweep_db_handle(s->db), "main")};
    if (s->options->records)
        point.records = ns_arena_printf(&arena, "%s/run-%" PRId64 ".db", s->options->records,
                                        ns_sweep_run_id(s->plan, j->point, j->replicate));
    if (!point.sets || (s->options->records && !point.records))
        return ns_fail(err, NS_ENOMEM, "out of memory");
    int rc = check_unchanged(s->plan, err);
    if (rc == NS_OK)
        rc = ns_point_run(&point, out, err);
    ns_arena_free(&arena);
    return rc;
}

// -- In the parent --------------------------------------------------------------------------------

// A run without a result: what is known of it.
static int make_broken(const sweep *s, const job *j, const char *status, const char *bytes,
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
                             .info = {.workload = s->plan->name,
                                      .config_json = "{}",
                                      .profile = "",
                                      .seed = s->plan->seed + (uint64_t)j->replicate,
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
    const job *j = &s->jobs[index];
    ns_point_result result;
    ns_buf params = {0};
    int rc = status ? make_broken(s, j, status, bytes, length, &result, err)
                    : ns_point_read(&result, bytes, length, err);
    if (rc != NS_OK)
        return rc;
    ns_plan_params(s->plan, j->point, &params);
    const ns_sweep_place place = {.run_id = ns_sweep_run_id(s->plan, j->point, j->replicate),
                                  .point = j->point + 1,
                                  .replicate = j->replicate + 1,
                                  .params = params.data};
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
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    double passed =
        (double)(now.tv_sec - s->begin.tv_sec) + (double)(now.tv_nsec - s->begin.tv_nsec) / 1e9;
    char bar[BAR + 1], left[48] = "";
    for (int i = 0; i < BAR; i++)
        bar[i] = (int64_t)i * s->count < (int64_t)finished * BAR ? '#' : '.';
    bar[BAR] = '\0';
    if (finished > 0) {
        int seconds = (int)ceil(passed / finished * (s->count - finished));
        snprintf(left, sizeof left, ", %d:%02d:%02d left", seconds / 3600, seconds / 60 % 60,
                 seconds % 60);
    }
    fprintf(stderr, "\r\033[K%s[%s] %d of %d runs, %d running%s",
            s->options->title ? s->options->title : "", bar, finished, s->count, running, left);
    if (s->broken)
        fprintf(stderr, ", %d broken", s->broken);
    fflush(stderr);
}

static int find_jobs(sweep *s, int first, ns_err *err)
{
    const ns_plan *plan = s->plan;
    int replicates = s->options->replicates ? s->options->replicates : plan->replicates;
    size_t most = (size_t)(plan->point_count - first) * (size_t)replicates;
    s->jobs = ns_calloc(most ? most : 1, sizeof *s->jobs);
    if (!s->jobs)
        return ns_fail(err, NS_ENOMEM, "out of memory");
    for (int point = first; point < plan->point_count; point++) {
        for (int replicate = 0; replicate < replicates; replicate++) {
            int64_t id = ns_sweep_run_id(plan, point, replicate);
            bool has;
            int rc = ns_sweep_db_has(s->db, id, &has, err);
            if (rc != NS_OK)
                return rc;
            if (!has && (id - 1) % s->options->shards == s->options->shard)
                s->jobs[s->count++] = (job){point, replicate};
        }
    }
    return NS_OK;
}

int ns_sweep_run(const ns_plan *plan, int first, ns_sweep_db *db, const ns_sweep_options *options,
                 ns_err *err)
{
    assert(options->shards >= 1 && options->shard >= 0 && options->shard < options->shards);
    sweep s = {.plan = plan, .db = db, .options = options};
    clock_gettime(CLOCK_MONOTONIC, &s.begin);
    int rc = find_jobs(&s, first, err);
    if (rc == NS_OK && s.count > 0) {
        const ns_workers workers = {.jobs = options->jobs < s.count ? options->jobs : s.count,
                                    .time_limit = options->time_limit,
                                    .stop = options->interrupt,
                                    .opaque = &s,
                                    .work = work,
                                    .done = done,
                                    .tick = options->progress ? tick : NULL};
        rc = ns_workers_run(&workers, s.count, err);
        if (options->progress)
            fputs("\r\033[K", stderr);
    }
    ns_free(s.jobs);
    return rc;
}
