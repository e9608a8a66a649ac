#include "model/profile.h"

#include <assert.h>
#include <cjson/cJSON.h>
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/suggest.h"
#include "model/profile_builtin.h"

enum { MAX_NAME = 128, MAX_EXTENDS = 8, MAX_FILE = 4 << 20 };

typedef struct constant {
    char *name, *unit, *source, *text;
    double value;
    const void *owner; // the document that set it last, to tell a duplicate key
} constant;

struct ns_profile {
    char *name;
    constant *constants; // sorted by name once loaded
    int count, capacity;
    int *slots; // open addressing, -1: free; a power of two, at most half full
    unsigned mask;
};

// A document that is being read into a profile.
typedef struct reader {
    ns_profile *profile;
    const char *file;
    const char *text, *at; // up to where its keys were read, for the line of an error
    bool extends;          // its constants must exist
    ns_err *err;
} reader;

static uint64_t hash_name(const char *name)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325); // FNV-1a
    for (; *name; name++)
        hash = (hash ^ (unsigned char)*name) * UINT64_C(0x100000001b3);
    return hash ^ (hash >> 29);
}

// The slot of a name, or the free one where it would go.
static int *slot_of(const ns_profile *profile, const char *name)
{
    for (unsigned i = (unsigned)hash_name(name);; i++) {
        int *slot = &profile->slots[i & profile->mask];
        if (*slot < 0 || strcmp(profile->constants[*slot].name, name) == 0)
            return slot;
    }
}

static constant *find(const ns_profile *profile, const char *name)
{
    if (!profile->slots)
        return NULL;
    int *slot = slot_of(profile, name);
    return *slot < 0 ? NULL : &profile->constants[*slot];
}

static void index_constants(ns_profile *profile)
{
    for (unsigned i = 0; i <= profile->mask; i++)
        profile->slots[i] = -1;
    for (int i = 0; i < profile->count; i++)
        *slot_of(profile, profile->constants[i].name) = i;
}

static bool grow(ns_profile *profile)
{
    if (profile->count < profile->capacity)
        return true;
    int capacity = profile->capacity ? profile->capacity * 2 : 128;
    constant *constants = ns_realloc(profile->constants, (size_t)capacity * sizeof *constants);
    if (!constants)
        return false;
    profile->constants = constants;
    int *slots = ns_realloc(profile->slots, (size_t)capacity * 2 * sizeof *slots);
    if (!slots)
        return false;
    profile->slots = slots;
    profile->mask = (unsigned)capacity * 2 - 1;
    profile->capacity = capacity;
    index_constants(profile);
    return true;
}

static constant *add(ns_profile *profile, const char *name)
{
    if (!grow(profile))
        return NULL;
    constant *c = &profile->constants[profile->count];
    *c = (constant){.name = ns_strdup(name)};
    if (!c->name)
        return NULL;
    *slot_of(profile, name) = profile->count++;
    return c;
}

// cJSON keeps the order of keys, but not where they were.
static void advance(reader *r, const char *key)
{
    size_t length = strlen(key);
    for (const char *at = r->at; at && (at = strchr(at, '"')); at++) {
        if (strncmp(at + 1, key, length) != 0 || at[length + 1] != '"' ||
            (at > r->text && at[-1] == '\\'))
            continue;
        const char *after = at + length + 2;
        if (after[strspn(after, " \t\r\n")] == ':') {
            r->at = at + 1;
            return;
        }
    }
}

static int line_of(const reader *r)
{
    int line = 1;
    for (const char *p = r->text; p && p < r->at; p++)
        line += *p == '\n';
    return line;
}

// "p.json:4: cpu.quantm" and the rest.
static int fail(const reader *r, const char *name, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
static int fail(const reader *r, const char *name, const char *fmt, ...)
{
    char message[512];
    va_list args;
    va_start(args, fmt);
    vsnprintf(message, sizeof message, fmt, args);
    va_end(args);
    return ns_fail(r->err, NS_EINVAL, "%s:%d: %s%s", r->file, line_of(r), name, message);
}

static int unknown_constant(reader *r, const char *name)
{
    const constant *constants = r->profile->constants;
    assert(constants || r->profile->count == 0);
    ns_suggest near = {.word = name};
    for (int i = 0; i < r->profile->count; i++)
        ns_suggest_offer(&near, constants[i].name);
    return fail(r, name, ": there is no such constant%s%s%s", near.best ? "; did you mean \"" : "",
                near.best ? near.best : "", near.best ? "\"?" : "");
}

static const char *type_name(const cJSON *item)
{
    if (cJSON_IsObject(item))
        return "an object";
    if (cJSON_IsArray(item))
        return "an array";
    if (cJSON_IsString(item))
        return "a string";
    if (cJSON_IsNumber(item))
        return "a number";
    return cJSON_IsNull(item) ? "null" : "a boolean";
}

static int no_memory(reader *r)
{
    return ns_fail(r->err, NS_ENOMEM, "%s: no memory for the profile", r->file);
}

static int replace(reader *r, char **field, const char *text)
{
    char *copy = ns_strdup(text);
    if (!copy)
        return no_memory(r);
    ns_free(*field);
    *field = copy;
    return NS_OK;
}

// An optional string of a constant.
static int read_string(reader *r, const char *name, const cJSON *object, const char *key,
                       const char **out)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    *out = item ? cJSON_GetStringValue(item) : NULL;
    if (item && !*out)
        return fail(r, name, ".%s: found %s, expected a string", key, type_name(item));
    return NS_OK;
}

static int check_keys(reader *r, const char *name, const cJSON *object)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, object)
    {
        if (strcmp(item->string, "value") != 0 && strcmp(item->string, "unit") != 0 &&
            strcmp(item->string, "source") != 0)
            return fail(r, name, ".%s: a constant has \"value\", \"unit\" and \"source\" only",
                        item->string);
    }
    return NS_OK;
}

static int set_value(reader *r, constant *c, const cJSON *value)
{
    bool known = r->extends;
    if (cJSON_IsString(value) && (!known || c->text))
        return replace(r, &c->text, cJSON_GetStringValue(value));
    if (!cJSON_IsNumber(value) || (known && c->text))
        return fail(r, c->name, ".value: found %s, expected %s", type_name(value),
                    known && c->text ? "a string" : "a number");
    double number = cJSON_GetNumberValue(value);
    if (!isfinite(number) || number < 0)
        return fail(r, c->name, ".value: found %g, expected a number >= 0", number);
    c->value = number;
    return NS_OK;
}

static int read_constant(reader *r, const char *name, const cJSON *object)
{
    const char *unit, *source;
    int result = check_keys(r, name, object);
    if (result == NS_OK)
        result = read_string(r, name, object, "unit", &unit);
    if (result == NS_OK)
        result = read_string(r, name, object, "source", &source);
    if (result != NS_OK)
        return result;
    constant *c = find(r->profile, name);
    if (c && c->owner == r)
        return fail(r, name, ": given twice");
    if (!c && r->extends)
        return unknown_constant(r, name);
    if (!c && (!unit || !source))
        return fail(r, name, ": \"%s\" is missing", unit ? "source" : "unit");
    if (c && unit && strcmp(unit, c->unit) != 0)
        return fail(r, name, ".unit: found \"%s\", expected \"%s\"", unit, c->unit);
    if (!c && !(c = add(r->profile, name)))
        return no_memory(r);
    c->owner = r;
    result = set_value(r, c, cJSON_GetObjectItemCaseSensitive(object, "value"));
    if (result == NS_OK && !c->unit)
        result = replace(r, &c->unit, unit);
    if (result == NS_OK)
        result = replace(r, &c->source, source ? source : r->file);
    return result;
}

// Read the constants below `object`, whose path is `prefix`.
static int read_group(reader *r, const char *prefix, const cJSON *object)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, object)
    {
        if (!*prefix && strcmp(item->string, "extends") == 0)
            continue;
        char name[MAX_NAME];
        int length =
            snprintf(name, sizeof name, "%s%s%s", prefix, *prefix ? "." : "", item->string);
        advance(r, item->string);
        if (length >= MAX_NAME)
            return fail(r, name, ": the name is too long");
        if (!cJSON_IsObject(item))
            return fail(r, name,
                        ": found %s, expected a constant {\"value\": ...} or a group of constants",
                        type_name(item));
        int result = cJSON_GetObjectItemCaseSensitive(item, "value") ? read_constant(r, name, item)
                                                                     : read_group(r, name, item);
        if (result != NS_OK)
            return result;
    }
    return NS_OK;
}

// cJSON does not say whether it failed for want of memory, and its hooks take no argument.
static _Thread_local bool json_no_memory;

static void *json_malloc(size_t size)
{
    void *p = ns_malloc(size);
    json_no_memory |= !p;
    return p;
}

// Parse a document. A cJSON document is freed with cJSON_Delete.
static int parse(reader *r, const char *text, cJSON **out)
{
    cJSON_InitHooks(&(cJSON_Hooks){.malloc_fn = json_malloc, .free_fn = ns_free});
    assert(text);
    r->text = r->at = text;
    json_no_memory = false;
    const char *end = NULL;
    cJSON *json = cJSON_ParseWithOpts(text, &end, true);
    if (!json && json_no_memory)
        return no_memory(r);
    if (!json) {
        int line = 1;
        for (const char *p = text; end && p < end; p++)
            line += *p == '\n';
        return ns_fail(r->err, NS_EINVAL, "%s:%d: not valid JSON", r->file, line);
    }
    if (!cJSON_IsObject(json)) {
        int result = ns_fail(r->err, NS_EINVAL, "%s: found %s, expected an object", r->file,
                             type_name(json));
        cJSON_Delete(json);
        return result;
    }
    *out = json;
    return NS_OK;
}

static int read_builtin(ns_profile *profile, ns_err *err)
{
    for (const ns_profile_part *part = ns_profile_builtin; part->name; part++) {
        char file[64];
        snprintf(file, sizeof file, "profiles/default/%s.json", part->name);
        reader r = {.profile = profile, .file = file, .err = err};
        cJSON *json = NULL;
        int result = parse(&r, part->text, &json);
        if (result != NS_OK)
            return result;
        result = read_group(&r, part->name, json);
        cJSON_Delete(json);
        if (result != NS_OK)
            return result;
    }
    return NS_OK;
}

static int read_text(const char *path, ns_buf *text, ns_err *err)
{
    FILE *f = fopen(path, "rb");
    if (!f) {
        ns_suggest near = {.word = path};
        ns_suggest_offer(&near, "default");
        return ns_fail(err, errno == ENOENT ? NS_EINVAL : NS_EIO,
                       "found \"%s\" (%s), expected \"default\" or the path of a JSON file%s", path,
                       strerror(errno), near.best ? "; did you mean \"default\"?" : "");
    }
    char chunk[4096];
    size_t n;
    while ((n = fread(chunk, 1, sizeof chunk, f)) > 0 && text->len <= MAX_FILE)
        ns_buf_add(text, chunk, n);
    bool failed = ferror(f);
    fclose(f);
    if (failed)
        return ns_fail(err, NS_EIO, "%s: cannot be read", path);
    if (text->failed)
        return ns_fail(err, NS_ENOMEM, "%s: no memory for the profile", path);
    if (text->len > MAX_FILE || memchr(text->data ? text->data : "", 0, text->len))
        return ns_fail(err, NS_EINVAL, "%s: this is not a profile", path);
    ns_buf_char(text, '\0');
    return text->failed ? ns_fail(err, NS_ENOMEM, "%s: no memory", path) : NS_OK;
}

static int load_into(ns_profile *profile, const char *name, int depth, ns_err *err);

// Read the profile that a document extends; its path is relative to the document's.
static int read_base(reader *r, const cJSON *json, int depth)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(json, "extends");
    if (item)
        advance(r, "extends");
    const char *base = item ? cJSON_GetStringValue(item) : "default";
    if (!base)
        return fail(r, "extends", ": found %s, expected a string", type_name(item));
    const char *slash = strrchr(r->file, '/');
    bool whole = strcmp(base, "default") == 0 || base[0] == '/' || !slash;
    ns_buf path = {0};
    if (!whole)
        ns_buf_add(&path, r->file, (size_t)(slash - r->file) + 1);
    ns_buf_str(&path, base);
    int result = path.failed ? no_memory(r) : load_into(r->profile, path.data, depth + 1, r->err);
    ns_buf_free(&path);
    if (result != NS_EINVAL || !item || !r->err)
        return result;
    return ns_err_prefix(r->err, "%s:%d: extends: ", r->file, line_of(r));
}

static int load_into(ns_profile *profile, const char *name, int depth, ns_err *err)
{
    if (strcmp(name, "default") == 0)
        return read_builtin(profile, err);
    if (depth > MAX_EXTENDS)
        return ns_fail(err, NS_EINVAL, "%s: extends: more than %d profiles in a row", name,
                       MAX_EXTENDS);
    ns_buf text = {0};
    cJSON *json = NULL;
    reader r = {.profile = profile, .file = name, .extends = true, .err = err};
    int result = read_text(name, &text, err);
    if (result == NS_OK)
        result = parse(&r, text.data, &json);
    if (result == NS_OK)
        result = read_base(&r, json, depth);
    r.at = r.text;
    if (result == NS_OK)
        result = read_group(&r, "", json);
    cJSON_Delete(json);
    ns_buf_free(&text);
    return result;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(((const constant *)a)->name, ((const constant *)b)->name);
}

int ns_profile_load(ns_profile **out, const char *name, ns_err *err)
{
    ns_profile *profile = ns_calloc(1, sizeof *profile);
    if (!profile || !(profile->name = ns_strdup(name))) {
        ns_free(profile);
        return ns_fail(err, NS_ENOMEM, "%s: no memory for the profile", name);
    }
    int result = load_into(profile, name, 0, err);
    if (result != NS_OK) {
        ns_profile_free(profile);
        return result;
    }
    if (profile->count > 0) {
        qsort(profile->constants, (size_t)profile->count, sizeof(constant), compare_names);
        index_constants(profile);
    }
    *out = profile;
    return NS_OK;
}

void ns_profile_free(ns_profile *profile)
{
    if (!profile)
        return;
    for (int i = 0; i < profile->count; i++) {
        constant *c = &profile->constants[i];
        ns_free(c->name);
        ns_free(c->unit);
        ns_free(c->source);
        ns_free(c->text);
    }
    ns_free(profile->constants);
    ns_free(profile->slots);
    ns_free(profile->name);
    ns_free(profile);
}

const char *ns_profile_name(const ns_profile *profile)
{
    return profile->name;
}

static const constant *must_find(const ns_profile *profile, const char *name, bool text)
{
    const constant *c = find(profile, name);
    if (!c || (c->text != NULL) != text) {
        fprintf(stderr, "nsim: the machine profile has no constant %s with a %s\n", name,
                text ? "text" : "number");
        abort();
    }
    return c;
}

double ns_profile_get(const ns_profile *profile, const char *name)
{
    return must_find(profile, name, false)->value;
}

const char *ns_profile_text(const ns_profile *profile, const char *name)
{
    return must_find(profile, name, true)->text;
}

bool ns_profile_has(const ns_profile *profile, const char *name)
{
    return find(profile, name) != NULL;
}

int ns_profile_count(const ns_profile *profile)
{
    return profile->count;
}

ns_constant ns_profile_at(const ns_profile *profile, int index)
{
    assert(index >= 0 && index < profile->count);
    const constant *c = &profile->constants[index];
    return (ns_constant){
        .name = c->name, .unit = c->unit, .source = c->source, .text = c->text, .value = c->value};
}
