// node.flags of a workload: which flags nsim knows, models, or takes for what they are.
#ifndef NS_NODE_FLAGS_H
#define NS_NODE_FLAGS_H

#include "base/err.h"

// NS_EINVAL: a flag that node 20 has not ("did you mean ...?"), or one of V8's that nsim does not
// model: it would run as if it were not there. `flags` is NULL-terminated; may be NULL.
int ns_flags_check(const char *const *flags, ns_err *err);

#endif
