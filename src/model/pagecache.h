// The page cache in front of a disk: which pages of which files are in memory, and which of them
// are not written yet. It holds no data and knows no time of its own.
//
// Pages of 4 KiB are kept in chunks of 32; clean chunks are evicted in LRU order, dirty ones when
// they have been written. Memory is bounded: at most 262,144 chunks are known, whatever the cache's
// size. (Source: Linux' page cache and its vm.dirty_* limits; its two LRU lists and the workingset
// logic are not modelled.)
#ifndef NS_MODEL_PAGECACHE_H
#define NS_MODEL_PAGECACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "sim/sim.h"

typedef struct ns_pagecache ns_pagecache;

// `bytes`: its capacity, at least a page; `dirty_bytes`: how much of it may be dirty.
int ns_pagecache_new(ns_pagecache **out, int64_t bytes, int64_t dirty_bytes, ns_err *err);
void ns_pagecache_free(ns_pagecache *cache);

// Read a range of a file. Returns how many of its bytes are not there (whole pages, clipped to the
// range); they are from here on.
int64_t ns_pagecache_read(ns_pagecache *cache, uint64_t file, int64_t offset, int64_t bytes);

// Write a range: its pages are dirty, since `now`. Returns how many bytes find no room within the
// limit of dirty memory, and must be written by the caller.
int64_t ns_pagecache_write(ns_pagecache *cache, uint64_t file, int64_t offset, int64_t bytes,
                           ns_time now);

// Look at a file's inode: true if it was there. It is from here on.
bool ns_pagecache_inode(ns_pagecache *cache, uint64_t file);

// Each makes dirty pages clean and returns their size in bytes.
int64_t ns_pagecache_sync(ns_pagecache *cache, uint64_t file);    // all of a file
int64_t ns_pagecache_oldest(ns_pagecache *cache, int64_t limit);  // chunks, up to about `limit`
int64_t ns_pagecache_expired(ns_pagecache *cache, ns_time since); // dirty since then or before

int64_t ns_pagecache_used(const ns_pagecache *cache);  // bytes
int64_t ns_pagecache_dirty(const ns_pagecache *cache); // bytes

#endif
