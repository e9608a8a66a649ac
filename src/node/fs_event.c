// internalBinding('fs_event_wrap'): fs.watch (source: src/fs_event_wrap.cc, uv__inotify_read in
// deps/uv/src/unix/linux.c). What happens in the overlay is queued, and delivered in the poll phase
// all at once, as the events that one read of the inotify descriptor gives.
#include <string.h>
#include <sys/inotify.h>

#include "base/alloc.h"
#include "node/args.h"
#include "node/fs_req.h"
#include "node/tracer.h"

typedef struct fs_event {
    ns_handle_wrap base;
    ns_handle handle;
    ns_vfs_watch watch;
    ns_encoding encoding;
    char *name; // the last component of the watched path
} fs_event;

// One inotify_event. Its watcher is NULL once that is closed.
struct ns_fs_notice {
    fs_event *to;
    uint32_t mask;
    char *name; // NULL: the watched file itself
    ns_list link;
};
typedef struct ns_fs_notice notice;

static notice *notice_of(ns_list *node)
{
    return ns_list_entry(node, notice, link);
}

static void notice_free(notice *n)
{
    ns_free(n->name);
    ns_free(n);
}

static bool same_name(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static void deliver(ns_poll_event *event);

// The kernel drops an event that is the same as the last one in the queue.
static void on_event(ns_vfs_watch *watch, uint32_t mask, const char *name)
{
    fs_event *to = ns_list_entry(watch, fs_event, watch);
    ns_env *env = to->base.wrap.env;
    ns_fs *fs = env->fs;
    if (env->exiting || ns_handle_closing(&to->handle))
        return;
    if (!ns_list_empty(&fs->notices)) {
        const notice *last = notice_of(fs->notices.prev);
        if (last->to == to && last->mask == mask && same_name(last->name, name))
            return;
    }
    notice *n = ns_calloc(1, sizeof *n);
    char *copy = name ? ns_strdup(name) : NULL;
    if (!n || (name && !copy)) { // as a queue that overflows
        ns_free(n);
        ns_free(copy);
        return;
    }
    *n = (notice){.to = to, .mask = mask, .name = copy};
    bool idle = ns_list_empty(&fs->notices);
    ns_list_push_back(&fs->notices, &n->link);
    if (!idle)
        return;
    fs->inotify.cb = deliver;
    fs->inotify.data = env;
    fs->inotify.source = "inotify";
    ns_loop_post(env->loop, &fs->inotify);
}

// FSEventWrap::OnEvent: a rename outdoes a change.
static void call_back(fs_event *to, uint32_t mask, const char *name)
{
    ns_env *env = to->base.wrap.env;
    JSContext *ctx = env->ctx;
    bool change = !(mask & ~(uint32_t)(IN_ATTRIB | IN_MODIFY));
    const char *shown = name ? name : to->name;
    JSValue argv[] = {JS_NewInt32(ctx, 0), JS_NewString(ctx, change ? "change" : "rename"),
                      ns_encode(ctx, (const uint8_t *)shown, strlen(shown), to->encoding)};
    JS_FreeValue(ctx, ns_make_callback_name(&to->base.wrap, "onchange", 3, (JSValueConst *)argv));
    JS_FreeValue(ctx, argv[1]);
    JS_FreeValue(ctx, argv[2]);
}

static void deliver(ns_poll_event *event)
{
    ns_env *env = event->data;
    ns_fs *fs = env->fs;
    while (!ns_list_empty(&fs->notices)) {
        notice *n = notice_of(ns_list_pop(&fs->notices));
        if (!env->exiting && !ns_handle_closing(&n->to->handle))
            call_back(n->to, n->mask, n->name);
        notice_free(n);
    }
}

static void event_closed(ns_wrap *wrap)
{
    fs_event *event = (fs_event *)wrap;
    ns_fs *fs = wrap->env->fs;
    ns_vfs_watch_stop(&event->watch);
    for (ns_list *node = fs->notices.next, *next; node != &fs->notices; node = next) {
        next = node->next;
        if (notice_of(node)->to != event)
            continue;
        ns_list_remove(node);
        notice_free(notice_of(node));
    }
}

static void event_free(ns_wrap *wrap)
{
    event_closed(wrap); // of an environment that ends while it is open
    ns_free(((fs_event *)wrap)->name);
    ns_free(wrap);
}

static int event_construct(ns_env *env, JSContext *ctx, JSValueConst object, int argc,
                           JSValueConst *argv)
{
    fs_event *event = ns_calloc(1, sizeof *event);
    if (!event) {
        JS_ThrowOutOfMemory(ctx);
        return -1;
    }
    event->base.wrap.free = event_free;
    event->watch.event = on_event;
    ns_wrap_init(&event->base.wrap, env, object, NS_PROVIDER_FSEVENTWRAP);
    event->base.wrap.closed = event_closed;
    return 0;
}

static fs_event *event_of(JSContext *ctx, JSValueConst self)
{
    ns_wrap *wrap = ns_wrap_find(ns_env_of(ctx), self);
    return wrap && wrap->provider == NS_PROVIDER_FSEVENTWRAP ? (fs_event *)wrap : NULL;
}

static char *last_name(const char *path)
{
    size_t end = strlen(path);
    while (end > 1 && path[end - 1] == '/')
        end--;
    size_t start = end;
    while (start > 0 && path[start - 1] != '/')
        start--;
    return ns_strndup(path + start, end - start);
}

// start(path, persistent, recursive, encoding): 0 or an error's number.
static JSValue event_start(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    fs_event *event = event_of(ctx, self);
    char *path;
    if (!event || event->base.handle)
        return JS_ThrowTypeError(ctx, "Illegal invocation");
    if (!ns_fs_path_arg(ctx, ns_arg(argc, argv, 0), &path))
        return JS_EXCEPTION;
    ns_env *env = event->base.wrap.env;
    int status = ns_vfs_watch_start(env->vfs, path, &event->watch);
    event->name = status ? NULL : last_name(path);
    ns_free(path);
    if (status)
        return JS_NewInt32(ctx, status);
    if (!event->name)
        return JS_ThrowOutOfMemory(ctx);
    event->encoding = ns_parse_encoding(ctx, ns_arg(argc, argv, 3), NS_ENC_UTF8);
    event->base.handle = &event->handle;
    ns_handle_init(env->loop, &event->handle, NS_HANDLE_OTHER);
    ns_handle_start(&event->handle);
    ns_tracer_unsupported(env->tracer, "fs.watch");
    if (!ns_arg_bool(ctx, ns_arg(argc, argv, 1)))
        ns_handle_unref(&event->handle);
    ns_wrap_hold(&event->base.wrap);
    return JS_NewInt32(ctx, 0);
}

static JSValue event_initialized(JSContext *ctx, JSValueConst self)
{
    fs_event *event = event_of(ctx, self);
    return JS_NewBool(ctx, event && event->base.handle && !ns_handle_closing(&event->handle));
}

static void cleanup(ns_env *env, void *data)
{
    ns_fs *fs = env->fs;
    while (!ns_list_empty(&fs->notices))
        notice_free(notice_of(ns_list_pop(&fs->notices)));
}

NS_BINDING(fs_event_wrap)
{
    static const ns_fn_def methods[] = {{"start", event_start, 0}};
    static const ns_class_def def = {.name = "FSEvent",
                                     .construct = event_construct,
                                     .methods = methods,
                                     .method_count = 1,
                                     .async = true,
                                     .handle = true};
    if (!ns_fs_of(env) || ns_env_at_exit(env, cleanup, NULL) < 0)
        return -1;
    JSValue class = ns_new_class(env, ctx, &def);
    if (JS_IsException(class) || ns_fs_getter(ctx, class, "initialized", event_initialized) < 0) {
        JS_FreeValue(ctx, class);
        return -1;
    }
    return ns_set(ctx, target, "FSEvent", class);
}
