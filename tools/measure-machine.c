// Measures the constants of profiles/default that a machine's kernel decides: cpu, pool, loop and
// poller.epoll. Prints one line for each: name, median, unit. For Linux; needs two cores.
//
//   ninja -C build/release measure-machine && build/release/measure-machine
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS = 101, EVENTS = 256 };

static int64_t clock_ns(clockid_t id)
{
    struct timespec t;
    clock_gettime(id, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static int64_t now(void)
{
    return clock_ns(CLOCK_MONOTONIC);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, int count)
{
    qsort(values, (size_t)count, sizeof *values, compare);
    return values[count / 2];
}

static void check(int ok, const char *what)
{
    if (!ok) {
        perror(what);
        exit(1);
    }
}

static void report(const char *name, double ns)
{
    printf("%-24s %10.0f ns\n", name, ns);
    fflush(stdout);
}

// The median over rounds of the mean time of `count` calls.
static double repeat(void (*call)(void), int count)
{
    double times[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
        int64_t begin = now();
        for (int k = 0; k < count; k++)
            call();
        times[i] = (double)(now() - begin) / count;
    }
    return median(times, ROUNDS);
}

static int epoll_fd, event_fds[EVENTS];

static void read_clock(void)
{
    now();
}

static void poll_now(void)
{
    struct epoll_event events[1024];
    check(epoll_wait(epoll_fd, events, 1024, 0) >= 0, "epoll_wait");
}

static void write_event(void)
{
    uint64_t one = 1;
    check(write(event_fds[0], &one, sizeof one) == sizeof one, "write");
}

static void read_event(void)
{
    uint64_t value;
    if (read(event_fds[0], &value, sizeof value) < 0)
        return; // empty: the same system call
}

static void measure_poller(void)
{
    epoll_fd = epoll_create1(0);
    check(epoll_fd >= 0, "epoll_create1");
    for (int i = 0; i < EVENTS; i++) {
        event_fds[i] = eventfd(0, EFD_NONBLOCK);
        check(event_fds[i] >= 0, "eventfd");
        struct epoll_event event = {.events = EPOLLIN, .data.fd = event_fds[i]};
        check(epoll_ctl(epoll_fd, EPOLL_CTL_ADD, event_fds[i], &event) == 0, "epoll_ctl");
    }
    double call = repeat(poll_now, 1000);
    report("loop.update_time", repeat(read_clock, 1000));
    report("poller.epoll.call", call);
    report("poller.epoll.async_read", repeat(read_event, 1000));
    report("eventfd write", repeat(write_event, 1000));
    uint64_t one = 1;
    for (int i = 0; i < EVENTS; i++)
        check(write(event_fds[i], &one, sizeof one) == sizeof one, "write");
    report("poller.epoll.event", (repeat(poll_now, 100) - call) / EVENTS);
    for (int i = 0; i < EVENTS; i++)
        check(read(event_fds[i], &one, sizeof one) == sizeof one, "read");
}

static volatile int64_t written;

// Writes to the eventfd 2 ms after it was asked to.
static void *write_later(void *arg)
{
    sem_t *asked = arg;
    for (int i = 0; i < ROUNDS; i++) {
        sem_wait(asked);
        for (int64_t until = now() + 2000000; now() < until;)
            ;
        written = now();
        write_event();
    }
    return NULL;
}

// The CPU that a call costs its thread when it has to wait, going to sleep and coming back, and how
// long after the write it is back.
static void measure_blocking(void)
{
    pthread_t writer;
    sem_t asked;
    struct epoll_event event;
    double cpu[ROUNDS], delay[ROUNDS];
    sem_init(&asked, 0, 0);
    check(pthread_create(&writer, NULL, write_later, &asked) == 0, "pthread_create");
    for (int i = 0; i < ROUNDS; i++) {
        sem_post(&asked);
        int64_t begin = clock_ns(CLOCK_THREAD_CPUTIME_ID);
        check(epoll_wait(epoll_fd, &event, 1, -1) == 1, "epoll_wait");
        delay[i] = (double)(now() - written);
        cpu[i] = (double)(clock_ns(CLOCK_THREAD_CPUTIME_ID) - begin);
        read_event();
    }
    pthread_join(writer, NULL);
    report("poller.epoll.block", median(cpu, ROUNDS));
    report("poller.epoll.wakeup", median(delay, ROUNDS));
}

// How late a call with a timeout returns: the kernel's slack, and the way out of idle.
static void measure_lateness(int timeout, int rounds)
{
    struct epoll_event event;
    double late[ROUNDS];
    char name[32];
    for (int i = 0; i < rounds; i++) {
        int64_t begin = now();
        check(epoll_wait(epoll_fd, &event, 1, timeout) == 0, "epoll_wait");
        late[i] = (double)(now() - begin - timeout * 1000000LL);
    }
    snprintf(name, sizeof name, "late after %d ms", timeout);
    report(name, median(late, rounds));
}

static void pin(int core)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(core, &set);
    check(sched_setaffinity(0, sizeof set, &set) == 0, "sched_setaffinity");
}

static void *yield_for_ever(void *arg)
{
    pin(0);
    while (!*(volatile int *)arg)
        sched_yield();
    return NULL;
}

// Two threads of one core that yield to each other: a yield is a system call and a switch.
static void measure_switch(void)
{
    volatile int stop = 0;
    pthread_t other;
    cpu_set_t before;
    check(sched_getaffinity(0, sizeof before, &before) == 0, "sched_getaffinity");
    pin(0);
    check(pthread_create(&other, NULL, yield_for_ever, (void *)&stop) == 0, "pthread_create");
    usleep(10000);
    double times[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
        int64_t begin = now();
        for (int k = 0; k < 1000; k++)
            sched_yield();
        times[i] = (double)(now() - begin) / 2000; // there and back
    }
    stop = 1;
    pthread_join(other, NULL);
    check(sched_setaffinity(0, sizeof before, &before) == 0, "sched_setaffinity");
    report("cpu.switch_cost", median(times, ROUNDS));
}

static void *post_semaphore(void *arg)
{
    sem_post(arg);
    return NULL;
}

static void measure_thread_start(void)
{
    pthread_attr_t attributes;
    double times[ROUNDS];
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 8 << 20); // as threadpool.c
    for (int i = 0; i < ROUNDS; i++) {
        pthread_t threads[4];
        int64_t begin = now();
        sem_t semaphore;
        sem_init(&semaphore, 0, 0);
        for (int k = 0; k < 4; k++)
            check(pthread_create(&threads[k], &attributes, post_semaphore, &semaphore) == 0,
                  "pthread_create");
        for (int k = 0; k < 4; k++)
            sem_wait(&semaphore);
        times[i] = (double)(now() - begin) / 4;
        for (int k = 0; k < 4; k++)
            pthread_join(threads[k], NULL);
    }
    report("pool.thread_start", median(times, ROUNDS));
}

typedef struct sleeper {
    pthread_mutex_t mutex;
    pthread_cond_t cond;
    int64_t signalled, woken;
} sleeper;

static void *sleep_once(void *arg)
{
    sleeper *s = arg;
    pthread_mutex_lock(&s->mutex);
    while (!s->signalled)
        pthread_cond_wait(&s->cond, &s->mutex);
    s->woken = now();
    pthread_mutex_unlock(&s->mutex);
    return NULL;
}

static void measure_wakeup(void)
{
    double times[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
        sleeper s = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, 0};
        pthread_t thread;
        check(pthread_create(&thread, NULL, sleep_once, &s) == 0, "pthread_create");
        usleep(2000);
        pthread_mutex_lock(&s.mutex);
        s.signalled = now();
        pthread_cond_signal(&s.cond);
        pthread_mutex_unlock(&s.mutex);
        pthread_join(thread, NULL);
        times[i] = (double)(s.woken - s.signalled);
    }
    report("pool.wakeup", median(times, ROUNDS));
}

typedef struct exchange {
    pthread_mutex_t mutex;
    pthread_cond_t cond;
    int asked, served;
    int64_t taken; // when the thread had the last request
} exchange;

static void *serve(void *arg)
{
    exchange *x = arg;
    pthread_mutex_lock(&x->mutex);
    while (x->served < ROUNDS) {
        while (x->asked == x->served)
            pthread_cond_wait(&x->cond, &x->mutex);
        x->taken = now();
        x->served++;
        pthread_mutex_unlock(&x->mutex);
        write_event();
        pthread_mutex_lock(&x->mutex);
    }
    pthread_mutex_unlock(&x->mutex);
    return NULL;
}

// What an empty task of the thread pool takes, one after the other: signal, thread, eventfd, loop.
static void measure_round_trip(void)
{
    exchange x = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, 0, 0};
    pthread_t thread;
    struct epoll_event event;
    double signal[ROUNDS], there[ROUNDS], back[ROUNDS];
    check(pthread_create(&thread, NULL, serve, &x) == 0, "pthread_create");
    usleep(2000);
    for (int i = 0; i < ROUNDS; i++) {
        int64_t begin = now();
        pthread_mutex_lock(&x.mutex);
        x.asked++;
        pthread_cond_signal(&x.cond);
        pthread_mutex_unlock(&x.mutex);
        signal[i] = (double)(now() - begin);
        check(epoll_wait(epoll_fd, &event, 1, -1) == 1, "epoll_wait");
        back[i] = (double)(now() - x.taken);
        there[i] = (double)(x.taken - begin);
        read_event();
    }
    pthread_join(thread, NULL);
    report("signal, by its sender", median(signal, ROUNDS));
    report("task: to the thread", median(there, ROUNDS));
    report("task: to the loop", median(back, ROUNDS));
}

int main(void)
{
    measure_poller();
    measure_blocking();
    measure_lateness(10, 51);
    measure_lateness(1000, 3);
    measure_switch();
    measure_thread_start();
    measure_wakeup();
    measure_round_trip();
    return 0;
}
