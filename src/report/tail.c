#include "report/tail.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report/format.h"
#include "report/gnuplot.h"
#include "sim/sim.h"

#define NS_PER_MS 1e6
enum { EACH = 200, LOG_RATIO = 10 };

void ns_tail_block(ns_figure *figure, const char *name, const ns_series *s)
{
    int64_t beyond = s->total, told = s->total + 1;
    ns_figure_block(figure, name, "ms more_than beyond");
    if (s->count > 0) // where the curve begins; the first step is at the same value
        ns_buf_printf(&figure->data, "%.12g 1 %lld\n", (double)s->values[0].value / NS_PER_MS,
                      (long long)s->total);
    for (size_t i = 0; i < s->count; i++) {
        beyond -= s->values[i].count;
        if (i + 1 < s->count && s->values[i + 1].value == s->values[i].value)
            continue; // a step has all samples of one value
        if (i + 1 < s->count && beyond > EACH && (double)beyond > (double)told * 0.99)
            continue;
        told = beyond;
        ns_buf_printf(&figure->data, "%.12g %.9g %lld\n", (double)s->values[i].value / NS_PER_MS,
                      (double)beyond / (double)s->total, (long long)beyond);
    }
    ns_figure_end_block(figure);
}

void ns_tail_cover(ns_tail_range *range, const ns_series *s)
{
    if (s->count == 0)
        return;
    int64_t least = s->values[0].value, most = s->values[s->count - 1].value;
    range->least = range->total == 0 || least < range->least ? least : range->least;
    range->most = most > range->most ? most : range->most;
    range->total = s->total > range->total ? s->total : range->total;
}

// 1, 2 or 5 times a power of ten, at most or at least `value`.
static double round_decade(double value, bool up)
{
    static const double digits[] = {1, 2, 5, 10};
    double decade = pow(10, floor(log10(value)));
    double best = up ? 10 * decade : decade;
    for (int i = 0; i < 4; i++) {
        double at = digits[i] * decade;
        if (up ? at >= value * 0.999 && at < best : at <= value * 1.001 && at > best)
            best = at;
    }
    return best;
}

void ns_tail_axes(ns_figure *figure, ns_tail_range *range)
{
    ns_buf *out = &figure->panels;
    int64_t least = range->least < NS_US ? NS_US : range->least;
    int64_t most = range->most <= least ? least + 1 : range->most;
    range->logarithmic = (double)most / (double)least > LOG_RATIO;
    if (range->logarithmic) {
        ns_figure_log_times(figure, "x", round_decade((double)least, false),
                            round_decade((double)most * 1.02, true));
        ns_buf_str(out, "set xlabel 'latency'\n");
    } else {
        ns_axis axis = ns_axis_make(most / 8 + 1, most);
        int64_t end = (most / axis.step + 1) * axis.step;
        ns_buf_printf(out,
                      "set xrange [0:%.12g]\nset xtics %.12g nomirror scale 0.5\n"
                      "set format x '%%g'\nset xlabel 'latency (ms)'\n",
                      (double)end / NS_PER_MS, (double)axis.step / NS_PER_MS);
    }
    double lowest = 1;
    ns_buf_str(out, "set logscale y 10\nunset mytics\nset ytics nomirror scale 0.5 ('all' 1, "
                    "'p50' 0.5, 'p90' 0.1");
    for (int nines = 2; nines < 9 && lowest * (double)range->total > 1; nines++) {
        static const char *const names[] = {"p99",      "p99.9",     "p99.99",    "p99.999",
                                            "p99.9999", "p99.99999", "p99.999999"};
        lowest = pow(10, -nines);
        ns_buf_printf(out, ", '%s' %g", names[nines - 2], lowest);
    }
    lowest = 0.5 / (double)(range->total > 1 ? range->total : 1);
    ns_buf_printf(out, ")\nset yrange [1:%.6g]\n", lowest);
    ns_figure_y_name(figure, "percentile");
}

void ns_tail_curve(ns_figure *figure, const char *block, const char *colour, const char *title)
{
    // The last step ends at the largest value: there the curve leaves the picture.
    ns_buf_printf(&figure->panels,
                  "$%s using 1:($2 > 0 ? $2 : 1e-12) with steps lw 1.6 dt 3 lc rgb '%s' notitle, "
                  "$%s using 1:($3 >= %d ? $2 : NaN) with steps lw 2.2 lc rgb '%s' title ",
                  block, colour, block, NS_THIN, colour);
    ns_gnuplot_quote(&figure->panels, title);
}

void ns_tail_title(const ns_series *s, char *out, size_t size)
{
    char median[32], high[32];
    ns_format_time(median, ns_series_percentile(s, 50));
    ns_format_time(high, ns_series_percentile(s, 99));
    snprintf(out, size, "%s: p50 %s, p99 %s%s", s->name, median, high,
             ns_series_thin(s, 99) ? "*" : "");
}
