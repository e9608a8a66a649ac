// Every allocation of a load fails once: the load must say so, crash nowhere and leak nothing.
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "base/alloc.h"
#include "folder.h"
#include "workload/workload.h"

static bool armed;
static long countdown;  // the allocation that fails, counted from 1
static bool persistent; // and all after it
static bool failed;
static long live; // allocated and not freed while armed

static bool fails(void)
{
    if (!armed)
        return false;
    countdown--;
    bool now = countdown == 0 || (persistent && countdown < 0);
    failed |= now;
    return now;
}

#ifndef __has_feature
#define __has_feature(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
// The sanitizer owns malloc: nsim's own allocations fail, those of libyaml and cJSON do not.
static void *failing_realloc(void *opaque, void *p, size_t size)
{
    if (size == 0) {
        free(p);
        return NULL;
    }
    return fails() ? NULL : realloc(p, size);
}

static void arm(void)
{
    ns_set_allocator(failing_realloc, NULL);
    armed = true;
}
#else
// All of them: malloc itself is replaced, for libyaml, cJSON and the C library too.
extern void *__libc_malloc(size_t size);
extern void *__libc_realloc(void *p, size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void __libc_free(void *p);

void *malloc(size_t size)
{
    void *p = fails() ? NULL : __libc_malloc(size);
    live += armed && p;
    return p;
}

void *calloc(size_t count, size_t size)
{
    void *p = fails() ? NULL : __libc_calloc(count, size);
    live += armed && p;
    return p;
}

void *realloc(void *p, size_t size)
{
    void *q = fails() ? NULL : __libc_realloc(p, size);
    live += armed && q && !p;
    return q;
}

void free(void *p)
{
    live -= armed && p;
    __libc_free(p);
}

static void arm(void)
{
    armed = true;
}
#endif

static const char rich[] =
    "name: rich\nscript: app.js\nargv: [a, b]\nenv: {A: 1}\n"
    "files: {x.bin: {size: 1 MB}, y.txt: {content: z}}\nmachine: {profile: p.json}\n"
    "arrivals:\n  a: &a {process: closed, count: 1, think: {lognormal: {mean: 5 ms, p99: 20 ms}}}\n"
    "  b: *a\n  c: {process: trace, trace: t.csv}\n"
    "  d: {rate: 1, count: 1, params: {n: {uniform: [1, 2]}, e: {empirical: n.csv}, k: 3 kB}}\n";

static void load_badly(const char *path, bool stay_failed, const char *expected)
{
    static const char *const sets[] = {"machine.cores=2", "env.B=[1]", NULL};
    long n = 1;
    for (;; n++) {
        cr_assert(lt(long, n, 100000));
        ns_workload *w;
        ns_err err = {0};
        failed = false;
        countdown = n;
        persistent = stay_failed;
        live = 0;
        arm();
        int rc = ns_workload_load(&w, path, sets, &err);
        if (rc == NS_OK) // an allocation that can be done without
            ns_workload_free(w);
        armed = false;
        ns_set_allocator(NULL, NULL);
        cr_assert(eq(long, live, 0), "%ld blocks leak when allocation %ld fails", live, n);
        if (!failed) {
            cr_assert(eq(int, rc, NS_EINVAL));
            cr_assert(eq(str, err.msg, (char *)expected));
            break;
        }
        cr_assert(ne(int, rc, NS_EINTERNAL));
        if (rc != NS_OK)
            cr_assert(err.msg[0] != '\0', "allocation %ld: no message", n);
    }
    cr_assert(gt(long, n, 20)); // the failures were there
}

static void load_well(const char *path, bool stay_failed)
{
    ns_workload *reference;
    cr_assert(eq(int, ns_workload_load(&reference, path, NULL, NULL), NS_OK));
    long n = 1;
    for (;; n++) {
        cr_assert(lt(long, n, 100000));
        ns_workload *w;
        ns_err err = {0};
        failed = false;
        countdown = n;
        persistent = stay_failed;
        live = 0;
        arm();
        int rc = ns_workload_load(&w, path, NULL, &err);
        armed = false;
        ns_set_allocator(NULL, NULL);
        if (rc != NS_OK) {
            cr_assert(eq(long, live, 0), "%ld blocks leak when allocation %ld fails", live, n);
            cr_assert(failed && err.msg[0] != '\0', "allocation %ld", n);
            continue;
        }
        cr_assert(eq(str, (char *)w->config_json, (char *)reference->config_json));
        cr_assert(eq(u64, w->hash, reference->hash));
        ns_workload_free(w);
        if (!failed)
            break;
    }
    cr_assert(gt(long, n, 20));
    ns_workload_free(reference);
}

static void setup(void)
{
    folder_enter();
    folder_write("w.yaml", rich);
    folder_write("app.js", "1\n");
    folder_write("p.json", "{}\n");
    folder_write("t.csv", "1 ms\n2 ms\n");
    folder_write("n.csv", "3\n1\n");
}

TestSuite(alloc, .init = setup, .fini = folder_leave);

Test(alloc, one_failure)
{
    load_well("w.yaml", false);
}

Test(alloc, no_memory_from_then_on)
{
    load_well("w.yaml", true);
}

Test(alloc, bare_script)
{
    load_well("app.js", false);
}

// The way to an error message allocates too.
Test(alloc, failures_on_the_way_to_an_error)
{
    load_badly("w.yaml", false, "--set env.B=[1]: env.B: found a list, expected text");
    load_badly("w.yaml", true, "--set env.B=[1]: env.B: found a list, expected text");
}
