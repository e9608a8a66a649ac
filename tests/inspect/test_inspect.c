#include "inspect/inspect.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"

static char folder[64];

// A workload of one script in a folder of its own.
static ns_workload *workload(const char *source)
{
    strcpy(folder, "/tmp/nsim-inspect-XXXXXX");
    cr_assert(ne(ptr, mkdtemp(folder), NULL));
    char path[96];
    snprintf(path, sizeof path, "%s/app.js", folder);
    FILE *file = fopen(path, "w");
    fputs(source, file);
    fclose(file);
    ns_workload *w;
    ns_err err = {0};
    cr_assert(eq(int, ns_workload_load(&w, path, NULL, &err), NS_OK), "%s", err.msg);
    return w;
}

static void remove_folder(void)
{
    char path[96];
    snprintf(path, sizeof path, "%s/app.js", folder);
    unlink(path);
    rmdir(folder);
}

static char printed[4096];
static void output(void *opaque, int fd, const char *bytes, size_t len)
{
    strncat(printed, bytes, len < sizeof printed - 1 ? len : sizeof printed - 1);
}

// What is printed; NULL, and the error.
static char *inspect(const char *source, const ns_inspect_options *options, ns_err *err)
{
    char *text;
    size_t size;
    int code;
    ns_workload *w = workload(source);
    FILE *out = open_memstream(&text, &size);
    int rc = ns_inspect(w, options, out, &code, err);
    fclose(out);
    ns_workload_free(w);
    remove_folder();
    if (rc == NS_OK)
        return text;
    free(text);
    return NULL;
}

Test(inspect, views_that_only_read_do_not_run_the_program)
{
    ns_inspect_options options = {.output = output};
    for (int view = NS_VIEW_TOKENS; view < NS_VIEW_FEEDBACK; view++)
        options.views[view] = true;
    ns_err err = {0};
    char *text = inspect("console.log('ran');\n", &options, &err);
    cr_assert(ne(ptr, text, NULL), "%s", err.msg);
    cr_expect(eq(str, printed, (char *)""));
    cr_expect(strstr(text, "Tokens\n") && strstr(text, "Syntax tree\n") &&
              strstr(text, "Scopes\n") && strstr(text, "Bytecode\n"));
    cr_expect(eq(ptr, strchr(text, '\033'), NULL)); // no colours
    free(text);
}

Test(inspect, views_of_a_run_have_its_end_and_its_output)
{
    ns_inspect_options options = {.output = output, .colour = true};
    for (int view = NS_VIEW_FEEDBACK; view < NS_VIEWS; view++)
        options.views[view] = true;
    ns_err err = {0};
    char *text = inspect("function f(o) { return o.x; }\n"
                         "for (let i = 0; i < 9; i++) f({ x: i });\nconsole.log('ran');\n",
                         &options, &err);
    cr_assert(ne(ptr, text, NULL), "%s", err.msg);
    cr_expect(eq(str, printed, (char *)"ran\n"));
    cr_expect(strstr(text, "monomorphic") && strstr(text, "The stack was at most"));
    cr_expect(ne(ptr, strchr(text, '\033'), NULL));
    free(text);
}

Test(inspect, what_cannot_be_shown_is_an_error_of_the_input)
{
    ns_inspect_options options = {.views = {[NS_VIEW_SCOPES] = true}};
    ns_err err = {0};
    cr_expect(eq(ptr, inspect("const = ;\n", &options, &err), NULL));
    cr_expect(eq(int, err.code, NS_EINVAL));
    cr_expect(ne(ptr, strstr(err.msg, "app.js:1:7: SyntaxError"), NULL), "%s", err.msg);
    options.function = "missing";
    cr_expect(eq(ptr, inspect("let x;\n", &options, &err), NULL));
    cr_expect(ne(ptr, strstr(err.msg, "no function \"missing\""), NULL), "%s", err.msg);
}
