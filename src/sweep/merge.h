// Joining the shards of a sweep (nsim sweep --shard) into one database.
#ifndef NS_SWEEP_MERGE_H
#define NS_SWEEP_MERGE_H

#include <stdbool.h>

#include "base/err.h"

typedef struct ns_merged {
    int runs, expected; // in the result, and of the whole sweep
    int broken;         // runs that did not end well
    int empty;          // parts whose shard was killed before its first run
} ns_merged;

// Join the databases `parts`, at least one, into `path`. When `path` is of the same sweep already,
// its runs take part, so that parts may come one after the other; with `force` it is replaced. The
// result has the runs in the order of an unsharded sweep and dumps to the same text, whatever the
// order of the parts. It takes the place of `path` when it is complete, not before.
//
// A run that is in several parts is kept once. Where they differ, one that the host broke (a crash,
// no time) gives way to one that it did not.
//
// NS_EINVAL: a part is missing, is of another workload, plan or version, is a search, or has
// another result of the same run; the message names the part and what differs. NS_EIO, NS_ENOMEM.
int ns_merge(const char *path, const char *const *parts, int count, bool force, ns_merged *out,
             ns_err *err);

#endif
