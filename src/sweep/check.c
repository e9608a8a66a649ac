#include "sweep/check.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

double ns_check_difference(double full, double replayed)
{
    if (full == replayed || (isnan(full) && isnan(replayed)))
        return 0;
    if (isnan(full) || isnan(replayed) || full == 0)
        return 1;
    return fabs(replayed - full) / fabs(full);
}

static double value_of(const cJSON *metrics, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(metrics, name);
    return cJSON_IsNumber(item) ? item->valuedouble : NAN;
}

// How many requests a class must have for the last part of a metric's name to decide; -1: never.
static double needed(const char *last)
{
    return strcmp(last, "p99") == 0 ? 1000
           : strcmp(last, "p50") == 0 || strcmp(last, "mean") == 0 ||
                   strcmp(last, "throughput") == 0
               ? 100
               : -1;
}

static bool decides(const cJSON *metrics, const char *name)
{
    static const char prefix[] = "request.";
    if (strncmp(name, prefix, sizeof prefix - 1) != 0)
        return false;
    const char *last = strrchr(name, '.') + 1;
    double least = needed(last);
    bool all = last == name + sizeof prefix - 1; // of all requests together
    if (least < 0 || all)
        return all && least >= 0;
    char count[200];
    snprintf(count, sizeof count, "%.*scount", (int)(last - name), name);
    return value_of(metrics, count) >= least;
}

static void look(const cJSON *full, const cJSON *replayed, const char *name, double *worst,
                 const char **metric)
{
    double difference = ns_check_difference(value_of(full, name), value_of(replayed, name));
    if (*metric && difference <= *worst)
        return;
    *worst = difference;
    *metric = name;
}

double ns_check_worst(const cJSON *full, const cJSON *replayed, const char *const *deciding,
                      const char **metric)
{
    double worst = 0;
    const cJSON *item;
    *metric = NULL;
    for (int i = 0; deciding && deciding[i]; i++)
        look(full, replayed, deciding[i], &worst, metric);
    if (deciding)
        return worst;
    cJSON_ArrayForEach(item, full) if (decides(full, item->string))
        look(full, replayed, item->string, &worst, metric);
    cJSON_ArrayForEach(item, replayed) if (decides(replayed, item->string))
        look(full, replayed, item->string, &worst, metric);
    if (!*metric && cJSON_GetObjectItemCaseSensitive(full, "time"))
        look(full, replayed, "time", &worst, metric);
    return worst;
}
