// The call stack as it grows and shrinks: a tree in the order of the calls.
//
// Calls that repeat are counted where they were first: when the last few calls of a function, with
// all that they called, are the same functions in the same order as the few before them, their
// nodes go. So the iterations of a loop are one, as long as they take the same way.
#include "base/alloc.h"
#include "inspect/record.h"

enum { NONE = UINT32_MAX, PERIOD_MAX = 8, GROUP_MAX = 64 };

typedef struct call {
    const ns_function *function;
    int64_t begin, end, total; // ns; of all that are counted here
    uint64_t count;
    uint32_t parent, before; // before: its elder sibling; NONE: none
    uint32_t depth;
    uint32_t last; // of its children; NONE: it calls nothing
} call;

struct ns_calls {
    ns_probe *probe;
    bool library;
    int64_t (*now)(void *opaque);
    void *opaque;
    call *calls;
    uint32_t count, capacity;
    uint32_t top;        // the node that runs; NONE: none
    uint32_t last_root;  // the last node without a parent
    uint64_t unrecorded; // calls that found no room
    uint32_t below;      // activations above `top` that have no node
};

static bool traced(const ns_calls *c, const ns_function *function)
{
    return c->library || !ns_inspect_is_library(function->script);
}

static void made(void *opaque, ns_function *function)
{
    ns_calls *c = opaque;
    if (traced(c, function))
        ns_probe_trace_calls(c->probe, function);
}

static uint32_t add(ns_calls *c, const call *node)
{
    if (c->count == c->capacity) {
        uint32_t capacity = c->capacity ? c->capacity * 2 : 1024;
        call *grown = ns_realloc(c->calls, capacity * sizeof *grown);
        if (!grown)
            return NONE;
        c->calls = grown;
        c->capacity = capacity;
    }
    c->calls[c->count] = *node;
    return c->count++;
}

static uint32_t *last_of(ns_calls *c, uint32_t parent)
{
    return parent == NONE ? &c->last_root : &c->calls[parent].last;
}

// The last sibling but `steps`, counted from `node`; NONE: there are not so many.
static uint32_t back(const ns_calls *c, uint32_t node, int steps)
{
    while (steps-- > 0 && node != NONE)
        node = c->calls[node].before;
    return node;
}

// The nodes from `first` to `second` are the same calls as those from there to the end.
static bool repeats(const ns_calls *c, uint32_t first, uint32_t second)
{
    uint32_t size = c->count - second;
    if (second - first != size || size > GROUP_MAX)
        return false;
    for (uint32_t i = 0; i < size; i++)
        if (c->calls[first + i].function != c->calls[second + i].function ||
            c->calls[first + i].depth != c->calls[second + i].depth)
            return false;
    return true;
}

// `node`, the last of its siblings, has ended: count it, with those before it, at an earlier group.
static void fold(ns_calls *c, uint32_t node)
{
    uint32_t parent = c->calls[node].parent;
    for (int period = 1; period <= PERIOD_MAX; period++) {
        uint32_t second = back(c, node, period - 1), first = back(c, second, period);
        if (first == NONE)
            return;
        if (!repeats(c, first, second))
            continue;
        *last_of(c, parent) = c->calls[second].before;
        for (uint32_t i = 0, size = c->count - second; i < size; i++) {
            call *to = &c->calls[first + i], *from = &c->calls[second + i];
            to->end = from->end;
            to->total += from->total;
            to->count += from->count;
        }
        c->count = second;
        return;
    }
}

static void entered(void *opaque, ns_function *function)
{
    ns_calls *c = opaque;
    uint32_t before = *last_of(c, c->top);
    uint32_t at = NONE;
    if (c->below == 0 && c->count < NS_CALLS_MAX) {
        int64_t t = c->now(c->opaque);
        at = add(c, &(call){.function = function,
                            .begin = t,
                            .end = t,
                            .count = 1,
                            .parent = c->top,
                            .before = before,
                            .depth = c->top == NONE ? 0 : c->calls[c->top].depth + 1,
                            .last = NONE});
    }
    if (at == NONE) {
        c->below++;
        c->unrecorded++;
        return;
    }
    *last_of(c, c->top) = at;
    c->top = at;
}

static void left(void *opaque, ns_function *function)
{
    ns_calls *c = opaque;
    if (c->below > 0) {
        c->below--;
        return;
    }
    if (c->top == NONE)
        return; // it began before the program did
    uint32_t at = c->top;
    call *node = &c->calls[at];
    node->end = c->now(c->opaque);
    node->total = node->end - node->begin;
    c->top = node->parent;
    fold(c, at);
}

ns_calls *ns_calls_new(ns_probe *probe, bool library, int64_t (*now)(void *opaque), void *opaque)
{
    ns_calls *c = ns_calloc(1, sizeof *c);
    if (!c)
        return NULL;
    *c = (ns_calls){.probe = probe,
                    .library = library,
                    .now = now,
                    .opaque = opaque,
                    .top = NONE,
                    .last_root = NONE};
    probe->hooks.tracer = c;
    probe->hooks.made = made;
    probe->hooks.entered = entered;
    probe->hooks.left = left;
    for (uint32_t id = 1; id <= probe->ops->function_count(probe); id++)
        made(c, probe->ops->function(probe, id));
    return c;
}

void ns_calls_free(ns_calls *c)
{
    if (!c)
        return;
    ns_probe_hooks *hooks = &c->probe->hooks;
    hooks->made = NULL;
    hooks->entered = NULL;
    hooks->left = NULL;
    ns_free(c->calls);
    ns_free(c);
}

cJSON *ns_calls_json(const ns_calls *c)
{
    cJSON *out = cJSON_CreateObject();
    cJSON *list = cJSON_AddArrayToObject(out, "calls");
    for (uint32_t i = 0; i < c->count; i++) {
        const call *node = &c->calls[i];
        cJSON *row = cJSON_CreateObject();
        cJSON_AddNumberToObject(row, "function", node->function->id);
        cJSON_AddStringToObject(row, "name", node->function->name);
        cJSON_AddStringToObject(row, "script", node->function->script);
        cJSON_AddNumberToObject(row, "line", node->function->line);
        cJSON_AddNumberToObject(row, "depth", node->depth);
        cJSON_AddNumberToObject(row, "begin_ns", (double)node->begin);
        cJSON_AddNumberToObject(row, "end_ns", (double)node->end);
        cJSON_AddNumberToObject(row, "time_ns", (double)node->total);
        cJSON_AddNumberToObject(row, "count", (double)node->count);
        cJSON_AddItemToArray(list, row);
    }
    cJSON_AddNumberToObject(out, "unrecorded", (double)c->unrecorded);
    return out;
}
