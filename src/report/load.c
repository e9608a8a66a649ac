// A summary from a database: the records are fed to the same sink.
#include "base/alloc.h"
#include "report/aggregate.h"
#include "report/db.h"

// The texts of `info` move to the summary, which outlives the statement.
static int keep_texts(ns_summary *summary, ns_run_info *info, ns_err *err)
{
    const char **texts[] = {&info->workload, &info->config_json, &info->profile, &info->status};
    for (int i = 0; i < 4; i++) {
        ns_free(summary->texts[i]);
        summary->texts[i] = ns_strdup(*texts[i]);
        if (!summary->texts[i])
            return ns_fail(err, NS_ENOMEM, "out of memory");
        *texts[i] = summary->texts[i];
    }
    return NS_OK;
}

int ns_summary_load(ns_summary *summary, ns_run_info *info, const char *db, int64_t run_id,
                    ns_err *err)
{
    sqlite3 *connection;
    sqlite3_stmt *row = NULL;
    int rc = ns_db_open(&connection, db, err);
    if (rc != NS_OK)
        return rc;
    rc = ns_db_recorded_run(connection, &run_id, info, &row, err);
    if (rc == NS_OK)
        rc = keep_texts(summary, info, err);
    sqlite3_finalize(row);
    for (int type = 0; type < NS_REC_TYPES && rc == NS_OK; type++)
        rc = ns_db_each(connection, run_id, (ns_rec_type)type, NULL, &summary->sink, err);
    sqlite3_close(connection);
    return rc;
}
