// The tests of coroutines on the variant for machines without a switch of their own.
#define NS_CORO_UCONTEXT 1
#include "sim/coro.c" // NOLINT(bugprone-suspicious-include)

#include "test_coro.c" // NOLINT(bugprone-suspicious-include)
