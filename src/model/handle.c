// The base of handles: active, referenced, closing. Only handles that are active and referenced
// keep the loop alive (source: deps/uv/src/uv-common.h, unix/core.c, win/handle-inl.h).
#include <assert.h>

#include "model/loop_internal.h"

static bool counts(const ns_handle *handle)
{
    unsigned both = NS_HANDLE_REF | NS_HANDLE_ACTIVE;
    return (handle->flags & both) == both;
}

void ns_handle_init(ns_loop *loop, ns_handle *handle, ns_handle_type type)
{
    handle->loop = loop;
    handle->type = type;
    handle->flags = NS_HANDLE_REF;
    handle->close_cb = NULL;
    handle->next_closing = NULL;
}

void ns_handle_start(ns_handle *handle)
{
    if (handle->flags & NS_HANDLE_ACTIVE)
        return;
    handle->flags |= NS_HANDLE_ACTIVE;
    if (counts(handle))
        handle->loop->active_handles++;
}

void ns_handle_stop(ns_handle *handle)
{
    if (counts(handle))
        handle->loop->active_handles--;
    handle->flags &= ~(unsigned)NS_HANDLE_ACTIVE;
}

void ns_handle_ref(ns_handle *handle)
{
    if (handle->flags & NS_HANDLE_REF)
        return;
    handle->flags |= NS_HANDLE_REF;
    if (!(handle->flags & NS_HANDLE_CLOSING) && counts(handle))
        handle->loop->active_handles++;
}

void ns_handle_unref(ns_handle *handle)
{
    if (!(handle->flags & NS_HANDLE_CLOSING) && counts(handle))
        handle->loop->active_handles--;
    handle->flags &= ~(unsigned)NS_HANDLE_REF;
}

bool ns_handle_has_ref(const ns_handle *handle)
{
    return handle->flags & NS_HANDLE_REF;
}

bool ns_handle_active(const ns_handle *handle)
{
    return handle->flags & NS_HANDLE_ACTIVE;
}

bool ns_handle_closing(const ns_handle *handle)
{
    return handle->flags & (NS_HANDLE_CLOSING | NS_HANDLE_CLOSED);
}

void ns_loop_push_closing(ns_loop *loop, ns_handle *handle)
{
    handle->next_closing = loop->closing;
    loop->closing = handle;
}

void ns_handle_close(ns_handle *handle, void (*cb)(ns_handle *handle))
{
    assert(!ns_handle_closing(handle));
    handle->close_cb = cb;
    bool now = true;
    switch (handle->type) {
    case NS_HANDLE_TIMER:
        ns_timer_stop((ns_timer *)handle);
        break;
    case NS_HANDLE_IDLE:
    case NS_HANDLE_PREPARE:
    case NS_HANDLE_CHECK:
        ns_watcher_stop((ns_watcher *)handle);
        break;
    case NS_HANDLE_ASYNC:
        now = ns_async_close((ns_async *)handle);
        break;
    case NS_HANDLE_OTHER:
        ns_handle_stop(handle);
        break;
    }
    handle->flags |= NS_HANDLE_CLOSING;
    if (now)
        ns_loop_push_closing(handle->loop, handle);
}

static void finish_close(ns_handle *handle)
{
    assert((handle->flags & NS_HANDLE_CLOSING) && !(handle->flags & NS_HANDLE_CLOSED));
    ns_loop_charge(handle->loop, handle->loop->costs.close);
    handle->flags |= NS_HANDLE_CLOSED;
    ns_handle_unref(handle);
    if (handle->close_cb)
        handle->close_cb(handle);
}

// On Unix what is closed by a close callback waits for the next iteration; on Windows it is
// finished in the same phase.
void ns_loop_run_closing(ns_loop *loop)
{
    loop->phase = NS_PHASE_CLOSING;
    if (loop->poller == NS_POLLER_IOCP) {
        while (loop->closing) {
            ns_handle *handle = loop->closing;
            loop->closing = handle->next_closing;
            finish_close(handle);
        }
        return;
    }
    ns_handle *handle = loop->closing;
    loop->closing = NULL;
    while (handle) {
        ns_handle *next = handle->next_closing; // the callback may free the handle
        finish_close(handle);
        handle = next;
    }
}
