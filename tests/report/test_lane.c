#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>

#include "report/format.h"
#include "report/lane.h"

static uint64_t state = 1;
static int64_t draw(int64_t below)
{
    state = state * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (int64_t)((state >> 16) % (uint64_t)below);
}

Test(lane, columns_tile_the_window)
{
    for (int round = 0; round < 200; round++) {
        ns_window w = {draw(1000), 0, 1 + (int)draw(300)};
        w.to = w.from + 1 + draw(round % 2 ? 500 : INT64_C(1) << 50);
        cr_expect(eq(i64, ns_window_start(&w, 0), w.from));
        cr_expect(eq(i64, ns_window_start(&w, w.columns), w.to));
        for (int i = 0; i < 200; i++) {
            int64_t time = w.from + draw(w.to - w.from);
            int column = ns_window_column(&w, time);
            cr_assert(le(i64, ns_window_start(&w, column), time));
            cr_assert(lt(i64, time, ns_window_start(&w, column + 1)));
        }
    }
}

// Against every single ns.
Test(lane, levels_are_what_was_added)
{
    for (int round = 0; round < 100; round++) {
        ns_window w = {100, 100 + 50 + draw(400), 1 + (int)draw(40)};
        int64_t length = w.to - w.from, total = 0;
        int *covered = calloc((size_t)length, sizeof *covered);
        double levels[64];
        ns_lane lane;
        cr_assert(ns_lane_init(&lane, &w));
        for (int i = 0; i < 20; i++) {
            int64_t from = draw(700), to = from + draw(200);
            ns_lane_add(&lane, from, to);
            for (int64_t t = from; t < to; t++)
                if (t >= w.from && t < w.to) {
                    covered[t - w.from]++;
                    total++;
                }
        }
        cr_expect(eq(i64, lane.total, total));
        ns_lane_levels(&lane, levels);
        for (int c = 0; c < w.columns; c++) {
            int64_t sum = 0, from = ns_window_start(&w, c), to = ns_window_start(&w, c + 1);
            for (int64_t t = from; t < to; t++)
                sum += covered[t - w.from];
            double expected = to > from ? (double)sum / (double)(to - from) : levels[c];
            cr_expect(epsilon_eq(dbl, levels[c], expected, 1e-9), "round %d column %d", round, c);
        }
        free(covered);
        ns_lane_free(&lane);
    }
}

Test(lane, axis_steps_are_round)
{
    static const struct {
        int64_t least, longest, step;
        const char *label; // of three steps
    } cases[] = {{1, 10, 1, "3 ns"},
                 {3, 900, 5, "15 ns"},
                 {60000000, 431000000, 100000000, "300 ms"},
                 {150000000, 1070000000, 200000000, "0.6 s"},
                 {11, 2000, 20, "0.06 us"},
                 {400000, 20000000, 500000, "1.5 ms"},
                 {30000000000, 600000000000, 50000000000, "150 s"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ns_axis axis = ns_axis_make(cases[i].least, cases[i].longest);
        char label[40];
        ns_axis_label(&axis, 3 * axis.step, label);
        cr_expect(eq(i64, axis.step, cases[i].step));
        cr_expect(eq(str, label, (char *)cases[i].label));
    }
}

Test(format, times_have_three_digits)
{
    static const struct {
        int64_t ns;
        const char *text;
    } cases[] = {
        {0, "0"},           {7, "7 ns"},           {999, "999 ns"},        {1000, "1.00 us"},
        {12345, "12.3 us"}, {207000000, "207 ms"}, {1234567890, "1.23 s"}, {99960000000, "100 s"},
        {-1500, "-1.50 us"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[32];
        ns_format_time(text, cases[i].ns);
        cr_expect(eq(str, text, (char *)cases[i].text));
    }
}
