#include "report/tiers.h"

#include <stdio.h>
#include <string.h>

#include "report/format.h"

enum { SHOWN_DEOPTS = 8 };

// -- Gathering ------------------------------------------------------------------------------------

static bool is_builtin(const char *script)
{
    return strncmp(script, "node:", 5) == 0;
}

static int64_t time_of(const ns_tier_function *f)
{
    return f->ignition_ns + f->sparkplug_ns + f->turbofan_ns;
}

static void keep_top(ns_tiers *tiers, const ns_tier_function *f)
{
    int at = tiers->top_count;
    while (at > 0 && time_of(&tiers->top[at - 1]) < time_of(f))
        at--;
    if (at == NS_TIERS_TOP)
        return;
    if (tiers->top_count < NS_TIERS_TOP)
        tiers->top_count++;
    memmove(&tiers->top[at + 1], &tiers->top[at],
            (size_t)(tiers->top_count - 1 - at) * sizeof tiers->top[0]);
    tiers->top[at] = *f;
}

static void add_function(ns_tiers *tiers, const ns_rec_jit_function *r)
{
    tiers->functions++;
    tiers->ignition_ns += r->ignition_ns;
    tiers->sparkplug_ns += r->sparkplug_ns;
    tiers->turbofan_ns += r->turbofan_ns;
    if (r->optimizations > 0)
        tiers->optimized++;
    if (r->deopts > 0 && tiers->name_count < NS_TIERS_NAMES) {
        tiers->names[tiers->name_count].id = r->id;
        snprintf(tiers->names[tiers->name_count++].name, sizeof tiers->names[0].name, "%s",
                 r->name);
    }
    ns_tier_function f = {.id = r->id,
                          .ignition_ns = r->ignition_ns,
                          .sparkplug_ns = r->sparkplug_ns,
                          .turbofan_ns = r->turbofan_ns,
                          .optimizations = r->optimizations,
                          .deopts = r->deopts,
                          .line = r->line};
    snprintf(f.name, sizeof f.name, "%s", r->name);
    snprintf(f.script, sizeof f.script, "%s", r->script);
    snprintf(f.why_not, sizeof f.why_not, "%s", r->not_optimized);
    keep_top(tiers, &f);
}

static void add_deopt(ns_tiers *tiers, const ns_rec_jit_event *e)
{
    tiers->deopts++;
    if (is_builtin(e->site))
        return;
    for (int i = 0; i < tiers->row_count; i++) {
        ns_tier_deopt *row = &tiers->rows[i];
        if (row->function_id == e->function_id && strcmp(row->reason, e->reason) == 0 &&
            strcmp(row->site, e->site) == 0) {
            row->count++;
            return;
        }
    }
    if (tiers->row_count == NS_TIERS_DEOPTS)
        return;
    ns_tier_deopt *row = &tiers->rows[tiers->row_count++];
    *row = (ns_tier_deopt){.function_id = e->function_id, .count = 1};
    snprintf(row->reason, sizeof row->reason, "%s", e->reason);
    snprintf(row->site, sizeof row->site, "%s", e->site);
    snprintf(row->seen, sizeof row->seen, "%s", e->detail);
}

void ns_tiers_add(ns_tiers *tiers, const ns_record *record)
{
    if (record->type == NS_REC_JIT_FUNCTION) {
        add_function(tiers, &record->jit_function);
        return;
    }
    if (record->type != NS_REC_JIT_EVENT)
        return;
    const ns_rec_jit_event *e = &record->jit_event;
    if (strcmp(e->kind, "compiled") == 0) {
        tiers->compile_ns += e->prepare_ns + e->finalize_ns;
        tiers->helper_ns += e->execute_ns;
    } else if (strncmp(e->kind, "deopt-", 6) == 0 || strcmp(e->kind, "dependency") == 0) {
        add_deopt(tiers, e);
    }
}

// -- Printing -------------------------------------------------------------------------------------

static void print_function(const ns_tier_function *f, ns_buf *out)
{
    char ignition[32], sparkplug[32], turbofan[32], history[64] = "";
    ns_format_time(ignition, f->ignition_ns);
    ns_format_time(sparkplug, f->sparkplug_ns);
    ns_format_time(turbofan, f->turbofan_ns);
    if (f->optimizations > 0)
        snprintf(history, sizeof history, "optimized %lld, deopted %lld",
                 (long long)f->optimizations, (long long)f->deopts);
    ns_buf_printf(out, "  %9s %9s %9s  %s (%s:%d)", ignition, sparkplug, turbofan,
                  *f->name ? f->name : "(anonymous)", f->script, f->line);
    if (*history)
        ns_buf_printf(out, " %s", history);
    if (*f->why_not && strcmp(f->why_not, "not hot") != 0)
        ns_buf_printf(out, "%s%s", *history ? "; " : " ", f->why_not);
    ns_buf_char(out, '\n');
}

static const char *name_of(const ns_tiers *tiers, int64_t id)
{
    for (int i = 0; i < tiers->name_count; i++)
        if (tiers->names[i].id == id && *tiers->names[i].name)
            return tiers->names[i].name;
    return "(anonymous)";
}

// V8's reasons in plain words.
static const char *explain(const char *reason)
{
    static const struct {
        const char *reason, *text;
    } texts[] = {
        {"Insufficient type feedback", "this place had not run when the function was optimized"},
        {"wrong map", "an object of another shape came, or an array of another elements kind"},
        {"Smi", "a small integer came where objects had come"},
        {"wrong call target", "another function was called here"},
        {"overflow", "the result left the range of small integers"},
        {"minus zero", "the result was -0, which is no small integer"},
        {"out of bounds", "an index beyond the array's end"},
        {"code dependencies", "something that it took for constant was changed"},
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (strncmp(reason, texts[i].reason, strlen(texts[i].reason)) == 0)
            return texts[i].text;
    return "";
}

static void print_deopt(const ns_tiers *tiers, const ns_tier_deopt *row, ns_buf *out)
{
    const char *why = explain(row->reason);
    ns_buf_printf(out, "  %6lld x  %s at %s: %s", (long long)row->count,
                  name_of(tiers, row->function_id), *row->site ? row->site : "?", row->reason);
    if (*row->seen)
        ns_buf_printf(out, "; optimized for %s", row->seen);
    else if (*why)
        ns_buf_printf(out, "; %s", why);
    ns_buf_char(out, '\n');
}

void ns_tiers_print(const ns_tiers *tiers, ns_buf *out)
{
    char text[32];
    if (tiers->functions == 0)
        return;
    const struct {
        const char *name;
        int64_t ns;
    } sums[] = {{"Ignition", tiers->ignition_ns},
                {"Sparkplug", tiers->sparkplug_ns},
                {"TurboFan", tiers->turbofan_ns}};
    ns_buf_str(out, "  ");
    for (int i = 0; i < 3; i++) {
        ns_format_time(text, sums[i].ns);
        ns_buf_printf(out, "%s%s %s", i ? ", " : "", sums[i].name, text);
    }
    ns_format_time(text, tiers->compile_ns);
    ns_buf_printf(out, "; TurboFan compiled for %s", text);
    ns_format_time(text, tiers->helper_ns);
    ns_buf_printf(out, " and %s on helper threads\n  %lld functions ran, %lld were optimized; ",
                  text, (long long)tiers->functions, (long long)tiers->optimized);
    ns_buf_printf(out, "%lld deoptimization%s\n\n", (long long)tiers->deopts,
                  tiers->deopts == 1 ? "" : "s");
    ns_buf_printf(out, "  %9s %9s %9s  function\n", "Ignition", "Sparkplug", "TurboFan");
    for (int i = 0; i < tiers->top_count; i++)
        print_function(&tiers->top[i], out);
    if (tiers->row_count > 0)
        ns_buf_str(out, "\n  deoptimized\n");
    for (int i = 0; i < tiers->row_count && i < SHOWN_DEOPTS; i++)
        print_deopt(tiers, &tiers->rows[i], out);
    if (tiers->row_count > SHOWN_DEOPTS)
        ns_buf_printf(out, "  and at %d places more\n", tiers->row_count - SHOWN_DEOPTS);
}
