// The in-memory overlay file system: what env.c and process.c need of it.
#ifndef NS_NODE_VFS_H
#define NS_NODE_VFS_H

#include "base/err.h"

struct ns_env;
typedef struct ns_vfs ns_vfs;

int ns_vfs_new(ns_vfs **out, struct ns_env *env, ns_err *err);
void ns_vfs_free(ns_vfs *vfs); // NULL is fine

// The main script as the program sees it ("/app/server.js").
const char *ns_vfs_main_script(const ns_vfs *vfs);

const char *ns_vfs_cwd(const ns_vfs *vfs);       // absolute
int ns_vfs_chdir(ns_vfs *vfs, const char *path); // 0 or a negative errno
void ns_vfs_set_umask(ns_vfs *vfs, int mask);

#endif
