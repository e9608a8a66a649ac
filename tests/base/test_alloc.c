#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdint.h>
#include <string.h>

#include "base/alloc.h"
#include "failing.h"

Test(alloc, goes_through_the_one_function)
{
    failing f = {.left = -1};
    ns_set_allocator(failing_realloc, &f);
    void *p = ns_malloc(0), *q = ns_calloc(3, 5), *r = ns_strdup("text"),
         *s = ns_strndup("text", 2);
    cr_assert(eq(long, f.alive, 4));
    cr_assert(ne(ptr, p, NULL)); // also of no size
    cr_assert(eq(int, memcmp(q, (char[15]){0}, 15), 0));
    cr_assert(eq(str, r, "text"));
    cr_assert(eq(str, s, "te"));
    r = ns_realloc(r, 100000);
    cr_assert(eq(str, r, "text"));
    ns_free(p), ns_free(q), ns_free(r), ns_free(s), ns_free(NULL);
    cr_assert(eq(long, f.alive, 0));
    ns_set_allocator(NULL, NULL);
    p = ns_malloc(10);
    cr_assert(eq(long, f.alive, 0));
    ns_free(p);
}

Test(alloc, failure_is_null)
{
    failing f = {.left = 0};
    ns_set_allocator(failing_realloc, &f);
    cr_assert(eq(ptr, ns_malloc(10), NULL));
    f.left = 0;
    cr_assert(eq(ptr, ns_calloc(10, 10), NULL));
    f.left = 0;
    cr_assert(eq(ptr, ns_strdup("text"), NULL));
    char *p = ns_strdup("text");
    f.left = 0;
    cr_assert(eq(ptr, ns_realloc(p, 1000), NULL));
    cr_assert(eq(str, p, "text")); // left alone
    ns_free(p);
    ns_set_allocator(NULL, NULL);
    cr_assert(eq(ptr, ns_calloc(SIZE_MAX / 2, 3), NULL)); // the product overflows
    cr_assert(eq(long, f.alive, 0));
}
