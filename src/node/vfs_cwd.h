// The part of the file system that process.cwd and process.chdir need.
#ifndef NS_NODE_VFS_CWD_H
#define NS_NODE_VFS_CWD_H

struct ns_vfs;

const char *ns_vfs_cwd(const struct ns_vfs *vfs); // absolute
int ns_vfs_chdir(struct ns_vfs *vfs, const char *path); // 0 or a negative errno
void ns_vfs_set_umask(struct ns_vfs *vfs, int mask);

#endif
