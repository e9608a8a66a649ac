#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "base/err.h"

Test(err, keeps_code_and_message)
{
    ns_err err = {0};
    cr_assert(eq(int, ns_fail(&err, NS_EINVAL, "%s: %d is too large", "cores", 99), NS_EINVAL));
    cr_assert(eq(int, err.code, NS_EINVAL));
    cr_assert(eq(str, err.msg, "cores: 99 is too large"));
    cr_assert(eq(int, ns_err_prefix(&err, "app.yaml:%d: ", 3), NS_EINVAL));
    cr_assert(eq(str, err.msg, "app.yaml:3: cores: 99 is too large"));
    cr_assert(eq(int, ns_fail(NULL, NS_EIO, "nobody listens"), NS_EIO));
}

Test(err, cuts_what_is_too_long)
{
    static char text[3000];
    memset(text, 'x', sizeof text - 1);
    struct {
        ns_err err;
        char after;
    } guarded = {.after = 42};
    ns_fail(&guarded.err, NS_EIO, "%s", text);
    cr_assert(eq(sz, strlen(guarded.err.msg), sizeof guarded.err.msg - 1));
    ns_err_prefix(&guarded.err, "%.100s|", text);
    cr_assert(eq(sz, strlen(guarded.err.msg), sizeof guarded.err.msg - 1));
    cr_assert(eq(chr, guarded.err.msg[100], '|'));
    ns_err_prefix(&guarded.err, "%s", text);
    cr_assert(eq(sz, strlen(guarded.err.msg), sizeof guarded.err.msg - 1));
    cr_assert(eq(chr, guarded.after, 42));
}
