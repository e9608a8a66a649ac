#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "replay/replay.h"

// The part of docs/trace.md that says what can be set. Freed by the caller.
static char *documented(void)
{
    FILE *file = fopen(NSIM_SOURCE "/docs/trace.md", "rb");
    cr_assert(file != NULL);
    static char text[1 << 16];
    size_t size = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[size] = '\0';
    char *from = strstr(text, "## What can be set"), *to = strstr(text, "Any other key");
    cr_assert(from && to && from < to);
    return strndup(from, (size_t)(to - from));
}

static bool shown(const char *text, const char *before, const char *name)
{
    char quoted[128];
    snprintf(quoted, sizeof quoted, "`%s%s`", before, name);
    return strstr(text, quoted) != NULL;
}

Test(keys, the_table_has_every_key)
{
    char *text = documented();
    for (int i = 0; ns_replay_keys[i]; i++) {
        const char *last = strrchr(ns_replay_keys[i], '.');
        cr_expect(shown(text, "", ns_replay_keys[i]) || (last && shown(text, "", last)), "%s",
                  ns_replay_keys[i]);
    }
    for (int i = 0; ns_replay_flags[i]; i++)
        cr_expect(shown(text, "--", ns_replay_flags[i]) ||
                      (strcmp(ns_replay_flags[i], "min-semi-space-size") == 0 &&
                       shown(text, "", "--min-...")),
                  "%s", ns_replay_flags[i]);
    free(text);
}

// What stands between backquotes in the table is a key, or the end of one of a class.
Test(keys, every_key_of_the_table_can_be_replayed)
{
    char *text = documented();
    char *rest = NULL;
    int keys = 0;
    strtok_r(strstr(text, "| `"), "`", &rest);
    for (char *name; (name = strtok_r(NULL, "`", &rest)); strtok_r(NULL, "`", &rest)) {
        char full[160];
        snprintf(full, sizeof full, "%s%s", name[0] == '.' ? "arrivals.read" : "", name);
        keys++;
        cr_expect(strncmp(name, "--", 2) == 0 || ns_replay_key(full), "%s", full);
    }
    cr_expect(gt(int, keys, 30));
    free(text);
}

Test(keys, classes_may_have_dots)
{
    cr_expect(ns_replay_key("arrivals.api.v1.rate"));
    cr_expect(ns_replay_key("arrivals.read.think.mean"));
    cr_expect(not(ns_replay_key("arrivals.read.params.article")));
    cr_expect(not(ns_replay_key("seed")));
    cr_expect(not(ns_replay_key("machine.profile")));
}

Test(keys, what_differs_is_named)
{
    ns_err err = {0};
    cr_expect(eq(int,
                 ns_replay_check("{\"seed\":1,\"node\":{\"threadpool\":4}}",
                                 "{\"seed\":1,\"node\":{\"threadpool\":8}}", &err),
                 NS_OK));
    cr_expect(eq(int, ns_replay_check("{\"seed\":1}", "{\"seed\":2}", &err), NS_EINVAL));
    cr_expect(strncmp(err.msg, "seed cannot be replayed", 23) == 0, "%s", err.msg);
    cr_expect(eq(int,
                 ns_replay_check("{\"node\":{\"flags\":[]}}",
                                 "{\"node\":{\"flags\":[\"--max_semi_space_size=8\"]}}", &err),
                 NS_OK));
    cr_expect(eq(
        int,
        ns_replay_check("{\"node\":{\"flags\":[]}}", "{\"node\":{\"flags\":[\"--no-opt\"]}}", &err),
        NS_EINVAL));
}
