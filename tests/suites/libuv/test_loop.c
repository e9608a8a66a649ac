// Random programs of handles, run by libuv and by the model. A program has some handles; each
// callback of each does a few things, drawn from the program's seed, to itself and to others:
// start, stop, close, ref, unref, send, stop the loop. Both must make the same callbacks in the
// same order, see the same liveness and poll timeouts, and return the same from their runs.
//
// Timers have a timeout of 0 or one that never comes, as time passes in libuv and not in the model.
// A prepare handle of its own sends an async before each poll, so that poll never waits.
#include <uv.h>

#include "machine.h"
#include "sim/random.h"

enum { HANDLES = 10, CALLBACKS = 300, RUNS = 12, PROGRAMS = 3000 };
#define NEVER 1000000

typedef enum kind { TIMER, IDLE, PREPARE, CHECK, ASYNC, KINDS } kind;

typedef struct program program;

// The operations of either loop, on the handle with this number.
typedef struct backend {
    void (*init)(program *p, int h);
    void (*start)(program *p, int h, uint64_t timeout);
    void (*stop)(program *p, int h);
    void (*close)(program *p, int h);
    void (*ref)(program *p, int h, bool on);
    void (*send)(program *p, int h);
    bool (*active)(program *p, int h);
    bool (*has_ref)(program *p, int h);
    void (*stop_loop)(program *p);
    bool (*alive)(program *p);
    int64_t (*timeout)(program *p);
    bool (*run)(program *p, int mode);
} backend;

typedef struct uv_slot {
    program *p;
    union {
        uv_handle_t base;
        uv_timer_t timer;
        uv_idle_t idle;
        uv_prepare_t prepare;
        uv_check_t check;
        uv_async_t async;
    } handle;
} uv_slot;

typedef struct ns_slot {
    union {
        ns_handle base;
        ns_timer timer;
        ns_watcher watcher;
        ns_async async;
    } handle;
    program *p;
} ns_slot;

struct program {
    const backend *b;
    uint64_t seed;
    kind kinds[HANDLES + 2]; // the last two are the pulse: a prepare handle and an async
    bool closed[HANDLES + 2], in_timer;
    int calls[HANDLES + 2], total;
    ns_buf log;
    uv_loop_t uv;
    uv_slot uv_slots[HANDLES + 2];
    machine m;
    ns_slot ns_slots[HANDLES + 2];
};

enum { PULSE = HANDLES, PULSE_ASYNC = HANDLES + 1 };

static void close_all(program *p)
{
    for (int h = 0; h < HANDLES; h++) {
        if (!p->closed[h])
            p->b->close(p, h);
        p->closed[h] = true;
    }
}

static void act(program *p, ns_draw *draw)
{
    int h = (int)ns_draw_below(draw, HANDLES);
    uint64_t what = ns_draw_below(draw, 100);
    if (p->closed[h])
        return;
    if (what < 45) {
        if (p->kinds[h] == ASYNC)
            p->b->send(p, h);
        else // a timer that a timer starts with 0 runs for ever in libuv
            p->b->start(p, h, p->in_timer || what < 5 ? NEVER : 0);
    } else if (what < 70) {
        if (p->kinds[h] != ASYNC)
            p->b->stop(p, h);
    } else if (what < 76) {
        p->closed[h] = true;
        p->b->close(p, h);
    } else if (what < 86) {
        p->b->ref(p, h, false);
    } else if (what < 96) {
        p->b->ref(p, h, true);
    } else {
        p->b->stop_loop(p);
    }
}

static void act_some(program *p, int entity, int call)
{
    ns_draw draw = ns_stream_op(ns_stream_make(p->seed, "program", "actions"),
                                (uint64_t)entity * 100000 + (uint64_t)call);
    for (uint64_t n = ns_draw_below(&draw, 4); n > 0; n--)
        act(p, &draw);
}

static char sign(int64_t timeout)
{
    return timeout < 0 ? '-' : timeout == 0 ? '0' : '+';
}

static void called(program *p, int h)
{
    if (h == PULSE) {
        p->b->send(p, PULSE_ASYNC);
        if (++p->calls[PULSE] % 16 == 0) // or a loop kept alive by a timer that never comes spins
            p->b->stop_loop(p);
        return;
    }
    if (h == PULSE_ASYNC)
        return;
    ns_buf_printf(&p->log, "%c%d%c%d%d%d ", "tipca"[p->kinds[h]], h, sign(p->b->timeout(p)),
                  p -> b -> alive(p), p -> b -> active(p, h), p -> b -> has_ref(p, h));
    if (++p->total > CALLBACKS) {
        close_all(p);
        return;
    }
    p->in_timer = p->kinds[h] == TIMER;
    act_some(p, h, p->calls[h]++);
    p->in_timer = false;
}

static void was_closed(program *p, int h)
{
    if (h >= HANDLES)
        return;
    ns_buf_printf(&p->log, "~%d%d ", h, p->b->alive(p));
    if (p->total < CALLBACKS)
        act_some(p, h, 50000);
}

static void body(program *p)
{
    for (int h = 0; h < HANDLES + 2; h++)
        p->b->init(p, h);
    p->b->start(p, PULSE, 0);
    p->b->run(p, 2); // libuv's first poll tells the kernel of the descriptors
    p->b->ref(p, PULSE, false);
    p->b->ref(p, PULSE_ASYNC, false);
    ns_draw draw = ns_stream_op(ns_stream_make(p->seed, "program", "runs"), 0);
    for (int i = 0; i < RUNS; i++) {
        for (int k = 0; k < 4; k++)
            act_some(p, HANDLES + 5, i * 10 + k);
        int mode = (int)ns_draw_below(&draw, 3);
        ns_buf_printf(&p->log, "[%d ", mode);
        ns_buf_printf(&p->log, "%d] ", p->b->run(p, mode));
    }
    close_all(p);
    ns_buf_printf(&p->log, "%d ", p->b->run(p, 0));
    p->b->close(p, PULSE);
    p->b->close(p, PULSE_ASYNC);
    ns_buf_printf(&p->log, "%d ", p->b->run(p, 0));
}

// libuv.

#define UV(p, h) (&(p)->uv_slots[h].handle)

static void uv_called(uv_slot *slot)
{
    called(slot->p, (int)(slot - slot->p->uv_slots));
}
static void uv_timer_called(uv_timer_t *handle)
{
    uv_called(handle->data);
}
static void uv_idle_called(uv_idle_t *handle)
{
    uv_called(handle->data);
}
static void uv_prepare_called(uv_prepare_t *handle)
{
    uv_called(handle->data);
}
static void uv_check_called(uv_check_t *handle)
{
    uv_called(handle->data);
}
static void uv_async_called(uv_async_t *handle)
{
    uv_called(handle->data);
}
static void uv_closed(uv_handle_t *handle)
{
    uv_slot *slot = handle->data;
    was_closed(slot->p, (int)(slot - slot->p->uv_slots));
}

static void real_init(program *p, int h)
{
    switch (p->kinds[h]) {
    case TIMER:
        uv_timer_init(&p->uv, &UV(p, h)->timer);
        break;
    case IDLE:
        uv_idle_init(&p->uv, &UV(p, h)->idle);
        break;
    case PREPARE:
        uv_prepare_init(&p->uv, &UV(p, h)->prepare);
        break;
    case CHECK:
        uv_check_init(&p->uv, &UV(p, h)->check);
        break;
    default:
        uv_async_init(&p->uv, &UV(p, h)->async, uv_async_called);
    }
    p->uv_slots[h].p = p;
    UV(p, h)->base.data = &p->uv_slots[h];
}

static void real_start(program *p, int h, uint64_t timeout)
{
    switch (p->kinds[h]) {
    case TIMER:
        uv_timer_start(&UV(p, h)->timer, uv_timer_called, timeout, 0);
        break;
    case IDLE:
        uv_idle_start(&UV(p, h)->idle, uv_idle_called);
        break;
    case PREPARE:
        uv_prepare_start(&UV(p, h)->prepare, uv_prepare_called);
        break;
    default:
        uv_check_start(&UV(p, h)->check, uv_check_called);
    }
}

static void real_stop(program *p, int h)
{
    switch (p->kinds[h]) {
    case TIMER:
        uv_timer_stop(&UV(p, h)->timer);
        break;
    case IDLE:
        uv_idle_stop(&UV(p, h)->idle);
        break;
    case PREPARE:
        uv_prepare_stop(&UV(p, h)->prepare);
        break;
    default:
        uv_check_stop(&UV(p, h)->check);
    }
}

static void real_close(program *p, int h)
{
    uv_close(&UV(p, h)->base, uv_closed);
}
static void real_ref(program *p, int h, bool on)
{
    if (on)
        uv_ref(&UV(p, h)->base);
    else
        uv_unref(&UV(p, h)->base);
}
static void real_send(program *p, int h)
{
    uv_async_send(&UV(p, h)->async);
}
static bool real_active(program *p, int h)
{
    return uv_is_active(&UV(p, h)->base);
}
static bool real_has_ref(program *p, int h)
{
    return uv_has_ref(&UV(p, h)->base);
}
static void real_stop_loop(program *p)
{
    uv_stop(&p->uv);
}
static bool real_alive(program *p)
{
    return uv_loop_alive(&p->uv);
}
static int64_t real_timeout(program *p)
{
    return uv_backend_timeout(&p->uv);
}
static bool real_run(program *p, int mode)
{
    return uv_run(&p->uv, (uv_run_mode)mode);
}

static const backend real = {real_init,      real_start, real_stop,    real_close,
                             real_ref,       real_send,  real_active,  real_has_ref,
                             real_stop_loop, real_alive, real_timeout, real_run};

// The model.

#define NS(p, h) (&(p)->ns_slots[h].handle)

static void ns_called(void *handle)
{
    ns_slot *slot = handle;
    called(slot->p, (int)(slot - slot->p->ns_slots));
}
static void ns_timer_called(ns_timer *timer)
{
    ns_called(timer);
}
static void ns_watcher_called(ns_watcher *watcher)
{
    ns_called(watcher);
}
static void ns_async_called(ns_async *async)
{
    ns_called(async);
}
static void ns_closed(ns_handle *handle)
{
    ns_slot *slot = (ns_slot *)handle;
    was_closed(slot->p, (int)(slot - slot->p->ns_slots));
}

static void model_init(program *p, int h)
{
    static const ns_handle_type types[] = {
        [IDLE] = NS_HANDLE_IDLE, [PREPARE] = NS_HANDLE_PREPARE, [CHECK] = NS_HANDLE_CHECK};
    p->ns_slots[h].p = p;
    if (p->kinds[h] == TIMER)
        ns_timer_init(p->m.loop, &NS(p, h)->timer);
    else if (p->kinds[h] == ASYNC)
        ns_async_init(p->m.loop, &NS(p, h)->async, ns_async_called);
    else
        ns_watcher_init(p->m.loop, &NS(p, h)->watcher, types[p->kinds[h]]);
}

static void model_start(program *p, int h, uint64_t timeout)
{
    if (p->kinds[h] == TIMER)
        ns_timer_start(&NS(p, h)->timer, ns_timer_called, timeout, 0);
    else
        ns_watcher_start(&NS(p, h)->watcher, ns_watcher_called);
}
static void model_stop(program *p, int h)
{
    if (p->kinds[h] == TIMER)
        ns_timer_stop(&NS(p, h)->timer);
    else
        ns_watcher_stop(&NS(p, h)->watcher);
}
static void model_close(program *p, int h)
{
    ns_handle_close(&NS(p, h)->base, ns_closed);
}
static void model_ref(program *p, int h, bool on)
{
    if (on)
        ns_handle_ref(&NS(p, h)->base);
    else
        ns_handle_unref(&NS(p, h)->base);
}
static void model_send(program *p, int h)
{
    ns_async_send(&NS(p, h)->async);
}
static bool model_active(program *p, int h)
{
    return ns_handle_active(&NS(p, h)->base);
}
static bool model_has_ref(program *p, int h)
{
    return ns_handle_has_ref(&NS(p, h)->base);
}
static void model_stop_loop(program *p)
{
    ns_loop_stop(p->m.loop);
}
static bool model_alive(program *p)
{
    return ns_loop_alive(p->m.loop);
}
static int64_t model_timeout(program *p)
{
    return ns_loop_backend_timeout(p->m.loop);
}
static bool model_run(program *p, int mode)
{
    return ns_loop_run(p->m.loop, (ns_run_mode)mode);
}

static const backend model = {model_init,      model_start, model_stop,    model_close,
                              model_ref,       model_send,  model_active,  model_has_ref,
                              model_stop_loop, model_alive, model_timeout, model_run};

static void model_main(machine *m)
{
    body(m->data);
}

static char *run_program(const backend *b, uint64_t seed)
{
    program *p = ns_calloc(1, sizeof *p);
    p->b = b;
    p->seed = seed;
    ns_draw draw = ns_stream_op(ns_stream_make(seed, "program", "kinds"), 0);
    for (int h = 0; h < HANDLES; h++)
        p->kinds[h] = (kind)ns_draw_below(&draw, KINDS);
    p->kinds[PULSE] = PREPARE;
    p->kinds[PULSE_ASYNC] = ASYNC;
    if (b == &real) {
        cr_assert(eq(int, uv_loop_init(&p->uv), 0));
        cr_assert(eq(int, uv_loop_configure(&p->uv, UV_METRICS_IDLE_TIME), 0));
        body(p);
        cr_assert(eq(int, uv_loop_close(&p->uv), 0));
    } else {
        machine_init(&p->m, 1, NULL, NULL, model_main);
        p->m.data = p;
        machine_run(&p->m);
        machine_free(&p->m);
    }
    char *log = ns_buf_take(&p->log);
    ns_free(p);
    return log;
}

Test(libuv, random_programs_do_the_same_on_the_model)
{
    size_t words = 0;
    for (uint64_t seed = 1; seed <= PROGRAMS; seed++) {
        char *expected = run_program(&real, seed), *found = run_program(&model, seed);
        cr_assert(eq(str, found, expected), "program %llu", (unsigned long long)seed);
        words += strlen(expected) / 7;
        ns_free(expected);
        ns_free(found);
    }
    cr_assert(gt(sz, words, 100000), "the programs do too little: %zu callbacks", words);
}
