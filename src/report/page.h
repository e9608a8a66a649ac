// A report as one HTML page: no network, no script, pictures and styles in it; light and dark.
#ifndef NS_REPORT_PAGE_H
#define NS_REPORT_PAGE_H

#include "report/aggregate.h"
#include "report/db.h"
#include "report/figure.h"

typedef struct ns_page {
    ns_buf html;
    const char *db;      // path
    const char *scratch; // path and beginning of the name of temporary files
    int pictures;        // so far
} ns_page;

void ns_page_text(ns_page *page, const char *text); // escaped
void ns_page_time(ns_page *page, int64_t ns);
void ns_page_begin(ns_page *page, const char *title);
void ns_page_end(ns_page *page);
void ns_page_section(ns_page *page, const char *id, const char *title);
// One of the facts below the heading.
void ns_page_fact(ns_page *page, const char *name, const char *value);

// A table: its columns as a text separated by '|'; a column whose name begins with '<' holds text,
// the others numbers.
void ns_page_table(ns_page *page, const char *columns);
void ns_page_row(ns_page *page);
void ns_page_cell(ns_page *page, const char *text); // of text, escaped
void ns_page_place(ns_page *page, const char *name, const char *script, int line);
void ns_page_number(ns_page *page, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void ns_page_duration(ns_page *page, int64_t ns, bool thin);
void ns_page_table_end(ns_page *page);
void ns_page_json(ns_page *page, const char *title, const char *json); // folded up

// A picture, if the run has what it shows. NS_OK also when it has not.
int ns_page_picture(ns_page *page, const ns_plot_options *options, ns_err *err);

// page_run.c, page_sweep.c: what is on it. `notes`: sentences that stand out; NULL-terminated.
int ns_page_run(ns_page *page, int64_t run_id, ns_err *err);
int ns_page_sweep(ns_page *page, const char *const *notes, ns_err *err);

#endif
