// What a switch between coroutines costs: build/release/bench/coro/bench_coro [switches]
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "sim/coro.h"

static ns_coro *coro;

static void forever(void *arg)
{
    for (;;)
        ns_coro_yield(coro);
}

int main(int argc, char **argv)
{
    long switches = argc > 1 ? atol(argv[1]) : 20000000;
    ns_err err;
    if (ns_coro_new(&coro, 65536, forever, NULL, &err) != NS_OK) {
        fprintf(stderr, "%s\n", err.msg);
        return 1;
    }
    struct timespec start, end;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
    for (long i = 0; i < switches; i += 2)
        ns_coro_resume(coro);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
    double ns = (double)(end.tv_sec - start.tv_sec) * 1e9 + (double)(end.tv_nsec - start.tv_nsec);
    printf("%.2f ns per switch\n", ns / (double)switches);
    ns_coro_free(coro);
    return 0;
}
