// Writing traces: tables first, then the operations.
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

#include "base/alloc.h"
#include "trace/nst_format.h"

void ns_nst_put(ns_buf *out, uint64_t value)
{
    unsigned char bytes[10];
    size_t length = 0;
    do {
        bytes[length] = (unsigned char)((value & 127) | (value > 127 ? 128 : 0));
        length++;
        value >>= 7;
    } while (value);
    ns_buf_add(out, bytes, length);
}

static void put_signed(ns_buf *out, int64_t value)
{
    ns_nst_put(out, ns_nst_zigzag(value));
}

// -- Strings --------------------------------------------------------------------------------------

// The strings of operands keep their numbers; the others come behind them, each once.
typedef struct strings {
    const char **list;
    uint32_t count, capacity;
    uint32_t *slots; // number plus 1; 0: free
    uint32_t slot_count;
    bool failed;
} strings;

static uint32_t *slot_of(const strings *s, const char *text)
{
    uint32_t at = (uint32_t)XXH3_64bits(text, strlen(text)) & (s->slot_count - 1);
    while (s->slots[at] && strcmp(s->list[s->slots[at] - 1], text) != 0)
        at = (at + 1) & (s->slot_count - 1);
    return &s->slots[at];
}

static bool grow(strings *s)
{
    uint32_t slots = s->slot_count ? s->slot_count * 2 : 1024;
    const char **list = ns_realloc(s->list, slots / 2 * sizeof *list);
    if (list)
        s->list = list;
    uint32_t *made = list ? ns_calloc(slots, sizeof *made) : NULL;
    if (!made) {
        s->failed = true;
        return false;
    }
    ns_free(s->slots);
    s->slots = made;
    s->slot_count = slots;
    s->capacity = slots / 2;
    for (uint32_t i = 0; i < s->count; i++) {
        uint32_t *slot = slot_of(s, s->list[i]);
        if (!*slot)
            *slot = i + 1;
    }
    return true;
}

static uint32_t add_string(strings *s, const char *text, bool always)
{
    if (s->failed || (s->count == s->capacity && !grow(s)))
        return 0;
    uint32_t *slot = slot_of(s, text);
    if (*slot && !always)
        return *slot - 1;
    s->list[s->count++] = text;
    if (!*slot)
        *slot = s->count;
    return s->count - 1;
}

// -- Tables ---------------------------------------------------------------------------------------

typedef struct writer {
    strings strings;
    ns_buf tables;
} writer;

static void put(writer *w, uint64_t value)
{
    ns_nst_put(&w->tables, value);
}

static void put_string(writer *w, const char *text)
{
    put(w, add_string(&w->strings, text ? text : "", false));
}

static void put_disk(writer *w, const ns_nst_disk *disk)
{
    put(w, (uint64_t)disk->kind);
    if (!disk->kind)
        return;
    put(w, disk->direct);
    put(w, disk->file);
    put(w, (uint64_t)disk->offset);
    put(w, (uint64_t)disk->bytes);
}

static void put_head(writer *w, const ns_nst *t)
{
    uint32_t sets = 0;
    put_string(w, t->nsim_version);
    put_string(w, t->workload);
    while (t->sets && t->sets[sets])
        sets++;
    put(w, sets);
    for (uint32_t i = 0; i < sets; i++)
        put_string(w, t->sets[i]);
    put(w, t->hash);
    put_string(w, t->unsupported);
    put_string(w, t->status);
    put_signed(&w->tables, t->exit_code);
    put(w, (uint64_t)t->pool_threads);
    put(w, t->cohorts);
}

static void put_sites(writer *w, const ns_nst *t)
{
    put(w, t->site_count);
    for (uint32_t i = 0; i < t->site_count; i++) {
        const ns_nst_site *site = &t->sites[i];
        put(w, site->phase);
        put_string(w, site->kind);
        put_string(w, site->name);
        put_string(w, site->script);
        put_signed(&w->tables, site->line);
    }
}

static void put_spawns(writer *w, const ns_nst *t)
{
    put(w, t->spawn_count);
    for (uint32_t i = 0; i < t->spawn_count; i++) {
        const ns_nst_spawn *spawn = &t->spawns[i];
        put(w, spawn->kind);
        put(w, spawn->unit);
        if (spawn->kind == NS_NST_TIMER) {
            put(w, i - spawn->chain);
            put(w, (uint64_t)spawn->ms);
            put(w, spawn->repeats);
        }
        if (spawn->kind != NS_NST_TASK)
            continue;
        put(w, spawn->task_kind);
        put(w, spawn->slow);
        put_string(w, spawn->name);
        put(w, (uint64_t)spawn->cpu);
        put(w, (uint64_t)spawn->wait);
        put_disk(w, &spawn->disk);
        put_disk(w, &spawn->effect);
    }
}

static void put_units(writer *w, const ns_nst *t)
{
    put(w, t->unit_count);
    for (uint32_t i = 0; i < t->unit_count; i++) {
        const ns_nst_unit *unit = &t->units[i];
        uint32_t needs = 0;
        while (needs < NS_NST_NEEDS && unit->needs[needs])
            needs++;
        put(w, unit->tree);
        put(w, unit->foreign + 2 * (uint64_t)needs);
        for (uint32_t need = 0; need < needs; need++)
            put(w, i - (unit->needs[need] - 1));
        put(w, unit->length);
    }
    put(w, t->request_count);
    for (uint32_t i = 0; i < t->request_count; i++) {
        put(w, t->requests[i].cls);
        put(w, t->requests[i].order);
        put(w, t->requests[i].unit);
        put(w, t->requests[i].ended);
    }
    put(w, t->loop_end_count);
    for (uint32_t i = 0; i < t->loop_end_count; i++)
        put(w, t->loop_ends[i]);
    put(w, t->firing_count);
    for (uint32_t i = 0; i < t->firing_count; i++)
        put(w, t->firings[i]);
    put(w, t->final_unit);
}

static void put_field(writer *w, const ns_nst_field *field, const ns_record *record)
{
    const char *at = (const char *)record + field->offset;
    switch (field->type) {
    case NS_NST_INT32:
        put_signed(&w->tables, *(const int32_t *)at);
        break;
    case NS_NST_INT64:
        put_signed(&w->tables, *(const int64_t *)at);
        break;
    case NS_NST_BOOL:
        put(w, *(const bool *)at);
        break;
    case NS_NST_STRING:
        put_string(w, *(const char *const *)at);
        break;
    }
}

static void put_records(writer *w, const ns_nst *t)
{
    put(w, t->record_count);
    put(w, t->first_last);
    for (uint32_t i = 0; i < t->record_count; i++) {
        int count;
        const ns_nst_field *fields = ns_nst_fields(t->records[i].type, &count);
        put(w, t->records[i].type);
        for (int field = 0; field < count; field++)
            put_field(w, &fields[field], &t->records[i]);
    }
}

static void put_compilations(writer *w, const ns_nst *t)
{
    put(w, t->compilation_count);
    for (uint32_t i = 0; i < t->compilation_count; i++) {
        const ns_nst_compilation *compilation = &t->compilations[i];
        put(w, (uint64_t)compilation->demand);
        put(w, compilation->after);
        put(w, compilation->checks);
        put(w, compilation->first_record);
        put(w, compilation->record_count);
        put_signed(&w->tables, compilation->record_delay);
        put(w, compilation->function);
        put(w, compilation->maglev);
    }
}

static void put_deaths(writer *w, const ns_nst *t)
{
    uint32_t when = 0;
    put(w, t->death_count);
    for (uint32_t i = 0; i < t->death_count; i++) {
        const ns_nst_death *death = &t->deaths[i];
        put(w, death->when - when);
        put(w, death->when - death->cohort);
        put(w, death->place);
        put_signed(&w->tables, death->count);
        when = death->when;
    }
}

static void put_little(ns_buf *out, uint64_t value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        ns_buf_char(out, (char)(value >> (8 * i)));
}

void ns_nst_encode(const ns_nst *t, ns_buf *out)
{
    writer w = {0};
    for (uint32_t i = 0; i < t->string_count; i++)
        add_string(&w.strings, t->strings[i], true);
    put_head(&w, t);
    put_sites(&w, t);
    put_spawns(&w, t);
    put_units(&w, t);
    put_records(&w, t);
    put_compilations(&w, t);
    put_deaths(&w, t);
    put(&w, t->ops_size);
    ns_buf body = {0};
    ns_nst_put(&body, w.strings.count);
    for (uint32_t i = 0; i < w.strings.count; i++) {
        size_t length = strlen(w.strings.list[i]);
        ns_nst_put(&body, length);
        ns_buf_add(&body, w.strings.list[i], length);
    }
    ns_buf_add(&body, w.tables.data, w.tables.len);
    if (t->ops_size)
        ns_buf_add(&body, t->ops, t->ops_size);
    body.failed |= w.tables.failed || w.strings.failed;
    ns_buf_add(out, ns_nst_magic, NS_NST_MAGIC);
    put_little(out, NS_NST_VERSION, 4);
    put_little(out, body.len, 8);
    put_little(out, body.failed ? 0 : XXH64(body.data, body.len, NS_NST_VERSION), 8);
    ns_buf_add(out, body.data, body.len);
    out->failed |= body.failed;
    ns_buf_free(&body);
    ns_buf_free(&w.tables);
    ns_free(w.strings.list);
    ns_free(w.strings.slots);
}

// -- The file -------------------------------------------------------------------------------------

static int write_file(const char *path, const ns_buf *bytes, ns_err *err)
{
    FILE *file = fopen(path, "wb");
    if (!file)
        return ns_fail(err, NS_EINVAL, "cannot write %s: %s", path, strerror(errno));
    bool failed = fwrite(bytes->data, 1, bytes->len, file) != bytes->len;
    int code = errno;
    if (fclose(file) != 0 && !failed) {
        failed = true;
        code = errno;
    }
    if (!failed)
        return NS_OK;
    unlink(path);
    return ns_fail(err, NS_EIO, "cannot write %s: %s", path, strerror(code));
}

// Under another name first: a reader never sees a part of it.
int ns_nst_write(const char *path, const ns_nst *trace, ns_err *err)
{
    ns_buf bytes = {0}, name = {0};
    ns_nst_encode(trace, &bytes);
    ns_buf_printf(&name, "%s.part", path);
    int rc = bytes.failed || name.failed ? ns_fail(err, NS_ENOMEM, "out of memory")
                                         : write_file(name.data, &bytes, err);
    if (rc == NS_OK && rename(name.data, path) != 0) {
        rc = ns_fail(err, NS_EIO, "cannot write %s: %s", path, strerror(errno));
        unlink(name.data);
    }
    ns_buf_free(&name);
    ns_buf_free(&bytes);
    return rc;
}
