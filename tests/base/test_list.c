#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <signal.h>

#include "base/list.h"

typedef struct item {
    int value;
    ns_list link;
} item;

// The values in a list as digits of one number, checked in both directions.
static int digits(const ns_list *list)
{
    int forward = 0, backward = 0, scale = 1;
    for (const ns_list *node = list->next; node != list; node = node->next)
        forward = forward * 10 + ns_list_entry(node, item, link)->value;
    for (const ns_list *node = list->prev; node != list; node = node->prev) {
        backward += ns_list_entry(node, item, link)->value * scale;
        scale *= 10;
    }
    cr_assert(eq(int, forward, backward));
    return forward;
}

Test(list, order)
{
    item items[6] = {0};
    ns_list list;
    ns_list_init(&list);
    cr_assert(ns_list_empty(&list));
    cr_assert(eq(ptr, ns_list_pop(&list), NULL));
    for (int i = 1; i < 6; i++)
        items[i].value = i;
    ns_list_push_back(&list, &items[2].link);
    ns_list_push_back(&list, &items[3].link);
    ns_list_push_front(&list, &items[1].link);
    ns_list_insert_before(&items[3].link, &items[5].link);
    cr_assert(eq(int, digits(&list), 1253));
    cr_assert(ns_list_linked(&items[5].link));
    ns_list_remove(&items[5].link);
    cr_assert(not(ns_list_linked(&items[5].link)));
    cr_assert(eq(int, digits(&list), 123));
    cr_assert(eq(ptr, ns_list_pop(&list), &items[1].link));
    cr_assert(eq(int, digits(&list), 23));
}

Test(list, move)
{
    item items[3] = {{.value = 1}, {.value = 2}, {.value = 3}};
    ns_list from, to;
    ns_list_init(&from);
    ns_list_move(&from, &to);
    cr_assert(ns_list_empty(&to));
    for (int i = 0; i < 3; i++)
        ns_list_push_back(&from, &items[i].link);
    ns_list_move(&from, &to);
    cr_assert(ns_list_empty(&from));
    cr_assert(eq(int, digits(&to), 123));
    ns_list_push_back(&from, ns_list_pop(&to));
    cr_assert(eq(int, digits(&to), 23));
    cr_assert(eq(int, digits(&from), 1));
}

Test(list, a_node_is_in_one_list_at_most, .signal = SIGABRT)
{
    item one = {0};
    ns_list list;
    ns_list_init(&list);
    ns_list_push_back(&list, &one.link);
    ns_list_push_back(&list, &one.link);
}
