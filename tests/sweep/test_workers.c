// Tasks in processes: the order of results, and tasks that wait for others.
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sweep/workers.h"

enum { TASKS = 12, LAST = 9 };

// Every task but LAST needs what LAST left.
typedef struct crew {
    int seen[TASKS], count, failed;
    bool ended[TASKS];
    char left[16];
} crew;

static bool ready(void *opaque, int index)
{
    return index == LAST || ((crew *)opaque)->left[0];
}

static int work(void *opaque, int index, ns_buf *out, ns_err *err)
{
    if (index == 4)
        return ns_fail(err, NS_EINVAL, "no four");
    usleep((useconds_t)(TASKS - index) * 500); // later ones end first
    ns_buf_printf(out, "%d %s", index, index == LAST ? "" : ((crew *)opaque)->left);
    return NS_OK;
}

static int ended(void *opaque, int index, const char *status, const char *bytes, size_t length,
                 ns_err *err)
{
    crew *c = opaque;
    c->ended[index] = true;
    if (index == LAST)
        snprintf(c->left, sizeof c->left, "from %.*s", (int)length, bytes);
    return NS_OK;
}

static int done(void *opaque, int index, const char *status, const char *bytes, size_t length,
                ns_err *err)
{
    crew *c = opaque;
    char expected[32];
    snprintf(expected, sizeof expected, "%d %s", index, index == LAST ? "" : "from 9 ");
    if (status)
        c->failed += index == 4 && strcmp(status, "error") == 0 && strstr(bytes, "no four");
    else
        cr_expect(strlen(expected) == length && memcmp(bytes, expected, length) == 0, "%.*s",
                  (int)length, bytes);
    cr_expect(c->ended[index]);
    c->seen[c->count++] = index;
    return NS_OK;
}

static void run(int jobs)
{
    crew c = {.count = 0};
    ns_err err = {0};
    const ns_workers workers = {.jobs = jobs,
                                .opaque = &c,
                                .work = work,
                                .ahead = TASKS,
                                .ready = ready,
                                .ended = ended,
                                .done = done};
    cr_assert(ns_workers_run(&workers, TASKS, &err) == NS_OK, "%s", err.msg);
    cr_assert(eq(int, c.count, TASKS));
    for (int i = 0; i < TASKS; i++)
        cr_expect(eq(int, c.seen[i], i));
    cr_expect(eq(int, c.failed, 1));
}

Test(workers, results_come_in_order_and_tasks_wait_for_others)
{
    run(1);
    run(2);
    run(5);
}
