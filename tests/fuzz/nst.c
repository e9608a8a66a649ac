// Fuzzing the reader of traces with libFuzzer (cmake -DNSIM_FUZZ=ON, clang):
//   build/fuzz/fuzz_nst -max_len=4000 -max_total_time=60 CORPUS
// with small traces (nsim run --trace) in CORPUS. The header is made to fit the bytes, so that the
// body is reached: whatever it is, the reader returns, and what it accepts can be walked through.
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "trace/nst_format.h"

static void put_little(uint8_t *to, uint64_t value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        to[i] = (uint8_t)(value >> (8 * i));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *bytes = malloc(size + 1);
    assert(bytes);
    if (size)
        memcpy(bytes, data, size);
    if (size >= NS_NST_HEADER) {
        size_t body = size - NS_NST_HEADER;
        memcpy(bytes, ns_nst_magic, NS_NST_MAGIC);
        put_little(bytes + NS_NST_MAGIC, NS_NST_VERSION, 4);
        put_little(bytes + NS_NST_MAGIC + 4, body, 8);
        put_little(bytes + NS_NST_MAGIC + 12, XXH64(bytes + NS_NST_HEADER, body, NS_NST_VERSION),
                   8);
    }
    ns_nst_file *file;
    ns_err err = {0};
    if (ns_nst_parse(&file, "fuzz", bytes, size, &err) != NS_OK) {
        assert(err.msg[0]);
    } else {
        const ns_nst *trace = ns_nst_of(file);
        ns_buf again = {0};
        ns_nst_encode(trace, &again); // reads every table
        assert(!again.failed && again.len >= NS_NST_HEADER);
        ns_buf_free(&again);
        ns_nst_free(file);
    }
    free(bytes);
    return 0;
}
