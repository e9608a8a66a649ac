#include "report/export.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/suggest.h"
#include "report/db.h"

const ns_export_format ns_export_formats[] = {
    {"chrome", "Chrome trace events, for Perfetto, chrome://tracing and DevTools"},
    {"cpuprofile", "CPU profile of the main thread, for DevTools and speedscope"},
    {"heapprofile", "living allocations by call stack, for DevTools and speedscope"},
    {"heapprofile-all", "the same of all allocations, collected ones too"},
    {"collapsed", "collapsed stacks of the CPU profile, in ns, for flame graphs"},
    {"hdr", "HdrHistogram log 1.3: every distribution, with a tag"},
    {"csv", "tables: one (--table), or all of them into the folder -o"},
    {NULL, NULL},
};

static const struct format {
    const char *name;
    int (*write)(const ns_export_run *run, FILE *out, ns_err *err); // NULL: tables
} formats[] = {
    {"chrome", ns_export_chrome},
    {"cpuprofile", ns_export_cpuprofile},
    {"heapprofile", ns_export_heapprofile},
    {"heapprofile-all", ns_export_heapprofile_all},
    {"collapsed", ns_export_collapsed},
    {"hdr", ns_export_hdr},
    {"csv", NULL},
};
enum { FORMATS = sizeof formats / sizeof formats[0] };

// -- Helpers of the formats -----------------------------------------------------------------------

int ns_export_each(const ns_export_run *run, const char *sql,
                   int (*each)(void *opaque, sqlite3_stmt *row, ns_err *err), void *opaque,
                   ns_err *err)
{
    sqlite3_stmt *row = NULL;
    int rc = ns_db_prepare(run->db, sql, &row, err);
    if (rc != NS_OK)
        return rc;
    sqlite3_bind_int64(row, 1, run->id);
    if (sqlite3_bind_parameter_count(row) > 1)
        sqlite3_bind_double(row, 2, run->speed);
    int step = SQLITE_DONE;
    while (rc == NS_OK && (step = sqlite3_step(row)) == SQLITE_ROW)
        rc = each(opaque, row, err);
    if (rc == NS_OK && step != SQLITE_DONE)
        rc = ns_db_fail(run->db, step, err);
    sqlite3_finalize(row);
    return rc;
}

const char *ns_export_text(sqlite3_stmt *row, int column)
{
    const char *text = (const char *)sqlite3_column_text(row, column);
    return text ? text : "";
}

// The length of the well-formed UTF-8 sequence at `s`, 0 when there is none (Unicode 15, table
// 3-7).
static int sequence(const unsigned char *s)
{
    static const struct {
        unsigned char first, last, low, high;
        int length;
    } forms[] = {
        {0x01, 0x7f, 0x00, 0x00, 1}, {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
        {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
        {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
    };
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if (*s < forms[i].first || *s > forms[i].last)
            continue;
        if (forms[i].length > 1 && (s[1] < forms[i].low || s[1] > forms[i].high))
            return 0;
        for (int k = 2; k < forms[i].length; k++)
            if ((s[k] & 0xc0) != 0x80)
                return 0;
        return forms[i].length;
    }
    return 0;
}

void ns_export_json(FILE *out, const char *text)
{
    putc('"', out);
    for (const unsigned char *s = (const unsigned char *)text; *s;) {
        int length = sequence(s);
        if (length == 0)
            fputs("\\ufffd", out);
        else if (*s == '"' || *s == '\\')
            fprintf(out, "\\%c", *s);
        else if (*s < 0x20)
            fprintf(out, "\\u%04x", *s);
        else
            fwrite(s, 1, (size_t)length, out);
        s += length ? length : 1;
    }
    putc('"', out);
}

void ns_export_us(FILE *out, int64_t ns)
{
    if (ns < 0) // of a damaged database: Perfetto takes none
        ns = 0;
    fprintf(out, "%lld.%03d", (long long)(ns / 1000), (int)(ns % 1000));
}

// -- Where it goes --------------------------------------------------------------------------------

// Write one file: under another name until it is whole.
static int write_file(const ns_export_run *run, const char *path,
                      int (*write)(const ns_export_run *run, const char *table, FILE *out,
                                   ns_err *err),
                      const char *table, ns_err *err)
{
    ns_buf part = {0};
    ns_buf_printf(&part, "%s.part", path);
    if (part.failed)
        return ns_fail(err, NS_ENOMEM, "out of memory");
    FILE *out = fopen(part.data, "wb");
    int rc = out ? write(run, table, out, err)
                 : ns_fail(err, NS_EINVAL, "cannot write %s: %s", path, strerror(errno));
    if (out) {
        bool good = fflush(out) == 0 && !ferror(out);
        int reason = errno;
        good = fclose(out) == 0 && good;
        if (rc == NS_OK && !good)
            rc = ns_fail(err, NS_EIO, "cannot write %s: %s", path, strerror(reason));
        if (rc == NS_OK && rename(part.data, path) != 0)
            rc = ns_fail(err, NS_EIO, "cannot write %s: %s", path, strerror(errno));
        if (rc != NS_OK)
            unlink(part.data);
    }
    ns_buf_free(&part);
    return rc;
}

static int write_stdout(const ns_export_run *run,
                        int (*write)(const ns_export_run *run, const char *table, FILE *out,
                                     ns_err *err),
                        const char *table, ns_err *err)
{
    int rc = write(run, table, stdout, err);
    if (rc == NS_OK && (fflush(stdout) != 0 || ferror(stdout)) && errno != EPIPE)
        rc = ns_fail(err, NS_EIO, "cannot write the output: %s", strerror(errno));
    return rc;
}

typedef struct folder {
    const ns_export_run *run;
    const char *path;
} folder;

static int write_into(void *opaque, const char *table, ns_err *err)
{
    const folder *f = opaque;
    ns_buf path = {0};
    ns_buf_printf(&path, "%s/%s.csv", f->path, table);
    int rc = path.failed ? ns_fail(err, NS_ENOMEM, "out of memory")
                         : write_file(f->run, path.data, ns_export_table, table, err);
    ns_buf_free(&path);
    return rc;
}

static int write_folder(const ns_export_run *run, const char *path, ns_err *err)
{
    if (!path)
        return ns_fail(err, NS_EINVAL,
                       "csv has many tables: name one with --table, or a folder for all with -o");
    if (mkdir(path, 0777) != 0 && errno != EEXIST)
        return ns_fail(err, NS_EINVAL, "cannot make the folder %s: %s", path, strerror(errno));
    folder f = {run, path};
    return ns_export_tables(run, write_into, &f, err);
}

// -- Public ---------------------------------------------------------------------------------------

// NULL when there is none of the name, and the error says so.
static const struct format *find(const char *name, ns_err *err)
{
    ns_suggest near = {.word = name};
    ns_buf all = {0};
    for (int i = 0; i < FORMATS; i++) {
        if (strcmp(formats[i].name, name) == 0) {
            ns_buf_free(&all);
            return &formats[i];
        }
        ns_suggest_offer(&near, formats[i].name);
        ns_buf_printf(&all, "%s%s", i ? ", " : "", formats[i].name);
    }
    if (near.best)
        ns_fail(err, NS_EINVAL, "unknown format \"%s\"; did you mean \"%s\"?", name, near.best);
    else
        ns_fail(err, NS_EINVAL, "unknown format \"%s\"; there are: %s", name,
                all.failed ? "" : all.data);
    ns_buf_free(&all);
    return NULL;
}

static int write_format(const ns_export_run *run, const char *name, FILE *out, ns_err *err)
{
    const struct format *f = find(name, err);
    return f ? f->write(run, out, err) : NS_EINVAL;
}

static int write_all(const ns_export_run *run, const struct format *f, const char *table,
                     const char *path, ns_err *err)
{
    if (!f->write && !table)
        return write_folder(run, path, err);
    if (!f->write)
        return path ? write_file(run, path, ns_export_table, table, err)
                    : write_stdout(run, ns_export_table, table, err);
    return path ? write_file(run, path, write_format, f->name, err)
                : write_stdout(run, write_format, f->name, err);
}

int ns_export(const char *db, int64_t run_id, const char *format, const char *table,
              const char *path, ns_err *err)
{
    const struct format *f = find(format, err);
    sqlite3_stmt *row = NULL;
    ns_run_info info;
    ns_export_run run = {.id = run_id, .info = &info};
    if (!f)
        return NS_EINVAL;
    if (table && f->write)
        return ns_fail(err, NS_EINVAL, "--table is of csv; %s has none", format);
    int rc = ns_db_open(&run.db, db, err);
    if (rc != NS_OK)
        return rc;
    bool records = f->write && f->write != ns_export_hdr;
    rc = (records ? ns_db_recorded_run : ns_db_run)(run.db, &run.id, &info, &row, err);
    if (rc == NS_OK)
        rc = ns_run_info_speed(&info, &run.speed, err);
    if (rc == NS_OK)
        rc = write_all(&run, f, table, path, err);
    sqlite3_finalize(row);
    sqlite3_close(run.db);
    return rc;
}
