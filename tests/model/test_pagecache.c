#include "machine.h"
#include "model/pagecache.h"
#include "sim/random.h"

enum { PAGE = 4096, FILES = 3, PAGES = 200 };

static ns_pagecache *make(int64_t bytes, int64_t dirty)
{
    ns_pagecache *cache;
    must(ns_pagecache_new(&cache, bytes, dirty, NULL));
    return cache;
}

// Page by page, with room for all.
typedef struct naive {
    bool cached[FILES][PAGES], dirty[FILES][PAGES];
} naive;

static int64_t overlap(int64_t page, int64_t offset, int64_t bytes)
{
    int64_t low = page * PAGE, high = low + PAGE, end = offset + bytes;
    low = low > offset ? low : offset;
    high = high < end ? high : end;
    return high > low ? high - low : 0;
}

static int64_t naive_read(naive *n, uint64_t file, int64_t offset, int64_t bytes)
{
    int64_t missing = 0;
    for (int p = 0; p < PAGES; p++) {
        int64_t part = overlap(p, offset, bytes);
        if (part > 0 && !n->cached[file][p])
            missing += part;
        n->cached[file][p] |= part > 0;
    }
    return missing;
}

static void naive_write(naive *n, uint64_t file, int64_t offset, int64_t bytes)
{
    for (int p = 0; p < PAGES; p++)
        if (overlap(p, offset, bytes) > 0)
            n->cached[file][p] = n->dirty[file][p] = true;
}

static int64_t naive_sync(naive *n, uint64_t file)
{
    int64_t bytes = 0;
    for (int p = 0; p < PAGES; p++) {
        bytes += n->dirty[file][p] ? PAGE : 0;
        n->dirty[file][p] = false;
    }
    return bytes;
}

Test(pagecache, agrees_with_a_table_of_pages)
{
    naive n = {0};
    ns_pagecache *cache = make(1 << 30, 1 << 30);
    ns_draw draw = ns_stream_op(ns_stream_make(5, "pagecache", "test"), 0);
    for (int i = 0; i < 20000; i++) {
        uint64_t file = ns_draw_below(&draw, FILES);
        int64_t offset = (int64_t)ns_draw_below(&draw, PAGES * PAGE);
        int64_t most = PAGES * PAGE - offset;
        int64_t bytes = (int64_t)ns_draw_below(&draw, (uint64_t)(i % 4 ? 20 * PAGE : 200));
        bytes = bytes < most ? bytes : most;
        switch (ns_draw_below(&draw, 20)) {
        case 0:
            cr_assert(eq(i64, ns_pagecache_sync(cache, file), naive_sync(&n, file)));
            break;
        case 1:
        case 2:
            cr_assert(eq(i64, ns_pagecache_write(cache, file, offset, bytes, i), 0));
            naive_write(&n, file, offset, bytes);
            break;
        case 3:
        case 4:
            cr_assert(eq(i64, ns_pagecache_read(cache, file, offset, bytes),
                         naive_read(&n, file, offset, bytes)));
            break;
        case 5:
            if (i % 50 == 0) { // start afresh, for most pages are cached soon
                ns_pagecache_free(cache);
                cache = make(1 << 30, 1 << 30);
                n = (naive){0};
            }
        }
    }
    int64_t used = 0, dirty = 0;
    for (int f = 0; f < FILES; f++)
        for (int p = 0; p < PAGES; p++) {
            used += n.cached[f][p] ? PAGE : 0;
            dirty += n.dirty[f][p] ? PAGE : 0;
        }
    cr_assert(eq(i64, ns_pagecache_used(cache), used));
    cr_assert(eq(i64, ns_pagecache_dirty(cache), dirty));
    ns_pagecache_free(cache);
}

Test(pagecache, evicts_the_least_recently_used)
{
    ns_pagecache *cache = make(3 * PAGE, PAGE);
    for (uint64_t file = 1; file <= 3; file++)
        cr_assert(eq(i64, ns_pagecache_read(cache, file, 0, 100), 100));
    cr_assert(eq(i64, ns_pagecache_read(cache, 1, 0, 100), 0));   // 2 is now the oldest
    cr_assert(eq(i64, ns_pagecache_read(cache, 4, 0, 100), 100)); // and goes
    cr_assert(eq(i64, ns_pagecache_read(cache, 1, 0, 100), 0));
    cr_assert(eq(i64, ns_pagecache_read(cache, 3, 0, 100), 0));
    cr_assert(eq(i64, ns_pagecache_read(cache, 2, 0, 100), 100));
    ns_pagecache_free(cache);
}

Test(pagecache, a_file_larger_than_the_cache_never_hits)
{
    ns_pagecache *cache = make(1 << 20, 0);
    for (int round = 0; round < 3; round++)
        for (int64_t offset = 0; offset < 2 << 20; offset += 65536)
            cr_assert(eq(i64, ns_pagecache_read(cache, 1, offset, 65536), 65536));
    ns_pagecache_free(cache);
}

Test(pagecache, writes_beyond_the_dirty_limit_go_to_the_disk)
{
    ns_pagecache *cache = make(100 * PAGE, 10 * PAGE);
    cr_assert(eq(i64, ns_pagecache_write(cache, 1, 0, 8 * PAGE, 1), 0));
    cr_assert(eq(i64, ns_pagecache_write(cache, 2, 0, 3 * PAGE, 2), 3 * PAGE));
    cr_assert(eq(i64, ns_pagecache_read(cache, 2, 0, 3 * PAGE), 0)); // cached all the same
    cr_assert(eq(i64, ns_pagecache_write(cache, 2, 0, 2 * PAGE, 3), 0));
    cr_assert(eq(i64, ns_pagecache_dirty(cache), 10 * PAGE));
    cr_assert(eq(i64, ns_pagecache_expired(cache, 1), 8 * PAGE));
    cr_assert(eq(i64, ns_pagecache_oldest(cache, 1), 2 * PAGE));
    cr_assert(eq(i64, ns_pagecache_oldest(cache, 1), 0));
    ns_pagecache_free(cache);
}

// Clean pages of a chunk with dirty ones are given up when there is nothing else.
Test(pagecache, dirty_pages_outlive_the_clean_ones_beside_them)
{
    ns_pagecache *cache = make(10 * PAGE, 5 * PAGE);
    ns_pagecache_read(cache, 1, 0, 10 * PAGE);
    cr_assert(eq(i64, ns_pagecache_write(cache, 1, 0, 5 * PAGE, 1), 0));
    cr_assert(
        eq(i64, ns_pagecache_read(cache, 2, 0, PAGE), PAGE)); // of no use: it is evicted first
    cr_assert(eq(i64, ns_pagecache_used(cache), 10 * PAGE));
    cr_assert(eq(i64, ns_pagecache_write(cache, 1, 10 * PAGE, PAGE, 2), PAGE)); // over both limits
    cr_assert(eq(i64, ns_pagecache_used(cache), 5 * PAGE));
    cr_assert(eq(i64, ns_pagecache_read(cache, 1, 0, 5 * PAGE), 0));
    ns_pagecache_free(cache);
}

Test(pagecache, when_all_is_dirty_nothing_more_is_cached)
{
    ns_pagecache *cache = make(2 * PAGE, 9 * PAGE); // the limit is cut to the capacity
    cr_assert(eq(i64, ns_pagecache_write(cache, 1, 0, PAGE, 1), 0));
    cr_assert(eq(i64, ns_pagecache_write(cache, 2, 0, PAGE, 1), 0));
    cr_assert(eq(i64, ns_pagecache_write(cache, 3, 0, 100, 1), 100));
    cr_assert(eq(i64, ns_pagecache_read(cache, 3, 0, 100), 100));
    cr_assert(not(ns_pagecache_inode(cache, 3)));
    cr_assert(not(ns_pagecache_inode(cache, 3)));
    cr_assert(eq(i64, ns_pagecache_sync(cache, 1), PAGE));
    cr_assert(eq(i64, ns_pagecache_write(cache, 3, 0, 100, 1), 0));
    ns_pagecache_free(cache);
}

Test(pagecache, inodes_are_cached_too)
{
    ns_pagecache *cache = make(2 * PAGE, 0);
    cr_assert(not(ns_pagecache_inode(cache, 1)));
    cr_assert(ns_pagecache_inode(cache, 1));
    cr_assert(not(ns_pagecache_inode(cache, 2)));
    cr_assert(not(ns_pagecache_inode(cache, 3)));
    cr_assert(not(ns_pagecache_inode(cache, 1))); // evicted
    ns_pagecache_free(cache);
}

// Capacity and dirty limit hold whatever is done, and no memory is taken after the start.
Test(pagecache, limits_hold)
{
    const int64_t capacity = 50 * PAGE, limit = 20 * PAGE;
    ns_pagecache *cache = make(capacity, limit);
    failing none = {.fail_at = 0};
    ns_set_allocator(failing_realloc, &none);
    ns_draw draw = ns_stream_op(ns_stream_make(6, "pagecache", "test"), 0);
    for (int i = 0; i < 200000; i++) {
        uint64_t file = ns_draw_below(&draw, 1000000);
        int64_t offset = (int64_t)ns_draw_below(&draw, 40 * PAGE);
        int64_t bytes = (int64_t)ns_draw_below(&draw, 80 * PAGE);
        if (ns_draw_below(&draw, 2))
            ns_pagecache_write(cache, file, offset, bytes, i);
        else
            ns_pagecache_read(cache, file, offset, bytes);
        if (i % 7 == 0)
            ns_pagecache_oldest(cache, 3 * PAGE);
        cr_assert(le(i64, ns_pagecache_used(cache), capacity));
        cr_assert(le(i64, ns_pagecache_dirty(cache), limit));
    }
    ns_set_allocator(NULL, NULL);
    cr_assert(eq(long, none.calls, 0));
    ns_pagecache_free(cache);
}

static int make_cache(void)
{
    ns_pagecache *cache = NULL;
    int result = ns_pagecache_new(&cache, 1 << 20, 1 << 18, NULL);
    ns_pagecache_free(cache);
    return result;
}

Test(pagecache, every_failed_allocation_is_reported)
{
    fail_every_allocation(make_cache);
}
