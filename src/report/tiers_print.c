// V8's tiers as text, for a person.
#include <string.h>

#include "report/format.h"
#include "report/reasons.h"
#include "report/report.h"
#include "report/tiers.h"

enum { SHOWN_DEOPTS = 8, SHOWN_STEPS = 7, INDENT = 33, COLUMNS = 120 };

// The way of a function through the tiers: "20.4 ms Sparkplug, 21.2 ms TurboFan, 22.6 ms back
// (wrong map)". What does not fit into a line goes on in the next one.
static void print_steps(const ns_tier_known *known, ns_buf *out)
{
    static const char *const names[] = {"Sparkplug",           "Maglev", "TurboFan",
                                        "TurboFan for a loop", "back",   "its code is void"};
    int64_t shown = known->step_count < SHOWN_STEPS ? known->step_count : SHOWN_STEPS;
    size_t line = out->len;
    ns_buf_printf(out, "%*s", INDENT, "");
    for (int64_t i = 0; i < shown; i++) {
        const ns_tier_step *step = &known->steps[i];
        bool tells = step->kind == NS_STEP_DEOPT && *step->reason;
        char time[32];
        ns_format_time(time, step->t_ns);
        size_t more = strlen(time) + strlen(names[step->kind]) + (tells ? strlen(step->reason) : 0);
        if (i && out->len - line + more > COLUMNS) {
            ns_buf_str(out, ",\n");
            line = out->len;
            ns_buf_printf(out, "%*s", INDENT, "");
        } else if (i) {
            ns_buf_str(out, ", ");
        }
        ns_buf_printf(out, "%s %s", time, names[step->kind]);
        if (tells)
            ns_buf_printf(out, " (%s)", step->reason);
    }
    if (known->step_count > shown)
        ns_buf_printf(out, ", and %lld more", (long long)(known->step_count - shown));
    ns_buf_char(out, '\n');
}

static void print_function(const ns_tiers *tiers, const ns_tier_function *f, double speed,
                           ns_buf *out)
{
    char ignition[32], sparkplug[32], maglev[32], turbofan[32];
    ns_format_time(ignition, ns_run_time(f->ignition_ns, speed));
    ns_format_time(sparkplug, ns_run_time(f->sparkplug_ns, speed));
    ns_format_time(maglev, ns_run_time(f->maglev_ns, speed));
    ns_format_time(turbofan, ns_run_time(f->turbofan_ns, speed));
    ns_buf_printf(out, "  %9s %9s ", ignition, sparkplug);
    if (tiers->maglev)
        ns_buf_printf(out, "%9s ", maglev);
    ns_buf_printf(out, "%9s  %s (%s:%d)", turbofan, *f->name ? f->name : "(anonymous)", f->script,
                  f->line);
    if (f->optimizations > 0)
        ns_buf_printf(out, " optimized %lld, deopted %lld", (long long)f->optimizations,
                      (long long)f->deopts);
    if (*f->why_not && strcmp(f->why_not, "not hot") != 0)
        ns_buf_printf(out, "%s%s", f->optimizations > 0 ? "; " : " ", f->why_not);
    ns_buf_char(out, '\n');
    const ns_tier_known *known = ns_tiers_known(tiers, f->id);
    if (known && known->script && known->step_count > 0)
        print_steps(known, out);
}

static void print_deopt(const ns_tiers *tiers, const ns_tier_deopt *row, ns_buf *out)
{
    const ns_reason *reason = ns_reason_find(row->reason);
    bool placed = *row->site && strcmp(row->site, "?") != 0;
    ns_buf_printf(out, "  %6lld x  %s%s%s: %s%s\n", (long long)row->count,
                  ns_tiers_name(tiers, row->function_id), placed ? " at " : "",
                  placed ? row->site : "", row->reason,
                  row->count >= NS_TIERS_LOOP ? ", a deopt loop" : "");
    ns_buf hint = {0};
    ns_tiers_hint(tiers, row, &hint);
    if (hint.len > 0)
        ns_buf_printf(out, "            %s\n", hint.data);
    else if (reason)
        ns_buf_printf(out, "            %s\n", reason->words);
    ns_buf_free(&hint);
    if (reason)
        ns_buf_printf(out, "            %s\n", ns_reason_advice(row->reason, row->seen));
}

static void print_states(const ns_tiers *tiers, ns_buf *out)
{
    bool any[2] = {false, false};
    for (int i = 0; i < NS_IC_STATES; i++) {
        bool operands = i >= NS_IC_SMALL;
        if (tiers->states[i] == 0)
            continue;
        ns_buf_printf(out, "%s%lld %s",
                      any[operands] ? ", "
                      : !operands   ? "  inline caches: "
                      : any[0]      ? "; operands: "
                                    : "  operands: ",
                      (long long)tiers->states[i], ns_ic_state_names[i]);
        any[operands] = true;
    }
    if (any[0] || any[1])
        ns_buf_char(out, '\n');
    for (int i = 0; i < tiers->site_count; i++) {
        const ns_tier_site *site = &tiers->sites[i];
        const ns_tier_known *known = ns_tiers_known(tiers, site->function_id);
        ns_buf_printf(out, "    megamorphic: %s in %s at %s:%d:%d, %lld x\n", site->kind,
                      ns_tiers_name(tiers, site->function_id),
                      known && known->script ? known->script : "?", site->line, site->column,
                      (long long)site->hits);
    }
}

void ns_tiers_print(const ns_tiers *tiers, double speed, ns_buf *out)
{
    char text[32];
    if (tiers->functions == 0)
        return;
    const struct {
        const char *name;
        int64_t ns;
    } sums[] = {{"Ignition", tiers->ignition_ns},  {"Sparkplug", tiers->sparkplug_ns},
                {"Maglev", tiers->maglev_ns},      {"TurboFan", tiers->turbofan_ns},
                {"builtins", tiers->builtins_ns},  {"parser and bytecode", tiers->parser_ns},
                {"compilers", tiers->compilers_ns}};
    const size_t maglev = 2, tier_count = 4;
    ns_buf_str(out, "  ");
    for (size_t i = 0; i < sizeof sums / sizeof sums[0]; i++) {
        if ((i == maglev && !tiers->maglev) || (i >= tier_count && sums[i].ns == 0))
            continue;
        ns_format_time(text, ns_run_time(sums[i].ns, speed));
        ns_buf_printf(out, "%s%s %s", i ? ", " : "", sums[i].name, text);
    }
    ns_format_time(text, ns_run_time(tiers->compile_ns, speed));
    ns_buf_printf(out, "\n  %sTurboFan compiled for %s", tiers->maglev ? "Maglev and " : "", text);
    ns_format_time(text, ns_run_time(tiers->helper_ns, speed));
    ns_buf_printf(out, " and %s on helper threads\n  %lld functions ran, %lld %s optimized; ", text,
                  (long long)tiers->functions, (long long)tiers->optimized,
                  tiers->optimized == 1 ? "was" : "were");
    ns_buf_printf(out, "%lld deoptimization%s\n", (long long)tiers->deopts,
                  tiers->deopts == 1 ? "" : "s");
    print_states(tiers, out);
    ns_buf_printf(out, "\n  %9s %9s %s%9s  function\n", "Ignition", "Sparkplug",
                  tiers->maglev ? "   Maglev " : "", "TurboFan");
    for (int i = 0; i < tiers->top_count; i++)
        print_function(tiers, &tiers->top[i], speed, out);
    if (tiers->row_count > 0)
        ns_buf_str(out, "\n  deoptimized\n");
    for (int i = 0; i < tiers->row_count && i < SHOWN_DEOPTS; i++)
        print_deopt(tiers, &tiers->rows[i], out);
    if (tiers->row_count > SHOWN_DEOPTS)
        ns_buf_printf(out, "  and at %d places more\n", tiers->row_count - SHOWN_DEOPTS);
}
