#include "model/pagecache.h"

#include <assert.h>

#include "base/alloc.h"
#include "base/list.h"

enum { PAGE = 4096, CHUNK_PAGES = 32, CHUNK = PAGE * CHUNK_PAGES, MAX_CHUNKS = 1 << 18 };
#define INODE_CHUNK INT64_MAX // the chunk number under which a file's inode is kept

typedef struct chunk {
    uint64_t file;
    int64_t number;
    uint32_t pages, dirty; // one bit for each page
    int32_t hash_next;     // -1: last
    ns_time dirty_since;
    ns_list link; // in `clean` or `dirty`
} chunk;

struct ns_pagecache {
    int64_t capacity, dirty_limit; // pages
    int64_t used, dirty_pages;
    ns_list clean; // the least recently used first
    ns_list dirty; // the longest dirty first
    ns_list free;
    int32_t count, max; // chunks ever used, and how many there may be
    uint32_t mask;
    int32_t *buckets;
    chunk *chunks;
};

int ns_pagecache_new(ns_pagecache **out, int64_t bytes, int64_t dirty_bytes, ns_err *err)
{
    assert(bytes >= PAGE && dirty_bytes >= 0);
    ns_pagecache *cache = ns_calloc(1, sizeof *cache);
    if (!cache)
        return ns_fail(err, NS_ENOMEM, "no memory for the page cache");
    cache->capacity = bytes / PAGE;
    cache->dirty_limit = dirty_bytes / PAGE;
    if (cache->dirty_limit > cache->capacity)
        cache->dirty_limit = cache->capacity;
    cache->max = cache->capacity < MAX_CHUNKS ? (int32_t)cache->capacity : MAX_CHUNKS;
    uint32_t buckets = 1;
    while (buckets < (uint32_t)cache->max)
        buckets *= 2;
    cache->mask = buckets - 1;
    ns_list_init(&cache->clean);
    ns_list_init(&cache->dirty);
    ns_list_init(&cache->free);
    cache->buckets = ns_malloc(buckets * sizeof *cache->buckets);
    cache->chunks = ns_malloc((size_t)cache->max * sizeof *cache->chunks);
    if (!cache->buckets || !cache->chunks) {
        ns_pagecache_free(cache);
        return ns_fail(err, NS_ENOMEM, "no memory for the page cache");
    }
    for (uint32_t i = 0; i < buckets; i++)
        cache->buckets[i] = -1;
    *out = cache;
    return NS_OK;
}

void ns_pagecache_free(ns_pagecache *cache)
{
    if (!cache)
        return;
    ns_free(cache->buckets);
    ns_free(cache->chunks);
    ns_free(cache);
}

static int32_t *bucket_of(const ns_pagecache *cache, uint64_t file, int64_t number)
{
    uint64_t hash = file * UINT64_C(0x9e3779b97f4a7c15) + (uint64_t)number;
    hash *= UINT64_C(0xbf58476d1ce4e5b9);
    return &cache->buckets[(hash >> 40) & cache->mask];
}

static chunk *find(const ns_pagecache *cache, uint64_t file, int64_t number)
{
    for (int32_t i = *bucket_of(cache, file, number); i >= 0; i = cache->chunks[i].hash_next)
        if (cache->chunks[i].file == file && cache->chunks[i].number == number)
            return &cache->chunks[i];
    return NULL;
}

static int64_t pages_in(uint32_t bits)
{
    return __builtin_popcount(bits);
}

static void evict(ns_pagecache *cache, chunk *victim)
{
    assert(victim->dirty == 0);
    cache->used -= pages_in(victim->pages);
    int32_t index = (int32_t)(victim - cache->chunks);
    int32_t *at = bucket_of(cache, victim->file, victim->number);
    while (*at != index)
        at = &cache->chunks[*at].hash_next;
    *at = victim->hash_next;
    ns_list_remove(&victim->link);
    ns_list_push_back(&cache->free, &victim->link);
}

// Bring the cache back within its capacity: evict clean chunks, then the clean pages of dirty ones.
static void shrink(ns_pagecache *cache)
{
    while (cache->used > cache->capacity && !ns_list_empty(&cache->clean))
        evict(cache, ns_list_entry(cache->clean.next, chunk, link));
    ns_list *node = cache->dirty.next;
    for (; cache->used > cache->capacity && node != &cache->dirty; node = node->next) {
        chunk *c = ns_list_entry(node, chunk, link);
        cache->used -= pages_in(c->pages & ~c->dirty);
        c->pages = c->dirty;
    }
    assert(cache->used <= cache->capacity);
}

// A free chunk, linked into `clean`; NULL when all are dirty.
static chunk *new_chunk(ns_pagecache *cache, uint64_t file, int64_t number)
{
    if (ns_list_empty(&cache->free) && cache->count == cache->max) {
        if (ns_list_empty(&cache->clean))
            return NULL;
        evict(cache, ns_list_entry(cache->clean.next, chunk, link));
    }
    ns_list *node = ns_list_pop(&cache->free);
    chunk *c = node ? ns_list_entry(node, chunk, link) : &cache->chunks[cache->count++];
    int32_t *bucket = bucket_of(cache, file, number);
    *c = (chunk){.file = file, .number = number, .hash_next = *bucket};
    *bucket = (int32_t)(c - cache->chunks);
    ns_list_push_back(&cache->clean, &c->link);
    return c;
}

// The chunk, as the one used last.
static chunk *touch(ns_pagecache *cache, uint64_t file, int64_t number)
{
    chunk *c = find(cache, file, number);
    if (!c)
        return new_chunk(cache, file, number);
    if (c->dirty == 0) {
        ns_list_remove(&c->link);
        ns_list_push_back(&cache->clean, &c->link);
    }
    return c;
}

static void add_pages(ns_pagecache *cache, chunk *c, uint32_t pages)
{
    cache->used += pages_in(pages & ~c->pages);
    c->pages |= pages;
}

static void set_dirty(ns_pagecache *cache, chunk *c, uint32_t pages, ns_time now)
{
    if (c->dirty == 0) {
        c->dirty_since = now;
        ns_list_remove(&c->link);
        ns_list_push_back(&cache->dirty, &c->link);
    }
    cache->dirty_pages += pages_in(pages & ~c->dirty);
    c->dirty |= pages;
}

static int64_t set_clean(ns_pagecache *cache, chunk *c)
{
    int64_t pages = pages_in(c->dirty);
    cache->dirty_pages -= pages;
    c->dirty = 0;
    ns_list_remove(&c->link);
    ns_list_push_back(&cache->clean, &c->link);
    return pages * PAGE;
}

// The part of a range that lies in one chunk.
typedef struct part {
    int64_t number;
    int64_t from, to; // bytes of the file
    uint32_t pages;
} part;

static part part_at(int64_t offset, int64_t end)
{
    part p = {.number = offset / CHUNK, .from = offset};
    int64_t base = p.number * CHUNK;
    p.to = end < base + CHUNK ? end : base + CHUNK;
    int first = (int)((p.from - base) / PAGE), last = (int)((p.to - 1 - base) / PAGE);
    p.pages = (uint32_t)((UINT64_C(2) << last) - (UINT64_C(1) << first));
    return p;
}

// How many bytes of a part lie in the given pages.
static int64_t bytes_in(const part *p, uint32_t pages)
{
    int64_t bytes = 0, base = p->number * CHUNK;
    for (uint32_t left = p->pages & pages; left; left &= left - 1) {
        int64_t low = base + (int64_t)__builtin_ctz(left) * PAGE, high = low + PAGE;
        bytes += (high < p->to ? high : p->to) - (low > p->from ? low : p->from);
    }
    return bytes;
}

int64_t ns_pagecache_read(ns_pagecache *cache, uint64_t file, int64_t offset, int64_t bytes)
{
    assert(offset >= 0 && bytes >= 0);
    int64_t missing = 0, end = offset + bytes;
    while (offset < end) {
        part p = part_at(offset, end);
        offset = p.to;
        chunk *c = touch(cache, file, p.number);
        missing += bytes_in(&p, c ? ~c->pages : ~UINT32_C(0));
        if (c)
            add_pages(cache, c, p.pages);
        shrink(cache);
    }
    return missing;
}

int64_t ns_pagecache_write(ns_pagecache *cache, uint64_t file, int64_t offset, int64_t bytes,
                           ns_time now)
{
    assert(offset >= 0 && bytes >= 0);
    int64_t over = 0, end = offset + bytes;
    while (offset < end) {
        part p = part_at(offset, end);
        offset = p.to;
        chunk *c = touch(cache, file, p.number);
        if (!c) {
            over += p.to - p.from;
            continue;
        }
        add_pages(cache, c, p.pages);
        if (cache->dirty_pages + pages_in(p.pages & ~c->dirty) <= cache->dirty_limit)
            set_dirty(cache, c, p.pages, now);
        else
            over += p.to - p.from;
        shrink(cache);
    }
    return over;
}

bool ns_pagecache_inode(ns_pagecache *cache, uint64_t file)
{
    chunk *c = touch(cache, file, INODE_CHUNK);
    bool there = c && c->pages;
    if (c)
        add_pages(cache, c, 1);
    shrink(cache);
    return there;
}

int64_t ns_pagecache_sync(ns_pagecache *cache, uint64_t file)
{
    int64_t bytes = 0;
    ns_list *next;
    for (ns_list *node = cache->dirty.next; node != &cache->dirty; node = next) {
        next = node->next;
        chunk *c = ns_list_entry(node, chunk, link);
        if (c->file == file)
            bytes += set_clean(cache, c);
    }
    return bytes;
}

int64_t ns_pagecache_oldest(ns_pagecache *cache, int64_t limit)
{
    int64_t bytes = 0;
    while (bytes < limit && !ns_list_empty(&cache->dirty))
        bytes += set_clean(cache, ns_list_entry(cache->dirty.next, chunk, link));
    return bytes;
}

int64_t ns_pagecache_expired(ns_pagecache *cache, ns_time since)
{
    int64_t bytes = 0;
    while (!ns_list_empty(&cache->dirty)) {
        chunk *c = ns_list_entry(cache->dirty.next, chunk, link);
        if (c->dirty_since > since)
            break;
        bytes += set_clean(cache, c);
    }
    return bytes;
}

int64_t ns_pagecache_used(const ns_pagecache *cache)
{
    return cache->used * PAGE;
}

int64_t ns_pagecache_dirty(const ns_pagecache *cache)
{
    return cache->dirty_pages * PAGE;
}
