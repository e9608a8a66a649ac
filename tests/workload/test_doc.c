// docs/workload.md and the table of keys say the same; every default is a value that its key takes.
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>

#include "base/buf.h"
#include "folder.h"
#include "workload/keys.h"
#include "workload/workload.h"

static void read_doc(ns_buf *out)
{
    FILE *file = fopen(NSIM_SOURCE "/docs/workload.md", "r");
    cr_assert(file != NULL);
    char part[4096];
    for (size_t n; (n = fread(part, 1, sizeof part, file)) > 0;)
        ns_buf_add(out, part, n);
    fclose(file);
}

Test(doc, has_the_table_of_keys)
{
    ns_buf doc = {0}, table = {0};
    read_doc(&doc);
    ns_workload_keys_markdown(&table);
    cr_expect(strstr(doc.data, table.data) != NULL,
              "the table of keys is out of date: build/release/nsim help workload --markdown");
    ns_buf_free(&doc);
    ns_buf_free(&table);
}

Test(doc, describes_no_key_that_is_not_there)
{
    ns_buf doc = {0};
    read_doc(&doc);
    char *end = strstr(doc.data, "\n## Values");
    cr_assert(end != NULL);
    *end = '\0';
    int rows = 0;
    for (char *s = doc.data; (s = strstr(s, "\n| `")) != NULL;) {
        s += 4;
        char path[64];
        snprintf(path, sizeof path, "%.*s", (int)strcspn(s, "`"), s);
        bool known = false;
        for (int i = 0; i < ns_workload_key_count; i++)
            known |= strcmp(ns_workload_keys[i].path, path) == 0;
        cr_expect(known, "%s", path);
        rows++;
    }
    cr_expect(eq(int, rows, ns_workload_key_count));
    ns_buf_free(&doc);
}

// Every example of the table is accepted where it belongs.
Test(doc, examples_are_accepted, .init = folder_enter, .fini = folder_leave)
{
    static const char *const needed[] = {"server.js", "laptop.json", "access.csv"};
    for (int i = 0; i < 3; i++)
        folder_write(needed[i], "1 ms\n");
    folder_write("sub/w.yaml", "script: server.js\ndir: ..\n");
    for (int i = 0; i < ns_workload_key_count; i++) {
        const ns_key *key = &ns_workload_keys[i];
        if (!key->example || strcmp(key->path, "module") == 0)
            continue;
        char set[256], path[128];
        const char *star = strchr(key->path, '*');
        snprintf(path, sizeof path, "%.*s%s%s", star ? (int)(star - key->path) : 64, key->path,
                 star ? "x" : "", star ? star + 1 : "");
        snprintf(set, sizeof set, "%s=%s", path, key->example);
        const char *name = ns_key_name(key), *sets[6] = {0};
        int n = 0;
        bool closed = strcmp(name, "users") == 0 || strcmp(name, "think") == 0;
        if (star && strncmp(key->path, "arrivals", 8) == 0) {
            sets[n++] = strcmp(name, "trace") == 0   ? "arrivals.x.process=trace"
                        : closed                     ? "arrivals.x.process=closed"
                        : strcmp(name, "burst") == 0 ? "arrivals.x.process=bursty"
                                                     : "arrivals.x.process=poisson";
            if (!closed && strcmp(name, "trace") != 0 && strcmp(set, "arrivals.x.process=closed"))
                sets[n++] = "arrivals.x.rate=1";
            sets[n++] = "arrivals.x.count=1";
        } else if (star && strcmp(name, "fill") == 0) {
            sets[n++] = "files.x.size=1 B";
        }
        sets[n] = set;
        ns_workload *w;
        ns_err err = {0};
        cr_expect(eq(int, ns_workload_load(&w, "sub/w.yaml", sets, &err), NS_OK), "%s: %s", set,
                  err.msg);
        ns_workload_free(w);
    }
}
