// The overlay as a whole: what lies where when a program starts.
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "node/vfs_internal.h"

// Make the folders on the way to an absolute path.
static int make_folders(ns_vfs *vfs, const char *path)
{
    char part[NS_VFS_PATH_MAX];
    if (path[0] != '/' || strlen(path) >= sizeof part)
        return path[0] != '/' ? -EINVAL : -ENAMETOOLONG;
    for (const char *p = path + 1; *p; p++) {
        if (*p != '/')
            continue;
        snprintf(part, sizeof part, "%.*s", (int)(p - path), path);
        ns_place place;
        int status = ns_vfs_walk(vfs, part, NS_WALK_FOLLOW | NS_WALK_CREATE, &place);
        if (!status && !place.inode)
            status = ns_vfs_enter(vfs, &place, ns_inode_new(vfs, S_IFDIR | 0755));
        if (status)
            return status;
    }
    return 0;
}

// Put an inode at an absolute path, in the place of what is there. Takes it over.
static int put(ns_vfs *vfs, const char *path, ns_inode *inode)
{
    ns_place place;
    if (!inode)
        return -ENOMEM;
    int status = make_folders(vfs, path);
    if (!status)
        status = ns_vfs_walk(vfs, path, NS_WALK_CREATE, &place);
    if (!status && (place.slash || (place.inode && ns_inode_is_dir(place.inode))))
        status = -EISDIR;
    if (status) {
        ns_inode_release(vfs, inode);
        return status;
    }
    if (place.inode)
        ns_inode_remove(vfs, place.folder, place.name);
    return ns_vfs_enter(vfs, &place, inode);
}

static ns_source_kind kind_of(const char *fill)
{
    if (!fill || strcmp(fill, "text") == 0)
        return NS_SOURCE_TEXT;
    if (strcmp(fill, "zero") == 0)
        return NS_SOURCE_ZERO;
    assert(strcmp(fill, "random") == 0);
    return NS_SOURCE_RANDOM;
}

int ns_vfs_add(ns_vfs *vfs, const char *path, const char *content, int64_t size, const char *fill)
{
    assert(size >= 0);
    ns_inode *inode = ns_inode_new(vfs, S_IFREG | 0644);
    ns_source *source = ns_source_new(content ? NS_SOURCE_BYTES : kind_of(fill), size);
    if (source) {
        source->key = ns_vfs_hash(vfs->options.seed, path, strlen(path));
        source->bytes = content ? ns_malloc((size_t)size + 1) : NULL;
    }
    if (!inode || !source || (content && !source->bytes)) {
        if (source)
            ns_free(source->bytes);
        ns_free(source);
        if (inode)
            ns_inode_release(vfs, inode);
        return -ENOMEM;
    }
    if (content)
        memcpy(source->bytes, content, (size_t)size);
    inode->atime = inode->mtime = inode->ctime = inode->birthtime = vfs->epoch;
    ns_content_set(&inode->content, source);
    return put(vfs, path, inode);
}

// -- The system's own -----------------------------------------------------------------------------

static int add_device(ns_vfs *vfs, const char *path, ns_device device)
{
    ns_inode *inode = ns_inode_new(vfs, S_IFCHR | 0666);
    if (inode)
        inode->device = device;
    return put(vfs, path, inode);
}

static int own_by_root(ns_vfs *vfs, const char *path)
{
    ns_inode *inode;
    int status = ns_vfs_resolve(vfs, path, false, &inode);
    if (!status)
        inode->uid = inode->gid = 0;
    return status;
}

static int add_system(ns_vfs *vfs)
{
    static const struct {
        const char *path;
        ns_device device;
    } devices[] = {
        {"/dev/null", NS_DEVICE_NULL},     {"/dev/zero", NS_DEVICE_ZERO},
        {"/dev/random", NS_DEVICE_RANDOM}, {"/dev/urandom", NS_DEVICE_RANDOM},
        {"/dev/stdin", NS_DEVICE_INPUT},   {"/dev/stdout", NS_DEVICE_OUTPUT},
        {"/dev/stderr", NS_DEVICE_ERROR},
    };
    static const char hosts[] = "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost\n";
    // What process.execPath names: it can be looked at, not run.
    static const char node[] = "/usr/local/bin/node";
    static const int64_t node_size = 98000000;
    static const char *const roots[] = {"/",    "/dev",       "/etc",           "/etc/hosts",
                                        "/usr", "/usr/local", "/usr/local/bin", node};
    int status = ns_vfs_mkdir(vfs, "/tmp", 0777);
    if (!status)
        status = ns_vfs_chmod(vfs, "/tmp", -1, 01777);
    if (!status)
        status = ns_vfs_add(vfs, "/etc/hosts", hosts, sizeof hosts - 1, NULL);
    if (!status)
        status = ns_vfs_add(vfs, node, NULL, node_size, "zero");
    if (!status)
        status = ns_vfs_chmod(vfs, node, -1, 0755);
    for (size_t i = 0; !status && i < sizeof devices / sizeof devices[0]; i++)
        status = add_device(vfs, devices[i].path, devices[i].device);
    for (size_t i = 0; !status && i < sizeof devices / sizeof devices[0]; i++)
        status = own_by_root(vfs, devices[i].path);
    for (size_t i = 0; !status && i < sizeof roots / sizeof roots[0]; i++)
        status = own_by_root(vfs, roots[i]);
    return status;
}

static int open_streams(ns_vfs *vfs)
{
    static const char *const paths[] = {"/dev/stdin", "/dev/stdout", "/dev/stderr"};
    for (int i = 0; i < 3; i++) {
        int fd = ns_vfs_open(vfs, paths[i], i == 0 ? O_RDONLY : O_WRONLY, 0);
        if (fd < 0)
            return fd;
        assert(fd == i);
    }
    return 0;
}

// -- Life -----------------------------------------------------------------------------------------

static int build(ns_vfs *vfs)
{
    ns_inode *app;
    vfs->root = ns_inode_new(vfs, S_IFDIR | 0755);
    if (!vfs->root)
        return -ENOMEM;
    vfs->root->links = 1;
    vfs->cwd = vfs->root;
    vfs->root->holds = 1;
    int status = ns_host_mount(vfs, &app);
    if (!status)
        status = put(vfs, NS_WORKLOAD_MOUNT, app);
    if (!status)
        status = add_system(vfs);
    if (!status)
        status = ns_vfs_chdir(vfs, NS_WORKLOAD_MOUNT);
    return status ? status : open_streams(vfs);
}

int ns_vfs_new(ns_vfs **out, const ns_vfs_options *options, ns_err *err)
{
    ns_vfs *vfs = ns_calloc(1, sizeof *vfs);
    *out = vfs;
    if (!vfs)
        return ns_fail(err, NS_ENOMEM, "out of memory");
    vfs->options = *options;
    vfs->dir_fd = vfs->host_fd = -1;
    ns_list_init(&vfs->watches);
    vfs->umask = 022;
    vfs->epoch = ns_vfs_now(vfs);
    int code = ns_host_open(vfs, err);
    if (code)
        return code;
    int status = build(vfs);
    if (status)
        return ns_fail(err, status == -ENOMEM ? NS_ENOMEM : NS_EIO, "%s: %s", options->dir,
                       strerror(-status));
    char script[NS_VFS_PATH_MAX];
    if (!ns_vfs_map(vfs, options->script, script, sizeof script))
        return ns_fail(err, NS_EINVAL, "%s: the script is not inside the folder %s",
                       options->script, options->dir);
    vfs->main_script = ns_strdup(script);
    return vfs->main_script ? NS_OK : ns_fail(err, NS_ENOMEM, "out of memory");
}

void ns_vfs_free(ns_vfs *vfs)
{
    if (!vfs)
        return;
    vfs->options.forget = NULL;
    while (!ns_list_empty(&vfs->watches))
        ns_vfs_watch_stop(ns_list_entry(vfs->watches.next, ns_vfs_watch, link));
    for (int fd = 0; fd < vfs->file_capacity; fd++)
        ns_vfs_close(vfs, fd);
    if (vfs->cwd) {
        vfs->cwd->holds--;
        if (vfs->cwd != vfs->root)
            ns_inode_release(vfs, vfs->cwd);
    }
    if (vfs->root) {
        vfs->root->links = 0;
        ns_inode_release(vfs, vfs->root);
    }
    ns_host_close(vfs);
    ns_free(vfs->files);
    ns_free(vfs->cwd_path);
    ns_free(vfs->main_script);
    ns_free(vfs);
}

const char *ns_vfs_main_script(const ns_vfs *vfs)
{
    return vfs->main_script;
}

void ns_vfs_set_umask(ns_vfs *vfs, int mask)
{
    vfs->umask = mask & 0777;
}
