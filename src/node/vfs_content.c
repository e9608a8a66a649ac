// The bytes of a file: pages that the program wrote, over a source that is read or made on demand,
// over zeros. A 64 MB file costs no memory until it is written, and then only what is written.
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "node/vfs_internal.h"

// -- Generated content ----------------------------------------------------------------------------

// The finalizer of SplitMix64 (Steele, Lea, Flood 2014).
static uint64_t mix(uint64_t x)
{
    x ^= x >> 30;
    x *= UINT64_C(0xbf58476d1ce4e5b9);
    x ^= x >> 27;
    x *= UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

// FNV-1a, mixed with a seed.
uint64_t ns_vfs_hash(uint64_t seed, const char *bytes, size_t len)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325) ^ mix(seed);
    for (size_t i = 0; i < len; i++)
        hash = (hash ^ (uint8_t)bytes[i]) * UINT64_C(0x100000001b3);
    return mix(hash);
}

// Byte i is byte i % 8 of word i / 8, and words are a function of the key and their place.
void ns_random_bytes(uint64_t key, uint8_t *out, size_t size, int64_t at)
{
    for (size_t i = 0; i < size;) {
        uint64_t place = (uint64_t)at + i;
        uint64_t word = mix(key + (place / 8 + 1) * UINT64_C(0x9e3779b97f4a7c15));
        for (unsigned shift = 8 * (place % 8); shift < 64 && i < size; shift += 8)
            out[i++] = (uint8_t)(word >> shift);
    }
}

// Lines of 80 bytes: "00000012 ", then words in an order that the line's number chooses.
enum { LINE = 80, NUMBER = 9 };

static void text_line(uint64_t key, uint64_t line, char out[LINE])
{
    static const char *const words[] = {
        "request", "stream", "buffer", "error",  "callback", "user",  "timeout", "session",
        "open",    "close",  "socket", "thread", "value",    "index", "cache",   "message",
    };
    int at = snprintf(out, LINE, "%08llu", (unsigned long long)(line % 100000000));
    uint64_t draw = mix(key + line * UINT64_C(0x9e3779b97f4a7c15));
    while (at < LINE - 1) {
        out[at++] = ' ';
        const char *word = words[draw & 15];
        draw = draw >> 4 | draw << 60;
        for (; *word && at < LINE - 1; word++)
            out[at++] = *word;
        if (draw % 7 == 0)
            draw = mix(draw);
    }
    out[LINE - 1] = '\n';
}

static void text_bytes(uint64_t key, uint8_t *out, size_t size, int64_t at)
{
    char line[LINE];
    for (size_t done = 0; done < size;) {
        uint64_t place = (uint64_t)at + done;
        size_t column = place % LINE;
        size_t count = LINE - column < size - done ? LINE - column : size - done;
        text_line(key, place / LINE, line);
        memcpy(out + done, line + column, count);
        done += count;
    }
}

// -- Sources --------------------------------------------------------------------------------------

ns_source *ns_source_new(ns_source_kind kind, int64_t size)
{
    ns_source *source = ns_calloc(1, sizeof *source);
    if (source) {
        source->refs = 1;
        source->kind = kind;
        source->size = size;
    }
    return source;
}

static void source_release(ns_vfs *vfs, ns_source *source)
{
    if (!source || --source->refs > 0)
        return;
    ns_host_forget(vfs, source);
    ns_free(source->bytes);
    ns_free(source->host);
    ns_free(source);
}

static int source_read(ns_vfs *vfs, const ns_source *source, uint8_t *out, size_t size, int64_t at)
{
    assert(at >= 0 && at + (int64_t)size <= source->size);
    switch (source->kind) {
    case NS_SOURCE_HOST:
        return ns_host_read(vfs, source, out, size, at);
    case NS_SOURCE_BYTES:
        memcpy(out, source->bytes + at, size);
        return 0;
    case NS_SOURCE_ZERO:
        memset(out, 0, size);
        return 0;
    case NS_SOURCE_RANDOM:
        ns_random_bytes(source->key, out, size, at);
        return 0;
    case NS_SOURCE_TEXT:
        text_bytes(source->key, out, size, at);
        return 0;
    }
    return -EIO;
}

// -- Content --------------------------------------------------------------------------------------

void ns_content_set(ns_content *content, ns_source *source)
{
    assert(!content->source && !content->pages);
    content->source = source;
    content->size = content->source_size = source->size;
}

static void drop_page(ns_vfs *vfs, ns_content *content, size_t index)
{
    if (!content->pages[index])
        return;
    ns_free(content->pages[index]);
    content->pages[index] = NULL;
    vfs->used -= NS_VFS_PAGE;
}

void ns_content_free(ns_vfs *vfs, ns_content *content)
{
    for (size_t i = 0; i < content->page_count; i++)
        drop_page(vfs, content, i);
    ns_free(content->pages);
    source_release(vfs, content->source);
    *content = (ns_content){0};
}

// Bytes that no page holds: the source as far as it shows, then zeros.
static int read_below(ns_vfs *vfs, const ns_content *content, uint8_t *out, size_t size, int64_t at)
{
    int64_t left = content->source_size - at;
    size_t count = left <= 0 ? 0 : left < (int64_t)size ? (size_t)left : size;
    int status = count ? source_read(vfs, content->source, out, count, at) : 0;
    memset(out + count, 0, size - count);
    return status;
}

static uint8_t *page_at(const ns_content *content, int64_t at)
{
    size_t index = (size_t)(at / NS_VFS_PAGE);
    return index < content->page_count ? content->pages[index] : NULL;
}

int64_t ns_content_read(ns_vfs *vfs, const ns_content *content, void *out, size_t size, int64_t at)
{
    assert(at >= 0);
    int64_t left = content->size - at;
    if (left <= 0)
        return 0;
    if ((int64_t)size > left)
        size = (size_t)left;
    uint8_t *to = out;
    for (size_t done = 0; done < size;) {
        int64_t place = at + (int64_t)done;
        const uint8_t *page = page_at(content, place);
        size_t offset = (size_t)(place % NS_VFS_PAGE), count = NS_VFS_PAGE - offset;
        if (page) {
            count = count < size - done ? count : size - done;
            memcpy(to + done, page + offset, count);
        } else { // up to the next page there is, in one go
            while (count < size - done && !page_at(content, place + (int64_t)count))
                count += NS_VFS_PAGE;
            count = count < size - done ? count : size - done;
            int status = read_below(vfs, content, to + done, count, place);
            if (status)
                return status;
        }
        done += count;
    }
    return (int64_t)size;
}

static int reserve_pages(ns_content *content, size_t count)
{
    if (count <= content->page_count)
        return 0;
    size_t grown = content->page_count * 2 > count ? content->page_count * 2 : count;
    uint8_t **pages = ns_realloc(content->pages, grown * sizeof *pages);
    if (!pages)
        return -ENOMEM;
    memset(pages + content->page_count, 0, (grown - content->page_count) * sizeof *pages);
    content->pages = pages;
    content->page_count = grown;
    return 0;
}

// A page to write to. `whole`: all of it will be, so what is below need not be read.
static int make_page(ns_vfs *vfs, ns_content *content, size_t index, bool whole)
{
    int status = reserve_pages(content, index + 1);
    if (status || content->pages[index])
        return status;
    if (vfs->options.capacity && vfs->used + NS_VFS_PAGE > vfs->options.capacity)
        return -ENOSPC;
    uint8_t *page = ns_malloc(NS_VFS_PAGE);
    if (!page)
        return -ENOSPC;
    if (!whole)
        status = read_below(vfs, content, page, NS_VFS_PAGE, (int64_t)index * NS_VFS_PAGE);
    if (status) {
        ns_free(page);
        return status;
    }
    content->pages[index] = page;
    vfs->used += NS_VFS_PAGE;
    return 0;
}

int64_t ns_content_write(ns_vfs *vfs, ns_content *content, const void *bytes, size_t size,
                         int64_t at)
{
    assert(at >= 0);
    const uint8_t *from = bytes;
    size_t done = 0;
    int status = 0;
    if (at > INT64_MAX - (int64_t)size - NS_VFS_PAGE)
        return -EFBIG;
    while (done < size) {
        int64_t place = at + (int64_t)done;
        size_t offset = (size_t)(place % NS_VFS_PAGE), count = NS_VFS_PAGE - offset;
        count = count < size - done ? count : size - done;
        size_t index = (size_t)(place / NS_VFS_PAGE);
        status = make_page(vfs, content, index, count == NS_VFS_PAGE);
        if (status)
            break;
        memcpy(content->pages[index] + offset, from + done, count);
        done += count;
        if (place + (int64_t)count > content->size)
            content->size = place + (int64_t)count;
    }
    return done || !status ? (int64_t)done : status; // as much as there was room for
}

int ns_content_resize(ns_vfs *vfs, ns_content *content, int64_t size)
{
    assert(size >= 0);
    if (size < content->size) {
        size_t kept = (size_t)((size + NS_VFS_PAGE - 1) / NS_VFS_PAGE);
        for (size_t i = kept; i < content->page_count; i++)
            drop_page(vfs, content, i);
        // What is cut off must read as zeros when the file grows again.
        uint8_t *page = page_at(content, size);
        if (page)
            memset(page + size % NS_VFS_PAGE, 0, NS_VFS_PAGE - (size_t)(size % NS_VFS_PAGE));
        if (content->source_size > size)
            content->source_size = size;
    }
    content->size = size;
    return 0;
}

int ns_content_copy(ns_vfs *vfs, ns_content *to, const ns_content *from)
{
    assert(!to->source && to->size == 0);
    if (from->source)
        from->source->refs++;
    to->source = from->source;
    to->source_size = from->source_size;
    for (size_t i = 0; i < from->page_count; i++) {
        if (!from->pages[i])
            continue;
        int status = make_page(vfs, to, i, true);
        if (status)
            return status;
        memcpy(to->pages[i], from->pages[i], NS_VFS_PAGE);
    }
    to->size = from->size;
    return 0;
}
