// Fuzzing the replay of traces with libFuzzer (cmake -DNSIM_FUZZ=ON, clang):
//   build/fuzz/fuzz_replay -max_len=60000 -max_total_time=60 CORPUS
// with small traces in CORPUS: tests/fuzz/replay-corpus makes them. The header is made to fit the
// bytes. Whatever a trace says, a replay ends: with a result, or with an error that says why.
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "replay/replay.h"
#include "trace/nst_format.h"

static void put_little(uint8_t *to, uint64_t value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        to[i] = (uint8_t)(value >> (8 * i));
}

// With requests of three classes; its limits end what would go on.
static ns_workload *load(void)
{
    static const char *const sets[] = {"arrivals.limited.count=2", "arrivals.retried.count=2",
                                       "arrivals.sliced.count=2",  "limits.virtual_time=20s",
                                       "limits.events=20000",      NULL};
    ns_workload *workload;
    ns_err err = {0};
    int rc =
        ns_workload_load(&workload, NSIM_SOURCE "/tests/suites/replay/timers.yaml", sets, &err);
    assert(rc == NS_OK);
    (void)rc;
    return workload;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static ns_workload *workload;
    if (!workload)
        workload = load();
    if (size < NS_NST_HEADER)
        return 0;
    uint8_t *bytes = malloc(size);
    assert(bytes);
    memcpy(bytes, data, size);
    memcpy(bytes, ns_nst_magic, NS_NST_MAGIC);
    put_little(bytes + NS_NST_MAGIC, NS_NST_VERSION, 4);
    put_little(bytes + NS_NST_MAGIC + 4, size - NS_NST_HEADER, 8);
    put_little(bytes + NS_NST_MAGIC + 12,
               XXH64(bytes + NS_NST_HEADER, size - NS_NST_HEADER, NS_NST_VERSION), 8);
    ns_nst_file *file;
    ns_err err = {0};
    if (ns_nst_parse(&file, "fuzz", bytes, size, &err) == NS_OK) {
        ns_run_result result = {0};
        const ns_replay_options options = {0};
        if (ns_replay_run(ns_nst_of(file), workload, &options, &result, &err) != NS_OK)
            assert(err.msg[0]);
        else
            assert(result.status);
        ns_nst_free(file);
    }
    free(bytes);
    return 0;
}
