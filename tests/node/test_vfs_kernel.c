// The overlay against the kernel: random operations on both, with equal results and errors.
#include <dirent.h>

#include "overlay.h"

enum { OPS = 20000, NAMES = 7, FDS = 4 };

typedef struct pair {
    overlay o;
    char host[64];
    int host_fds[FDS], fds[FDS];
    uint64_t random;
    char log[512]; // the operation that runs
} pair;

static uint32_t draw(pair *p, uint32_t n)
{
    p->random = p->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(p->random >> 33) % n;
}

// A path of one to three components, some with dots and slashes at the end.
static void draw_path(pair *p, char *out)
{
    static const char *const names[NAMES] = {"a", "b", "c", "d", "long-name", ".", ".."};
    uint32_t count = 1 + draw(p, 3);
    char *at = out;
    bool dots = false; // one "..", so that no path leaves the folder on the host
    for (uint32_t i = 0; i < count; i++) {
        uint32_t which = draw(p, 40);
        const char *name = names[which >= 38 && i > 0 && !dots ? which - 33 : which % 5];
        dots |= name == names[6];
        at += sprintf(at, "%s%s", i ? "/" : "", name);
    }
    if (draw(p, 12) == 0)
        strcpy(at, "/");
}

static const char *virtual_path(const char *path)
{
    static char out[2][160];
    static int turn;
    char *text = out[turn ^= 1];
    snprintf(text, sizeof out[0], "/tmp/%s", path);
    return text;
}

static int host_status(long result)
{
    return result < 0 ? -errno : (int)result;
}

static void expect(pair *p, const char *what, int64_t host, int64_t ours)
{
    cr_assert_eq(host, ours, "%s: %s: kernel %lld, overlay %lld", p->log, what, (long long)host,
                 (long long)ours);
}

// -- Operations -----------------------------------------------------------------------------------

static void on_names(pair *p, const char *a, const char *b, uint32_t op)
{
    ns_vfs *vfs = p->o.vfs;
    switch (op) {
    case 0:
        expect(p, "mkdir", host_status(mkdir(a, 0755)), ns_vfs_mkdir(vfs, virtual_path(a), 0755));
        break;
    case 1:
        expect(p, "rmdir", host_status(rmdir(a)), ns_vfs_rmdir(vfs, virtual_path(a)));
        break;
    case 2:
        expect(p, "unlink", host_status(unlink(a)), ns_vfs_unlink(vfs, virtual_path(a)));
        break;
    case 3:
        expect(p, "rename", host_status(rename(a, b)),
               ns_vfs_rename(vfs, virtual_path(a), virtual_path(b)));
        break;
    case 4:
        expect(p, "link", host_status(link(a, b)),
               ns_vfs_link(vfs, virtual_path(a), virtual_path(b)));
        break;
    default: {
        // Targets stay inside on both sides.
        const char *target = strchr(a, '.') ? "b" : a;
        expect(p, "symlink", host_status(symlink(target, b)),
               ns_vfs_symlink(vfs, target, virtual_path(b)));
    }
    }
}

static void compare_stat(pair *p, const char *path, bool follow)
{
    struct stat st;
    ns_stat ours = {0};
    int host = host_status(follow ? stat(path, &st) : lstat(path, &st));
    expect(p, "stat", host, ns_vfs_stat(p->o.vfs, virtual_path(path), follow, &ours));
    if (host < 0)
        return;
    expect(p, "mode", st.st_mode, (int64_t)ours.mode);
    if (S_ISDIR(st.st_mode))
        return;
    expect(p, "size", st.st_size, (int64_t)ours.size);
    expect(p, "nlink", (int64_t)st.st_nlink, (int64_t)ours.nlink);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static void compare_list(pair *p, const char *path)
{
    struct dirent **names;
    ns_entry *entries;
    int count, host = scandir(path, &names, NULL, by_name);
    int ours = ns_vfs_list(p->o.vfs, virtual_path(path), &entries, &count);
    if (host < 0) {
        expect(p, "list", -errno, ours);
        return;
    }
    expect(p, "list", 0, ours);
    int at = 0;
    for (int i = 0; i < host; i++) {
        const char *name = names[i]->d_name;
        if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0) {
            cr_assert_lt(at, count, "%s: %s is missing", p->log, name);
            cr_assert_str_eq(name, entries[at++].name);
        }
        free(names[i]);
    }
    free(names);
    expect(p, "count", at, count);
    ns_vfs_free_entries(entries, count);
}

static void compare_texts(pair *p, const char *path)
{
    char host[4096];
    char *ours = NULL;
    ssize_t len = readlink(path, host, sizeof host - 1);
    int status = ns_vfs_readlink(p->o.vfs, virtual_path(path), &ours);
    expect(p, "readlink", len < 0 ? -errno : 0, status);
    if (len >= 0) {
        host[len] = '\0';
        cr_assert_str_eq(host, ours);
        ns_free(ours);
    }
    bool found = realpath(path, host);
    status = ns_vfs_realpath(p->o.vfs, virtual_path(path), &ours);
    expect(p, "realpath", found ? 0 : -errno, status);
    if (found) {
        cr_assert_eq(strncmp(host, p->host, strlen(p->host)), 0);
        cr_assert_str_eq(host + strlen(p->host), ours + strlen("/tmp"));
        ns_free(ours);
    }
}

static void open_both(pair *p, const char *path)
{
    static const int modes[] = {O_RDONLY, O_WRONLY, O_RDWR};
    static const int extras[] = {0,       O_CREAT,     O_CREAT | O_EXCL, O_CREAT | O_TRUNC,
                                 O_TRUNC, O_DIRECTORY, O_NOFOLLOW,       O_CREAT | O_APPEND};
    int flags = modes[draw(p, 3)] | extras[draw(p, 8)];
    uint32_t slot = draw(p, FDS);
    if (p->host_fds[slot] >= 0) {
        close(p->host_fds[slot]);
        expect(p, "close", 0, ns_vfs_close(p->o.vfs, p->fds[slot]));
    }
    int host = host_status(open(path, flags, 0644));
    int ours = ns_vfs_open(p->o.vfs, virtual_path(path), flags, 0644);
    expect(p, "open", host < 0 ? host : 0, ours < 0 ? ours : 0);
    p->host_fds[slot] = host < 0 ? -1 : host;
    p->fds[slot] = ours;
}

static void transfer_both(pair *p)
{
    char text[10000], got[10000], ours[10000];
    uint32_t slot = draw(p, FDS);
    int fd = p->host_fds[slot];
    if (fd < 0)
        return;
    size_t size = draw(p, sizeof text);
    int64_t at = draw(p, 3) ? -1 : (int64_t)draw(p, 20000);
    memset(text, 'a' + (int)draw(p, 26), size);
    if (draw(p, 8) == 0) {
        expect(p, "ftruncate", host_status(ftruncate(fd, (off_t)size)),
               ns_vfs_ftruncate(p->o.vfs, p->fds[slot], (int64_t)size));
    } else if (draw(p, 2)) {
        ssize_t host = at < 0 ? write(fd, text, size) : pwrite(fd, text, size, at);
        expect(p, "write", host_status(host), ns_vfs_write(p->o.vfs, p->fds[slot], text, size, at));
    } else {
        ssize_t host = at < 0 ? read(fd, got, size) : pread(fd, got, size, at);
        int64_t count = ns_vfs_read(p->o.vfs, p->fds[slot], ours, size, at);
        expect(p, "read", host_status(host), count);
        cr_assert(count <= 0 || memcmp(got, ours, (size_t)count) == 0, "%s", p->log);
    }
}

static void chmod_both(pair *p, const char *path)
{
    int mode = 0700 + (int)draw(p, 64); // the kernel's user here may be root, ours never is
    expect(p, "chmod", host_status(chmod(path, (mode_t)mode)),
           ns_vfs_chmod(p->o.vfs, virtual_path(path), -1, mode));
}

static void step(pair *p)
{
    char a[128], b[128];
    draw_path(p, a);
    draw_path(p, b);
    uint32_t op = draw(p, 16);
    snprintf(p->log, sizeof p->log, "op %u on %s and %s", op, a, b);
    p->o.now += 1000;
    if (op < 6)
        on_names(p, a, b, op);
    else if (op < 8)
        open_both(p, a);
    else if (op < 11)
        transfer_both(p);
    else if (op < 13)
        compare_stat(p, a, op == 11);
    else if (op == 13)
        compare_list(p, a);
    else if (op == 14)
        compare_texts(p, a);
    else
        chmod_both(p, a);
}

static void run(uint64_t seed)
{
    pair p = {.random = seed};
    overlay_folder(&p.o);
    overlay_open(&p.o, 0);
    strcpy(p.host, "/tmp/nsim-host-XXXXXX");
    cr_assert(mkdtemp(p.host));
    cr_assert_eq(chmod(p.host, 01777), 0); // as /tmp of the overlay
    cr_assert_eq(chdir(p.host), 0);
    umask(022);
    for (int i = 0; i < FDS; i++)
        p.host_fds[i] = p.fds[i] = -1;
    for (int i = 0; i < OPS; i++)
        step(&p);
    cr_assert_eq(chdir("/"), 0);
    nftw(p.host, overlay_remove, 16, FTW_DEPTH | FTW_PHYS);
    overlay_close(&p.o);
}

Test(vfs_kernel, random_operations_1)
{
    run(1);
}

Test(vfs_kernel, random_operations_2)
{
    run(2);
}

Test(vfs_kernel, random_operations_3)
{
    run(3);
}
