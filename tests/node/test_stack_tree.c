#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "base/alloc.h"
#include "node/stack_tree.h"

Test(stack_tree, a_stack_is_one_node)
{
    ns_stack_tree tree = {0};
    const uint32_t deep[] = {3, 2, 1}, other[] = {3, 1};
    uint32_t first = ns_stack_tree_node(&tree, deep, 3, NS_STACK_PROGRAM);
    cr_expect(eq(u32, first, NS_STACK_FIRST + 2));
    cr_expect(eq(u32, ns_stack_tree_node(&tree, deep, 3, NS_STACK_PROGRAM), first));
    cr_expect(eq(u32, ns_stack_tree_node(&tree, deep + 1, 2, NS_STACK_PROGRAM), first - 1));
    cr_expect(ne(u32, ns_stack_tree_node(&tree, other, 2, NS_STACK_PROGRAM), first));
    cr_expect(eq(u32, ns_stack_tree_node(&tree, NULL, 0, NS_STACK_IDLE), NS_STACK_IDLE));
    cr_expect(eq(sz, tree.node_count, 4));
    ns_stack_tree_free(&tree);
}

Test(stack_tree, nodes_and_counts_are_found_after_growing)
{
    enum { MANY = 3000 };
    ns_stack_tree tree = {0};
    for (int round = 0; round < 2; round++)
        for (uint32_t i = 1; i <= MANY; i++) {
            const uint32_t stack[] = {i, i % 7 + 1};
            uint32_t node = ns_stack_tree_node(&tree, stack, 2, NS_STACK_PROGRAM);
            cr_assert(eq(u32, tree.nodes[node - NS_STACK_FIRST].function, i));
            ns_stack_tree_add(&tree, node, i % 3, i);
        }
    cr_expect(eq(sz, tree.node_count, MANY + 7));
    cr_assert(eq(sz, tree.count_count, MANY));
    for (uint32_t i = 0; i < MANY; i++) {
        cr_assert(eq(i64, tree.counts[i].samples, 2));
        cr_assert(eq(i64, tree.counts[i].bytes, 2 * ((int64_t)i + 1)));
    }
    ns_stack_tree_free(&tree);
}

static void *refuse(void *opaque, void *p, size_t size)
{
    if (size == 0) {
        free(p);
        return NULL;
    }
    return (*(int *)opaque)-- > 0 ? realloc(p, size) : NULL;
}

Test(stack_tree, no_memory_is_remembered)
{
    const uint32_t stack[] = {1, 2};
    for (int allowed = 0; allowed < 4; allowed++) {
        ns_stack_tree tree = {0};
        int left = allowed;
        ns_set_allocator(refuse, &left);
        uint32_t node = ns_stack_tree_node(&tree, stack, 2, NS_STACK_PROGRAM);
        ns_stack_tree_add(&tree, node, 1, 16);
        cr_expect(tree.failed == (allowed < 4) && (allowed >= 2 || node == NS_STACK_ROOT));
        ns_stack_tree_free(&tree);
        ns_set_allocator(NULL, NULL);
    }
}
