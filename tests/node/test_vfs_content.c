// Bytes of the overlay's files: generated ones, pages, copies, descriptors, devices.
#include "overlay.h"

static overlay o;

static void setup(void)
{
    overlay_folder(&o);
    overlay_put(&o, "main.js", "0123456789");
}

static void teardown(void)
{
    overlay_close(&o);
}

TestSuite(vfs_content, .init = setup, .fini = teardown);

static int64_t read_at(const char *path, void *out, size_t size, int64_t at)
{
    int fd = ns_vfs_open(o.vfs, path, O_RDONLY, 0);
    cr_assert_geq(fd, 3);
    int64_t count = ns_vfs_read(o.vfs, fd, out, size, at);
    cr_assert_eq(ns_vfs_close(o.vfs, fd), 0);
    return count;
}

static size_t allocated;

static void *counting(void *opaque, void *p, size_t size)
{
    allocated += size;
    if (size == 0) {
        free(p);
        return NULL;
    }
    return realloc(p, size);
}

// A file of 1 TB costs nothing until it is written, and then what is written.
Test(vfs_content, generated_files_cost_no_memory)
{
    char bytes[8192];
    overlay_open(&o, 0);
    ns_set_allocator(counting, NULL);
    cr_assert_eq(ns_vfs_add(o.vfs, "/app/big", NULL, INT64_C(1) << 40, "random"), 0);
    cr_assert_eq(read_at("/app/big", bytes, sizeof bytes, (INT64_C(1) << 40) - 100), 100);
    cr_assert_lt(allocated, 4096);
    int fd = ns_vfs_open(o.vfs, "big", O_RDWR, 0);
    cr_assert_eq(ns_vfs_write(o.vfs, fd, "x", 1, 1 << 20), 1);
    cr_assert_lt(allocated, 16384);
    ns_vfs_close(o.vfs, fd);
    ns_set_allocator(NULL, NULL);
}

// The same bytes whatever the pieces they are read in; another seed or path, other bytes.
static void check_pieces(const char *path)
{
    enum { SIZE = 5000 };
    char whole[SIZE], piece[SIZE];
    cr_assert_eq(read_at(path, whole, SIZE, 3), SIZE);
    for (int at = 0; at < SIZE; at += 7)
        cr_assert_eq(read_at(path, piece + at, SIZE - at < 7 ? (size_t)(SIZE - at) : 7, 3 + at),
                     SIZE - at < 7 ? SIZE - at : 7);
    cr_assert_arr_eq(whole, piece, SIZE);
}

Test(vfs_content, generated_bytes)
{
    char a[4000], b[4000];
    overlay_open(&o, 0);
    cr_assert_eq(ns_vfs_add(o.vfs, "/app/r1", NULL, 100000, "random"), 0);
    cr_assert_eq(ns_vfs_add(o.vfs, "/data/x/r2", NULL, 100000, "random"), 0);
    cr_assert_eq(ns_vfs_add(o.vfs, "/app/text", NULL, 100000, NULL), 0);
    cr_assert_eq(ns_vfs_add(o.vfs, "/app/zero", NULL, 100000, "zero"), 0);
    check_pieces("/app/r1");
    check_pieces("/app/text");
    read_at("/app/r1", a, sizeof a, 0);
    read_at("/data/x/r2", b, sizeof b, 0);
    cr_assert_arr_neq(a, b, sizeof a);
    int ones = 0; // random bits are fair: 16,000 of 32,000, give or take five deviations
    for (size_t i = 0; i < sizeof a; i++)
        ones += __builtin_popcount((unsigned char)a[i]);
    cr_assert(abs(ones - 16000) < 450, "%d", ones);
    read_at("/app/text", a, sizeof a, 0);
    for (int line = 0; line < 50; line++) {
        cr_assert_eq(a[80 * line + 79], '\n');
        cr_assert_eq(atoi(a + 80 * line), line);
    }
    read_at("/app/zero", a, sizeof a, 99000);
    cr_assert_eq(a[0] | a[999], 0);
}

// Pages over a source against a flat array.
Test(vfs_content, writes_over_a_source)
{
    enum { SIZE = 60000 };
    static char flat[SIZE + 20000], got[SIZE + 20000];
    overlay_open(&o, 0);
    cr_assert_eq(ns_vfs_add(o.vfs, "/app/f", NULL, SIZE, "random"), 0);
    int64_t size = SIZE;
    read_at("/app/f", flat, SIZE, 0);
    int fd = ns_vfs_open(o.vfs, "f", O_RDWR, 0);
    uint32_t random = 1;
    for (int i = 0; i < 2000; i++) {
        random = random * 1664525 + 1013904223;
        int64_t at = random >> 8 & 0xffff, count = random >> 24;
        if (random % 16 == 0) {
            cr_assert_eq(ns_vfs_ftruncate(o.vfs, fd, at), 0);
            if (at < size)
                memset(flat + at, 0, (size_t)(size - at));
            size = at;
        } else {
            char bytes[256];
            memset(bytes, (int)random, sizeof bytes);
            cr_assert_eq(ns_vfs_write(o.vfs, fd, bytes, (size_t)count, at), count);
            memcpy(flat + at, bytes, (size_t)count);
            size = count && at + count > size ? at + count : size;
        }
        cr_assert_eq(ns_vfs_read(o.vfs, fd, got, sizeof got, 0), size);
        cr_assert_eq(memcmp(got, flat, (size_t)size), 0, "step %d", i);
    }
}

Test(vfs_content, copies_are_apart)
{
    char text[32];
    int64_t bytes;
    overlay_open(&o, 0);
    cr_assert_eq(ns_vfs_copy(o.vfs, "main.js", "copy", 0, &bytes), 0);
    cr_assert_eq(bytes, 10);
    overlay_write(&o, "main.js", "other");
    cr_assert_eq(overlay_read(&o, "copy", text, sizeof text), 10);
    cr_assert_str_eq(text, "0123456789");
    int fd = ns_vfs_open(o.vfs, "copy", O_WRONLY, 0);
    ns_vfs_write(o.vfs, fd, "ab", 2, 4);
    ns_vfs_close(o.vfs, fd);
    cr_assert_eq(ns_vfs_copy(o.vfs, "copy", "copy", 0, &bytes), 0);
    cr_assert_eq(ns_vfs_copy(o.vfs, "copy", "third", 0, &bytes), 0);
    cr_assert_eq(overlay_read(&o, "third", text, sizeof text), 10);
    cr_assert_str_eq(text, "0123ab6789");
    cr_assert_eq(ns_vfs_copy(o.vfs, "copy", "third", 1, &bytes), -EEXIST);
    cr_assert_eq(ns_vfs_copy(o.vfs, "copy", "none", 4, &bytes), -EOPNOTSUPP);
    cr_assert_eq(ns_vfs_access(o.vfs, "none", 0), -ENOENT);
    cr_assert_eq(ns_vfs_copy(o.vfs, "/app", "none", 0, &bytes), -EISDIR);
}

Test(vfs_content, an_open_file_outlives_its_name)
{
    char text[32];
    ns_stat st;
    overlay_open(&o, 0);
    overlay_write(&o, "gone", "still here");
    int fd = ns_vfs_open(o.vfs, "gone", O_RDONLY, 0);
    cr_assert_eq(ns_vfs_fstat(o.vfs, fd, &st), 0);
    uint64_t inode = st.ino;
    cr_assert_eq(ns_vfs_unlink(o.vfs, "gone"), 0);
    cr_assert_eq(ns_vfs_fstat(o.vfs, fd, &st), 0);
    cr_assert_eq(st.nlink, 0);
    cr_assert_eq(ns_vfs_read(o.vfs, fd, text, 5, -1), 5);
    cr_assert_eq(o.forgotten, 0);
    cr_assert_eq(ns_vfs_close(o.vfs, fd), 0);
    cr_assert_eq(o.forgotten, inode);
}

Test(vfs_content, capacity)
{
    char bytes[3 * NS_VFS_PAGE] = {0};
    overlay_open(&o, 2 * NS_VFS_PAGE);
    int fd = ns_vfs_open(o.vfs, "f", O_RDWR | O_CREAT, 0644);
    cr_assert_eq(ns_vfs_write(o.vfs, fd, bytes, sizeof bytes, 0), 2 * NS_VFS_PAGE);
    cr_assert_eq(ns_vfs_write(o.vfs, fd, bytes, 1, 2 * NS_VFS_PAGE), -ENOSPC);
    cr_assert_eq(ns_vfs_ftruncate(o.vfs, fd, NS_VFS_PAGE), 0);
    cr_assert_eq(ns_vfs_write(o.vfs, fd, bytes, 1, 1 << 30), 1);
    cr_assert_eq(ns_vfs_write(o.vfs, fd, bytes, 1, INT64_MAX - 5), -EFBIG);
}

Test(vfs_content, streams_and_devices)
{
    char a[16], b[16];
    overlay_open(&o, 0);
    cr_assert_eq(ns_vfs_read(o.vfs, 0, a, sizeof a, -1), 0);
    cr_assert_eq(ns_vfs_write(o.vfs, 1, "out", 3, -1), 3);
    cr_assert_eq(ns_vfs_write(o.vfs, 2, "err", 3, -1), 3);
    cr_assert_eq(o.output_fd, 2);
    cr_assert_eq(memcmp(o.output, "outerr", 6), 0);
    cr_assert_eq(ns_vfs_write(o.vfs, 0, "x", 1, -1), -EBADF);
    cr_assert_eq(read_at("/dev/null", a, sizeof a, -1), 0);
    cr_assert_eq(read_at("/dev/zero", a, sizeof a, -1), sizeof a);
    cr_assert_eq(a[0] | a[15], 0);
    cr_assert_eq(read_at("/dev/urandom", a, sizeof a, -1), sizeof a);
    cr_assert_eq(read_at("/dev/urandom", b, sizeof b, -1), sizeof b);
    cr_assert_arr_neq(a, b, sizeof a);
}

Test(vfs_content, times)
{
    ns_stat st;
    char text[32];
    overlay_open(&o, 0);
    int64_t start = o.now;
    o.now += 5;
    overlay_write(&o, "f", "x");
    ns_vfs_stat(o.vfs, "f", true, &st);
    cr_assert_eq(st.mtime, start + 5);
    cr_assert_eq(st.birthtime, start + 5);
    o.now += 5;
    overlay_read(&o, "f", text, sizeof text); // relatime: the first read since a write counts
    o.now += 5;
    overlay_read(&o, "f", text, sizeof text);
    ns_vfs_stat(o.vfs, "f", true, &st);
    cr_assert_eq(st.atime, start + 10);
    cr_assert_eq(ns_vfs_utimes(o.vfs, "f", -1, true, 1, -2), 0);
    ns_vfs_stat(o.vfs, "f", true, &st);
    cr_assert_eq(st.atime, 1);
    cr_assert_eq(st.mtime, -2);
    cr_assert_eq(st.ctime, start + 15);
    cr_assert_eq(ns_vfs_chown(o.vfs, "f", -1, true, 0, 0), -EPERM);
    cr_assert_eq(ns_vfs_chown(o.vfs, "f", -1, true, -1, NS_VFS_USER), 0);
}

Test(vfs_content, temporary_folders)
{
    char *first, *second;
    overlay_open(&o, 0);
    cr_assert_eq(ns_vfs_mkdtemp(o.vfs, "/tmp/x-XXXXXX", &first), 0);
    cr_assert_eq(ns_vfs_mkdtemp(o.vfs, "/tmp/x-XXXXXX", &second), 0);
    cr_assert_str_neq(first, second);
    cr_assert_eq(ns_vfs_rmdir(o.vfs, first), 0);
    ns_free(first);
    cr_assert_eq(ns_vfs_mkdtemp(o.vfs, "/nope/x-XXXXXX", &first), -ENOENT);
    cr_assert_eq(strncmp(first, "/nope/x-", 8), 0);
    ns_free(first);
    ns_free(second);
}

// Each allocation may fail: an error comes back, and nothing is lost or broken.
static long left;

static void *failing(void *opaque, void *p, size_t size)
{
    if (size == 0) {
        free(p);
        return NULL;
    }
    return --left == 0 ? NULL : realloc(p, size);
}

static void work(void)
{
    ns_entry *entries;
    int count;
    int64_t bytes;
    char buffer[100], *text;
    ns_vfs_mkdir(o.vfs, "d", 0777);
    int fd = ns_vfs_open(o.vfs, "d/f", O_RDWR | O_CREAT, 0644);
    if (fd >= 0) {
        ns_vfs_write(o.vfs, fd, "abc", 3, 5000);
        ns_vfs_close(o.vfs, fd);
    }
    ns_vfs_symlink(o.vfs, "d/f", "l");
    ns_vfs_link(o.vfs, "d/f", "h");
    ns_vfs_rename(o.vfs, "d", "e");
    ns_vfs_copy(o.vfs, "h", "c", 0, &bytes);
    if (ns_vfs_realpath(o.vfs, "l", &text) == 0)
        ns_free(text);
    if (ns_vfs_list(o.vfs, "/app", &entries, &count) == 0)
        ns_vfs_free_entries(entries, count);
    overlay_read(&o, "main.js", buffer, sizeof buffer);
    ns_vfs_chdir(o.vfs, "e");
}

Test(vfs_content, allocations_fail)
{
    ns_err err;
    ns_vfs_options options = {.dir = o.dir, .script = o.script, .now = overlay_now, .opaque = &o};
    for (long n = 1;; n++) {
        left = n;
        ns_set_allocator(failing, NULL);
        int code = ns_vfs_new(&o.vfs, &options, &err);
        if (code == NS_OK)
            work();
        else
            cr_assert_eq(code, NS_ENOMEM, "%ld: %s", n, err.msg);
        bool done = left > 0;
        ns_vfs_free(o.vfs);
        o.vfs = NULL;
        ns_set_allocator(NULL, NULL);
        if (done)
            break;
    }
}
