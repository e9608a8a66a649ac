// An overlay over a folder of its own on the host, for tests of src/node/vfs*.c.
#ifndef NS_TESTS_NODE_OVERLAY_H
#define NS_TESTS_NODE_OVERLAY_H

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "node/vfs.h"

enum { OVERLAY_START = 1000 }; // s since 1970

typedef struct overlay {
    ns_vfs *vfs;
    char dir[64], script[80], hidden[80];
    int64_t now; // ns
    char output[256];
    size_t output_len;
    int output_fd;
    uint64_t forgotten;
} overlay;

static inline int64_t overlay_now(void *opaque)
{
    return ((overlay *)opaque)->now;
}

static inline void overlay_output(void *opaque, int fd, const char *bytes, size_t len)
{
    overlay *o = opaque;
    cr_assert_lt(o->output_len + len, sizeof o->output);
    memcpy(o->output + o->output_len, bytes, len);
    o->output_len += len;
    o->output_fd = fd;
}

static inline void overlay_forget(void *opaque, uint64_t inode)
{
    ((overlay *)opaque)->forgotten = inode;
}

static inline void overlay_folder(overlay *o)
{
    memset(o, 0, sizeof *o);
    strcpy(o->dir, "/tmp/nsim-vfs-XXXXXX");
    cr_assert(mkdtemp(o->dir));
    snprintf(o->script, sizeof o->script, "%s/main.js", o->dir);
    o->now = (int64_t)OVERLAY_START * 1000000000;
}

// A file of the host's folder, before or after the overlay is made.
static inline void overlay_put(const overlay *o, const char *name, const char *text)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", o->dir, name);
    FILE *file = fopen(path, "w");
    cr_assert(file, "%s", path);
    fputs(text, file);
    fclose(file);
}

static inline void overlay_open(overlay *o, int64_t capacity)
{
    ns_err err = {0};
    ns_vfs_options options = {
        .dir = o->dir,
        .script = o->script,
        .hidden = o->hidden[0] ? o->hidden : NULL,
        .now = overlay_now,
        .output = overlay_output,
        .forget = overlay_forget,
        .opaque = o,
        .seed = 7,
        .capacity = capacity,
    };
    cr_assert_eq(ns_vfs_new(&o->vfs, &options, &err), NS_OK, "%s", err.msg);
}

static inline int overlay_remove(const char *path, const struct stat *st, int type, struct FTW *at)
{
    return remove(path);
}

static inline void overlay_close(overlay *o)
{
    ns_vfs_free(o->vfs);
    nftw(o->dir, overlay_remove, 16, FTW_DEPTH | FTW_PHYS);
}

// Write a whole file in the overlay; read one into a buffer, its length being the result.
static inline void overlay_write(overlay *o, const char *path, const char *text)
{
    int fd = ns_vfs_open(o->vfs, path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    cr_assert_geq(fd, 0, "%s: %d", path, fd);
    cr_assert_eq(ns_vfs_write(o->vfs, fd, text, strlen(text), -1), (int64_t)strlen(text));
    cr_assert_eq(ns_vfs_close(o->vfs, fd), 0);
}

static inline int64_t overlay_read(overlay *o, const char *path, char *out, size_t size)
{
    int fd = ns_vfs_open(o->vfs, path, O_RDONLY, 0);
    if (fd < 0)
        return fd;
    int64_t count = ns_vfs_read(o->vfs, fd, out, size - 1, -1);
    if (count >= 0)
        out[count] = '\0';
    ns_vfs_close(o->vfs, fd);
    return count;
}

#endif
