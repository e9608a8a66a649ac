// A search for a capacity: the greatest (or smallest) value of a key at which conditions hold.
//
// What to do next follows from the runs that are there, and from nothing else: a search that was
// interrupted goes on as if it had not been, and a database tells the whole search again.
//
// From the workload's own value the search goes outwards, by factors of two, until conditions hold
// on one side and fail on the other; then it halves the gaps between values that hold, that cannot
// be told, and that fail. It takes for granted that conditions hold up to some value and fail
// beyond it, and says so where the probes show otherwise. Each probe begins with some replicates,
// and doubles them while it is open, up to a limit. Replicates have the same seeds at every value
// (common random numbers).
//
// The chance to call a probe wrongly is at most 2.5%, over all its looks and conditions, as far as
// the means of replicates are normal. So the greatest value that holds for certain and the smallest
// one that fails for certain bound the answer with a confidence of 95%.
#ifndef NS_SWEEP_SEARCH_H
#define NS_SWEEP_SEARCH_H

#include "sweep/condition.h"

typedef struct ns_search_options {
    double start;     // where the search begins
    double precision; // of the interval's ends, as a share of the value
    int first, most;  // replicates of a probe: at first, and at most
} ns_search_options;

typedef struct ns_probe {
    int point; // in the data
    double value;
    int runs, broken;
    ns_decision decision; // of all conditions together
    bool holds;           // by the means
    bool decided;         // no more replicates are to come
    ns_finding findings[NS_FIND_CONDITIONS_MAX];
} ns_probe;

typedef enum ns_search_state {
    NS_SEARCH_RUN,    // `next` is to be run
    NS_SEARCH_FOUND,  // from `low` to `high`
    NS_SEARCH_ALWAYS, // it holds as far as the values may go: `answer` is the last one
    NS_SEARCH_NEVER,  // it fails wherever it was tried; `answer` is the last one
    NS_SEARCH_THIN    // a percentile stayed too thin to tell
} ns_search_state;

typedef struct ns_search {
    const ns_find *find;
    ns_search_options options;
    ns_search_state state;
    struct {
        double value;
        int point; // its number; that of a new point is the number of points there are
        int replicates;
    } next;
    ns_probe *probes; // by value, from those that should hold to those that should fail
    int count;
    int holds, fails; // index of the last probe that holds before the first that fails; -1: none
    int answer;       // the last one that holds by its means, before the first that does not
    bool monotone;
    int thin, thin_condition; // the probe and its condition
} ns_search;

// `find` and `data` are borrowed. NS_EINVAL: the runs lack a metric; NS_ENOMEM.
int ns_search_make(ns_search **out, const ns_find *find, const ns_search_options *options,
                   const ns_data *data, ns_err *err);
void ns_search_free(ns_search *search);

// What was found, as a sentence or two.
void ns_search_sentence(const ns_search *search, char *out, size_t size);

#endif
