#include "sweep/workers.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"

// What precedes the result: a child may have said something before, on stderr.
static const char marker[] = "\n\x1ensim-result\x1e\n";

enum { MARKER = sizeof marker - 1, TICK_MS = 100, AHEAD = 4 };

typedef struct child {
    pid_t pid; // 0: the slot is free
    int index, fd;
    double deadline; // host time, s
    bool late;
    ns_buf out;
} child;

// A result that waits for its turn.
typedef struct outcome {
    bool begun, there;
    char status[48]; // empty: it worked
    ns_buf out;
} outcome;

typedef struct crew {
    const ns_workers *workers;
    int count;
    child *children;    // workers->jobs of them
    outcome *outcomes;  // a ring of `room`
    struct pollfd *fds; // as the children
    int room;
    int next, started, finished; // the task to hand over next; how many are begun; are over
    int first;                   // all tasks before it are begun
    ns_err *err;
} crew;

static double host_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

// -- In the child ---------------------------------------------------------------------------------

static bool write_all(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t n = write(fd, bytes, length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        bytes += n;
        length -= (size_t)n;
    }
    return true;
}

// Ctrl-C reaches every process of the terminal: only the parent acts on it. When the parent is
// killed, its children go with it.
static void child_main(const crew *c, int index, int fd, pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
    signal(SIGINT, SIG_IGN);
    dup2(fd, STDOUT_FILENO);
    dup2(fd, STDERR_FILENO);
    ns_buf out = {0};
    ns_err err = {0};
    int rc = c->workers->work(c->workers->opaque, index, &out, &err);
    if (rc == NS_OK && out.failed)
        rc = ns_fail(&err, NS_ENOMEM, "out of memory");
    if (rc != NS_OK) {
        write_all(fd, err.msg, strlen(err.msg));
        _exit(1);
    }
    bool sent = write_all(fd, marker, MARKER) && write_all(fd, out.data, out.len);
    _exit(sent ? 0 : 1);
}

// -- Children -------------------------------------------------------------------------------------

static int start(crew *c, child *slot, int index)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return ns_fail(c->err, NS_EIO, "cannot make a pipe: %s", strerror(errno));
    fflush(NULL);
    pid_t parent = getpid(), pid = fork();
    if (pid < 0) {
        close(ends[0]);
        close(ends[1]);
        return ns_fail(c->err, NS_EIO, "cannot start a process: %s", strerror(errno));
    }
    if (pid == 0) {
        close(ends[0]);
        child_main(c, index, ends[1], parent);
    }
    close(ends[1]);
    double limit = c->workers->time_limit;
    *slot = (child){.pid = pid,
                    .index = index,
                    .fd = ends[0],
                    .deadline = limit > 0 ? host_seconds() + limit : 0,
                    .out = slot->out};
    c->outcomes[index % c->room].begun = true;
    c->started++;
    while (c->first < c->count && c->first < c->next + c->room &&
           c->outcomes[c->first % c->room].begun)
        c->first++;
    return NS_OK;
}

static void wait_for(const child *slot, int *status)
{
    while (waitpid(slot->pid, status, 0) < 0 && errno == EINTR)
        continue;
}

static int give(crew *c, int index,
                int (*to)(void *, int, const char *, const char *, size_t, ns_err *))
{
    const outcome *o = &c->outcomes[index % c->room];
    return to(c->workers->opaque, index, o->status[0] ? o->status : NULL,
              o->out.len ? o->out.data : "", o->out.len, c->err);
}

// The child has closed its pipe: keep what it left.
static int collect(crew *c, child *slot)
{
    int status = 0;
    wait_for(slot, &status);
    close(slot->fd);
    outcome *o = &c->outcomes[slot->index % c->room];
    assert(!o->there);
    o->there = true;
    o->status[0] = '\0';
    ns_buf_clear(&o->out);
    const char *bytes = slot->out.data;
    size_t length = slot->out.len;
    const char *mark = length ? memmem(bytes, length, marker, MARKER) : NULL;
    if (slot->late)
        snprintf(o->status, sizeof o->status, "limit: time of a run");
    else if (WIFSIGNALED(status))
        snprintf(o->status, sizeof o->status, "crash: %s", strsignal(WTERMSIG(status)));
    else if (WEXITSTATUS(status) != 0 || !mark)
        snprintf(o->status, sizeof o->status, "error");
    if (!o->status[0]) {
        length -= (size_t)(mark + MARKER - bytes);
        bytes = mark + MARKER;
    }
    ns_buf_add(&o->out, bytes, length);
    bool failed = slot->out.failed || o->out.failed;
    ns_buf_clear(&slot->out);
    slot->pid = 0;
    c->finished++;
    if (failed)
        return ns_fail(c->err, NS_ENOMEM, "out of memory");
    return c->workers->ended ? give(c, slot->index, c->workers->ended) : NS_OK;
}

static int receive(crew *c, child *slot)
{
    char block[65536];
    ssize_t n = read(slot->fd, block, sizeof block);
    if (n > 0) {
        ns_buf_add(&slot->out, block, (size_t)n);
        return NS_OK;
    }
    return n < 0 && (errno == EINTR || errno == EAGAIN) ? NS_OK : collect(c, slot);
}

static void kill_all(crew *c)
{
    for (int i = 0; i < c->workers->jobs; i++) {
        child *slot = &c->children[i];
        int status;
        if (!slot->pid)
            continue;
        kill(slot->pid, SIGKILL);
        wait_for(slot, &status);
        close(slot->fd);
        slot->pid = 0;
    }
}

// -- The work -------------------------------------------------------------------------------------

// Results wait for those before them; tasks are not begun further ahead than there is room.
static int hand_over(crew *c)
{
    while (c->next < c->count && c->outcomes[c->next % c->room].there) {
        outcome *o = &c->outcomes[c->next % c->room];
        int rc = give(c, c->next, c->workers->done);
        if (rc != NS_OK)
            return rc;
        o->begun = o->there = false;
        ns_buf_free(&o->out);
        c->next++;
    }
    return NS_OK;
}

// The first task that is not begun and can begin; -1: none.
static int choose(const crew *c)
{
    const ns_workers *w = c->workers;
    for (int i = c->first; i < c->count && i < c->next + c->room; i++)
        if (!c->outcomes[i % c->room].begun && (!w->ready || w->ready(w->opaque, i)))
            return i;
    return -1;
}

static int start_more(crew *c)
{
    int rc = NS_OK;
    for (int i = 0; i < c->workers->jobs && rc == NS_OK; i++) {
        int index = c->children[i].pid ? -1 : choose(c);
        if (index >= 0)
            rc = start(c, &c->children[i], index);
    }
    return rc;
}

static int wait_for_children(crew *c)
{
    for (int i = 0; i < c->workers->jobs; i++) {
        child *slot = &c->children[i];
        c->fds[i] = (struct pollfd){.fd = slot->pid ? slot->fd : -1, .events = POLLIN};
        if (slot->pid && slot->deadline > 0 && !slot->late && host_seconds() > slot->deadline) {
            slot->late = true;
            kill(slot->pid, SIGKILL);
        }
    }
    if (poll(c->fds, (nfds_t)c->workers->jobs, TICK_MS) < 0 && errno != EINTR)
        return ns_fail(c->err, NS_EIO, "cannot wait for processes: %s", strerror(errno));
    for (int i = 0; i < c->workers->jobs; i++) {
        if (c->fds[i].fd < 0 || !c->fds[i].revents)
            continue;
        int rc = receive(c, &c->children[i]);
        if (rc != NS_OK)
            return rc;
    }
    return NS_OK;
}

static int run(crew *c)
{
    const ns_workers *w = c->workers;
    int rc = NS_OK;
    while (c->next < c->count && rc == NS_OK && !(w->stop && *w->stop)) {
        rc = start_more(c);
        if (rc == NS_OK)
            rc = wait_for_children(c);
        if (rc == NS_OK)
            rc = hand_over(c);
        if (w->tick)
            w->tick(w->opaque, c->finished, c->started - c->finished);
    }
    return rc;
}

int ns_workers_run(const ns_workers *workers, int count, ns_err *err)
{
    assert(workers->jobs >= 1);
    int room = workers->ahead > workers->jobs * AHEAD ? workers->ahead : workers->jobs * AHEAD;
    crew c = {.workers = workers, .count = count, .room = room, .err = err};
    c.children = ns_calloc((size_t)workers->jobs, sizeof *c.children);
    c.fds = ns_calloc((size_t)workers->jobs, sizeof *c.fds);
    c.outcomes = ns_calloc((size_t)c.room, sizeof *c.outcomes);
    int rc = c.children && c.fds && c.outcomes ? run(&c) : ns_fail(err, NS_ENOMEM, "out of memory");
    if (c.children && c.fds && c.outcomes) {
        kill_all(&c);
        for (int i = 0; i < workers->jobs; i++)
            ns_buf_free(&c.children[i].out);
        for (int i = 0; i < c.room; i++)
            ns_buf_free(&c.outcomes[i].out);
    }
    ns_free(c.children);
    ns_free(c.fds);
    ns_free(c.outcomes);
    return rc;
}

int ns_workers_cores(void)
{
    cpu_set_t set;
    return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
}
