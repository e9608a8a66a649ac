// A picture under construction: a gnuplot script in parts, and what all pictures have in common
// (size, palette, margins, title, formats).
//
// A script has its data in it, as data blocks whose first line, a comment, names the columns. So
// it is all that is needed to draw the picture again.
#ifndef NS_REPORT_FIGURE_H
#define NS_REPORT_FIGURE_H

#include "base/buf.h"
#include "report/lane.h"
#include "report/report.h"

enum {
    // Pixels, of a screen with 96 to the inch
    NS_FIGURE_WIDTH = 800,
    NS_FIGURE_LEFT = 84,
    NS_FIGURE_RIGHT = 30,
    NS_FIGURE_TOP = 64,    // title and subtitle
    NS_FIGURE_KEY = 20,    // a line of the key
    NS_FIGURE_GAP = 20,    // between panels
    NS_FIGURE_BOTTOM = 60, // the axis and its name
    NS_FIGURE_PLOT = NS_FIGURE_WIDTH - NS_FIGURE_LEFT - NS_FIGURE_RIGHT,
    NS_FIGURE_COLOURS = 7
};

// The palette of Okabe and Ito, told apart by colour-blind readers too.
#define NS_BLUE "#0072B2"
#define NS_ORANGE "#E69F00"
#define NS_GREEN "#009E73"
#define NS_VERMILLION "#D55E00"
#define NS_PURPLE "#CC79A7"
#define NS_SKY "#56B4E9"
#define NS_YELLOW "#F0E442"
#define NS_GREY "#999999"
#define NS_WINE "#882255" // beside purple; of Tol's palette
// What is no data. A report on a dark page replaces these four.
#define NS_INK "#222222"
#define NS_MUTED "#5A5A5A"
#define NS_RULE "#8A8A8A"
#define NS_GRID "#DEDEDE"

extern const char *const ns_figure_colours[NS_FIGURE_COLOURS]; // for series, in order

typedef struct ns_figure {
    ns_buf title, subtitle;
    ns_buf data;   // data blocks
    ns_buf panels; // what draws, between `set multiplot` and `unset multiplot`
    int key_rows;  // lines of the key above the first panel, to be set before it
    int height;    // so far: the bottom of the last panel
} ns_figure;

void ns_figure_free(ns_figure *figure);
// "NAME: what", where NAME is the run's.
void ns_figure_title(ns_figure *figure, const ns_run_info *info, const char *what);

// Where the next panel is: `gap` below the last one, `height` pixels high.
void ns_figure_panel(ns_figure *figure, int gap, int height);
// An x axis of virtual time for the panels that follow, in the unit of `axis`. Its labels are shown
// only below the last panel: ns_figure_time_labels.
ns_axis ns_figure_time_axis(ns_figure *figure, const ns_window *window);
void ns_figure_time_labels(ns_figure *figure, const ns_axis *axis);
// The name of the y axis, at the left edge of the picture whatever the labels' width.
void ns_figure_y_name(ns_figure *figure, const char *text);
// The key below the subtitle, in at most `columns` columns (0: as many as there is room for); or
// above the panel that was begun last, `rows` lines of it; or within that panel.
void ns_figure_key_top(ns_figure *figure, int columns);
void ns_figure_key_above(ns_figure *figure, int rows, int height);
void ns_figure_key_inside(ns_figure *figure, const char *corner);

// A logarithmic axis ("x", "y") of times in ms, from..to in ns; labels name their own units.
void ns_figure_log_times(ns_figure *figure, const char *axis, double from, double to);

// Begin and end a data block.
void ns_figure_block(ns_figure *figure, const char *name, const char *columns);
void ns_figure_end_block(ns_figure *figure);

// The whole script; it writes <stem>SUFFIX.svg and so on, for an OR of NS_PLOT_SVG, PNG, PDF.
int ns_figure_script(const ns_figure *figure, const char *stem, const char *suffix,
                     unsigned formats, ns_buf *out, ns_err *err);

#endif
