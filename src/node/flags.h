// node.flags of a workload: which flags nsim knows, models, or takes for what they are.
#ifndef NS_NODE_FLAGS_H
#define NS_NODE_FLAGS_H

#include "workload/workload.h"

// NS_EINVAL, with the place where it was written: a flag that node 20 has not ("did you mean
// ...?"), one of V8's that nsim does not model, which would run as if it were not there, or a value
// that the model cannot take.
int ns_flags_check(const ns_workload *workload, ns_err *err);

// What --cpu-prof-interval of checked flags asks for, in ns; without it, node's default.
int64_t ns_flags_prof_interval(const ns_workload *workload);

#endif
