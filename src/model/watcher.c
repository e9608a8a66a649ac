// Idle, prepare and check handles (source: deps/uv/src/unix/loop-watcher.c): the last started runs
// first. What is started during a run waits for the next one.
#include <assert.h>

#include "model/loop_internal.h"

static ns_list *queue_of(ns_watcher *watcher)
{
    ns_loop *loop = watcher->handle.loop;
    switch (watcher->handle.type) {
    case NS_HANDLE_IDLE:
        return &loop->idle;
    case NS_HANDLE_PREPARE:
        return &loop->prepare;
    default:
        assert(watcher->handle.type == NS_HANDLE_CHECK);
        return &loop->check;
    }
}

void ns_watcher_init(ns_loop *loop, ns_watcher *watcher, ns_handle_type type)
{
    ns_handle_init(loop, &watcher->handle, type);
    watcher->cb = NULL;
    watcher->link = (ns_list){0};
    (void)queue_of(watcher); // a type that it cannot have fails here
}

void ns_watcher_start(ns_watcher *watcher, ns_watcher_cb cb)
{
    assert(cb);
    if (ns_handle_active(&watcher->handle))
        return;
    watcher->cb = cb;
    ns_list_push_front(queue_of(watcher), &watcher->link);
    ns_handle_start(&watcher->handle);
}

void ns_watcher_stop(ns_watcher *watcher)
{
    if (!ns_handle_active(&watcher->handle))
        return;
    ns_list_remove(&watcher->link);
    ns_handle_stop(&watcher->handle);
}

void ns_loop_run_watchers(ns_loop *loop, ns_list *watchers, ns_phase phase)
{
    loop->phase = phase;
    ns_list round, *node;
    ns_list_move(watchers, &round);
    while ((node = ns_list_pop(&round))) {
        ns_list_push_back(watchers, node);
        ns_watcher *watcher = ns_list_entry(node, ns_watcher, link);
        watcher->cb(watcher);
    }
}
