// How far a replay is from the full run of the same point.
#ifndef NS_SWEEP_CHECK_H
#define NS_SWEEP_CHECK_H

#include <cjson/cJSON.h>
#include <stdbool.h>

// Of a value by replay to that of a full run, as a share of the latter; 1 where only one of them is
// there or the full one is 0.
double ns_check_difference(double full, double replayed);

// The largest difference of the metrics that decide whether replays are taken: those in `deciding`
// (NULL-terminated). NULL: mean, median, 99th percentile of the latency and the throughput of all
// requests, and of each class with at least a hundred (for the 99th percentile a thousand); of a
// program without requests its virtual time. `full` and `replayed` are objects: name -> number.
// *metric is borrowed from the arguments; NULL: nothing decides, and the difference is 0.
double ns_check_worst(const cJSON *full, const cJSON *replayed, const char *const *deciding,
                      const char **metric);

#endif
