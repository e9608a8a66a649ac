// Load from outside (workload key `arrivals`): when requests come, and what becomes of them. What a
// request does is its receiver's: Node's bindings (src/node/arrivals.c) or a replay.
//
// Arrivals are poller events. Draws are keyed by class and by the number of the request or user in
// it, so that a request's time and parameters do not depend on what else happens.
#ifndef NS_LOAD_LOAD_H
#define NS_LOAD_LOAD_H

#include "load/requests.h"
#include "model/loop.h"
#include "sim/random.h"
#include "workload/workload.h"

typedef struct ns_load ns_load;

// A request that has come.
typedef struct ns_load_request {
    int64_t id;    // in ns_requests
    int64_t index; // its number in the class, as its parameters are drawn
    int64_t order; // how manyeth request of its class it is, from 0
    int cls;       // the class: its index in the workload
} ns_load_request;

typedef struct ns_load_options {
    ns_sim *sim;
    ns_loop *loop;
    ns_requests *requests;
    const ns_workload *workload;
    // On the loop's thread, in its poll phase. `request` is good until its ns_load_finish.
    void (*deliver)(void *opaque, const ns_load_request *request);
    void *opaque;
} ns_load_options;

// Time counts from now. NS_ENOMEM.
int ns_load_start(ns_load **out, const ns_load_options *options, ns_err *err);
// No more of them: the run ends.
void ns_load_free(ns_load *load);

// The request that is open under this id, or NULL.
const ns_load_request *ns_load_find(const ns_load *load, int64_t id);
// It ended: status "ok" or "error". On the loop's thread. Of a closed loop, its user thinks.
void ns_load_finish(ns_load *load, int64_t id, const char *status);
// What the parameters of a request are drawn from.
ns_draw ns_load_params(const ns_load *load, const ns_load_request *request);

#endif
