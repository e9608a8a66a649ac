// An allocator that fails at a chosen allocation, and counts what is not given back.
#ifndef NSIM_TESTS_BASE_FAILING_H
#define NSIM_TESTS_BASE_FAILING_H

#include <stdlib.h>

#include "base/alloc.h"

typedef struct failing {
    long left;  // allocations that succeed before the one that fails; negative: all succeed
    long alive; // blocks not freed
    int failed; // allocations that failed
} failing;

static void *failing_realloc(void *opaque, void *p, size_t size)
{
    failing *f = opaque;
    if (size == 0) {
        f->alive -= p != NULL;
        free(p);
        return NULL;
    }
    if (f->left == 0) {
        f->left = -1;
        f->failed++;
        return NULL;
    }
    if (f->left > 0)
        f->left--;
    f->alive += p == NULL;
    return realloc(p, size);
}

// Run `attempt` with the first allocation failing, then the second, and so on until none fails. It
// must return whether it succeeded, which must be so exactly when nothing failed, and give back all
// memory.
#define FOR_EACH_FAILURE(attempt)                                                                  \
    for (long nth = 0, going = 1; going; nth++) {                                                  \
        failing f = {.left = nth};                                                                 \
        ns_set_allocator(failing_realloc, &f);                                                     \
        bool succeeded = attempt;                                                                  \
        ns_set_allocator(NULL, NULL);                                                              \
        cr_assert(eq(int, succeeded, f.failed == 0), "allocation %ld", nth);                       \
        cr_assert(eq(long, f.alive, 0), "allocation %ld leaked", nth);                             \
        going = f.failed;                                                                          \
        cr_assert(lt(long, nth, 10000));                                                           \
    }

#endif
