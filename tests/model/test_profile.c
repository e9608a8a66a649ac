#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "machine.h"
#include "model/profile.h"

// A profile file in a folder of its own; returns its path.
static const char *file(const char *name, const char *text)
{
    static char folder[] = "/tmp/nsim-profile-XXXXXX";
    static char paths[8][128];
    static int made;
    if (made == 0)
        cr_assert(mkdtemp(folder) != NULL);
    char *path = paths[made++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    FILE *f = fopen(path, "w");
    fputs(text, f);
    fclose(f);
    return path;
}

static double get(const char *path, const char *name)
{
    ns_profile *profile;
    ns_err err = {0};
    cr_assert(eq(int, ns_profile_load(&profile, path, &err), NS_OK), "%s", err.msg);
    double value = ns_profile_get(profile, name);
    ns_profile_free(profile);
    return value;
}

Test(profile, every_default_constant_has_a_unit_and_a_source)
{
    ns_profile *profile;
    ns_err err = {0};
    cr_assert(eq(int, ns_profile_load(&profile, "default", &err), NS_OK), "%s", err.msg);
    int count = ns_profile_count(profile);
    cr_assert(gt(int, count, 60));
    for (int i = 0; i < count; i++) {
        ns_constant c = ns_profile_at(profile, i);
        cr_assert(gt(sz, strlen(c.unit), 0), "%s", c.name);
        cr_assert(gt(sz, strlen(c.source), 5), "%s", c.name);
        cr_assert(ns_profile_has(profile, c.name));
        if (!c.text)
            cr_assert(ieee_ulp_eq(dbl, ns_profile_get(profile, c.name), c.value, 0));
        if (i > 0)
            cr_assert(lt(str, (char *)ns_profile_at(profile, i - 1).name, (char *)c.name));
    }
    cr_assert(eq(str, (char *)ns_profile_name(profile), "default"));
    cr_assert(not(ns_profile_has(profile, "cpu")));
    cr_assert(not(ns_profile_has(profile, "cpu.quantu")));
    cr_assert(eq(str, (char *)ns_profile_text(profile, "disk.nvme.family"), "lognormal"));
    ns_profile_free(profile);
}

Test(profile, a_file_overrides_what_it_names)
{
    const char *path =
        file("fast.json", "{\"extends\": \"default\", \"cpu\": {\"quantum\": {\"value\": 77}},"
                          " \"poller\": {\"epoll\": {\"call\": {\"value\": 5, "
                          "\"unit\": \"ns\", \"source\": \"me\"}}}}");
    cr_assert(ieee_ulp_eq(dbl, get(path, "cpu.quantum"), 77, 0));
    cr_assert(ieee_ulp_eq(dbl, get(path, "poller.epoll.call"), 5, 0));
    cr_assert(ieee_ulp_eq(dbl, get(path, "cpu.switch_cost"), get("default", "cpu.switch_cost"), 0));
}

Test(profile, a_file_extends_another_by_a_relative_path)
{
    file("base.json", "{\"cpu\": {\"quantum\": {\"value\": 1}, \"switch_cost\": {\"value\": 2}}}");
    const char *path =
        file("top.json", "{\"extends\": \"base.json\", \"cpu\": {\"quantum\": {\"value\": 3}}}");
    cr_assert(ieee_ulp_eq(dbl, get(path, "cpu.quantum"), 3, 0));
    cr_assert(ieee_ulp_eq(dbl, get(path, "cpu.switch_cost"), 2, 0));
}

Test(profile, errors_name_the_file_the_key_what_was_found_and_what_was_expected)
{
    const struct {
        const char *text, *message; // the message, after the path
    } cases[] = {
        {"", ":1: not valid JSON"},
        {"{\n\"cpu\": {\n\"quantum\": }}", ":3: not valid JSON"},
        {"[]", ": found an array, expected an object"},
        {"{} x", ":1: not valid JSON"},
        {"{\"cpu\": {\"quantm\": {\"value\": 1}}}",
         ":1: cpu.quantm: there is no such constant; did you mean \"cpu.quantum\"?"},
        {"{\"cup\": {\"quantum\": {\"value\": 1}}}",
         ":1: cup.quantum: there is no such constant; did you mean \"cpu.quantum\"?"},
        {"{\"cpu\": {\"quantum\": 5}}", ":1: cpu.quantum: found a number, expected a constant "
                                        "{\"value\": ...} or a group of constants"},
        {"{\"cpu\": {\"quantum\": {\"value\": \"5\"}}}",
         ":1: cpu.quantum.value: found a string, expected a number"},
        {"{\"cpu\": {\"quantum\": {\"value\": true}}}",
         ":1: cpu.quantum.value: found a boolean, expected a number"},
        {"{\"cpu\": {\"quantum\": {\"value\": null}}}",
         ":1: cpu.quantum.value: found null, expected a number"},
        {"{\"cpu\": {\"quantum\": {\"value\": -1}}}",
         ":1: cpu.quantum.value: found -1, expected a number >= 0"},
        {"{\"cpu\": {\"quantum\": {\"value\": 1e999}}}",
         ":1: cpu.quantum.value: found inf, expected a number >= 0"},
        {"{\"cpu\": {\"quantum\": {\"value\": 1, \"unit\": \"ms\"}}}",
         ":1: cpu.quantum.unit: found \"ms\", expected \"ns\""},
        {"{\"cpu\": {\"quantum\": {\"value\": 1, \"unit\": 3}}}",
         ":1: cpu.quantum.unit: found a number, expected a string"},
        {"{\"cpu\": {\"quantum\": {\"value\": 1, \"units\": \"ns\"}}}",
         ":1: cpu.quantum.units: a constant has \"value\", \"unit\" and \"source\" only"},
        {"{\"cpu\": {\"quantum\": {\"value\": 1}, \"quantum\": {\"value\": 2}}}",
         ":1: cpu.quantum: given twice"},
        {"{\"disk\": {\"nvme\": {\"family\": {\"value\": 1}}}}",
         ":1: disk.nvme.family.value: found a number, expected a string"},
        {"{\n  \"cpu\": {\n    \"quantum\": {\"value\": 1,\n    \"source\": \"\\\"poller\\\": "
         "x\"}},\n"
         "  \"poller\": {\n\"no\": 5}\n}",
         ":6: poller.no: found a number, expected a constant {\"value\": ...} or a group of "
         "constants"},
        {"{\n\"extends\": 5}", ":2: extends: found a number, expected a string"},
        {"{\"extends\": 5}", ":1: extends: found a number, expected a string"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *path = file("bad.json", cases[i].text);
        ns_profile *profile = NULL;
        ns_err err = {0};
        cr_assert(eq(int, ns_profile_load(&profile, path, &err), NS_EINVAL), "%s", cases[i].text);
        cr_assert(eq(int, strncmp(err.msg, path, strlen(path)), 0), "%s", err.msg);
        cr_assert(eq(str, err.msg + strlen(path), (char *)cases[i].message));
    }
}

Test(profile, a_file_that_is_not_there_or_extends_itself)
{
    ns_profile *profile = NULL;
    ns_err err = {0};
    cr_assert(eq(int, ns_profile_load(&profile, "/nowhere/p.json", &err), NS_EINVAL));
    cr_assert(
        eq(str, err.msg,
           "found \"/nowhere/p.json\" (No such file or directory), expected \"default\" or the "
           "path of a JSON file"));
    cr_assert(eq(int, ns_profile_load(&profile, "defualt", &err), NS_EINVAL));
    cr_assert(ne(ptr, strstr(err.msg, "; did you mean \"default\"?"), NULL), "%s", err.msg);
    const char *base = file("base.json", "{\n\"extends\": \"no.json\"}");
    cr_assert(eq(int, ns_profile_load(&profile, base, &err), NS_EINVAL));
    cr_assert(ne(ptr, strstr(err.msg, "base.json:2: extends: found \""), NULL), "%s", err.msg);
    cr_assert(eq(int, ns_profile_load(&profile, "/tmp", &err), NS_EIO));
    cr_assert(eq(str, err.msg, "/tmp: cannot be read"));
    const char *path = file("self.json", "{\"extends\": \"self.json\"}");
    cr_assert(eq(int, ns_profile_load(&profile, path, &err), NS_EINVAL));
    cr_assert(ne(ptr, strstr(err.msg, "more than 8 profiles in a row"), NULL), "%s", err.msg);
}

Test(profile, a_file_that_is_no_text)
{
    ns_profile *profile = NULL;
    ns_err err = {0};
    const char *path = file("binary.json", "");
    FILE *f = fopen(path, "w");
    fwrite("{}\0{}", 1, 5, f);
    fclose(f);
    cr_assert(eq(int, ns_profile_load(&profile, path, &err), NS_EINVAL));
    cr_assert(ne(ptr, strstr(err.msg, "this is not a profile"), NULL), "%s", err.msg);
}

Test(profile, a_constant_that_no_profile_has_is_a_defect, .signal = SIGABRT)
{
    ns_profile *profile;
    must(ns_profile_load(&profile, "default", NULL));
    ns_profile_get(profile, "cpu.no_such_constant");
}

static const char *oom_path;

static int load_a_file(void)
{
    ns_profile *profile = NULL;
    int result = ns_profile_load(&profile, oom_path, NULL);
    ns_profile_free(profile);
    return result;
}

Test(profile, every_failed_allocation_is_reported)
{
    oom_path = file("small.json", "{\"cpu\": {\"quantum\": {\"value\": 77, \"source\": \"me\"}}}");
    fail_every_allocation(load_a_file);
}
