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
