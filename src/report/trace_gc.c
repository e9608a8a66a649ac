// The collections of a run as `node --trace-gc` prints them.
#include <string.h>

#include "report/db.h"
#include "report/trace.h"
#include "trace/gc_text.h"

typedef struct printer {
    ns_sink sink;
    FILE *out;
    ns_buf line;
} printer;

static void emit(ns_sink *sink, const ns_record *record)
{
    printer *p = (printer *)sink;
    ns_buf_clear(&p->line);
    ns_gc_text(&p->line, &record->gc_event);
    if (!p->line.failed)
        fwrite(p->line.data, 1, p->line.len, p->out);
}

int ns_trace_gc(const ns_trace_run *run, FILE *out, ns_err *err)
{
    printer p = {.sink = {emit}, .out = out};
    int rc = ns_db_each(run->db, run->id, NS_REC_GC_EVENT, NULL, &p.sink, err);
    if (rc == NS_OK && p.line.failed)
        rc = ns_fail(err, NS_ENOMEM, "no memory for the trace");
    ns_buf_free(&p.line);
    return rc;
}
