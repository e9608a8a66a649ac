// Plain sentences about what is wrong in a run: each with its numbers and what to try. None when
// nothing is wrong.
#ifndef NS_REPORT_VERDICT_H
#define NS_REPORT_VERDICT_H

#include "report/aggregate.h"

enum { NS_VERDICTS_MAX = 16 };

typedef struct ns_verdict {
    const char *id; // stable: "pool-full"
    char text[640];
} ns_verdict;

typedef struct ns_verdicts {
    ns_verdict list[NS_VERDICTS_MAX];
    int count;
} ns_verdicts;

void ns_verdicts_make(const ns_summary *summary, const ns_run_info *info, const ns_figures *figures,
                      ns_verdicts *out);

#endif
