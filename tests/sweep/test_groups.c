// Which points are replayed from which, and which of them are checked.
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "../workload/folder.h"
#include "sweep/groups.h"

static void enter(void)
{
    folder_enter();
    folder_write("a.js", "exports.a = () => {};\n");
    folder_write("w.yaml", "script: a.js\narrivals: {a: {rate: 10, duration: 1 s}}\n");
}

TestSuite(groups, .init = enter, .fini = folder_leave);

static ns_plan *make(const char *const *vary, int replicates, int lhs)
{
    ns_err err = {0};
    ns_plan *plan;
    const ns_plan_options options = {
        .path = "w.yaml", .vary = vary, .replicates = replicates, .lhs = lhs, .tolerance = -1};
    cr_assert(ns_plan_make(&plan, &options, &err) == NS_OK, "%s", err.msg);
    return plan;
}

static const char *value(const ns_plan *plan, int point, int key)
{
    return plan->points[point][key];
}

Test(groups, the_middle_is_traced_and_the_ends_are_checked)
{
    const char *const vary[] = {"node.threadpool=16,1,2,8,4", NULL};
    ns_plan *plan = make(vary, 3, 0);
    cr_assert(plan->replay && plan->groups->count == 1);
    const ns_group *group = &plan->groups->list[0];
    cr_expect(eq(int, group->size, 5));
    cr_expect(eq(str, (char *)value(plan, group->traced, 0), "4")); // in the middle by size
    cr_assert(eq(int, group->check_count, 2));
    cr_expect(eq(str, (char *)value(plan, group->checks[0], 0), "16"));
    cr_expect(eq(str, (char *)value(plan, group->checks[1], 0), "1"));
    ns_plan_free(plan);
}

Test(groups, the_most_load_is_traced)
{
    const char *const vary[] = {"arrivals.a.duration=500 ms,2 s,1 s", "arrivals.a.rate=5,20,10",
                                "machine.cores=1..3", NULL};
    ns_plan *plan = make(vary, 1, 0);
    const ns_group *group = &plan->groups->list[0];
    cr_expect(eq(str, (char *)value(plan, group->traced, 0), "2 s"));
    cr_expect(eq(str, (char *)value(plan, group->traced, 1), "20"));
    cr_expect(eq(str, (char *)value(plan, group->traced, 2), "2"));
    ns_plan_free(plan);
}

Test(groups, keys_that_the_javascript_sees_split_the_points)
{
    const char *const vary[] = {"node.threadpool=1..4", "argv=[],[x]",
                                "node.flags=[],[--max-semi-space-size=8],[--no-opt]", NULL};
    ns_plan *plan = make(vary, 2, 0);
    // Two values of argv, and two kinds of flags: those of the heap, and --no-opt.
    cr_assert(eq(int, plan->groups->count, 4));
    int size = 0;
    for (int g = 0; g < 4; g++) {
        const ns_group *group = &plan->groups->list[g];
        size += group->size;
        cr_expect(group->size == 8 || group->size == 4);
        cr_expect(g == 0 || group->traced > plan->groups->list[g - 1].traced);
        for (int p = 0; p < plan->point_count; p++) {
            bool opt = strcmp(value(plan, p, 2), "[--no-opt]") != 0;
            bool traced_opt = strcmp(value(plan, group->traced, 2), "[--no-opt]") != 0;
            bool same =
                opt == traced_opt && strcmp(value(plan, p, 1), value(plan, group->traced, 1)) == 0;
            cr_expect(eq(int, plan->groups->of[p] == g, same));
        }
    }
    cr_expect(eq(int, size, 24));
    ns_plan_free(plan);
}

Test(groups, what_saves_no_run_is_no_group)
{
    const char *const pair[] = {"node.threadpool=1,2", NULL}, *const seen[] = {"argv=[],[x]", NULL};
    ns_plan *plan = make(pair, 1, 0);
    cr_expect(plan->groups->count == 0 && !plan->replay && plan->groups->of[0] == -1);
    cr_expect(strstr(plan->json, "replay") == NULL);
    ns_plan_free(plan);
    plan = make(pair, 2, 0);
    cr_expect(plan->replay && plan->groups->list[0].check_count == 1);
    cr_expect(strstr(plan->json, "\"replay\":0.02") != NULL);
    ns_plan_free(plan);
    plan = make(seen, 5, 0);
    cr_expect(plan->groups->count == 0 && !plan->replay);
    ns_plan_free(plan);
}

Test(groups, of_a_sample_every_point_has_one)
{
    const char *const vary[] = {"node.threadpool=1..64", "machine.cores=1..16", NULL};
    ns_plan *plan = make(vary, 1, 20);
    cr_assert(eq(int, plan->groups->count, 1));
    const ns_group *group = &plan->groups->list[0];
    cr_expect(eq(int, group->size, plan->point_count));
    cr_expect(group->traced != group->checks[0] && group->traced != group->checks[1] &&
              group->checks[0] != group->checks[1]);
    ns_plan_free(plan);
}
