#include "node/flags.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

static const char *said(const char *flag)
{
    static ns_err err;
    const char *const flags[] = {"--expose-gc", flag, NULL};
    err = (ns_err){0};
    const ns_workload workload = {.flags = flags};
    int rc = ns_flags_check(&workload, &err);
    cr_assert(rc == NS_OK || rc == NS_EINVAL);
    return rc == NS_OK ? NULL : err.msg;
}

Test(flags, those_that_are_modelled_or_nodes_own_pass)
{
    static const char *const good[] = {
        "--no-opt",
        "--no-sparkplug",
        "--jitless",
        "--single-threaded-gc",
        "--max_semi_space_size=16",
        "--no-concurrent-marking",
        "--interrupt-budget=1000",
        "--no-warnings",
        "--enable-source-maps",
        "--max-http-header-size=99",
        "--harmony-shadow-realm",
        "--maglev",
        "--no-maglev",
        "--noconcurrent_recompilation",
        "--loader=./x.mjs",
        "-r",
        "./hook.js",
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        cr_expect(eq(ptr, (void *)said(good[i]), NULL), "%s: %s", good[i], said(good[i]));
    cr_expect(eq(int, ns_flags_check(&(ns_workload){0}, NULL), NS_OK));
}

Test(flags, others_are_named_with_what_may_help)
{
    static const struct {
        const char *flag, *text;
    } bad[] = {
        {"--no-optt",
         "node.flags[1]: found \"--no-optt\", which node does not have, expected a flag "
         "of node or V8; did you mean \"--no-opt\"?"},
        {"--jitlss", "did you mean \"--jitless\"?"},
        {"--max-semi-space-siz=3", "did you mean \"--max-semi-space-size\"?"},
        {"--quantum-tunnelling", "found \"--quantum-tunnelling\", which node does not have"},
        {"--always-turbofan", "found \"--always-turbofan\", which nsim does not model"},
        {"--trace-gc", "nsim trace --format trace-gc"},
        {"--max-semi-space-size=x", "node.flags[1]: found \"--max-semi-space-size=x\", expected "
                                    "--max-semi-space-size=MB"},
        {"--v8-pool-size=x", "expected --v8-pool-size=NUMBER"},
        {"--interrupt-budget=",
         "found \"--interrupt-budget=\", expected --interrupt-budget=NUMBER"},
        {"--print_bytecode", "nsim inspect --bytecode"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const char *message = said(bad[i].flag);
        cr_assert(ne(ptr, (void *)message, NULL), "%s", bad[i].flag);
        cr_expect(ne(ptr, strstr(message, bad[i].text), NULL), "%s: %s", bad[i].flag, message);
        cr_expect(eq(ptr, strstr(message, "\n"), NULL));
    }
}
