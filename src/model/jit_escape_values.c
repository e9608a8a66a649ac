// Values of escape analysis: where objects go, and what they hold.
#include "base/alloc.h"
#include "model/jit_escape.h"

esc_site *esc_site_of(esc *e, esc_value value)
{
    return value >= ESC_SITE && value < ESC_INTEGER ? &e->sites[value - ESC_SITE] : NULL;
}

const esc_site *esc_kept(const esc *e, esc_value value)
{
    if (value < ESC_SITE || value >= ESC_INTEGER)
        return NULL;
    const esc_site *site = &e->sites[value - ESC_SITE];
    return site->escaped ? NULL : site;
}

void esc_escape(esc *e, esc_value value, const char *reason)
{
    esc_site *site = esc_site_of(e, value);
    if (!site || site->escaped)
        return;
    site->escaped = true;
    site->reason = reason;
    site->where = e->frame ? e->frame->code->compiled->function : NULL;
    site->line_of = e->frame ? e->frame->insns[e->insn].offset : 0;
    e->changed = true;
    for (uint32_t i = 0; i < e->content_count; i++)
        if (e->contents[i].site == value - ESC_SITE)
            esc_escape(e, e->contents[i].value, "held by an object that escapes");
}

void esc_elements_escape(esc *e, esc_value array, const char *reason)
{
    esc_site *site = esc_site_of(e, array);
    if (!site || site->elements)
        return;
    site->elements = true;
    e->changed = true;
    for (uint32_t i = 0; i < e->content_count; i++)
        if (e->contents[i].site == array - ESC_SITE && e->contents[i].key & ESC_ELEMENT)
            esc_escape(e, e->contents[i].value, reason);
}

// Where ways of the program meet, different values need a Phi, which lets them escape.
bool esc_meet(esc *e, esc_value *into, esc_value value)
{
    if (value == ESC_NOTHING || *into == value)
        return false;
    esc_value before = *into;
    if (before == ESC_NOTHING) {
        *into = value;
        return true;
    }
    esc_escape(e, before, "one of several values of a variable");
    esc_escape(e, value, "one of several values of a variable");
    *into = ESC_OTHER;
    return before != ESC_OTHER;
}

void esc_join(esc *e, esc_value *into, esc_value value)
{
    e->changed |= esc_meet(e, into, value);
}

esc_value esc_load(esc *e, esc_value object, uint32_t key)
{
    esc_value found = ESC_NOTHING;
    if (!esc_kept(e, object))
        return ESC_OTHER;
    for (uint32_t i = 0; i < e->content_count; i++)
        if (e->contents[i].site == object - ESC_SITE && e->contents[i].key == key)
            esc_meet(e, &found, e->contents[i].value);
    return found == ESC_NOTHING ? ESC_OTHER : found;
}

void esc_store(esc *e, esc_value object, uint32_t key, esc_value value)
{
    const esc_site *site = esc_kept(e, object);
    if (!site || (site->elements && key & ESC_ELEMENT)) {
        esc_escape(e, value, "stored in an object");
        return;
    }
    if (value == ESC_NOTHING)
        return;
    if (value >= ESC_INTEGER || value == ESC_UNDEFINED)
        value = ESC_OTHER;
    for (uint32_t i = 0; i < e->content_count; i++) {
        const esc_content *content = &e->contents[i];
        if (content->site == object - ESC_SITE && content->key == key && content->value == value)
            return;
    }
    if (e->content_count == e->content_capacity) {
        uint32_t capacity = e->content_capacity ? e->content_capacity * 2 : 64;
        esc_content *grown = ns_realloc(e->contents, capacity * sizeof *grown);
        if (!grown) {
            e->failed = true;
            return;
        }
        e->contents = grown;
        e->content_capacity = capacity;
    }
    e->contents[e->content_count++] = (esc_content){(uint16_t)(object - ESC_SITE), key, value};
    e->changed = true;
}

esc_value esc_new_site(esc *e, esc_frame *frame, uint32_t insn, esc_kind kind, uint32_t length)
{
    if (kind != ESC_CONTEXT && frame->sites[insn])
        return (esc_value)(frame->sites[insn] - 1 + ESC_SITE);
    if (e->site_count == e->site_capacity) {
        uint32_t capacity = e->site_capacity ? e->site_capacity * 2 : 32;
        esc_site *grown = capacity < ESC_INTEGER - ESC_SITE
                              ? ns_realloc(e->sites, capacity * sizeof *grown)
                              : NULL;
        if (!grown) {
            e->failed = true;
            return ESC_OTHER;
        }
        e->sites = grown;
        e->site_capacity = capacity;
    }
    e->sites[e->site_count] =
        (esc_site){.code = frame->code, .insn = insn, .kind = kind, .length = length};
    if (kind != ESC_CONTEXT)
        frame->sites[insn] = (uint16_t)(e->site_count + 1);
    e->changed = true;
    return (esc_value)(ESC_SITE + e->site_count++);
}
