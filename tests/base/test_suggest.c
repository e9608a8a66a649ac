#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <limits.h>

#include "base/suggest.h"

Test(suggest, distance)
{
    cr_expect(eq(int, ns_edit_distance("", ""), 0));
    cr_expect(eq(int, ns_edit_distance("cores", "cores"), 0));
    cr_expect(eq(int, ns_edit_distance("cores", "core"), 1));
    cr_expect(eq(int, ns_edit_distance("cores", "scores"), 1));
    cr_expect(eq(int, ns_edit_distance("cores", "coers"), 1)); // a swap is one error
    cr_expect(eq(int, ns_edit_distance("kitten", "sitting"), 3));
    cr_expect(eq(int, ns_edit_distance("ca", "abc"), 3)); // optimal string alignment, not Damerau's
    cr_expect(eq(int, ns_edit_distance("Cores", "cORES"), 0));
    char longest[64] = {0}, longer[65] = {0};
    memset(longest, 'a', 63);
    memset(longer, 'a', 64);
    cr_expect(eq(int, ns_edit_distance(longest, ""), 63));
    cr_expect(eq(int, ns_edit_distance(longer, "a"), INT_MAX));
}

Test(suggest, keeps_the_nearest)
{
    ns_suggest s = {.word = "memry"};
    ns_suggest_offer(&s, "cores");
    cr_expect(eq(ptr, (void *)s.best, NULL));
    ns_suggest_offer(&s, "memo");
    ns_suggest_offer(&s, "memory");
    cr_expect(eq(str, (char *)s.best, "memory"));
}

Test(suggest, ties_do_not_depend_on_the_order)
{
    ns_suggest a = {.word = "sizes"}, b = a;
    ns_suggest_offer(&a, "sized");
    ns_suggest_offer(&a, "sizer");
    ns_suggest_offer(&b, "sizer");
    ns_suggest_offer(&b, "sized");
    cr_expect(eq(str, (char *)a.best, "sized"));
    cr_expect(eq(str, (char *)b.best, "sized"));
}

Test(suggest, a_short_word_is_not_near_everything)
{
    ns_suggest s = {.word = "x"};
    ns_suggest_offer(&s, "y");
    ns_suggest_offer(&s, "ab");
    cr_expect(eq(ptr, (void *)s.best, NULL));
}
