// Immediates of a replay: what JavaScript's are run in one round is what was there when it began,
// and native ones run before (source: node's src/env.cc, lib/internal/timers.js).
#include "base/alloc.h"
#include "replay/replay_private.h"

static void push(replay_queue *queue, replay_immediate *immediate)
{
    *queue->last = immediate;
    queue->last = &immediate->next;
}

static replay_immediate *pop(replay_queue *queue)
{
    replay_immediate *first = queue->first;
    queue->first = first->next;
    if (!queue->first)
        queue->last = &queue->first;
    return first;
}

static void run(ns_replay *r, replay_immediate *immediate)
{
    replay_tree *tree = immediate->tree;
    uint32_t unit = immediate->cleared ? 0 : immediate->spawn->unit;
    ns_free(immediate);
    if (unit && !r->exiting)
        replay_run(r, tree, unit - 1);
    replay_release(tree);
}

static void check(ns_watcher *watcher)
{
    ns_replay *r = watcher->handle.data;
    replay_immediates *of = &r->immediates;
    of->natives_done = false;
    while (of->native.first && !of->natives_done)
        run(r, pop(&of->native));
    of->outstanding = true;
    while (of->outstanding && of->queue.first && !r->exiting) {
        of->outstanding = false;
        of->round = of->queue;
        of->queue = (replay_queue){.last = &of->queue.first};
        while (of->round.first)
            run(r, pop(&of->round));
    }
    // Counts of a trace that do not fit do not keep the loop alive.
    if (!of->queue.first && !of->native.first)
        ns_watcher_stop(&of->idle);
}

static void idle(ns_watcher *watcher)
{
    (void)watcher; // keeps the loop from blocking in poll
}

void replay_set_immediate(ns_replay *r, replay_tree *tree, uint32_t spawn, bool native)
{
    replay_immediate *immediate = ns_calloc(1, sizeof *immediate);
    if (!immediate) {
        replay_no_memory(r);
        return;
    }
    *immediate = (replay_immediate){.tree = tree, .spawn = &r->trace->spawns[spawn]};
    replay_hold(tree);
    push(native ? &r->immediates.native : &r->immediates.queue, immediate);
}

// Those that ticks add come in the next round.
void replay_natives_done(ns_replay *r)
{
    r->immediates.natives_done = !r->immediates.native.first;
}

// What is left of the round runs first, else what has come meanwhile.
void replay_outstanding(ns_replay *r)
{
    r->immediates.outstanding = !r->immediates.round.first;
}

void replay_clear_immediate(ns_replay *r, replay_tree *tree, uint32_t spawn)
{
    const replay_queue *const queues[] = {&r->immediates.round, &r->immediates.queue};
    for (int i = 0; i < 2; i++)
        for (replay_immediate *at = queues[i]->first; at; at = at->next)
            at->cleared |= at->tree == tree && at->spawn == &r->trace->spawns[spawn];
}

void replay_immediate_refs(ns_replay *r, int64_t more)
{
    r->immediates.refs += more;
    if (r->immediates.refs > 0)
        ns_watcher_start(&r->immediates.idle, idle);
    else
        ns_watcher_stop(&r->immediates.idle);
}

void replay_immediates_start(ns_replay *r)
{
    replay_immediates *of = &r->immediates;
    replay_queue *const queues[] = {&of->native, &of->queue, &of->round};
    for (int i = 0; i < 3; i++)
        queues[i]->last = &queues[i]->first;
    ns_watcher_init(r->machine.loop, &of->check, NS_HANDLE_CHECK);
    ns_watcher_init(r->machine.loop, &of->idle, NS_HANDLE_IDLE);
    of->check.handle.data = r;
    ns_watcher_start(&of->check, check);
    ns_handle_unref(&of->check.handle);
}

void replay_immediates_free(ns_replay *r)
{
    replay_queue *const queues[] = {&r->immediates.native, &r->immediates.queue,
                                    &r->immediates.round};
    for (int i = 0; i < 3; i++)
        while (queues[i]->first)
            ns_free(pop(queues[i]));
}
