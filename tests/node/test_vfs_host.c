// What the overlay shows of the host, and what it does not.
#include "overlay.h"

static overlay o;

static void setup(void)
{
    char path[256];
    overlay_folder(&o);
    overlay_put(&o, "main.js", "main");
    overlay_put(&o, "z.txt", "last");
    overlay_put(&o, "a.txt", "first");
    snprintf(path, sizeof path, "%s/sub", o.dir);
    cr_assert_eq(mkdir(path, 0700), 0);
    overlay_put(&o, "sub/inner.txt", "inner");
}

static void teardown(void)
{
    overlay_close(&o);
}

TestSuite(vfs_host, .init = setup, .fini = teardown);

static void host_link(const char *target, const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", o.dir, name);
    cr_assert_eq(symlink(target, path), 0);
}

static ns_stat stat_of(const char *path)
{
    ns_stat st = {0};
    int status = ns_vfs_stat(o.vfs, path, false, &st);
    cr_assert_eq(status, 0, "%s: %d", path, status);
    return st;
}

Test(vfs_host, the_folder_is_app)
{
    char text[32];
    overlay_open(&o, 0);
    cr_assert_str_eq(ns_vfs_cwd(o.vfs), "/app");
    cr_assert_str_eq(ns_vfs_main_script(o.vfs), "/app/main.js");
    cr_assert_eq(overlay_read(&o, "sub/inner.txt", text, sizeof text), 5);
    cr_assert_str_eq(text, "inner");
    cr_assert_eq(overlay_read(&o, o.script, text, sizeof text), -ENOENT);
    cr_assert(ns_vfs_map(o.vfs, o.script, text, sizeof text));
    cr_assert_str_eq(text, "/app/main.js");
    cr_assert(!ns_vfs_map(o.vfs, "/etc/passwd", text, sizeof text));
}

Test(vfs_host, nothing_is_written_to_it)
{
    char path[256], text[32];
    struct stat st;
    overlay_open(&o, 0);
    overlay_write(&o, "/app/a.txt", "changed");
    overlay_write(&o, "/app/new.txt", "new");
    cr_assert_eq(ns_vfs_unlink(o.vfs, "z.txt"), 0);
    cr_assert_eq(ns_vfs_rename(o.vfs, "sub", "moved"), 0);
    cr_assert_eq(overlay_read(&o, "moved/inner.txt", text, sizeof text), 5);
    snprintf(path, sizeof path, "%s/a.txt", o.dir);
    cr_assert_eq(stat(path, &st), 0);
    cr_assert_eq(st.st_size, 5);
    snprintf(path, sizeof path, "%s/new.txt", o.dir);
    cr_assert_neq(stat(path, &st), 0);
    snprintf(path, sizeof path, "%s/sub/inner.txt", o.dir);
    cr_assert_eq(stat(path, &st), 0);
}

Test(vfs_host, attributes_are_not_the_hosts)
{
    char path[256];
    snprintf(path, sizeof path, "%s/a.txt", o.dir);
    cr_assert_eq(chmod(path, 0711), 0);
    overlay_open(&o, 0);
    ns_stat a = stat_of("/app/a.txt"), z = stat_of("/app/z.txt"), sub = stat_of("/app/sub");
    cr_assert_eq(a.mode, S_IFREG | 0755);
    cr_assert_eq(z.mode, S_IFREG | 0644);
    cr_assert_eq(sub.mode, S_IFDIR | 0755);
    cr_assert_eq(a.uid, NS_VFS_USER);
    cr_assert_eq(a.mtime, o.now);
    cr_assert_eq(a.birthtime, o.now);
    // A number follows from the path: it does not hang on what else is in the folder.
    cr_assert_neq(a.ino, z.ino);
    ns_vfs_free(o.vfs);
    overlay_put(&o, "another.txt", "new");
    overlay_open(&o, 0);
    cr_assert_eq(stat_of("/app/a.txt").ino, a.ino);
    cr_assert_eq(stat_of("/app/z.txt").ino, z.ino);
    cr_assert_lt(a.ino, UINT64_C(1) << 53);
}

Test(vfs_host, links_lead_nowhere_outside)
{
    char text[128], *target;
    host_link("/etc/passwd", "absolute");
    host_link("../../../../../../etc/passwd", "relative");
    host_link("a.txt", "inside");
    snprintf(text, sizeof text, "%s/sub/inner.txt", o.dir);
    host_link(text, "mapped");
    host_link("loop", "loop");
    overlay_open(&o, 0);
    cr_assert_eq(overlay_read(&o, "absolute", text, sizeof text), -ENOENT);
    cr_assert_eq(overlay_read(&o, "relative", text, sizeof text), -ENOENT);
    cr_assert_eq(overlay_read(&o, "../../etc/passwd", text, sizeof text), -ENOENT);
    cr_assert_eq(overlay_read(&o, "/proc/self/environ", text, sizeof text), -ENOENT);
    cr_assert_eq(overlay_read(&o, "inside", text, sizeof text), 5);
    cr_assert_eq(overlay_read(&o, "mapped", text, sizeof text), 5);
    cr_assert_eq(overlay_read(&o, "loop", text, sizeof text), -ELOOP);
    cr_assert_eq(ns_vfs_readlink(o.vfs, "mapped", &target), 0);
    cr_assert_str_eq(target, "/app/sub/inner.txt");
    ns_free(target);
}

// A folder that becomes a link during the run is not followed.
Test(vfs_host, a_folder_replaced_by_a_link)
{
    char path[256], aside[256], text[32];
    overlay_open(&o, 0);
    stat_of("/app/sub");
    snprintf(path, sizeof path, "%s/sub/inner.txt", o.dir);
    cr_assert_eq(remove(path), 0);
    snprintf(aside, sizeof aside, "%s/sub", o.dir);
    cr_assert_eq(rmdir(aside), 0);
    host_link("/etc", "sub");
    cr_assert_lt(overlay_read(&o, "sub/passwd", text, sizeof text), 0);
    cr_assert_lt(overlay_read(&o, "sub/inner.txt", text, sizeof text), 0);
}

Test(vfs_host, a_file_that_changes_is_an_error)
{
    char text[32];
    overlay_open(&o, 0);
    stat_of("/app/a.txt");
    overlay_put(&o, "a.txt", "another length");
    cr_assert_eq(overlay_read(&o, "a.txt", text, sizeof text), -EIO);
}

Test(vfs_host, only_files_folders_and_links)
{
    char path[256];
    ns_stat st;
    snprintf(path, sizeof path, "%s/pipe", o.dir);
    cr_assert_eq(mkfifo(path, 0600), 0);
    overlay_open(&o, 0);
    cr_assert_eq(ns_vfs_stat(o.vfs, "pipe", false, &st), -ENOENT);
}

Test(vfs_host, the_database_of_the_run_is_hidden)
{
    ns_stat st;
    overlay_put(&o, "run.db", "x");
    overlay_put(&o, "run.db-wal", "x");
    overlay_put(&o, "run.db2", "x");
    snprintf(o.hidden, sizeof o.hidden, "%s/run.db", o.dir);
    overlay_open(&o, 0);
    cr_assert_eq(ns_vfs_stat(o.vfs, "run.db", true, &st), -ENOENT);
    cr_assert_eq(ns_vfs_stat(o.vfs, "run.db-wal", true, &st), -ENOENT);
    cr_assert_eq(ns_vfs_stat(o.vfs, "run.db2", true, &st), 0);
}

// Those of other runs and shards too: what a program does must not depend on them.
Test(vfs_host, databases_of_nsim_are_hidden)
{
    static const char *const hidden[] = {"old.db", "old.db-wal", "empty.db", "empty.db-journal",
                                         "gone.db-journal"};
    static const char *const shown[] = {"own.db", "own.db-wal", "data.txt"};
    char header[101] = "SQLite format 3", text[200];
    ns_stat st;
    memset(header + 16, ' ', 84);
    overlay_put(&o, "own.db", "a database of the program's");
    overlay_put(&o, "own.db-wal", "x");
    overlay_put(&o, "data.txt", "");
    for (int i = 0; i < 5; i++)
        overlay_put(&o, hidden[i], "");
    // The header has bytes of 0, which overlay_put cannot write.
    memcpy(header + 68, "nsim", 4);
    snprintf(text, sizeof text, "%s/old.db", o.dir);
    FILE *file = fopen(text, "wb");
    cr_assert_not_null(file);
    cr_assert_eq(fwrite(header, 1, 100, file), 100);
    cr_assert_eq(fclose(file), 0);
    overlay_open(&o, 0);
    for (int i = 0; i < 5; i++)
        cr_expect_eq(ns_vfs_stat(o.vfs, hidden[i], true, &st), -ENOENT, "%s", hidden[i]);
    for (int i = 0; i < 3; i++)
        cr_expect_eq(ns_vfs_stat(o.vfs, shown[i], true, &st), 0, "%s", shown[i]);
}

Test(vfs_host, entries_are_sorted)
{
    static const char *const expected[] = {"a.txt", "main.js", "sub", "z.txt"};
    ns_entry *entries;
    int count;
    overlay_open(&o, 0);
    cr_assert_eq(ns_vfs_list(o.vfs, ".", &entries, &count), 0);
    cr_assert_eq(count, 4);
    for (int i = 0; i < count; i++)
        cr_assert_str_eq(entries[i].name, expected[i]);
    cr_assert_eq(entries[2].type, 2);
    ns_vfs_free_entries(entries, count);
}

Test(vfs_host, roots_files_are_roots)
{
    overlay_open(&o, 0);
    cr_assert_eq(ns_vfs_mkdir(o.vfs, "/new", 0777), -EACCES);
    cr_assert_eq(ns_vfs_unlink(o.vfs, "/etc/hosts"), -EACCES);
    cr_assert_eq(ns_vfs_rename(o.vfs, "/app", "/other"), -EACCES);
    cr_assert_eq(ns_vfs_chmod(o.vfs, "/", -1, 0777), -EPERM);
    cr_assert_eq(ns_vfs_open(o.vfs, "/etc/hosts", O_RDWR, 0), -EACCES);
    cr_assert_eq(ns_vfs_chmod(o.vfs, "sub", -1, 0), 0);
    cr_assert_eq(ns_vfs_access(o.vfs, "sub/inner.txt", 0), -EACCES);
    cr_assert_eq(ns_vfs_mkdir(o.vfs, "sub/x", 0777), -EACCES);
}
