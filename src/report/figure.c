#include "report/figure.h"

#include <stdio.h>
#include <string.h>

#include "report/format.h"
#include "report/gnuplot.h"

const char *const ns_figure_colours[NS_FIGURE_COLOURS] = {
    NS_BLUE, NS_ORANGE, NS_GREEN, NS_VERMILLION, NS_PURPLE, NS_SKY, NS_GREY};

static const struct format {
    unsigned flag;
    const char *suffix;
} formats[] = {{NS_PLOT_SVG, ".svg"}, {NS_PLOT_PNG, ".png"}, {NS_PLOT_PDF, ".pdf"}};
enum { FORMATS = sizeof formats / sizeof formats[0], DPI = 96, POINTS = 72 };

const char *ns_plot_suffix(unsigned format)
{
    for (int i = 0; i < FORMATS; i++)
        if (formats[i].flag == format)
            return formats[i].suffix;
    return "";
}

void ns_figure_free(ns_figure *figure)
{
    ns_buf_free(&figure->title);
    ns_buf_free(&figure->subtitle);
    ns_buf_free(&figure->data);
    ns_buf_free(&figure->panels);
}

void ns_figure_title(ns_figure *figure, const ns_run_info *info, const char *what)
{
    ns_buf_printf(&figure->title, "%s: %s", info->workload, what);
}

// -- Panels ---------------------------------------------------------------------------------------

void ns_figure_panel(ns_figure *figure, int gap, int height)
{
    int top =
        figure->height ? figure->height + gap : NS_FIGURE_TOP + NS_FIGURE_KEY * figure->key_rows;
    figure->height = top + height;
    ns_buf_printf(&figure->panels,
                  "set tmargin at screen 1 - %d / height\nset bmargin at screen 1 - %d / height\n",
                  top, figure->height);
}

ns_axis ns_figure_time_axis(ns_figure *figure, const ns_window *window)
{
    ns_axis axis = ns_axis_make((window->to - window->from) / 10 + 1, window->to);
    ns_buf_printf(&figure->panels,
                  "set xrange [%.12g:%.12g]\nset xtics %.12g nomirror scale 0.5\nset format x ''\n",
                  (double)window->from / (double)axis.unit, (double)window->to / (double)axis.unit,
                  (double)axis.step / (double)axis.unit);
    return axis;
}

void ns_figure_time_labels(ns_figure *figure, const ns_axis *axis)
{
    ns_buf_printf(&figure->panels, "set format x '%%.%df'\nset xlabel 'virtual time (%s)'\n",
                  axis->decimals, axis->unit_name);
}

void ns_figure_y_name(ns_figure *figure, const char *text)
{
    ns_buf_str(&figure->panels, "set label 3 ");
    ns_gnuplot_quote(&figure->panels, text);
    ns_buf_str(&figure->panels,
               " at screen 16 / width, graph 0.5 center rotate by 90 textcolor rgb "
               "'" NS_INK "' noenhanced\n");
}

#define KEY "Left reverse samplen 1.4 width 0.5 height 0 spacing 1.1 noenhanced\n"

void ns_figure_key_top(ns_figure *figure, int columns)
{
    ns_buf_str(&figure->panels,
               "set key at screen left_edge, screen 1 - 60 / height left top horizontal " KEY);
    if (columns > 0)
        ns_buf_printf(&figure->panels, "set key maxcols %d\n", columns);
}

void ns_figure_key_above(ns_figure *figure, int rows, int height)
{
    ns_buf_printf(&figure->panels,
                  "set key at screen left_edge, screen 1 - %d / height left top horizontal "
                  "maxcols auto " KEY,
                  figure->height - height - 4 - NS_FIGURE_KEY * rows);
}

void ns_figure_key_inside(ns_figure *figure, const char *corner)
{
    ns_buf_printf(
        &figure->panels,
        "set key inside vertical %s Left reverse samplen 1.6 width 0 noenhanced noopaque\n",
        corner);
}

void ns_figure_log_times(ns_figure *figure, const char *axis, double from, double to)
{
    static const int digits[] = {1, 2, 5};
    char label[32];
    bool first = true, narrow = to / from < 300;
    ns_buf_printf(&figure->panels,
                  "set logscale %s\nunset m%stics\nset %stics nomirror scale 0.5 (", axis, axis,
                  axis);
    for (int64_t decade = 1; (double)decade <= to && decade < INT64_MAX / 10; decade *= 10)
        for (int i = 0; i < (narrow ? 3 : 1); i++) {
            int64_t at = decade * digits[i];
            if ((double)at < from * 0.999 || (double)at > to * 1.001)
                continue;
            ns_format_time(label, at);
            // "1.00 ms" is "1 ms" here
            char *dot = strchr(label, '.'), *space = strchr(label, ' ');
            if (dot && space)
                memmove(dot, space, strlen(space) + 1);
            ns_buf_printf(&figure->panels, "%s'%s' %.12g", first ? "" : ", ", label,
                          (double)at / 1e6);
            first = false;
        }
    ns_buf_printf(&figure->panels, ")\nset %srange [%.6g:%.6g]\n", axis, from / 1e6, to / 1e6);
}

// -- Data -----------------------------------------------------------------------------------------

void ns_figure_block(ns_figure *figure, const char *name, const char *columns)
{
    ns_buf_printf(&figure->data, "$%s << EOD\n# %s\n", name, columns);
}

void ns_figure_end_block(ns_figure *figure)
{
    ns_buf_str(&figure->data, "EOD\n");
}

// -- The script -----------------------------------------------------------------------------------

static void write_head(const ns_figure *figure, ns_buf *out)
{
    ns_buf_str(out, "# Drawn by nsim plot; gnuplot draws it again from this file alone.\n"
                    "set encoding utf8\n");
    ns_buf_add(out, figure->data.data, figure->data.len);
    ns_buf_printf(out,
                  "width = %d.0\nheight = %d.0\nleft_edge = %d / width\n"
                  "right_edge = 1 - %d / width\ntitle = ",
                  NS_FIGURE_WIDTH, figure->height + NS_FIGURE_BOTTOM, NS_FIGURE_LEFT,
                  NS_FIGURE_RIGHT);
    ns_gnuplot_quote(out, figure->title.data ? figure->title.data : "");
    ns_buf_str(out, "\nsubtitle = ");
    ns_gnuplot_quote(out, figure->subtitle.data ? figure->subtitle.data : "");
    ns_buf_str(out, "\n");
}

static void write_terminal(const ns_figure *figure, unsigned format, ns_buf *out)
{
    int width = NS_FIGURE_WIDTH, height = figure->height + NS_FIGURE_BOTTOM;
    if (format == NS_PLOT_SVG)
        ns_buf_printf(out,
                      "set terminal svg size %d,%d dynamic font 'sans-serif,13' background "
                      "'white'\nfont_of_title = 'sans-serif,17'\n",
                      width, height);
    else if (format == NS_PLOT_PNG) // twice the pixels, for dense screens
        ns_buf_printf(out,
                      "if (strstrt(GPVAL_TERMINALS, ' pngcairo ') > 0) {\n"
                      "set terminal pngcairo size %d,%d font 'Sans,10' fontscale 2 linewidth 2 "
                      "pointscale 2 background 'white'\nfont_of_title = 'Sans,13'\n"
                      "} else {\nset terminal png size %d,%d font 'Sans,20' linewidth 2 "
                      "background 'white'\nfont_of_title = 'Sans,26'\n}\n",
                      2 * width, 2 * height, 2 * width, 2 * height);
    else
        ns_buf_printf(out,
                      "if (strstrt(GPVAL_TERMINALS, ' pdfcairo ') == 0) {\n"
                      "exit error 'this gnuplot cannot write PDF: it was built without cairo'\n}\n"
                      "set terminal pdfcairo size %.4f,%.4f font 'Sans,%d' fontscale 0.74 "
                      "background 'white'\nfont_of_title = 'Sans,13'\n",
                      (double)width / DPI, (double)height / DPI, 13 * POINTS / DPI + 1);
}

static void write_panels(const ns_figure *figure, ns_buf *out)
{
    ns_buf_str(out,
               "reset\nset encoding utf8\nset multiplot\n"
               "set lmargin at screen left_edge\nset rmargin at screen right_edge\nunset key\n"
               "set border 3 lc rgb '" NS_RULE "'\nset tics textcolor rgb '" NS_INK "'\n"
               "set xlabel textcolor rgb '" NS_INK "'\nset ylabel textcolor rgb '" NS_INK "'\n"
               "set key textcolor rgb '" NS_INK "'\n"
               "set ytics nomirror scale 0.5\n"
               "set grid xtics ytics back lc rgb '" NS_GRID "' lt 1 lw 0.5\n"
               "set label 1 title at screen left_edge, screen 1 - 22 / height left font "
               "font_of_title textcolor rgb '" NS_INK "' noenhanced\n"
               "set label 2 subtitle at screen left_edge, screen 1 - 46 / height left textcolor "
               "rgb '" NS_MUTED "' noenhanced\n");
    ns_buf_add(out, figure->panels.data, figure->panels.len);
    ns_buf_str(out, "unset multiplot\nunset output\n");
}

int ns_figure_script(const ns_figure *figure, const char *stem, const char *suffix, unsigned wanted,
                     ns_buf *out, ns_err *err)
{
    write_head(figure, out);
    for (int i = 0; i < FORMATS; i++) {
        if (!(wanted & formats[i].flag))
            continue;
        ns_buf path = {0};
        ns_buf_printf(&path, "%s%s%s", stem, formats[i].suffix, suffix);
        write_terminal(figure, formats[i].flag, out);
        ns_buf_str(out, "set output ");
        ns_gnuplot_quote(out, path.failed ? "" : path.data);
        ns_buf_char(out, '\n');
        out->failed |= path.failed;
        ns_buf_free(&path);
        write_panels(figure, out);
    }
    out->failed |= figure->title.failed || figure->subtitle.failed || figure->data.failed ||
                   figure->panels.failed;
    return out->failed ? ns_fail(err, NS_ENOMEM, "no memory for the plot") : NS_OK;
}
