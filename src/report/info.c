#include <cjson/cJSON.h>
#include <math.h>

#include "report/report.h"

void ns_run_info_take(ns_run_info *info, const ns_run_result *result)
{
    info->status = result->status;
    info->exit_code = result->exit_code;
    info->virtual_ns = result->virtual_ns;
    info->digest = result->digest;
    info->events = result->events;
    info->ties = result->ties;
    info->pool_threads = result->pool_threads;
    info->idle_ns = result->idle_ns;
    info->pool_span_ns = result->pool_span_ns;
    info->pool_busy_ns = result->pool_busy_ns;
    info->pool_full_ns = result->pool_full_ns;
    info->cpu_ns = result->cpu_ns;
    info->drawn = result->drawn;
}

int ns_run_info_speed(const ns_run_info *info, double *speed, ns_err *err)
{
    const char *text = info->config_json;
    cJSON *config = cJSON_Parse(text && text[0] ? text : "{}");
    if (!config)
        return ns_fail(err, NS_ENOMEM, "no memory for the configuration");
    const cJSON *machine = cJSON_GetObjectItemCaseSensitive(config, "machine");
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(machine, "speed");
    *speed = cJSON_IsNumber(value) && value->valuedouble > 0 ? value->valuedouble : 1;
    cJSON_Delete(config);
    return NS_OK;
}

int64_t ns_run_time(int64_t demand_ns, double speed)
{
    return speed == 1 ? demand_ns : llround((double)demand_ns / speed);
}
