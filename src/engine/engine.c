// The engine's life: one runtime, one context, the allocator beneath them, stack and clock.
#include "engine/engine.h"

#include <assert.h>
#include <string.h>

#include "base/alloc.h"
#include "engine/runtime.h"

struct ns_engine {
    JSRuntime *rt;
    JSContext *ctx;
    void *user;
    ns_runtime *ns;  // of the JSRuntime, NULL until there is one
    ns_probe *probe; // of the runtime; `early` until there is one
    ns_probe early;
};

static size_t heap_size(const void *p)
{
    return p ? ns_block_of(p)->size : 0;
}

static void count_alloc(ns_engine *engine, ns_block *b)
{
    ns_probe *probe = engine->probe;
    probe->live_blocks++;
    probe->live_bytes += b->size;
    probe->allocated_bytes += b->size;
    b->life = (ns_life){0};
    b->room = 0;
    b->cloned = 0;
    b->aged = 0;
    ns_runtime *ns = engine->ns;
    if (!ns || ns->next.kind == NS_ALLOC_INTERNAL)
        return;
    ns_next next = ns->next;
    ns->next.kind = NS_ALLOC_INTERNAL;
    b->room = next.room;
    if (probe->hooks.allocated && next.kind != NS_NEXT_REMOVED)
        probe->hooks.allocated(probe->hooks.opaque, &b->life, (ns_alloc_kind)next.kind, next.count);
}

static void count_free(ns_engine *engine, uint64_t size, const ns_life *life)
{
    ns_probe *probe = engine->probe;
    probe->live_blocks--;
    probe->live_bytes -= size;
    if (life->words && probe->hooks.freed)
        probe->hooks.freed(probe->hooks.opaque, life, engine->ns && engine->ns->holder);
}

static bool over_limit(const JSMallocState *state, size_t others, size_t size)
{
    return size > state->malloc_limit || others > state->malloc_limit - size;
}

static void *heap_alloc(JSMallocState *state, size_t size)
{
    ns_engine *engine = state->opaque;
    ns_block *b = NULL;
    if (!over_limit(state, state->malloc_size, size))
        b = ns_malloc(sizeof *b + size);
    if (!b) {
        if (engine->ns)
            engine->ns->next.kind = NS_ALLOC_INTERNAL;
        return NULL;
    }
    b->size = size;
    b->deleted = 0;
    state->malloc_count++;
    state->malloc_size += size;
    count_alloc(engine, b);
    return b->bytes;
}

static void heap_free(JSMallocState *state, void *p)
{
    if (!p)
        return;
    ns_block *b = ns_block_of(p);
    state->malloc_count--;
    state->malloc_size -= b->size;
    count_free(state->opaque, b->size, &b->life);
    ns_free(b);
}

static void *heap_realloc(JSMallocState *state, void *p, size_t size)
{
    if (!p)
        return size ? heap_alloc(state, size) : NULL;
    if (size == 0) {
        heap_free(state, p);
        return NULL;
    }
    ns_engine *engine = state->opaque;
    ns_block *b = ns_block_of(p);
    uint64_t old_size = b->size;
    uintptr_t from = (uintptr_t)&b->life;
    size_t others = state->malloc_size - old_size;
    ns_block *moved = over_limit(state, others, size) ? NULL : ns_realloc(b, sizeof *b + size);
    if (!moved) {
        if (engine->ns)
            engine->ns->next.kind = NS_ALLOC_INTERNAL;
        return NULL;
    }
    state->malloc_size = others + size;
    moved->size = size;
    if (moved->life.words && from != (uintptr_t)&moved->life && engine->probe->hooks.moved)
        engine->probe->hooks.moved(engine->probe->hooks.opaque, from, &moved->life);
    if (engine->ns && engine->ns->next.kind != NS_ALLOC_INTERNAL) {
        // It is a new block for the models: V8 does not grow objects in place. Both are there while
        // one is copied to the other.
        ns_life old = moved->life;
        if (old.words && engine->probe->hooks.moved)
            engine->probe->hooks.moved(engine->probe->hooks.opaque, (uintptr_t)&moved->life, &old);
        count_alloc(engine, moved);
        count_free(engine, old_size, &old);
    } else {
        engine->probe->live_bytes += size - old_size;
        engine->probe->allocated_bytes += size > old_size ? size - old_size : 0;
    }
    return moved->bytes;
}

static const JSMallocFunctions heap = {heap_alloc, heap_free, heap_realloc, heap_size};

int ns_engine_new(ns_engine **out, const ns_engine_options *options, ns_err *err)
{
    *out = NULL;
    ns_engine *engine = ns_calloc(1, sizeof *engine);
    if (!engine)
        return ns_fail(err, NS_ENOMEM, "no memory for the engine");
    engine->probe = &engine->early;
    engine->rt = JS_NewRuntime2(&heap, engine);
    if (!engine->rt)
        goto fail;
    ns_runtime *ns = ns_runtime_of(engine->rt);
    ns->probe.live_bytes = engine->early.live_bytes;
    ns->probe.live_blocks = engine->early.live_blocks;
    ns->probe.allocated_bytes = engine->early.allocated_bytes;
    engine->probe = &ns->probe;
    engine->ns = ns;
    ns->seed = options->seed;
    ns->now_us = options->now_us;
    ns->now_opaque = options->opaque;
    JS_SetRuntimeOpaque(engine->rt, engine);
    JS_SetGCThreshold(engine->rt, (size_t)-1);
    if (options->memory_limit)
        JS_SetMemoryLimit(engine->rt, options->memory_limit);
    engine->ctx = JS_NewContext(engine->rt);
    if (!engine->ctx)
        goto fail;
    *out = engine;
    return NS_OK;
fail:
    ns_engine_free(engine);
    return ns_fail(err, NS_ENOMEM, "no memory for the engine");
}

void ns_engine_free(ns_engine *engine)
{
    if (!engine)
        return;
    if (engine->ctx)
        JS_FreeContext(engine->ctx);
    if (engine->rt) {
        // The runtime's own memory goes last, and the probe with it.
        engine->early = *engine->probe;
        engine->early.hooks = (ns_probe_hooks){0};
        engine->probe = &engine->early;
        engine->ns = NULL;
        JS_FreeRuntime(engine->rt);
        assert(engine->early.live_blocks == 0);
    }
    ns_free(engine);
}

JSRuntime *ns_engine_runtime(ns_engine *engine)
{
    return engine->rt;
}

JSContext *ns_engine_context(ns_engine *engine)
{
    return engine->ctx;
}

ns_engine *ns_engine_of(JSContext *ctx)
{
    return JS_GetRuntimeOpaque(JS_GetRuntime(ctx));
}

ns_probe *ns_engine_probe(ns_engine *engine)
{
    return &ns_runtime_of(engine->rt)->probe;
}

void *ns_engine_user(JSContext *ctx)
{
    return ns_engine_of(ctx)->user;
}

void ns_engine_set_user(ns_engine *engine, void *user)
{
    engine->user = user;
}

bool ns_engine_out_of_memory(ns_engine *engine)
{
    return ns_runtime_of(engine->rt)->out_of_memory;
}

// Native code runs some way below the last check of the stack: what a builtin needs, and several
// times that when the sanitizers make its frames larger.
#ifdef __SANITIZE_ADDRESS__
#define STACK_MARGIN (128 * 1024)
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define STACK_MARGIN (128 * 1024)
#endif
#endif
#ifndef STACK_MARGIN
#define STACK_MARGIN (32 * 1024)
#endif

void ns_engine_set_stack(ns_engine *engine, const char *low, const char *high)
{
    assert(high > low);
    size_t half = (size_t)(high - low) / 2;
    ns_runtime_set_stack(engine->rt, low, high, half < STACK_MARGIN ? half : STACK_MARGIN);
}

void ns_collect(ns_engine *engine)
{
    JS_RunGC(engine->rt);
}

void ns_collect_young(ns_engine *engine, ns_found *found, void *opaque)
{
    ns_runtime_collect_young(engine->rt, found, opaque);
}

size_t ns_find_garbage(ns_engine *engine, ns_found *found, void *opaque)
{
    return ns_runtime_find_garbage(engine->rt, found, opaque);
}

void ns_charge_work(JSContext *ctx, ns_work_class cls, uint64_t items)
{
    ns_probe *probe = ns_engine_probe(ns_engine_of(ctx));
    probe->cost += items * probe->work_cost[cls];
}
