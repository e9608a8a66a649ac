// Profiles of the main thread's call stacks, as V8 has them: .cpuprofile and .heapprofile (the
// Profile and SamplingHeapProfile of the DevTools protocol's domains Profiler and HeapProfiler),
// and collapsed stacks. They come from the tables stack_node, cpu_sample and alloc_stack.
//
// To its readers a sample lasts until the next one. So each is written at the start of the stretch
// of time that it stands for, and a last one ends the last of them.
#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"
#include "report/db.h"
#include "report/export.h"

typedef struct node {
    int64_t parent;
    char *name, *script;
    int32_t line, column;
    int64_t self;    // us, ns or bytes
    int64_t *childs; // ids
    int child_count, child_capacity;
    struct line {
        int32_t line;
        int64_t ticks;
    } * lines;
    int line_count, line_capacity;
} node;

typedef struct profile {
    FILE *out;
    node *nodes; // by id
    int64_t count, capacity;
    bool failed, first;
    bool sampled; // there were samples
    int64_t last_us;
} profile;

// -- The tree -------------------------------------------------------------------------------------

static void *grown(void *items, size_t size, int64_t count, int64_t capacity)
{
    return count < capacity ? items : ns_realloc(items, (size_t)(count * 2 + 8) * size);
}

static node *node_at(profile *p, int64_t id)
{
    return id > 0 && id < p->count && p->nodes[id].name ? &p->nodes[id] : NULL;
}

static int read_node(void *opaque, sqlite3_stmt *row, ns_err *err)
{
    profile *p = opaque;
    int64_t id = sqlite3_column_int64(row, 0), parent_id = sqlite3_column_int64(row, 1);
    node *parent = node_at(p, parent_id);
    if (id != (p->count ? p->count : 1) || (id > 1 && !parent))
        return ns_fail(err, NS_EIO, "the table stack_node is damaged");
    node *nodes = grown(p->nodes, sizeof *nodes, id, p->capacity);
    if (!nodes)
        return ns_fail(err, NS_ENOMEM, "out of memory");
    p->capacity = id < p->capacity ? p->capacity : id * 2 + 8;
    p->nodes = nodes;
    p->count = id + 1;
    nodes[id] = (node){.parent = parent_id,
                       .name = ns_strdup(ns_export_text(row, 2)),
                       .script = ns_strdup(ns_export_text(row, 3)),
                       .line = sqlite3_column_int(row, 4),
                       .column = sqlite3_column_int(row, 5)};
    parent = id > 1 ? &nodes[parent_id] : NULL;
    int64_t *childs =
        parent ? grown(parent->childs, sizeof *childs, parent->child_count, parent->child_capacity)
               : NULL;
    if (!nodes[id].name || !nodes[id].script || (parent && !childs))
        return ns_fail(err, NS_ENOMEM, "out of memory");
    if (parent) {
        if (parent->child_count >= parent->child_capacity)
            parent->child_capacity = parent->child_count * 2 + 8;
        parent->childs = childs;
        childs[parent->child_count++] = id;
    }
    return NS_OK;
}

static int read_tree(const ns_export_run *run, profile *p, ns_err *err)
{
    int rc = ns_export_each(run,
                            "SELECT id, parent_id, name, script, line, \"column\" FROM stack_node"
                            " WHERE run_id = ?1 ORDER BY id",
                            read_node, p, err);
    if (rc == NS_OK && p->count == 0)
        rc = ns_fail(err, NS_EINVAL,
                     "run %lld has no profile: run it with --set record.cpu_profile=1ms, or "
                     "--set record.heap_profile=true",
                     (long long)run->id);
    return rc;
}

static void free_profile(profile *p)
{
    for (int64_t id = 1; id < p->count; id++) {
        ns_free(p->nodes[id].name);
        ns_free(p->nodes[id].script);
        ns_free(p->nodes[id].childs);
        ns_free(p->nodes[id].lines);
    }
    ns_free(p->nodes);
}

// V8's call frames count lines and columns from 0, and have files as URLs.
static void write_frame(FILE *out, const node *n)
{
    fputs("\"callFrame\":{\"functionName\":", out);
    ns_export_json(out, n->name);
    fputs(",\"scriptId\":\"0\",\"url\":", out);
    if (n->script[0] == '/') {
        ns_buf url = {0};
        ns_buf_printf(&url, "file://%s", n->script);
        ns_export_json(out, url.failed ? "" : url.data);
        ns_buf_free(&url);
    } else {
        ns_export_json(out, n->script);
    }
    fprintf(out, ",\"lineNumber\":%d,\"columnNumber\":%d}", n->line - 1, n->column - 1);
}

// -- .cpuprofile ----------------------------------------------------------------------------------

static int count_ticks(void *opaque, sqlite3_stmt *row, ns_err *err)
{
    profile *p = opaque;
    node *n = node_at(p, sqlite3_column_int64(row, 0));
    if (!n)
        return ns_fail(err, NS_EIO, "the table cpu_sample is damaged");
    int32_t line = sqlite3_column_int(row, 1);
    int64_t ticks = sqlite3_column_int64(row, 2);
    n->self += ticks;
    p->sampled = true;
    if (line == 0)
        return NS_OK;
    struct line *lines = grown(n->lines, sizeof *lines, n->line_count, n->line_capacity);
    if (!lines)
        return ns_fail(err, NS_ENOMEM, "out of memory");
    if (n->line_count >= n->line_capacity)
        n->line_capacity = n->line_count * 2 + 8;
    n->lines = lines;
    lines[n->line_count++] = (struct line){line, ticks};
    return NS_OK;
}

static void write_nodes(profile *p)
{
    fputs("{\"nodes\":[", p->out);
    for (int64_t id = 1; id < p->count; id++) {
        const node *n = &p->nodes[id];
        fprintf(p->out, "%s\n{\"id\":%" PRId64 ",", id > 1 ? "," : "", id);
        write_frame(p->out, n);
        fprintf(p->out, ",\"hitCount\":%" PRId64, n->self);
        for (int i = 0; i < n->child_count; i++)
            fprintf(p->out, "%s%" PRId64, i ? "," : ",\"children\":[", n->childs[i]);
        fputs(n->child_count ? "]" : "", p->out);
        for (int i = 0; i < n->line_count; i++)
            fprintf(p->out, "%s{\"line\":%d,\"ticks\":%" PRId64 "}",
                    i ? "," : ",\"positionTicks\":[", n->lines[i].line, n->lines[i].ticks);
        fputs(n->line_count ? "]}" : "}", p->out);
    }
    fputs("\n],", p->out);
}

static int write_sample(void *opaque, sqlite3_stmt *row, ns_err *err)
{
    profile *p = opaque;
    (void)err;
    fprintf(p->out, "%s%lld", p->first ? "" : ",", sqlite3_column_int64(row, 1));
    p->first = false;
    return NS_OK;
}

// Differences of the rounded times: their sums do not drift.
static int write_delta(void *opaque, sqlite3_stmt *row, ns_err *err)
{
    profile *p = opaque;
    int64_t us = sqlite3_column_int64(row, 0) / 1000;
    (void)err;
    fprintf(p->out, "%s%" PRId64, p->first ? "" : ",", us - p->last_us);
    p->first = false;
    p->last_us = us;
    return NS_OK;
}

static int write_samples(const ns_export_run *run, profile *p, ns_err *err)
{
    // The last row is where the last stretch ends.
    static const char sql[] =
        "SELECT start_ns, node_id FROM cpu_sample WHERE run_id = ?1 UNION ALL"
        " SELECT MAX(start_ns + duration_ns), 2 FROM cpu_sample WHERE run_id = ?1 ORDER BY 1";
    fprintf(p->out, "\"startTime\":0,\"endTime\":%" PRId64 ",\n\"samples\":[",
            run->info->virtual_ns / 1000);
    p->first = true;
    int rc = ns_export_each(run, sql, write_sample, p, err);
    fputs("],\n\"timeDeltas\":[", p->out);
    p->first = true;
    if (rc == NS_OK)
        rc = ns_export_each(run, sql, write_delta, p, err);
    fputs("]}\n", p->out);
    return rc;
}

static int check_samples(const profile *p, const ns_export_run *run, const char *key, ns_err *err)
{
    if (p->sampled)
        return NS_OK;
    return ns_fail(err, NS_EINVAL, "run %lld has no such samples: run it with --set record.%s",
                   (long long)run->id, key);
}

int ns_export_cpuprofile(const ns_export_run *run, FILE *out, ns_err *err)
{
    profile p = {.out = out};
    int rc = read_tree(run, &p, err);
    if (rc == NS_OK)
        rc = ns_export_each(run,
                            "SELECT node_id, line, (SUM(duration_ns) + 500) / 1000 FROM cpu_sample"
                            " WHERE run_id = ?1"
                            " GROUP BY node_id, line ORDER BY node_id, line",
                            count_ticks, &p, err);
    if (rc == NS_OK)
        rc = check_samples(&p, run, "cpu_profile=1ms", err);
    if (rc == NS_OK) {
        write_nodes(&p);
        rc = write_samples(run, &p, err);
    }
    free_profile(&p);
    return rc;
}

// -- .heapprofile ---------------------------------------------------------------------------------

static int add_self(void *opaque, sqlite3_stmt *row, ns_err *err)
{
    node *n = node_at(opaque, sqlite3_column_int64(row, 0));
    if (!n)
        return ns_fail(err, NS_EIO, "the samples of stacks are damaged");
    n->self += sqlite3_column_int64(row, 1);
    ((profile *)opaque)->sampled = true;
    return NS_OK;
}

// Opened and closed nodes in the order of the tree, without a stack of C's: it may be deep.
static void write_heap_tree(profile *p)
{
    int64_t id = NS_STACK_ROOT;
    fputs("{\"head\":", p->out);
    while (id) {
        node *n = &p->nodes[id];
        if (!n->line_count) { // the first visit; `lines` counts the children written, plus 1
            fputs("{", p->out);
            write_frame(p->out, n);
            fprintf(p->out, ",\"selfSize\":%" PRId64 ",\"id\":%" PRId64 ",\"children\":[", n->self,
                    id);
            n->line_count = 1;
        }
        if (n->line_count <= n->child_count) {
            fputs(n->line_count > 1 ? ",\n" : "\n", p->out);
            id = n->childs[n->line_count++ - 1];
            continue;
        }
        fputs("]}", p->out);
        id = n->parent;
    }
}

// Of what is still there at the end of the run (as node --heap-prof, whose profiler collects all
// garbage first), or of all that was allocated.
typedef struct heap_queries {
    const char *by_node, *samples;
} heap_queries;

#define HEAP_QUERIES(column)                                                                       \
    {                                                                                              \
        "SELECT node_id, SUM(" column ") FROM alloc_stack WHERE run_id = ?1 GROUP BY node_id",     \
            "SELECT node_id, SUM(" column                                                          \
            "), ROW_NUMBER() OVER (ORDER BY node_id) FROM alloc_stack"                             \
            " WHERE run_id = ?1 AND " column " > 0 GROUP BY node_id ORDER BY node_id"              \
    }

static int write_allocation(void *opaque, sqlite3_stmt *row, ns_err *err)
{
    profile *p = opaque;
    (void)err;
    fprintf(p->out, "%s\n{\"size\":%lld,\"nodeId\":%lld,\"ordinal\":%lld}", p->first ? "" : ",",
            sqlite3_column_int64(row, 1), sqlite3_column_int64(row, 0),
            sqlite3_column_int64(row, 2));
    p->first = false;
    return NS_OK;
}

static int export_heap(const ns_export_run *run, const heap_queries *queries, FILE *out,
                       ns_err *err)
{
    profile p = {.out = out, .first = true};
    int rc = read_tree(run, &p, err);
    if (rc == NS_OK)
        rc = ns_export_each(run, queries->by_node, add_self, &p, err);
    if (rc == NS_OK)
        rc = check_samples(&p, run, "heap_profile=true", err);
    if (rc == NS_OK) {
        write_heap_tree(&p);
        fputs(",\n\"samples\":[", out);
        rc = ns_export_each(run, queries->samples, write_allocation, &p, err);
        fputs("\n]}\n", out);
    }
    free_profile(&p);
    return rc;
}

int ns_export_heapprofile(const ns_export_run *run, FILE *out, ns_err *err)
{
    static const heap_queries living = HEAP_QUERIES("live_bytes");
    return export_heap(run, &living, out, err);
}

int ns_export_heapprofile_all(const ns_export_run *run, FILE *out, ns_err *err)
{
    static const heap_queries all = HEAP_QUERIES("bytes");
    return export_heap(run, &all, out, err);
}

// -- Collapsed stacks -----------------------------------------------------------------------------

// ";" separates frames, and the last space the weight.
static void write_collapsed_frame(FILE *out, const node *n)
{
    char text[512];
    const char *file = strrchr(n->script, '/');
    snprintf(text, sizeof text, n->script[0] ? "%s %s:%d" : "%s",
             n->name[0] ? n->name : "(anonymous)", file ? file + 1 : n->script, n->line);
    for (const char *c = text; *c; c++)
        putc(*c == ';' ? ',' : *c == '\n' || *c == '\r' ? ' ' : *c, out);
}

static void write_collapsed_stack(profile *p, int64_t id)
{
    int64_t path[256];
    int depth = 0;
    for (; id > NS_STACK_ROOT && depth < 256; id = p->nodes[id].parent)
        path[depth++] = id;
    while (depth > 0) {
        write_collapsed_frame(p->out, &p->nodes[path[--depth]]);
        fputs(depth ? ";" : "", p->out);
    }
}

int ns_export_collapsed(const ns_export_run *run, FILE *out, ns_err *err)
{
    profile p = {.out = out};
    int rc = read_tree(run, &p, err);
    if (rc == NS_OK)
        rc = ns_export_each(run,
                            "SELECT node_id, SUM(duration_ns) FROM cpu_sample WHERE run_id = ?1"
                            " GROUP BY node_id ORDER BY node_id",
                            add_self, &p, err);
    if (rc == NS_OK)
        rc = check_samples(&p, run, "cpu_profile=1ms", err);
    for (int64_t id = 1; id < p.count && rc == NS_OK; id++) {
        if (p.nodes[id].self == 0 || id == NS_STACK_IDLE)
            continue;
        write_collapsed_stack(&p, id);
        fprintf(out, " %" PRId64 "\n", p.nodes[id].self);
    }
    free_profile(&p);
    return rc;
}
