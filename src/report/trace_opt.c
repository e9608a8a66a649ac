// A run in the words of node's own flags: --trace-opt and --trace-deopt, with --trace-file-names,
// and --trace-flush-bytecode
// (V8: src/codegen/compiler.cc, CompilerTracer; src/execution/tiering-manager.cc, TraceRecompile;
// src/deoptimizer/deoptimizer.cc, TraceDeoptBegin).
//
// Addresses are made up: they follow from a function's id, so that they are the same in every run.
#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "report/db.h"
#include "report/report.h"
#include "report/trace.h"

enum {
    function_base = 0x2a0100000000, // of the functions' addresses
    shared_base = 0x1c0200000000,   // of their SharedFunctionInfo
    code_base = 0x0e0300000000,
    stride = 0x40,
};

typedef struct event {
    const char *kind, *reason, *name, *script, *from, *to; // from, to: V8's names of tiers
    int64_t function_id, prepare_ns, execute_ns, finalize_ns;
    int opt_id, offset;
    bool osr;
} event;

static int64_t address(int64_t base, int64_t id)
{
    return base + id * stride + 1;
}

static void print_function(ns_buf *out, const event *e)
{
    ns_buf_printf(out, "0x%012" PRIx64 " <JSFunction%s%s", address(function_base, e->function_id),
                  *e->name ? " " : "", e->name);
    if (*e->script)
        ns_buf_printf(out, " <%s>", e->script);
    ns_buf_printf(out, " (sfi = 0x%" PRIx64 ")>", address(shared_base, e->function_id));
}

static double ms(int64_t ns)
{
    return (double)ns / 1e6;
}

static void print_opt(ns_buf *out, const event *e)
{
    const char *mode = strcmp(e->reason, "synchronous") == 0 ? "kSynchronous" : "kConcurrent";
    const char *osr = e->osr ? " OSR" : "";
    if (strcmp(e->kind, "mark") == 0) {
        ns_buf_str(out, "[marking ");
        print_function(out, e);
        ns_buf_printf(out, " for optimization to %s, ConcurrencyMode::kConcurrent, reason: %s]\n",
                      e->to, e->reason);
    } else if (strcmp(e->kind, "compile") == 0) {
        ns_buf_str(out, "[compiling method ");
        print_function(out, e);
        ns_buf_printf(out, " (target %s)%s, mode: ConcurrencyMode::%s]\n", e->to, osr, mode);
    } else if (strcmp(e->kind, "compiled") == 0) {
        ns_buf_str(out, "[completed compiling ");
        print_function(out, e);
        ns_buf_printf(out, " (target %s)%s - took %.3f, %.3f, %.3f ms]\n", e->to, osr,
                      ms(e->prepare_ns), ms(e->execute_ns), ms(e->finalize_ns));
    } else if (strcmp(e->kind, "optimize") == 0 && strcmp(e->to, "TURBOFAN") == 0) {
        ns_buf_str(out, "[completed optimizing ");
        print_function(out, e);
        ns_buf_printf(out, " (target %s)%s]\n", e->to, osr);
    } else if (strcmp(e->kind, "aborted") == 0) {
        ns_buf_str(out, "[aborted optimizing ");
        print_function(out, e);
        ns_buf_printf(out, " (target %s)%s because: %s - took %.3f, %.3f, %.3f ms]\n", e->to, osr,
                      e->reason, ms(e->prepare_ns), ms(e->execute_ns), ms(e->finalize_ns));
    }
}

static void print_deopt(ns_buf *out, const event *e)
{
    if (strcmp(e->kind, "dependency") == 0) {
        ns_buf_printf(out,
                      "[marking dependent code 0x%012" PRIx64 " <Code %s> (0x%012" PRIx64
                      " <SharedFunctionInfo%s%s>) (opt id %d) for deoptimization, reason: %s]\n",
                      address(code_base, e->opt_id), e->from, address(shared_base, e->function_id),
                      *e->name ? " " : "", e->name, e->opt_id, e->reason);
        return;
    }
    if (strncmp(e->kind, "deopt-", 6) != 0)
        return;
    ns_buf_printf(out, "[bailout (kind: %s, reason: %s): begin. deoptimizing ", e->kind, e->reason);
    print_function(out, e);
    ns_buf_printf(out,
                  ", 0x%012" PRIx64 " <Code %s>, opt id %d, bytecode offset %d, deopt exit 0,"
                  " FP to SP delta 0, caller SP 0x000000000000, pc 0x%012" PRIx64 "]\n",
                  address(code_base, e->opt_id), e->from, e->opt_id, e->offset,
                  address(code_base, e->opt_id));
}

static void print_flush(ns_buf *out, const event *e)
{
    if (strcmp(e->kind, "flush") == 0)
        ns_buf_printf(
            out, "[discarding compiled metadata for 0x%012" PRIx64 " <SharedFunctionInfo%s%s>]\n",
            address(shared_base, e->function_id), *e->name ? " " : "", e->name);
}

static const char *column(sqlite3_stmt *row, int at)
{
    const char *text = (const char *)sqlite3_column_text(row, at);
    return text ? text : "";
}

// As V8 prints a CodeKind.
static const char *code_kind(const char *tier)
{
    return strcmp(tier, "maglev") == 0 ? "MAGLEV" : "TURBOFAN";
}

static int print_events(const ns_trace_run *run, void (*print)(ns_buf *out, const event *e),
                        FILE *out, ns_err *err)
{
    sqlite3_stmt *row;
    int rc = ns_db_prepare(run->db,
                           "SELECT e.kind, e.reason, f.name, f.script, e.function_id, e.prepare_ns,"
                           " e.execute_ns, e.finalize_ns, e.opt_id, e.bytecode_offset, e.osr,"
                           " e.from_tier, e.to_tier"
                           " FROM jit_event e LEFT JOIN jit_function f"
                           " ON f.run_id = e.run_id AND f.id = e.function_id WHERE e.run_id = ?1",
                           &row, err);
    if (rc != NS_OK)
        return rc;
    sqlite3_bind_int64(row, 1, run->id);
    ns_buf text = {0};
    int step;
    while (rc == NS_OK && (step = sqlite3_step(row)) == SQLITE_ROW) {
        const event e = {
            .kind = column(row, 0),
            .reason = column(row, 1),
            .name = column(row, 2),
            .script = column(row, 3),
            .function_id = sqlite3_column_int64(row, 4),
            .prepare_ns = ns_run_time(sqlite3_column_int64(row, 5), run->speed),
            .execute_ns = ns_run_time(sqlite3_column_int64(row, 6), run->speed),
            .finalize_ns = ns_run_time(sqlite3_column_int64(row, 7), run->speed),
            .opt_id = sqlite3_column_int(row, 8),
            .offset = sqlite3_column_int(row, 9),
            .osr = sqlite3_column_int(row, 10) != 0,
            .from = code_kind(column(row, 11)),
            .to = code_kind(column(row, 12)),
        };
        ns_buf_clear(&text);
        print(&text, &e);
        if (text.failed)
            rc = ns_fail(err, NS_ENOMEM, "out of memory");
        else if (text.len > 0 && fwrite(text.data, 1, text.len, out) != text.len)
            rc = ns_fail(err, NS_EIO, "cannot write the trace");
    }
    if (rc == NS_OK && step != SQLITE_DONE)
        rc = ns_db_fail(run->db, step, err);
    ns_buf_free(&text);
    sqlite3_finalize(row);
    return rc;
}

int ns_trace_opt(const ns_trace_run *run, FILE *out, ns_err *err)
{
    return print_events(run, print_opt, out, err);
}

int ns_trace_flush_bytecode(const ns_trace_run *run, FILE *out, ns_err *err)
{
    return print_events(run, print_flush, out, err);
}

int ns_trace_deopt(const ns_trace_run *run, FILE *out, ns_err *err)
{
    return print_events(run, print_deopt, out, err);
}
