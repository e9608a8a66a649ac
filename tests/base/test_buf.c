#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "base/alloc.h"
#include "base/buf.h"

Test(buf, grows_and_terminates)
{
    ns_buf b = {0};
    for (int i = 0; i < 1000; i++)
        ns_buf_printf(&b, "%d,", i);
    cr_assert(not(b.failed));
    cr_assert(eq(sz, b.len, strlen(b.data)));
    char *text = ns_buf_take(&b);
    cr_assert(eq(int, strncmp(text, "0,1,2,", 6), 0));
    ns_free(text);
}

static void *never(void *opaque, void *p, size_t size)
{
    (void)opaque, (void)p, (void)size;
    return NULL;
}

Test(buf, remembers_a_failed_allocation)
{
    ns_set_allocator(never, NULL);
    ns_buf b = {0};
    ns_buf_str(&b, "x");
    ns_buf_str(&b, "y");
    cr_assert(b.failed);
    cr_assert(eq(ptr, ns_buf_take(&b), NULL));
    ns_set_allocator(NULL, NULL);
}
