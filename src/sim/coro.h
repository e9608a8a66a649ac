// Coroutines: the stacks on which simulated threads run. One host thread, no preemption. They carry
// the annotations that AddressSanitizer needs to follow a change of stack.
#ifndef NS_SIM_CORO_H
#define NS_SIM_CORO_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

typedef struct ns_coro ns_coro;
typedef void (*ns_coro_fn)(void *arg);

// A coroutine that will run fn(arg) on a stack of its own of at least `stack_size` bytes, with a
// guard page below it. NS_ENOMEM when there is no memory for it.
int ns_coro_new(ns_coro **out, size_t stack_size, ns_coro_fn fn, void *arg, ns_err *err);

// Free a coroutine that has ended or was never resumed; one that is suspended loses its stack as it
// is, without unwinding: whatever that stack owns must be freed by other means.
void ns_coro_free(ns_coro *coro);

void ns_coro_resume(ns_coro *coro); // go on with it until it yields or ends; not from itself
void ns_coro_yield(ns_coro *coro);  // called on the coroutine: back to whoever resumed it
bool ns_coro_done(const ns_coro *coro);

// The usable stack, [*low, *high).
void ns_coro_stack(const ns_coro *coro, char **low, char **high);

#endif
