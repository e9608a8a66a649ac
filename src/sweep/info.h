// What a run's record begins with, from its workload.
#ifndef NS_SWEEP_INFO_H
#define NS_SWEEP_INFO_H

#include "report/report.h"
#include "workload/workload.h"

// Before the run; ns_run_info_take adds how it ended. Texts belong to the workload.
ns_run_info ns_run_info_of(const ns_workload *workload);

#endif
