// The pictures: each writes a gnuplot script with its data in it.
#ifndef NS_REPORT_PLOT_H
#define NS_REPORT_PLOT_H

#include "base/buf.h"
#include "report/db.h"

// The lanes of the pool's threads, the main thread above and the queue below.
int ns_plot_pool(sqlite3 *db, int64_t run_id, const ns_run_info *info, const char *stem,
                 ns_buf *script, ns_err *err);

// The heap's spaces over time, and the pauses of the collector.
int ns_plot_gc(sqlite3 *db, int64_t run_id, const ns_run_info *info, const char *stem,
               ns_buf *script, ns_err *err);

#endif
