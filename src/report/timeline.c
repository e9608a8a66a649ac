#include "report/report.h"

int ns_timeline_print(const char *db, int64_t run_id, int64_t from, int64_t to, int columns,
                      FILE *out, int colour, ns_err *err)
{
    return ns_fail(err, NS_EINVAL, "the timeline is not there yet");
}

int ns_plot(const char *db, int64_t run_id, const char *what, const char *stem, ns_err *err)
{
    return ns_fail(err, NS_EINVAL, "plots are not there yet");
}
