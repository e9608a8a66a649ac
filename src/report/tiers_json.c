// V8's tiers as data.
#include "report/reasons.h"
#include "report/report.h"
#include "report/tiers.h"

static void add(cJSON *object, const char *name, int64_t value)
{
    cJSON_AddNumberToObject(object, name, (double)value);
}

static cJSON *steps_json(const ns_tier_known *known)
{
    static const char *const names[] = {"sparkplug", "maglev", "turbofan",
                                        "osr",       "deopt",  "invalid"};
    cJSON *list = cJSON_CreateArray();
    for (int64_t i = 0; known && i < known->step_count && i < NS_TIERS_STEPS; i++) {
        cJSON *step = cJSON_CreateObject();
        add(step, "t_ns", known->steps[i].t_ns);
        cJSON_AddStringToObject(step, "kind", names[known->steps[i].kind]);
        if (known->steps[i].kind >= NS_STEP_DEOPT && *known->steps[i].reason)
            cJSON_AddStringToObject(step, "reason", known->steps[i].reason);
        cJSON_AddItemToArray(list, step);
    }
    return list;
}

static cJSON *functions_json(const ns_tiers *tiers, double speed)
{
    cJSON *list = cJSON_CreateArray();
    for (int i = 0; i < tiers->top_count; i++) {
        const ns_tier_function *f = &tiers->top[i];
        cJSON *row = cJSON_CreateObject();
        cJSON_AddStringToObject(row, "name", f->name);
        cJSON_AddStringToObject(row, "script", f->script);
        add(row, "line", f->line);
        add(row, "ignition_ns", ns_run_time(f->ignition_ns, speed));
        add(row, "sparkplug_ns", ns_run_time(f->sparkplug_ns, speed));
        add(row, "maglev_ns", ns_run_time(f->maglev_ns, speed));
        add(row, "turbofan_ns", ns_run_time(f->turbofan_ns, speed));
        add(row, "optimizations", f->optimizations);
        add(row, "deopts", f->deopts);
        cJSON_AddStringToObject(row, "not_optimized", f->why_not);
        cJSON_AddItemToObject(row, "history", steps_json(ns_tiers_known(tiers, f->id)));
        cJSON_AddItemToArray(list, row);
    }
    return list;
}

static cJSON *deopts_json(const ns_tiers *tiers)
{
    cJSON *list = cJSON_CreateArray();
    for (int i = 0; i < tiers->row_count; i++) {
        const ns_tier_deopt *d = &tiers->rows[i];
        const ns_reason *reason = ns_reason_find(d->reason);
        cJSON *row = cJSON_CreateObject();
        ns_buf hint = {0};
        ns_tiers_hint(tiers, d, &hint);
        cJSON_AddStringToObject(row, "function", ns_tiers_name(tiers, d->function_id));
        cJSON_AddStringToObject(row, "reason", d->reason);
        cJSON_AddStringToObject(row, "site", d->site);
        cJSON_AddStringToObject(row, "caller", d->caller);
        add(row, "count", d->count);
        cJSON_AddBoolToObject(row, "loop", d->count >= NS_TIERS_LOOP);
        if (hint.data)
            cJSON_AddStringToObject(row, "hint", hint.data);
        if (reason) {
            cJSON_AddStringToObject(row, "words", reason->words);
            cJSON_AddStringToObject(row, "advice", reason->advice);
        }
        ns_buf_free(&hint);
        cJSON_AddItemToArray(list, row);
    }
    return list;
}

static cJSON *sites_json(const ns_tiers *tiers)
{
    cJSON *list = cJSON_CreateArray();
    for (int i = 0; i < tiers->site_count; i++) {
        const ns_tier_site *site = &tiers->sites[i];
        const ns_tier_known *known = ns_tiers_known(tiers, site->function_id);
        cJSON *row = cJSON_CreateObject();
        cJSON_AddStringToObject(row, "function", ns_tiers_name(tiers, site->function_id));
        cJSON_AddStringToObject(row, "script", known && known->script ? known->script : "");
        add(row, "line", site->line);
        add(row, "column", site->column);
        cJSON_AddStringToObject(row, "kind", site->kind);
        add(row, "executions", site->hits);
        cJSON_AddItemToArray(list, row);
    }
    return list;
}

cJSON *ns_tiers_json(const ns_tiers *tiers, double speed)
{
    cJSON *root = cJSON_CreateObject();
    if (!root)
        return NULL;
    add(root, "ignition_ns", ns_run_time(tiers->ignition_ns, speed));
    add(root, "sparkplug_ns", ns_run_time(tiers->sparkplug_ns, speed));
    add(root, "maglev_ns", ns_run_time(tiers->maglev_ns, speed));
    add(root, "turbofan_ns", ns_run_time(tiers->turbofan_ns, speed));
    add(root, "builtins_ns", ns_run_time(tiers->builtins_ns, speed));
    add(root, "parser_ns", ns_run_time(tiers->parser_ns, speed));
    add(root, "compilers_ns", ns_run_time(tiers->compilers_ns, speed));
    add(root, "compile_ns", ns_run_time(tiers->compile_ns, speed));
    add(root, "compile_helpers_ns", ns_run_time(tiers->helper_ns, speed));
    add(root, "functions", tiers->functions);
    add(root, "optimized", tiers->optimized);
    add(root, "deoptimizations", tiers->deopts);
    cJSON *states = cJSON_AddObjectToObject(root, "ic_states");
    for (int i = 0; i < NS_IC_STATES; i++)
        add(states, ns_ic_state_names[i], tiers->states[i]);
    cJSON_AddItemToObject(root, "megamorphic", sites_json(tiers));
    cJSON_AddItemToObject(root, "top", functions_json(tiers, speed));
    cJSON_AddItemToObject(root, "deopts", deopts_json(tiers));
    return root;
}
