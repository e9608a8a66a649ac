// Reading traces. Everything is checked here, once: operands, indices and lengths.
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "base/alloc.h"
#include "trace/nst_read.h"

static const char *get_string(ns_nst_reader *r)
{
    uint64_t index = ns_nst_get_below(r, r->file->trace.string_count);
    return r->bad ? "" : r->file->strings[index];
}

// The length of a table, each of whose entries takes at least one byte; its memory.
static void *get_table(ns_nst_reader *r, uint32_t *count, size_t size)
{
    uint64_t length = ns_nst_read(r);
    if (length > (uint64_t)(r->end - r->at) || length > UINT32_MAX / 2) {
        r->bad = true;
        length = 0;
    }
    *count = (uint32_t)length;
    void *table = ns_calloc(length ? (size_t)length : 1, size);
    if (!table) {
        r->no_memory = r->bad = true;
        *count = 0;
    }
    return table;
}

// -- Tables ---------------------------------------------------------------------------------------

static void read_strings(ns_nst_reader *r)
{
    ns_nst_file *f = r->file;
    uint32_t count;
    f->strings = get_table(r, &count, sizeof *f->strings);
    f->text = ns_malloc((size_t)(r->end - r->at) + count + 1);
    if (!f->text) {
        r->no_memory = r->bad = true;
        return;
    }
    char *to = f->text;
    for (uint32_t i = 0; i < count && !r->bad; i++) {
        uint64_t length = ns_nst_read(r);
        if (length > (uint64_t)(r->end - r->at) || memchr(r->at, 0, (size_t)length)) {
            r->bad = true;
            break;
        }
        f->strings[i] = to;
        memcpy(to, r->at, (size_t)length);
        to[length] = '\0';
        to += length + 1;
        r->at += length;
    }
    f->trace.strings = f->strings;
    f->trace.string_count = r->bad ? 0 : count;
}

static void read_head(ns_nst_reader *r)
{
    ns_nst *t = &r->file->trace;
    t->nsim_version = get_string(r);
    t->workload = get_string(r);
    uint32_t sets;
    const char **list = get_table(r, &sets, sizeof *list);
    const char **ended = list ? ns_realloc(list, (sets + 1) * sizeof *list) : NULL;
    r->file->sets = ended ? ended : list;
    if (!ended) {
        r->no_memory = r->bad = true;
        return;
    }
    for (uint32_t i = 0; i < sets; i++)
        ended[i] = get_string(r);
    ended[sets] = NULL;
    t->sets = ended;
    t->hash = ns_nst_read(r);
    t->unsupported = get_string(r);
    t->status = get_string(r);
    t->exit_code = (int)ns_nst_signed(ns_nst_read(r));
    t->pool_threads = (int)ns_nst_get_below(r, 1025);
    t->cohorts = (uint32_t)ns_nst_get_below(r, UINT32_MAX);
    // A trace that was written has no more cohorts than bytes.
    if (t->cohorts > (uint64_t)(r->end - r->file->bytes))
        r->bad = true;
}

static void read_sites(ns_nst_reader *r)
{
    ns_nst *t = &r->file->trace;
    t->sites = r->file->sites = get_table(r, &t->site_count, sizeof *t->sites);
    for (uint32_t i = 0; i < t->site_count && !r->bad; i++) {
        ns_nst_site *site = &r->file->sites[i];
        site->phase = (ns_phase)ns_nst_get_below(r, NS_PHASES + 1);
        site->kind = get_string(r);
        site->name = get_string(r);
        site->script = get_string(r);
        site->line = (int32_t)ns_nst_signed(ns_nst_read(r));
    }
}

static void read_disk(ns_nst_reader *r, ns_nst_disk *disk, bool effect)
{
    disk->kind = (int)ns_nst_read(r);
    if (!disk->kind)
        return;
    if (effect ? disk->kind != NS_NST_WARM && disk->kind != NS_NST_FORGET
               : disk->kind < 0 || disk->kind >= NS_NST_DISK_KINDS)
        r->bad = true;
    disk->direct = ns_nst_get_below(r, 2);
    disk->file = ns_nst_read(r);
    disk->offset = ns_nst_get_amount(r);
    disk->bytes = ns_nst_get_amount(r);
}

static void read_spawns(ns_nst_reader *r)
{
    ns_nst *t = &r->file->trace;
    t->spawns = r->file->spawns = get_table(r, &t->spawn_count, sizeof *t->spawns);
    for (uint32_t i = 0; i < t->spawn_count && !r->bad; i++) {
        ns_nst_spawn *spawn = &r->file->spawns[i];
        spawn->kind = (ns_nst_spawn_kind)ns_nst_get_below(r, NS_NST_SPAWN_KINDS);
        spawn->unit = (uint32_t)ns_nst_get_below(r, UINT32_MAX);
        spawn->name = "";
        if (spawn->kind == NS_NST_TIMER) {
            spawn->chain = i - (uint32_t)ns_nst_get_below(r, (uint64_t)i + 1);
            r->bad |= r->file->spawns[spawn->chain].kind != NS_NST_TIMER;
            spawn->ms = (int32_t)ns_nst_get_below(r, (uint64_t)INT32_MAX + 1);
            spawn->repeats = ns_nst_get_below(r, 2);
        }
        if (spawn->kind != NS_NST_TASK)
            continue;
        spawn->task_kind = (uint8_t)ns_nst_get_below(r, NS_NST_TASK_KINDS);
        spawn->slow = ns_nst_get_below(r, 2);
        spawn->name = get_string(r);
        spawn->cpu = ns_nst_get_amount(r);
        spawn->wait = ns_nst_get_amount(r);
        read_disk(r, &spawn->disk, false);
        read_disk(r, &spawn->effect, true);
    }
}

static void read_units(ns_nst_reader *r)
{
    ns_nst_file *f = r->file;
    ns_nst *t = &f->trace;
    size_t offset = 0;
    t->units = f->units = get_table(r, &t->unit_count, sizeof *t->units);
    for (uint32_t i = 0; i < t->unit_count && !r->bad; i++) {
        ns_nst_unit *unit = &f->units[i];
        unit->tree = (uint32_t)ns_nst_get_below(r, UINT32_MAX);
        uint64_t needs = ns_nst_get_below(r, 2 * (NS_NST_NEEDS + 1));
        unit->foreign = needs & 1;
        for (uint64_t need = 0; need < needs / 2; need++) {
            uint64_t back = ns_nst_get_below(r, (uint64_t)i + 1);
            r->bad |= back == 0;
            unit->needs[need] = (uint32_t)(i - back) + 1;
        }
        unit->length = (size_t)ns_nst_get_amount(r);
        unit->offset = offset;
        offset += unit->length;
    }
    t->requests = f->requests = get_table(r, &t->request_count, sizeof *t->requests);
    for (uint32_t i = 0; i < t->request_count && !r->bad; i++) {
        f->requests[i].cls = (uint32_t)ns_nst_get_below(r, UINT32_MAX);
        f->requests[i].order = (uint32_t)ns_nst_get_below(r, t->request_count);
        f->requests[i].unit = (uint32_t)ns_nst_get_below(r, (uint64_t)t->unit_count + 1);
        f->requests[i].ended = ns_nst_get_below(r, 2);
    }
    t->loop_ends = f->loop_ends = get_table(r, &t->loop_end_count, sizeof *t->loop_ends);
    for (uint32_t i = 0; i < t->loop_end_count && !r->bad; i++)
        f->loop_ends[i] = (uint32_t)ns_nst_get_below(r, t->unit_count);
    t->firings = r->file->firings = get_table(r, &t->firing_count, sizeof *t->firings);
    for (uint32_t i = 0; i < t->firing_count && !r->bad; i++)
        r->file->firings[i] = (uint32_t)ns_nst_get_below(r, t->unit_count);
    t->final_unit = (uint32_t)ns_nst_get_below(r, (uint64_t)t->unit_count + 1);
    for (uint32_t i = 0; i < t->unit_count; i++)
        r->bad |= t->units[i].tree > t->request_count;
    for (uint32_t i = 0; i < t->spawn_count; i++)
        r->bad |= t->spawns[i].unit > t->unit_count;
    if (t->unit_count == 0)
        r->bad = true;
}

static void read_field(ns_nst_reader *r, const ns_nst_field *field, ns_record *record)
{
    assert(field);
    char *at = (char *)record + field->offset;
    switch (field->type) {
    case NS_NST_INT32:
        *(int32_t *)at = (int32_t)ns_nst_signed(ns_nst_read(r));
        break;
    case NS_NST_INT64:
        *(int64_t *)at = ns_nst_signed(ns_nst_read(r));
        break;
    case NS_NST_BOOL:
        *(bool *)at = ns_nst_get_below(r, 2);
        break;
    case NS_NST_STRING:
        *(const char **)at = get_string(r);
        break;
    }
}

static void read_records(ns_nst_reader *r)
{
    ns_nst *t = &r->file->trace;
    t->records = r->file->records = get_table(r, &t->record_count, sizeof *t->records);
    t->first_last = (uint32_t)ns_nst_get_below(r, (uint64_t)t->record_count + 1);
    for (uint32_t i = 0; i < t->record_count && !r->bad; i++) {
        ns_record *record = &r->file->records[i];
        record->type = (ns_rec_type)ns_nst_get_below(r, NS_REC_TYPES);
        int count;
        const ns_nst_field *fields = ns_nst_fields(record->type, &count);
        r->bad |= !fields;
        for (int field = 0; field < count; field++)
            read_field(r, &fields[field], record);
    }
}

static void read_compilations(ns_nst_reader *r)
{
    ns_nst *t = &r->file->trace;
    t->compilations = r->file->compilations =
        get_table(r, &t->compilation_count, sizeof *t->compilations);
    for (uint32_t i = 0; i < t->compilation_count && !r->bad; i++) {
        ns_nst_compilation *compilation = &r->file->compilations[i];
        compilation->demand = ns_nst_get_amount(r);
        compilation->after = (uint32_t)ns_nst_get_below(r, (uint64_t)i + 1); // an earlier one
        compilation->checks = (uint32_t)ns_nst_get_below(r, UINT32_MAX);
        compilation->first_record = (uint32_t)ns_nst_get_below(r, (uint64_t)t->record_count + 1);
        compilation->record_count = (uint32_t)ns_nst_get_below(
            r, (uint64_t)t->record_count - compilation->first_record + 1);
        compilation->record_delay = ns_nst_signed(ns_nst_read(r));
        r->bad |= compilation->record_delay < 0 || compilation->record_delay >= INT64_C(1) << 56;
        compilation->function = (uint32_t)ns_nst_get_below(r, UINT32_MAX);
        compilation->maglev = ns_nst_get_below(r, 2);
    }
}

static void read_deaths(ns_nst_reader *r)
{
    ns_nst *t = &r->file->trace;
    t->deaths = r->file->deaths = get_table(r, &t->death_count, sizeof *t->deaths);
    uint64_t when = 0;
    for (uint32_t i = 0; i < t->death_count && !r->bad; i++) {
        ns_nst_death *death = &r->file->deaths[i];
        when += ns_nst_get_below(r, t->cohorts - when);
        death->when = (uint32_t)when;
        death->cohort = (uint32_t)(when - ns_nst_get_below(r, when + 1));
        death->place = (uint8_t)ns_nst_get_below(r, NS_NST_DEATHS);
        death->count = ns_nst_get_bytes(r);
    }
}

// -- Public ---------------------------------------------------------------------------------------

static uint64_t little(const uint8_t *bytes, int count)
{
    uint64_t value = 0;
    for (int i = count; i-- > 0;)
        value = value << 8 | bytes[i];
    return value;
}

static int check_header(const char *name, const uint8_t *bytes, size_t size, ns_err *err)
{
    size_t head = size < NS_NST_MAGIC ? size : NS_NST_MAGIC;
    if (size == 0 || memcmp(bytes, ns_nst_magic, head) != 0)
        return ns_fail(err, NS_EINVAL, "%s is no trace of nsim (nsim run --trace FILE makes one)",
                       name);
    if (size < NS_NST_HEADER)
        return ns_fail(err, NS_EINVAL, "%s is cut off: it has %zu bytes", name, size);
    uint64_t version = little(bytes + NS_NST_MAGIC, 4);
    if (version != NS_NST_VERSION)
        return ns_fail(err, NS_EINVAL,
                       "%s: found a trace of format %llu, expected %d: record it again", name,
                       (unsigned long long)version, NS_NST_VERSION);
    uint64_t length = little(bytes + NS_NST_MAGIC + 4, 8), body = size - NS_NST_HEADER;
    if (length > body)
        return ns_fail(err, NS_EINVAL, "%s is cut off: it has %llu of %llu bytes", name,
                       (unsigned long long)size, (unsigned long long)(length + NS_NST_HEADER));
    if (length < body ||
        XXH64(bytes + NS_NST_HEADER, body, NS_NST_VERSION) != little(bytes + NS_NST_MAGIC + 12, 8))
        return ns_fail(err, NS_EINVAL, "%s is damaged: its checksum does not fit", name);
    return NS_OK;
}

// Takes over `bytes`.
static int parse(ns_nst_file **out, const char *name, uint8_t *bytes, size_t size, ns_err *err)
{
    ns_nst_file *file = ns_calloc(1, sizeof *file);
    *out = NULL;
    if (!file) {
        ns_free(bytes);
        return ns_fail(err, NS_ENOMEM, "out of memory");
    }
    file->bytes = bytes;
    int rc = check_header(name, bytes, size, err);
    if (rc == NS_OK) {
        ns_nst_reader r = {.file = file, .at = bytes + NS_NST_HEADER, .end = bytes + size};
        void (*const parts[])(ns_nst_reader *) = {
            read_strings, read_head,         read_sites,  read_spawns,        read_units,
            read_records, read_compilations, read_deaths, ns_nst_check_roots, ns_nst_check_ops};
        for (size_t i = 0; i < sizeof parts / sizeof parts[0] && !r.bad; i++)
            parts[i](&r);
        if (r.no_memory)
            rc = ns_fail(err, NS_ENOMEM, "out of memory");
        else if (r.bad)
            rc = ns_fail(err, NS_EINVAL, "%s is damaged: byte %zu is not what it should be", name,
                         (size_t)(r.at - bytes));
    }
    if (rc != NS_OK) {
        ns_nst_free(file);
        return rc;
    }
    *out = file;
    return NS_OK;
}

int ns_nst_parse(ns_nst_file **out, const char *name, const void *bytes, size_t size, ns_err *err)
{
    uint8_t *copy = ns_malloc(size ? size : 1);
    *out = NULL;
    if (!copy)
        return ns_fail(err, NS_ENOMEM, "out of memory");
    if (size)
        memcpy(copy, bytes, size);
    return parse(out, name, copy, size, err);
}

int ns_nst_load(ns_nst_file **out, const char *path, ns_err *err)
{
    *out = NULL;
    FILE *file = fopen(path, "rb");
    if (!file)
        return ns_fail(err, NS_EINVAL, "cannot open %s: %s", path, strerror(errno));
    ns_buf bytes = {0};
    char piece[65536];
    size_t n;
    while ((n = fread(piece, 1, sizeof piece, file)) > 0)
        ns_buf_add(&bytes, piece, n);
    bool failed = ferror(file);
    int code = errno;
    fclose(file);
    if (failed || bytes.failed) {
        ns_buf_free(&bytes);
        return failed ? ns_fail(err, NS_EINVAL, "cannot read %s: %s", path, strerror(code))
                      : ns_fail(err, NS_ENOMEM, "out of memory");
    }
    size_t size = bytes.len;
    char *data = ns_buf_take(&bytes);
    uint8_t *taken = data ? (uint8_t *)data : ns_calloc(1, 1);
    if (!taken)
        return ns_fail(err, NS_ENOMEM, "out of memory");
    return parse(out, path, taken, size, err);
}

const ns_nst *ns_nst_of(const ns_nst_file *file)
{
    return &file->trace;
}

void ns_nst_free(ns_nst_file *file)
{
    if (!file)
        return;
    ns_free(file->bytes);
    ns_free(file->text);
    ns_free(file->strings);
    ns_free(file->sets);
    ns_free(file->sites);
    ns_free(file->spawns);
    ns_free(file->units);
    ns_free(file->requests);
    ns_free(file->loop_ends);
    ns_free(file->firings);
    ns_free(file->records);
    ns_free(file->compilations);
    ns_free(file->deaths);
    ns_free(file->spawned);
    ns_free(file->led_to);
    ns_free(file);
}
