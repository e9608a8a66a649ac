#include "report/intern.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/alloc.h"

enum { FIRST_SLOTS = 1024, ENTRIES_MAX = 1 << 18 };

static void insert_slot(ns_intern *intern, size_t index)
{
    size_t mask = intern->slot_count - 1, at = intern->entries[index].hash & mask;
    while (intern->slots[at])
        at = (at + 1) & mask;
    intern->slots[at] = (uint32_t)index + 1;
}

// Room for one entry more, with the slots at most half full.
static bool grow(ns_intern *intern)
{
    if (intern->count == intern->capacity) {
        size_t capacity = intern->capacity ? intern->capacity * 2 : FIRST_SLOTS / 2;
        ns_intern_entry *entries = ns_realloc(intern->entries, capacity * sizeof *entries);
        if (!entries)
            return false;
        intern->entries = entries;
        intern->capacity = capacity;
    }
    if ((intern->count + 1) * 2 <= intern->slot_count)
        return true;
    size_t slot_count = intern->slot_count ? intern->slot_count * 2 : FIRST_SLOTS;
    uint32_t *slots = ns_calloc(slot_count, sizeof *slots);
    if (!slots)
        return false;
    ns_free(intern->slots);
    intern->slots = slots;
    intern->slot_count = slot_count;
    for (size_t i = 0; i < intern->count; i++)
        insert_slot(intern, i);
    return true;
}

int64_t ns_intern_id(ns_intern *intern, const char *text)
{
    size_t length = strlen(text);
    uint64_t hash = XXH3_64bits(text, length);
    if (intern->slot_count) {
        size_t mask = intern->slot_count - 1;
        for (size_t at = hash & mask; intern->slots[at]; at = (at + 1) & mask) {
            const ns_intern_entry *entry = &intern->entries[intern->slots[at] - 1];
            if (entry->hash == hash && strcmp(entry->text, text) == 0)
                return entry->id;
        }
    }
    if (!grow(intern))
        return 0;
    char *copy = ns_strndup(text, length);
    if (!copy)
        return 0;
    intern->entries[intern->count] = (ns_intern_entry){++intern->last, hash, copy};
    insert_slot(intern, intern->count++);
    return intern->last;
}

static void forget(ns_intern *intern)
{
    for (size_t i = 0; i < intern->count; i++)
        ns_free(intern->entries[i].text);
    intern->count = intern->written = 0;
    memset(intern->slots, 0, intern->slot_count * sizeof *intern->slots);
}

void ns_intern_written(ns_intern *intern)
{
    intern->written = intern->count;
    if (intern->count > ENTRIES_MAX)
        forget(intern);
}

void ns_intern_free(ns_intern *intern)
{
    if (intern->slots)
        forget(intern);
    ns_free(intern->entries);
    ns_free(intern->slots);
    *intern = (ns_intern){0};
}
