#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "node/sampled_lives.h"

Test(sampled_lives, bytes_live_from_their_sample_to_the_end_of_the_life)
{
    ns_stack_tree tree = {0};
    ns_sampled_lives lives = {0};
    ns_life block[3] = {{.words = 4}, {.words = 2}, {.words = 8}};
    const uint32_t main = 7;
    uint32_t node = ns_stack_tree_node(&tree, &main, 1, NS_STACK_PROGRAM);
    ns_stack_tree_add(&tree, node, 3, 100);
    ns_stack_tree_add(&tree, node, 3, 50);
    ns_stack_tree_add(&tree, node, 4, 10);
    cr_assert(ns_sampled_lives_add(&lives, &tree, &block[0], node, 3, 100));
    cr_assert(ns_sampled_lives_add(&lives, &tree, &block[1], node, 3, 50));
    // A second place for the same life: an object that grew there.
    cr_assert(ns_sampled_lives_add(&lives, &tree, &block[0], node, 4, 10));
    cr_expect(eq(i64, tree.counts[0].live_bytes, 150));
    cr_expect(eq(i64, tree.counts[1].live_bytes, 10));

    ns_sampled_lives_end(&lives, &tree, &block[2]); // no sample fell on it
    ns_sampled_lives_move(&lives, (uintptr_t)&block[0], &block[2]);
    ns_sampled_lives_end(&lives, &tree, &block[0]); // nothing is there any more
    cr_expect(eq(i64, tree.counts[0].live_bytes, 150));
    ns_sampled_lives_end(&lives, &tree, &block[2]);
    cr_expect(eq(i64, tree.counts[0].live_bytes, 50));
    cr_expect(eq(i64, tree.counts[1].live_bytes, 0));
    cr_expect(eq(i64, tree.counts[0].bytes, 150));
    ns_sampled_lives_free(&lives); // with block[1] in it
    ns_stack_tree_free(&tree);
}
