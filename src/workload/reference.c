// The reference of all keys, made from the table.
#include <string.h>

#include "workload/keys.h"

static const char *fallback(const ns_key *key)
{
    return key->fallback ? key->fallback : key->absent ? key->absent : "";
}

// "nvme, ssd, hdd, network"
static void add_choices(ns_buf *out, const ns_key *key)
{
    for (const char *s = key->choices; s && *s; s++) {
        if (*s == '|')
            ns_buf_str(out, ", ");
        else
            ns_buf_char(out, *s);
    }
}

// Units are part of times and sizes as they are written; other numbers may have one by convention.
static const char *unit(const ns_key *key)
{
    switch (key->type) {
    case NS_KEY_TIME:
    case NS_KEY_HOST_TIME:
    case NS_KEY_DURATION:
        return "ns, us, ms, s, min, h";
    case NS_KEY_BYTES:
        return "B, kB ... TB, KiB ... TiB";
    default:
        return key->unit ? key->unit : "";
    }
}

static void add_range(ns_buf *out, const ns_key *key)
{
    bool number =
        key->type == NS_KEY_INT || key->type == NS_KEY_COUNT || key->type == NS_KEY_NUMBER;
    if (number && key->max > 0 && key->max < 1e6)
        ns_buf_printf(out, " from %g to %g", key->zero ? 1 : key->min, key->max);
    if (key->zero)
        ns_buf_printf(out, ", or %s", key->zero);
}

void ns_workload_keys_markdown(ns_buf *out)
{
    ns_buf_str(out, "| Key | Type | Unit | Default | Meaning | Example |\n"
                    "|---|---|---|---|---|---|\n");
    for (int i = 0; i < ns_workload_key_count; i++) {
        const ns_key *key = &ns_workload_keys[i];
        ns_buf_printf(out, "| `%s` | %s", key->path, ns_key_type_name(key->type));
        if (key->choices)
            ns_buf_str(out, ": ");
        add_choices(out, key);
        add_range(out, key);
        ns_buf_printf(out, " | %s | %s | %s | ", unit(key), fallback(key), key->meaning);
        if (key->example)
            ns_buf_printf(out, "`%s: %s`", ns_key_name(key), key->example);
        ns_buf_str(out, " |\n");
    }
}

// Words of `text`, broken at `columns` and indented.
static void add_wrapped(ns_buf *out, const char *text, int indent, int columns)
{
    int at = 0;
    while (*text) {
        text += strspn(text, " ");
        int length = (int)strcspn(text, " ");
        if (at == 0 || at + 1 + length > columns) {
            ns_buf_printf(out, "%s%*s", at ? "\n" : "", indent, "");
            at = indent;
        } else {
            ns_buf_char(out, ' ');
            at++;
        }
        ns_buf_add(out, text, (size_t)length);
        at += length;
        text += length;
    }
    ns_buf_char(out, '\n');
}

void ns_workload_keys_text(ns_buf *out, int columns)
{
    ns_buf_str(out, "The keys of a workload file (YAML). A * stands for a name of your choice.\n");
    for (int i = 0; i < ns_workload_key_count; i++) {
        const ns_key *key = &ns_workload_keys[i];
        ns_buf_printf(out, "\n%s: %s", key->path, ns_key_type_name(key->type));
        if (key->choices)
            ns_buf_str(out, " of ");
        add_choices(out, key);
        add_range(out, key);
        if (key->unit)
            ns_buf_printf(out, ", %s", key->unit);
        if (fallback(key)[0])
            ns_buf_printf(out, " (%s%s)", key->fallback ? "default " : "", fallback(key));
        ns_buf_char(out, '\n');
        add_wrapped(out, key->meaning, 4, columns);
        if (key->example)
            ns_buf_printf(out, "    %s: %s\n", ns_key_name(key), key->example);
    }
}
