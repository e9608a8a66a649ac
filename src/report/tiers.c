#include "report/tiers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "report/reasons.h"

const char *const ns_ic_state_names[NS_IC_STATES] = {
    "monomorphic",     "polymorphic", "megamorphic", "SignedSmall", "Number",
    "NumberOrOddball", "String",      "BigInt",      "Any",         "Receiver",
};

static bool is_builtin(const char *script)
{
    return strncmp(script, "node:", 5) == 0;
}

// -- What is known by id --------------------------------------------------------------------------

const ns_tier_known *ns_tiers_known(const ns_tiers *tiers, int64_t function_id)
{
    return function_id > 0 && function_id < tiers->known_size ? tiers->known[function_id] : NULL;
}

const char *ns_tiers_name(const ns_tiers *tiers, int64_t function_id)
{
    const ns_tier_known *known = ns_tiers_known(tiers, function_id);
    return known && known->name && known->name[0] ? known->name : "(anonymous)";
}

// NULL: out of memory, or an id that cannot be.
static ns_tier_known *know(ns_tiers *tiers, int64_t id)
{
    if (id <= 0 || id > INT32_MAX)
        return NULL;
    if (id >= tiers->known_size) {
        int64_t size = id + id / 2 + 64;
        ns_tier_known **grown = ns_realloc(tiers->known, (size_t)size * sizeof(ns_tier_known *));
        if (!grown)
            return NULL;
        memset(grown + tiers->known_size, 0,
               (size_t)(size - tiers->known_size) * sizeof(ns_tier_known *));
        tiers->known = grown;
        tiers->known_size = size;
    }
    if (!tiers->known[id])
        tiers->known[id] = ns_calloc(1, sizeof **tiers->known);
    return tiers->known[id];
}

void ns_tiers_free(ns_tiers *tiers)
{
    for (int64_t id = 0; id < tiers->known_size; id++) {
        if (!tiers->known[id])
            continue;
        ns_free(tiers->known[id]->name);
        ns_free(tiers->known[id]->script);
        ns_free(tiers->known[id]);
    }
    for (int i = 0; i < tiers->reason_count; i++)
        ns_free(tiers->reasons[i]);
    ns_free(tiers->reasons);
    tiers->reasons = NULL;
    tiers->reason_count = 0;
    ns_free(tiers->known);
    tiers->known = NULL;
    tiers->known_size = 0;
}

// -- Functions ------------------------------------------------------------------------------------

static int64_t time_of(const ns_tier_function *f)
{
    return f->ignition_ns + f->sparkplug_ns + f->maglev_ns + f->turbofan_ns;
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

static bool add_function(ns_tiers *tiers, const ns_rec_jit_function *r)
{
    tiers->functions++;
    tiers->ignition_ns += r->ignition_ns;
    tiers->sparkplug_ns += r->sparkplug_ns;
    tiers->maglev_ns += r->maglev_ns;
    tiers->turbofan_ns += r->turbofan_ns;
    if (r->optimizations > 0)
        tiers->optimized++;
    ns_tier_function f = {.id = r->id,
                          .ignition_ns = r->ignition_ns,
                          .sparkplug_ns = r->sparkplug_ns,
                          .maglev_ns = r->maglev_ns,
                          .turbofan_ns = r->turbofan_ns,
                          .optimizations = r->optimizations,
                          .deopts = r->deopts,
                          .line = r->line};
    snprintf(f.name, sizeof f.name, "%s", r->name);
    snprintf(f.script, sizeof f.script, "%s", r->script);
    snprintf(f.why_not, sizeof f.why_not, "%s", r->not_optimized);
    keep_top(tiers, &f);
    if (is_builtin(r->script))
        return true;
    ns_tier_known *known = know(tiers, r->id);
    if (!known || known->name)
        return known != NULL;
    known->name = ns_strdup(r->name);
    known->script = ns_strdup(r->script);
    known->line = r->line;
    return known->name && known->script;
}

// -- Events ---------------------------------------------------------------------------------------

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
    snprintf(row->caller, sizeof row->caller, "%s", e->caller);
}

// The text, kept once. There are few: V8's list is in deoptimizer/deoptimize-reason.h. NULL: out of
// memory.
static const char *keep_reason(ns_tiers *tiers, const char *text)
{
    for (int i = 0; i < tiers->reason_count; i++)
        if (strcmp(tiers->reasons[i], text) == 0)
            return tiers->reasons[i];
    int count = tiers->reason_count;
    char **grown = ns_realloc(tiers->reasons, (size_t)(count + 1) * sizeof(char *));
    if (!grown)
        return NULL;
    tiers->reasons = grown;
    grown[count] = ns_strdup(text);
    tiers->reason_count += grown[count] != NULL;
    return grown[count];
}

static bool add_step(ns_tiers *tiers, const ns_rec_jit_event *e, ns_tier_step_kind kind)
{
    ns_tier_known *known = know(tiers, e->function_id);
    const char *reason = keep_reason(tiers, e->reason);
    if (!known || !reason)
        return false;
    if (known->step_count < NS_TIERS_STEPS)
        known->steps[known->step_count] =
            (ns_tier_step){.t_ns = e->t_ns, .kind = kind, .reason = reason};
    known->step_count++;
    return true;
}

static bool add_event(ns_tiers *tiers, const ns_rec_jit_event *e)
{
    if (strcmp(e->kind, "compiled") == 0) {
        tiers->compile_ns += e->prepare_ns + e->finalize_ns;
        tiers->helper_ns += e->execute_ns;
        return true;
    }
    bool deopt = strncmp(e->kind, "deopt-", 6) == 0, invalid = strcmp(e->kind, "dependency") == 0;
    if (deopt || invalid)
        add_deopt(tiers, e);
    if (deopt)
        return add_step(tiers, e, NS_STEP_DEOPT);
    if (invalid)
        return add_step(tiers, e, NS_STEP_INVALID);
    if (strcmp(e->kind, "baseline") == 0)
        return add_step(tiers, e, NS_STEP_SPARKPLUG);
    if (strcmp(e->kind, "optimize") == 0) {
        bool maglev = strcmp(e->to_tier, "maglev") == 0;
        tiers->maglev |= maglev;
        return e->osr || add_step(tiers, e, maglev ? NS_STEP_MAGLEV : NS_STEP_TURBOFAN);
    }
    return strcmp(e->kind, "osr") != 0 || add_step(tiers, e, NS_STEP_OSR);
}

// -- Sites ----------------------------------------------------------------------------------------

static void add_site(ns_tiers *tiers, const ns_rec_ic_site *r)
{
    const ns_tier_known *known = ns_tiers_known(tiers, r->function_id);
    if (!known || !known->script)
        return;
    int state = 0;
    while (state < NS_IC_STATES && strcmp(ns_ic_state_names[state], r->state) != 0)
        state++;
    if (state == NS_IC_STATES)
        return;
    tiers->states[state]++;
    if (state != NS_IC_MEGAMORPHIC)
        return;
    int at = tiers->site_count;
    while (at > 0 && tiers->sites[at - 1].hits < r->hits)
        at--;
    if (at == NS_TIERS_SITES)
        return;
    if (tiers->site_count < NS_TIERS_SITES)
        tiers->site_count++;
    memmove(&tiers->sites[at + 1], &tiers->sites[at],
            (size_t)(tiers->site_count - 1 - at) * sizeof tiers->sites[0]);
    tiers->sites[at] = (ns_tier_site){
        .function_id = r->function_id, .hits = r->hits, .line = r->line, .column = r->column};
    snprintf(tiers->sites[at].kind, sizeof tiers->sites[at].kind, "%s", r->kind);
}

// The sums so far: the last one is that of the run.
static void add_sample(ns_tiers *tiers, const ns_rec_sample *r)
{
    const struct {
        const char *metric;
        int64_t *to;
    } sums[] = {{"tier.builtins", &tiers->builtins_ns},
                {"tier.parser", &tiers->parser_ns},
                {"tier.compilers", &tiers->compilers_ns}};
    for (size_t i = 0; i < sizeof sums / sizeof sums[0]; i++)
        if (strcmp(r->metric, sums[i].metric) == 0)
            *sums[i].to = (int64_t)r->value;
}

bool ns_tiers_add(ns_tiers *tiers, const ns_record *record)
{
    if (record->type == NS_REC_JIT_FUNCTION)
        return add_function(tiers, &record->jit_function);
    if (record->type == NS_REC_JIT_EVENT)
        return add_event(tiers, &record->jit_event);
    if (record->type == NS_REC_IC_SITE)
        add_site(tiers, &record->ic_site);
    if (record->type == NS_REC_SAMPLE)
        add_sample(tiers, &record->sample);
    return true;
}

// -- Hints ----------------------------------------------------------------------------------------

// The line of "script:line:column" or "script:line"; 0: none. *script_size: up to the line.
static int line_of(const char *site, int parts, size_t *script_size)
{
    const char *at = site + strlen(site);
    for (; parts > 0 && at > site; parts--)
        do
            at--;
        while (at > site && *at != ':');
    *script_size = (size_t)(at - site);
    return *at == ':' ? atoi(at + 1) : 0;
}

void ns_tiers_hint(const ns_tiers *tiers, const ns_tier_deopt *row, ns_buf *out)
{
    static const char then[] = ", then ", came[] = " came";
    const char *split = strstr(row->seen, then);
    size_t length = strlen(row->seen), script, other;
    int line = line_of(row->site, 2, &script);
    if (length == 0)
        return;
    if (!split || length < sizeof came) {
        ns_buf_printf(out, "`%s`: %s", ns_tiers_name(tiers, row->function_id), row->seen);
    } else {
        const char *what = split + sizeof then - 1;
        size_t size = strlen(what);
        if (size >= sizeof came - 1 && strcmp(what + size - (sizeof came - 1), came) == 0)
            size -= sizeof came - 1;
        ns_buf_printf(out, "`%s` was optimized for %.*s at line %d, then saw %.*s",
                      ns_tiers_name(tiers, row->function_id), (int)(split - row->seen), row->seen,
                      line, (int)size, what);
    }
    int caller = line_of(row->caller, 1, &other);
    if (caller == 0)
        return;
    bool here = script == other && strncmp(row->site, row->caller, script) == 0;
    if (here)
        ns_buf_printf(out, ", called from line %d", caller);
    else
        ns_buf_printf(out, ", called from %s", row->caller);
}
