#include "cli/recording.h"

#include <signal.h>
#include <string.h>

#include "cli/cli.h"
#include "sweep/info.h"

enum { TIMELINE_COLUMNS = 100 };

// -- Interruption ---------------------------------------------------------------------------------

volatile int ns_interrupted; // a signal handler can reach nothing else

// The first SIGINT ends the run in order; the second one kills.
static void on_interrupt(int sig)
{
    ns_interrupted = 1;
    signal(sig, SIG_DFL);
}

// -- Recording ------------------------------------------------------------------------------------

static int open_store(ns_recording *s, ns_err *err)
{
    const ns_workload *w = s->workload;
    if (s->args->no_db || w->record.level == NS_RECORD_OFF)
        return NS_OK;
    if (s->args->database)
        ns_buf_str(&s->path, s->args->database);
    else
        ns_buf_printf(&s->path, "%s.db", w->name);
    if (s->path.failed)
        return ns_fail(err, NS_ENOMEM, "out of memory");
    int rc = ns_store_open(&s->store, s->path.data, &s->info, err);
    if (rc != NS_OK)
        return rc;
    ns_filter_init(&s->filter, ns_store_sink(s->store), w->record.level == NS_RECORD_FULL,
                   w->record.sampling);
    s->sinks[s->tee.count++] = &s->filter.sink;
    return NS_OK;
}

int ns_recording_open(ns_recording *s, ns_err *err)
{
    const ns_workload *w = s->workload;
    s->info = ns_run_info_of(w);
    ns_tee_init(&s->tee, s->sinks, 0);
    int rc = open_store(s, err);
    bool printed = !s->args->quiet || s->args->json;
    if (rc != NS_OK || (!printed && !s->store))
        return rc;
    rc = ns_summary_new(&s->summary, err);
    if (rc == NS_OK)
        s->sinks[s->tee.count++] = ns_summary_sink(s->summary);
    return rc;
}

int ns_recording_close(ns_recording *s, ns_err *err)
{
    if (!s->store)
        return NS_OK;
    ns_store *store = s->store;
    s->store = NULL;
    int rc = s->summary ? ns_summary_emit(s->summary, ns_store_sink(store), err) : NS_OK;
    int closed = ns_store_close(store, &s->info, rc == NS_OK ? err : NULL);
    return rc == NS_OK ? closed : rc;
}

ns_sink *ns_recording_sink(ns_recording *s)
{
    return s->tee.count ? &s->tee.sink : NULL;
}

void ns_recording_free(ns_recording *s)
{
    ns_summary_free(s->summary);
    ns_workload_free(s->workload);
    ns_buf_free(&s->path);
}

// -- Running --------------------------------------------------------------------------------------

void ns_recording_begin(ns_recording *s)
{
    signal(SIGINT, on_interrupt);
    clock_gettime(CLOCK_MONOTONIC, &s->begin);
}

void ns_recording_end(ns_recording *s, const ns_run_result *result)
{
    struct timespec end;
    clock_gettime(CLOCK_MONOTONIC, &end);
    s->info.host_seconds =
        (double)(end.tv_sec - s->begin.tv_sec) + (double)(end.tv_nsec - s->begin.tv_nsec) / 1e9;
    ns_run_info_take(&s->info, result);
}

int ns_recording_report(ns_recording *s, ns_err *err)
{
    int rc = NS_OK;
    if (s->args->json)
        rc = ns_summary_json(s->summary, &s->info, stdout, err);
    else if (!s->args->quiet)
        rc = ns_summary_print(s->summary, &s->info, stdout, ns_cli_style(stdout), err);
    if (rc == NS_OK && s->args->timeline)
        rc = ns_timeline_print(s->path.data, 0, 0, 0, TIMELINE_COLUMNS, stdout,
                               ns_cli_style(stdout), err);
    int flushed = ns_cli_flush(stdout, rc == NS_OK ? err : NULL);
    return rc == NS_OK ? flushed : rc;
}

int ns_recording_exit_code(const ns_run_result *result)
{
    static const char limit[] = "limit: ";
    if (strncmp(result->status, limit, sizeof limit - 1) == 0) {
        fprintf(stderr, "nsim: limit reached: %s\n", result->status + sizeof limit - 1);
        return NS_EXIT_LIMIT;
    }
    return strcmp(result->status, "interrupted") == 0 ? NS_EXIT_INTERRUPTED : result->exit_code;
}
