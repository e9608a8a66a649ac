// Load from outside (workload key `arrivals`): requests that reach the loop as poller events and
// call functions that the script exports.
#ifndef NS_NODE_ARRIVALS_H
#define NS_NODE_ARRIVALS_H

#include "node/env.h"

typedef struct ns_arrivals ns_arrivals;

// After the main script ran: time counts from now. 0, or -1 with the reason in *err. *out is NULL
// when the workload has none.
int ns_arrivals_start(ns_arrivals **out, ns_env *env, ns_err *err);
// No more of them: the run ends. Open requests are recorded as unfinished.
void ns_arrivals_free(ns_arrivals *arrivals);

#endif
