// Reading traces. Everything is checked here, once: operands, indices and lengths.
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "base/alloc.h"
#include "trace/nst_format.h"

struct ns_nst_file {
    ns_nst trace;
    uint8_t *bytes;
    char *text; // of the strings
    const char **strings, **sets;
    ns_nst_site *sites;
    ns_nst_spawn *spawns;
    ns_nst_unit *units;
    ns_nst_request *requests;
    uint32_t *loop_ends, *firings;
    ns_record *records;
    ns_nst_compilation *compilations;
    ns_nst_death *deaths;
    bool *spawned; // while it is checked: spawns that were started
    bool *led_to;  // and units that something leads to
};

// Reads what may be damaged: after the first fault everything is 0.
typedef struct reader {
    ns_nst_file *file;
    const uint8_t *at, *end;
    bool bad, no_memory;
} reader;

static uint64_t get(reader *r)
{
    uint64_t value = 0;
    for (int shift = 0; shift < 70 && r->at < r->end; shift += 7) {
        uint8_t byte = *r->at++;
        if (shift == 63 && byte > 1)
            break;
        value |= (uint64_t)(byte & 127) << shift;
        if (!(byte & 128))
            return value;
    }
    r->bad = true;
    r->at = r->end;
    return 0;
}

// A number below `limit`.
static uint64_t get_below(reader *r, uint64_t limit)
{
    uint64_t value = get(r);
    if (value < limit)
        return value;
    r->bad = true;
    return 0;
}

// A whole number that fits into int64_t with room to add many.
static int64_t get_amount(reader *r)
{
    return (int64_t)get_below(r, UINT64_C(1) << 56);
}

static const char *get_string(reader *r)
{
    uint64_t index = get_below(r, r->file->trace.string_count);
    return r->bad ? "" : r->file->strings[index];
}

// The length of a table, each of whose entries takes at least one byte; its memory.
static void *get_table(reader *r, uint32_t *count, size_t size)
{
    uint64_t length = get(r);
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

static void read_strings(reader *r)
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
        uint64_t length = get(r);
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

static void read_head(reader *r)
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
    t->hash = get(r);
    t->unsupported = get_string(r);
    t->status = get_string(r);
    t->exit_code = (int)ns_nst_signed(get(r));
    t->pool_threads = (int)get_below(r, 1025);
    t->cohorts = (uint32_t)get_below(r, UINT32_MAX);
    // A trace that was written has no more cohorts than bytes.
    if (t->cohorts > (uint64_t)(r->end - r->file->bytes))
        r->bad = true;
}

static void read_sites(reader *r)
{
    ns_nst *t = &r->file->trace;
    t->sites = r->file->sites = get_table(r, &t->site_count, sizeof *t->sites);
    for (uint32_t i = 0; i < t->site_count && !r->bad; i++) {
        ns_nst_site *site = &r->file->sites[i];
        site->phase = (ns_phase)get_below(r, NS_PHASES + 1);
        site->kind = get_string(r);
        site->name = get_string(r);
        site->script = get_string(r);
        site->line = (int32_t)ns_nst_signed(get(r));
    }
}

enum { DISK_KINDS = 5, TASK_KINDS = 5 }; // of model/disk.h, model/threadpool.h

static void read_disk(reader *r, ns_nst_disk *disk, bool effect)
{
    disk->kind = (int)get(r);
    if (!disk->kind)
        return;
    if (effect ? disk->kind != NS_NST_WARM && disk->kind != NS_NST_FORGET
               : disk->kind < 0 || disk->kind >= DISK_KINDS)
        r->bad = true;
    disk->direct = get_below(r, 2);
    disk->file = get(r);
    disk->offset = get_amount(r);
    disk->bytes = get_amount(r);
}

static void read_spawns(reader *r)
{
    ns_nst *t = &r->file->trace;
    t->spawns = r->file->spawns = get_table(r, &t->spawn_count, sizeof *t->spawns);
    for (uint32_t i = 0; i < t->spawn_count && !r->bad; i++) {
        ns_nst_spawn *spawn = &r->file->spawns[i];
        spawn->kind = (ns_nst_spawn_kind)get_below(r, NS_NST_SPAWN_KINDS);
        spawn->unit = (uint32_t)get_below(r, UINT32_MAX);
        spawn->name = "";
        if (spawn->kind == NS_NST_TIMER) {
            spawn->chain = i - (uint32_t)get_below(r, (uint64_t)i + 1);
            r->bad |= r->file->spawns[spawn->chain].kind != NS_NST_TIMER;
            spawn->ms = (int32_t)get_below(r, (uint64_t)INT32_MAX + 1);
            spawn->repeats = get_below(r, 2);
        }
        if (spawn->kind != NS_NST_TASK)
            continue;
        spawn->task_kind = (uint8_t)get_below(r, TASK_KINDS);
        spawn->slow = get_below(r, 2);
        spawn->name = get_string(r);
        spawn->cpu = get_amount(r);
        spawn->wait = get_amount(r);
        read_disk(r, &spawn->disk, false);
        read_disk(r, &spawn->effect, true);
    }
}

static void read_units(reader *r)
{
    ns_nst_file *f = r->file;
    ns_nst *t = &f->trace;
    size_t offset = 0;
    t->units = f->units = get_table(r, &t->unit_count, sizeof *t->units);
    for (uint32_t i = 0; i < t->unit_count && !r->bad; i++) {
        ns_nst_unit *unit = &f->units[i];
        unit->tree = (uint32_t)get_below(r, UINT32_MAX);
        uint64_t needs = get_below(r, 2 * (NS_NST_NEEDS + 1));
        unit->foreign = needs & 1;
        for (uint64_t need = 0; need < needs / 2; need++) {
            uint64_t back = get_below(r, (uint64_t)i + 1);
            r->bad |= back == 0;
            unit->needs[need] = (uint32_t)(i - back) + 1;
        }
        unit->length = (size_t)get_amount(r);
        unit->offset = offset;
        offset += unit->length;
    }
    t->requests = f->requests = get_table(r, &t->request_count, sizeof *t->requests);
    for (uint32_t i = 0; i < t->request_count && !r->bad; i++) {
        f->requests[i].cls = (uint32_t)get_below(r, UINT32_MAX);
        f->requests[i].order = (uint32_t)get_below(r, t->request_count);
        f->requests[i].unit = (uint32_t)get_below(r, (uint64_t)t->unit_count + 1);
        f->requests[i].ended = get_below(r, 2);
    }
    t->loop_ends = f->loop_ends = get_table(r, &t->loop_end_count, sizeof *t->loop_ends);
    for (uint32_t i = 0; i < t->loop_end_count && !r->bad; i++)
        f->loop_ends[i] = (uint32_t)get_below(r, t->unit_count);
    t->firings = r->file->firings = get_table(r, &t->firing_count, sizeof *t->firings);
    for (uint32_t i = 0; i < t->firing_count && !r->bad; i++)
        r->file->firings[i] = (uint32_t)get_below(r, t->unit_count);
    t->final_unit = (uint32_t)get_below(r, (uint64_t)t->unit_count + 1);
    for (uint32_t i = 0; i < t->unit_count; i++)
        r->bad |= t->units[i].tree > t->request_count;
    for (uint32_t i = 0; i < t->spawn_count; i++)
        r->bad |= t->spawns[i].unit > t->unit_count;
    if (t->unit_count == 0)
        r->bad = true;
}

static void read_field(reader *r, const ns_nst_field *field, ns_record *record)
{
    assert(field);
    char *at = (char *)record + field->offset;
    switch (field->type) {
    case NS_NST_INT32:
        *(int32_t *)at = (int32_t)ns_nst_signed(get(r));
        break;
    case NS_NST_INT64:
        *(int64_t *)at = ns_nst_signed(get(r));
        break;
    case NS_NST_BOOL:
        *(bool *)at = get_below(r, 2);
        break;
    case NS_NST_STRING:
        *(const char **)at = get_string(r);
        break;
    }
}

static void read_records(reader *r)
{
    ns_nst *t = &r->file->trace;
    t->records = r->file->records = get_table(r, &t->record_count, sizeof *t->records);
    t->first_last = (uint32_t)get_below(r, (uint64_t)t->record_count + 1);
    for (uint32_t i = 0; i < t->record_count && !r->bad; i++) {
        ns_record *record = &r->file->records[i];
        record->type = (ns_rec_type)get_below(r, NS_REC_TYPES);
        int count;
        const ns_nst_field *fields = ns_nst_fields(record->type, &count);
        r->bad |= !fields;
        for (int field = 0; field < count; field++)
            read_field(r, &fields[field], record);
    }
}

// -- Operations -----------------------------------------------------------------------------------

static int64_t get_bytes(reader *r)
{
    int64_t bytes = ns_nst_signed(get(r));
    r->bad |= bytes > INT64_C(1) << 56 || bytes < -(INT64_C(1) << 56);
    return bytes;
}

static void read_compilations(reader *r)
{
    ns_nst *t = &r->file->trace;
    t->compilations = r->file->compilations =
        get_table(r, &t->compilation_count, sizeof *t->compilations);
    for (uint32_t i = 0; i < t->compilation_count && !r->bad; i++) {
        ns_nst_compilation *compilation = &r->file->compilations[i];
        compilation->demand = get_amount(r);
        compilation->after = (uint32_t)get_below(r, (uint64_t)i + 1); // an earlier one
        compilation->checks = (uint32_t)get_below(r, UINT32_MAX);
        compilation->first_record = (uint32_t)get_below(r, (uint64_t)t->record_count + 1);
        compilation->record_count =
            (uint32_t)get_below(r, (uint64_t)t->record_count - compilation->first_record + 1);
        compilation->record_delay = ns_nst_signed(get(r));
        r->bad |= compilation->record_delay < 0 || compilation->record_delay >= INT64_C(1) << 56;
        compilation->function = (uint32_t)get_below(r, UINT32_MAX);
        compilation->maglev = get_below(r, 2);
    }
}

static void read_deaths(reader *r)
{
    ns_nst *t = &r->file->trace;
    t->deaths = r->file->deaths = get_table(r, &t->death_count, sizeof *t->deaths);
    uint64_t when = 0;
    for (uint32_t i = 0; i < t->death_count && !r->bad; i++) {
        ns_nst_death *death = &r->file->deaths[i];
        when += get_below(r, t->cohorts - when);
        death->when = (uint32_t)when;
        death->cohort = (uint32_t)(when - get_below(r, when + 1));
        death->place = (uint8_t)get_below(r, NS_NST_DEATHS);
        death->count = get_bytes(r);
    }
}

static void check_heap(reader *r)
{
    const ns_nst *t = &r->file->trace;
    uint64_t cohort = get_below(r, t->cohorts);
    get_bytes(r);
    get_amount(r);
    get_bytes(r);
    get_bytes(r);
    get_amount(r);
    for (uint64_t left = get(r); left > 0 && !r->bad; left--) {
        get_below(r, NS_NST_PLACES);
        get_amount(r);
    }
    uint64_t literals = get_below(r, t->cohorts - cohort);
    for (uint64_t left = literals; left > 0 && !r->bad; left--) {
        uint64_t site = get(r) >> NS_NST_LITERAL_BITS;
        r->bad |= site == 0 || site >= UINT16_MAX;
        get_amount(r);
        get_bytes(r);
        get_bytes(r);
        get_below(r, UINT32_MAX);
    }
    for (uint64_t left = get(r); left > 0 && !r->bad; left--) {
        get_below(r, NS_NST_DEATHS);
        get_below(r, cohort + 1);
        get_bytes(r);
    }
}

static void check_operand(reader *r, char letter, uint32_t unit)
{
    const ns_nst *t = &r->file->trace;
    switch (letter) {
    case 'u':
        get(r);
        break;
    case 'i':
        get(r);
        break;
    case 's':
        get_below(r, t->string_count);
        break;
    case 't':
        get_below(r, t->site_count);
        break;
    case 'r':
        get_below(r, t->record_count);
        break;
    case 'S':
        get_below(r, t->spawn_count);
        break;
    case 'J':
        get_below(r, t->compilation_count);
        break;
    case 'U': // of a unit that comes later: no circle
        r->bad |= get_below(r, t->unit_count) <= unit;
        break;
    default:
        r->bad = true;
    }
}

// Each unit runs for one reason.
static void lead_to(reader *r, uint32_t unit)
{
    r->bad |= r->file->led_to[unit];
    r->file->led_to[unit] = true;
}

// It is started once, and its unit comes later: a replay ends.
static void check_spawn(reader *r, uint32_t spawn, uint32_t unit)
{
    uint32_t next = r->file->trace.spawns[spawn].unit;
    r->bad |= r->file->spawned[spawn] || (next && next - 1 <= unit);
    r->file->spawned[spawn] = true;
    if (next)
        lead_to(r, next - 1);
}

static void check_roots(reader *r)
{
    const ns_nst *t = &r->file->trace;
    r->file->spawned = ns_calloc((size_t)t->spawn_count + 1, sizeof(bool));
    r->file->led_to = ns_calloc((size_t)t->unit_count + 1, sizeof(bool));
    if (!r->file->spawned || !r->file->led_to) {
        r->no_memory = r->bad = true;
        return;
    }
    lead_to(r, 0);
    for (uint32_t i = 0; i < t->request_count; i++)
        if (t->requests[i].unit)
            lead_to(r, t->requests[i].unit - 1);
    for (uint32_t i = 0; i < t->loop_end_count; i++)
        lead_to(r, t->loop_ends[i]);
    for (uint32_t i = 0; i < t->firing_count; i++)
        lead_to(r, t->firings[i]);
    if (t->final_unit)
        lead_to(r, t->final_unit - 1);
}

// Demands must add up without overflow; each kind of spawn has operations of its own.
static void check_op(reader *r, ns_nst_op op, uint32_t unit)
{
    static const uint8_t spawn_of[NS_OPS] = {[NS_OP_SUBMIT] = 1 + NS_NST_TASK,
                                             [NS_OP_TIMER] = 1 + NS_NST_TIMER,
                                             [NS_OP_TIMER_CLEAR] = 1 + NS_NST_TIMER,
                                             [NS_OP_IMMEDIATE] = 1 + NS_NST_IMMEDIATE,
                                             [NS_OP_IMMEDIATE_CLEAR] = 1 + NS_NST_IMMEDIATE,
                                             [NS_OP_NATIVE] = 1 + NS_NST_NATIVE};
    reader start = *r;
    if (op == NS_OP_HEAP) {
        check_heap(r);
        return;
    }
    for (const char *letter = ns_nst_operands(op); *letter && !r->bad; letter++)
        check_operand(r, *letter, unit);
    if (r->bad)
        return;
    uint64_t first = *ns_nst_operands(op) ? get(&start) : 0;
    if (op == NS_OP_SYNC || op == NS_OP_CHARGE || op == NS_OP_TAIL || op == NS_OP_POINT)
        r->bad |= first >= UINT64_C(1) << 56;
    if (op == NS_OP_SYNCS)
        r->bad |= first == 0 || first > NS_NST_SYNCS || get(&start) >= UINT64_C(1) << 50;
    if (spawn_of[op])
        r->bad |= r->file->trace.spawns[first].kind + 1 != spawn_of[op];
    if (op == NS_OP_SUBMIT || op == NS_OP_TIMER || op == NS_OP_IMMEDIATE || op == NS_OP_NATIVE)
        check_spawn(r, (uint32_t)first, unit);
    if (op == NS_OP_FRAGMENT)
        lead_to(r, (uint32_t)first);
    if (op == NS_OP_SLEEP || op == NS_OP_TIMER_REFS || op == NS_OP_IMMEDIATE_REFS)
        r->bad |= first >= UINT64_C(1) << 32;
    if (op == NS_OP_SHIFT) {
        r->bad |= get(&start) > 1 || get(&start) > UINT32_MAX;
        get_bytes(&start);
        get_bytes(&start);
        r->bad |= start.bad;
    }
    if (op == NS_OP_DISK_WAIT) {
        r->bad |= first == 0 || first >= DISK_KINDS;
        for (int i = 1; i < 5; i++)
            r->bad |= get(&start) >= UINT64_C(1) << 56 && i != 2;
    }
}

static void check_ops(reader *r)
{
    ns_nst *t = &r->file->trace;
    t->ops_size = (size_t)get(r);
    t->ops = r->at;
    const uint8_t *end = r->end;
    if (r->bad || t->ops_size != (size_t)(end - r->at)) {
        r->bad = true;
        return;
    }
    for (uint32_t i = 0; i < t->unit_count && !r->bad; i++) {
        size_t left = (size_t)(end - r->at);
        if (t->units[i].length > left || t->units[i].length == 0) {
            r->bad = true;
            return;
        }
        r->end = r->at + t->units[i].length;
        uint64_t op = NS_OPS;
        int rows = 0;
        while (r->at < r->end && !r->bad && op != NS_OP_END) {
            op = get_below(r, NS_OPS);
            rows += (op == NS_OP_ROW_BEGIN) - (op == NS_OP_ROW_END);
            r->bad |= rows < 0 || rows > 10000;
            check_op(r, (ns_nst_op)op, i);
        }
        // Rows that are open at the end: process.exit leaves them.
        r->bad |= r->at != r->end || op != NS_OP_END;
        r->end = end;
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
        reader r = {.file = file, .at = bytes + NS_NST_HEADER, .end = bytes + size};
        void (*const parts[])(reader *) = {
            read_strings, read_head,         read_sites,  read_spawns, read_units,
            read_records, read_compilations, read_deaths, check_roots, check_ops};
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
