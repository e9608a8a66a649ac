// Strings, sites of rows, and records of a trace, each kept once.
#include <string.h>
#include <xxhash.h>

#include "base/alloc.h"
#include "node/tracer_private.h"

// An open hash table of numbers: the slot for `hash` whose number `same` accepts, or a free one.
// NULL without memory.
typedef bool same_fn(const ns_tracer *t, uint32_t number, const void *wanted);
typedef uint64_t hash_fn(const ns_tracer *t, uint32_t number);

static uint32_t *find(const ns_tracer *t, uint32_t *slots, uint32_t slot_count, uint64_t hash,
                      same_fn *same, const void *wanted)
{
    uint32_t at = (uint32_t)hash & (slot_count - 1);
    while (slots[at] && !(same && same(t, slots[at] - 1, wanted)))
        at = (at + 1) & (slot_count - 1);
    return &slots[at];
}

static bool make_room(ns_tracer *t, uint32_t **slots, uint32_t *slot_count, uint32_t count,
                      hash_fn *hash)
{
    if (count < *slot_count / 2)
        return true;
    uint32_t wanted = *slot_count ? *slot_count * 2 : 1024;
    uint32_t *made = ns_calloc(wanted, sizeof *made);
    if (!made) {
        t->failed = true;
        return false;
    }
    for (uint32_t i = 0; i < count; i++)
        *find(t, made, wanted, hash(t, i), NULL, NULL) = i + 1;
    ns_free(*slots);
    *slots = made;
    *slot_count = wanted;
    return true;
}

// -- Strings --------------------------------------------------------------------------------------

static uint64_t hash_text(const char *text)
{
    return XXH3_64bits(text, strlen(text));
}

static uint64_t string_hash(const ns_tracer *t, uint32_t number)
{
    return hash_text(t->strings[number]);
}

static bool string_same(const ns_tracer *t, uint32_t number, const void *wanted)
{
    return strcmp(t->strings[number], wanted) == 0;
}

uint32_t tracer_string(ns_tracer *t, const char *text)
{
    uint32_t count = t->trace.string_count;
    if (!make_room(t, &t->string_slots, &t->string_slot_count, count, string_hash) ||
        !tracer_grow(t, &t->strings, count, &t->string_capacity, sizeof *t->strings))
        return 0;
    uint32_t *slot =
        find(t, t->string_slots, t->string_slot_count, hash_text(text), string_same, text);
    if (*slot)
        return *slot - 1;
    char *copy = ns_arena_strdup(&t->arena, text);
    if (!copy) {
        t->failed = true;
        return 0;
    }
    t->strings[count] = copy;
    t->trace.string_count++;
    *slot = count + 1;
    return count;
}

// The text, to be kept; "" without memory.
static const char *keep(ns_tracer *t, const char *text)
{
    uint32_t number = tracer_string(t, text ? text : "");
    return t->failed ? "" : t->strings[number];
}

// -- Sites ----------------------------------------------------------------------------------------

static uint64_t hash_site(const ns_nst_site *site)
{
    uint64_t hash = (uint64_t)site->phase * 31 + (uint64_t)(uint32_t)site->line;
    return (hash ^ hash_text(site->name)) * 31 + hash_text(site->script);
}

static uint64_t site_hash(const ns_tracer *t, uint32_t number)
{
    return hash_site(&t->sites[number]);
}

static bool site_same(const ns_tracer *t, uint32_t number, const void *wanted)
{
    const ns_nst_site *a = &t->sites[number], *b = wanted;
    return a->phase == b->phase && a->line == b->line && strcmp(a->kind, b->kind) == 0 &&
           strcmp(a->name, b->name) == 0 && strcmp(a->script, b->script) == 0;
}

uint32_t tracer_site(ns_tracer *t, const ns_rec_callback *row)
{
    bool own = row->phase >= NS_PHASE_TICK; // not the loop's
    ns_nst_site site = {.phase = own ? row->phase : NS_PHASES,
                        .kind = row->kind,
                        .name = row->name,
                        .script = row->script,
                        .line = row->line};
    uint32_t count = t->trace.site_count;
    if (!make_room(t, &t->site_slots, &t->site_slot_count, count, site_hash) ||
        !tracer_grow(t, &t->sites, count, &t->site_capacity, sizeof *t->sites))
        return 0;
    uint32_t *slot = find(t, t->site_slots, t->site_slot_count, hash_site(&site), site_same, &site);
    if (*slot)
        return *slot - 1;
    site.kind = keep(t, site.kind);
    site.name = keep(t, site.name);
    site.script = keep(t, site.script);
    t->sites[count] = site;
    t->trace.site_count++;
    *slot = count + 1;
    return count;
}

// -- Records --------------------------------------------------------------------------------------

static void keep_strings(ns_tracer *t, ns_record *record)
{
    int count;
    const ns_nst_field *fields = ns_nst_fields(record->type, &count);
    for (int i = 0; i < count; i++) {
        const char **text = (const char **)((char *)record + fields[i].offset);
        if (fields[i].type == NS_NST_STRING)
            *text = keep(t, *text);
    }
}

void ns_tracer_record(ns_tracer *t, const ns_record *record, ns_time now)
{
    if (!t)
        return;
    ns_buf *ops = tracer_ops(t);
    bool timed = record->type == NS_REC_JIT_EVENT || record->type == NS_REC_SAMPLE;
    if (!timed || !ops) {
        if (!tracer_grow(t, &t->last, t->last_count, &t->last_capacity, sizeof *t->last))
            return;
        t->last[t->last_count] = *record;
        keep_strings(t, &t->last[t->last_count++]);
        return;
    }
    uint32_t number = t->trace.record_count;
    if (!tracer_grow(t, &t->records, number, &t->record_capacity, sizeof *t->records))
        return;
    t->records[number] = *record;
    t->trace.record_count++;
    keep_strings(t, &t->records[number]);
    if (t->installing) {
        tracer_installed(t, number, record->jit_event.t_ns - now);
        return;
    }
    ns_nst_put(ops, t->collecting ? NS_OP_GC_RECORD : NS_OP_RECORD);
    ns_nst_put(ops, number);
    ns_nst_put(ops, ns_nst_zigzag((record->type == NS_REC_SAMPLE ? record->sample.t_ns
                                                                 : record->jit_event.t_ns) -
                                  now));
}
