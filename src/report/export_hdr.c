// The distributions as an HdrHistogram log, version 1.3 (HdrHistogram: HistogramLogWriter.java): a
// line for each, over the whole run. Values are ns; its readers divide the maximum by 1e6, for ms.
#include "report/db.h"
#include "report/export.h"
#include "sim/stats.h"

// A tag ends at a comma or a space.
static void write_tag(FILE *out, const char *text)
{
    for (; *text; text++)
        putc(*text == ',' || *text == ' ' || *text == '\n' || *text == '\r' ? '_' : *text, out);
}

typedef struct writer {
    FILE *out;
    int64_t virtual_ns;
} writer;

static void write_seconds(FILE *out, int64_t ns)
{
    int64_t ms = (ns + 500000) / 1000000;
    fprintf(out, "%lld.%03d", (long long)(ms / 1000), (int)(ms % 1000));
}

static int write_line(void *opaque, sqlite3_stmt *row, ns_err *err)
{
    const writer *w = opaque;
    ns_hist *hist;
    int rc = ns_hist_decode(&hist, ns_export_text(row, 1), err);
    if (rc != NS_OK)
        return rc;
    fputs("Tag=", w->out);
    write_tag(w->out, ns_export_text(row, 0));
    fputs(",0.000,", w->out);
    write_seconds(w->out, w->virtual_ns);
    fputs(",", w->out);
    write_seconds(w->out, ns_hist_max(hist) * 1000);
    fprintf(w->out, ",%s\n", ns_export_text(row, 1));
    ns_hist_free(hist);
    return NS_OK;
}

int ns_export_hdr(const ns_export_run *run, FILE *out, ns_err *err)
{
    writer w = {out, run->info->virtual_ns};
    fputs("#[nsim " NSIM_VERSION ": ", out);
    write_tag(out, run->info->workload);
    fprintf(out,
            ", run %lld, values in ns]\n"
            "#[Histogram log format version 1.3]\n"
            "#[StartTime: 0.000 (seconds since the start of the run, virtual time)]\n"
            "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\","
            "\"Interval_Compressed_Histogram\"\n",
            (long long)run->id);
    return ns_export_each(run,
                          "SELECT metric, encoded FROM histogram WHERE run_id = ?1 ORDER BY metric",
                          write_line, &w, err);
}
