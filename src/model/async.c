// Wake-ups of the loop from elsewhere (source: deps/uv/src/unix/async.c, win/async.c).
//
// Unix has one descriptor for all handles of the loop: when it is readable, those that were sent
// run in the order of ns_async_init. On Windows each handle posts a completion packet of its own,
// so they run in the order of sending.
#include <assert.h>

#include "model/loop_internal.h"

static void deliver(ns_async *async)
{
    ns_loop *loop = async->handle.loop;
    async->sent = false;
    ns_thread_sync(loop->thread);
    ns_loop_emit_poller_event(loop, async->source, async->ready);
    if (async->cb)
        async->cb(async);
}

static void packet_taken(ns_poll_event *event)
{
    ns_async *async = event->data;
    if (!(async->handle.flags & NS_HANDLE_CLOSING)) {
        deliver(async);
        return;
    }
    async->sent = false;
    async->handle.loop->active_handles--;
    ns_loop_push_closing(async->handle.loop, &async->handle);
}

void ns_async_init(ns_loop *loop, ns_async *async, ns_async_cb cb)
{
    ns_handle_init(loop, &async->handle, NS_HANDLE_ASYNC);
    async->cb = cb;
    async->source = "async";
    async->sent = false;
    async->link = (ns_list){0};
    async->packet = (ns_poll_event){.cb = packet_taken, .data = async};
    ns_list_push_back(&loop->asyncs, &async->link);
    ns_handle_start(&async->handle);
}

void ns_async_send(ns_async *async)
{
    ns_loop *loop = async->handle.loop;
    if (async->sent || ns_handle_closing(&async->handle))
        return;
    async->sent = true;
    async->ready = ns_sim_now(loop->sim);
    ns_poll_event *event = loop->poller == NS_POLLER_IOCP ? &async->packet : &loop->async_event;
    if (!ns_list_linked(&event->link))
        ns_loop_post(loop, event);
}

bool ns_async_close(ns_async *async)
{
    ns_loop *loop = async->handle.loop;
    ns_list_remove(&async->link);
    ns_handle_stop(&async->handle);
    if (loop->poller != NS_POLLER_IOCP || !async->sent)
        return true;
    loop->active_handles++; // Windows: it closes when its packet comes, and counts until then
    return false;
}

void ns_async_make_first(ns_async *async)
{
    ns_list_remove(&async->link);
    ns_list_push_front(&async->handle.loop->asyncs, &async->link);
}

void ns_async_detach(ns_async *async)
{
    if (ns_list_linked(&async->link))
        ns_list_remove(&async->link);
    ns_loop_unpost(async->handle.loop, &async->packet);
    ns_handle_stop(&async->handle);
}

void ns_loop_drain_asyncs(ns_poll_event *event)
{
    ns_loop *loop = event->data;
    ns_loop_charge(loop, loop->costs.async_read);
    ns_list round, *node;
    ns_list_move(&loop->asyncs, &round);
    while ((node = ns_list_pop(&round))) {
        ns_list_push_back(&loop->asyncs, node);
        ns_async *async = ns_list_entry(node, ns_async, link);
        if (async->sent)
            deliver(async);
    }
}
