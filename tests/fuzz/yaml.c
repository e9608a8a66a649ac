// Fuzzing the workload reader with libFuzzer (cmake -DNSIM_FUZZ=ON, clang):
//   build/fuzz/fuzz_yaml -max_len=2000 -dict=tests/fuzz/yaml.dict -max_total_time=60 CORPUS
//   workloads
// Whatever the bytes are, the reader returns; and when it accepts them, the resolved configuration
// is accepted too and resolves to itself.
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "workload/workload.h"

static char folder[] = "/tmp/nsim-fuzz-XXXXXX";

static const char *in_folder(const char *name)
{
    static char path[64];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void write_file(const char *name, const void *bytes, size_t size)
{
    FILE *file = fopen(in_folder(name), "wb");
    assert(file);
    size_t written = fwrite(bytes, 1, size, file);
    assert(written == size);
    fclose(file);
}

static void leave(void)
{
    static const char *const files[] = {"w.yaml", "again.yaml", "app.js", "t.csv"};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        unlink(in_folder(files[i]));
    rmdir(folder);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    const char *made = mkdtemp(folder);
    assert(made);
    write_file("app.js", "1\n", 2);
    write_file("t.csv", "1 ms\n2 ms\n", 10);
    atexit(leave);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const none[] = {NULL};
    // What follows a NUL is an override.
    const uint8_t *split = memchr(data, 0, size);
    char set[256] = "";
    if (split) {
        size_t left = size - (size_t)(split + 1 - data);
        memcpy(set, split + 1, left < sizeof set ? left : sizeof set - 1);
        size = (size_t)(split - data);
    }
    const char *const sets[] = {set, NULL};
    write_file("w.yaml", data, size);
    ns_workload *workload, *again;
    ns_err err = {0};
    if (ns_workload_load(&workload, in_folder("w.yaml"), split ? sets : none, &err) != NS_OK) {
        assert(err.msg[0]);
        return 0;
    }
    write_file("again.yaml", workload->config_json, strlen(workload->config_json));
    if (ns_workload_load(&again, in_folder("again.yaml"), NULL, &err) != NS_OK) {
        fprintf(stderr, "%s\n%s\n", workload->config_json, err.msg);
        abort();
    }
    assert(strcmp(workload->config_json, again->config_json) == 0);
    ns_workload_free(again);
    ns_workload_free(workload);
    return 0;
}
