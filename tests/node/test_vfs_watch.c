// Watches of the overlay against the kernel's inotify: the same events, in the same order, after
// each of a list of operations.
#include <sys/inotify.h>

#include "overlay.h"

// What libuv asks for.
static const uint32_t wanted = IN_ATTRIB | IN_CREATE | IN_MODIFY | IN_DELETE | IN_DELETE_SELF |
                               IN_MOVE_SELF | IN_MOVED_FROM | IN_MOVED_TO;

typedef struct events {
    char text[2048];
    char last[300];
} events;

// An event that is the same as the one before is not queued.
static void add_event(events *e, const char *watch, uint32_t mask, const char *name)
{
    char line[300];
    snprintf(line, sizeof line, "%s %x %s\n", watch, mask & ~(uint32_t)IN_ISDIR, name ? name : "");
    if (strcmp(line, e->last) == 0)
        return;
    strcpy(e->last, line);
    cr_assert_lt(strlen(e->text) + strlen(line), sizeof e->text);
    strcat(e->text, line);
}

typedef struct watched {
    ns_vfs_watch watch;
    const char *name;
    events *events;
} watched;

static void on_event(ns_vfs_watch *watch, uint32_t mask, const char *name)
{
    watched *w = ns_list_entry(watch, watched, watch);
    add_event(w->events, w->name, mask, name);
}

static void read_kernel(int fd, const int wd[2], events *e)
{
    _Alignas(struct inotify_event) char buffer[8192];
    ssize_t count = read(fd, buffer, sizeof buffer);
    for (char *at = buffer; count > 0 && at < buffer + count;) {
        const struct inotify_event *event = (const struct inotify_event *)at;
        add_event(e, event->wd == wd[0] ? "folder" : "file", event->mask,
                  event->len ? event->name : "");
        at += sizeof *event + event->len;
    }
}

static overlay o;

static void write_both(const char *path, int flags)
{
    char ours[64];
    snprintf(ours, sizeof ours, "/tmp/%s", path);
    int fd = open(path, O_WRONLY | flags, 0644);
    int other = ns_vfs_open(o.vfs, ours, O_WRONLY | flags, 0644);
    cr_assert(fd >= 0 && other >= 0);
    cr_assert_eq(write(fd, "x", 1), 1);
    ns_vfs_write(o.vfs, other, "x", 1, -1);
    close(fd);
    ns_vfs_close(o.vfs, other);
}

static int truncate_both(void)
{
    int fd = ns_vfs_open(o.vfs, "/tmp/w/file", O_WRONLY, 0);
    int status = truncate("w/file", 9) - ns_vfs_ftruncate(o.vfs, fd, 9);
    ns_vfs_close(o.vfs, fd);
    return status;
}

enum { STEPS = 15 };

// 0 when both agree.
static int run_step(int step)
{
    ns_vfs *vfs = o.vfs;
    switch (step) {
    case 0:
        write_both("w/file", 0);
        return 0;
    case 1:
        write_both("w/file", O_TRUNC);
        return 0;
    case 2:
        write_both("w/new", O_CREAT);
        return 0;
    case 3:
        return chmod("w/new", 0600) - ns_vfs_chmod(vfs, "/tmp/w/new", -1, 0600);
    case 4:
        return rename("w/new", "w/old") - ns_vfs_rename(vfs, "/tmp/w/new", "/tmp/w/old");
    case 5:
        return mkdir("w/sub", 0755) - ns_vfs_mkdir(vfs, "/tmp/w/sub", 0755);
    case 6:
        return rename("w/old", "out") - ns_vfs_rename(vfs, "/tmp/w/old", "/tmp/out");
    case 7:
        return rmdir("w/sub") - ns_vfs_rmdir(vfs, "/tmp/w/sub");
    case 8:
        return symlink("x", "w/link") - ns_vfs_symlink(vfs, "x", "/tmp/w/link");
    case 9:
        return link("w/file", "w/hard") - ns_vfs_link(vfs, "/tmp/w/file", "/tmp/w/hard");
    case 10:
        return unlink("w/hard") - ns_vfs_unlink(vfs, "/tmp/w/hard");
    case 11:
        return rename("out", "w/back") - ns_vfs_rename(vfs, "/tmp/out", "/tmp/w/back");
    case 12:
        return truncate_both();
    case 13:
        return rename("w/file", "w/moved") - ns_vfs_rename(vfs, "/tmp/w/file", "/tmp/w/moved");
    default:
        return unlink("w/moved") - ns_vfs_unlink(vfs, "/tmp/w/moved");
    }
}

Test(vfs_watch, as_inotify)
{
    char host[] = "/tmp/nsim-host-XXXXXX";
    events ours = {0}, theirs = {0};
    watched folder = {.watch = {.event = on_event}, .name = "folder", .events = &ours};
    watched file = {.watch = {.event = on_event}, .name = "file", .events = &ours};
    overlay_folder(&o);
    overlay_open(&o, 0);
    cr_assert(mkdtemp(host));
    cr_assert_eq(chdir(host), 0);
    cr_assert_eq(mkdir("w", 0755), 0);
    cr_assert_eq(ns_vfs_mkdir(o.vfs, "/tmp/w", 0755), 0);
    write_both("w/file", O_CREAT);
    int fd = inotify_init1(IN_NONBLOCK);
    int wd[2] = {inotify_add_watch(fd, "w", wanted), inotify_add_watch(fd, "w/file", wanted)};
    cr_assert(wd[0] >= 0 && wd[1] >= 0);
    cr_assert_eq(ns_vfs_watch_start(o.vfs, "/tmp/w", &folder.watch), 0);
    cr_assert_eq(ns_vfs_watch_start(o.vfs, "/tmp/w/file", &file.watch), 0);
    for (int step = 0; step < STEPS; step++) {
        cr_assert_eq(run_step(step), 0, "step %d", step);
        read_kernel(fd, wd, &theirs);
        cr_assert_str_eq(ours.text, theirs.text, "step %d:\n%s\nkernel:\n%s", step, ours.text,
                         theirs.text);
        cr_assert(ours.text[0], "step %d tells something", step);
        ours = theirs = (events){0};
    }
    cr_assert_eq(file.watch.inode, NULL);
    ns_vfs_watch_stop(&folder.watch);
    cr_assert_eq(ns_vfs_mkdir(o.vfs, "/tmp/w/last", 0755), 0);
    cr_assert_str_empty(ours.text);
    close(fd);
    cr_assert_eq(chdir("/"), 0);
    nftw(host, overlay_remove, 16, FTW_DEPTH | FTW_PHYS);
    overlay_close(&o);
}
