#include "sweep/overlay.h"

#include <math.h>
#include <string.h>

#include "sim/fmath.h"
#include "sim/stats.h"

static int add_side(const ns_side *side, const char *prefix, ns_hist *sum, ns_err *err)
{
    size_t length = strlen(prefix);
    for (int i = 0; i < side->histogram_count; i++) {
        const char *name = side->histograms[2 * i];
        // All classes of requests, but of the pool the histogram of all tasks only.
        bool fits = prefix[length - 1] == '.' ? strncmp(name, prefix, length) == 0
                                              : strcmp(name, prefix) == 0;
        ns_hist *hist = NULL;
        int rc = fits ? ns_hist_decode(&hist, side->histograms[2 * i + 1], err) : NS_OK;
        if (rc != NS_OK)
            return rc;
        if (hist)
            ns_hist_add(sum, hist);
        ns_hist_free(hist);
    }
    return NS_OK;
}

typedef struct filler {
    const ns_overlay *overlay;
    double *shares;
    double total;
} filler;

static void fill(void *opaque, int64_t low, int64_t high, int64_t count)
{
    const filler *f = opaque;
    int64_t middle = low + (high - low) / 2;
    int bin = 0;
    while (bin < f->overlay->count - 1 && middle >= f->overlay->edges[bin + 1])
        bin++;
    f->shares[bin] += (double)count / f->total;
}

static void make_bins(ns_overlay *o, const ns_hist *a, const ns_hist *b)
{
    int64_t low = ns_hist_min(a) < ns_hist_min(b) ? ns_hist_min(a) : ns_hist_min(b);
    int64_t high = ns_hist_max(a) > ns_hist_max(b) ? ns_hist_max(a) : ns_hist_max(b);
    low = low > 1000 ? low : 1000; // what is shorter than a microsecond is one bin
    high = high > low ? high : low + 1;
    o->count = NS_OVERLAY_BINS_MAX;
    double step = ns_log((double)high / (double)low) / o->count;
    for (int i = 0; i <= o->count; i++)
        o->edges[i] = (int64_t)((double)low * ns_exp(step * i));
    o->edges[o->count] = high + 1;
    filler left = {o, o->left, (double)ns_hist_count(a)},
           right = {o, o->right, (double)ns_hist_count(b)};
    ns_hist_each(a, fill, &left);
    ns_hist_each(b, fill, &right);
}

int ns_overlay_make(ns_overlay *out, const ns_side *left, const ns_side *right, ns_err *err)
{
    static const char *const prefixes[][2] = {{"request.", "request"}, {"pool.queue", "pool.wait"}};
    *out = (ns_overlay){0};
    int rc = NS_OK;
    for (int i = 0; i < 2 && rc == NS_OK && !out->metric; i++) {
        ns_hist *a = NULL, *b = NULL;
        rc = ns_hist_new(&a, err);
        if (rc == NS_OK)
            rc = ns_hist_new(&b, err);
        if (rc == NS_OK)
            rc = add_side(left, prefixes[i][0], a, err);
        if (rc == NS_OK)
            rc = add_side(right, prefixes[i][0], b, err);
        if (rc == NS_OK && ns_hist_count(a) > 0 && ns_hist_count(b) > 0) {
            out->metric = prefixes[i][1];
            make_bins(out, a, b);
        }
        ns_hist_free(a);
        ns_hist_free(b);
    }
    return rc;
}
