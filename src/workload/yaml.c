#include "workload/yaml.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <yaml.h>

enum {
    MAX_DEPTH = 64,
    MAX_NODES = 1000000 // aliases are copies: a bound on what a small file can blow up to
};

typedef struct anchor {
    const char *name;
    ns_yaml *node; // NULL while it is being composed
    struct anchor *next;
} anchor;

typedef struct composer {
    yaml_parser_t parser;
    yaml_event_t event; // the current one
    ns_arena *arena;
    const char *origin;
    const char *text;
    bool lines;
    anchor *anchors; // the latest of a name comes first
    int depth, nodes;
    ns_err *err;
} composer;

int ns_yaml_fail(ns_yaml_place place, ns_err *err, const char *fmt, ...)
{
    char message[sizeof err->msg];
    va_list args;
    va_start(args, fmt);
    vsnprintf(message, sizeof message, fmt, args);
    va_end(args);
    if (place.line > 0)
        ns_fail(err, NS_EINVAL, "%s:%d:%d: %s", place.origin, place.line, place.column, message);
    else
        ns_fail(err, NS_EINVAL, "%s: %s", place.origin, message);
    return NS_EINVAL;
}

static ns_yaml_place place_of(const composer *c, yaml_mark_t mark)
{
    if (!c->lines)
        return (ns_yaml_place){c->origin, 0, 0};
    return (ns_yaml_place){c->origin, (int)mark.line + 1, (int)mark.column + 1};
}

static int no_memory(const composer *c)
{
    ns_fail(c->err, NS_ENOMEM, "%s: out of memory", c->origin);
    return NS_ENOMEM;
}

// libyaml gives an offset in bytes, not a line, for a byte that is no UTF-8 or not allowed.
static ns_yaml_place place_of_offset(const composer *c, size_t offset)
{
    ns_yaml_place place = place_of(c, (yaml_mark_t){0});
    for (size_t i = 0; i < offset && c->lines; i++) {
        if (c->text[i] == '\n') {
            place.line++;
            place.column = 1;
        } else if (((unsigned char)c->text[i] & 0xC0) != 0x80) {
            place.column++;
        }
    }
    return place;
}

static int parser_error(const composer *c)
{
    const yaml_parser_t *p = &c->parser;
    if (p->error == YAML_MEMORY_ERROR)
        return no_memory(c);
    const char *problem = p->problem ? p->problem : "syntax error";
    if (p->error == YAML_READER_ERROR)
        return ns_yaml_fail(place_of_offset(c, p->problem_offset), c->err, "%s", problem);
    if (p->context && !c->lines)
        return ns_yaml_fail(place_of(c, p->problem_mark), c->err, "%s %s", problem, p->context);
    if (p->context)
        return ns_yaml_fail(place_of(c, p->problem_mark), c->err, "%s %s (from line %d)", problem,
                            p->context, (int)p->context_mark.line + 1);
    return ns_yaml_fail(place_of(c, p->problem_mark), c->err, "%s", problem);
}

static int next_event(composer *c)
{
    yaml_event_delete(&c->event);
    if (!yaml_parser_parse(&c->parser, &c->event))
        return parser_error(c);
    return NS_OK;
}

static ns_yaml *new_node(composer *c, ns_yaml_kind kind, ns_yaml_place place)
{
    ns_yaml *node = ns_arena_alloc(c->arena, sizeof *node);
    if (node)
        *node = (ns_yaml){.kind = kind, .place = place};
    return node;
}

static int count_node(composer *c, ns_yaml_place place)
{
    if (++c->nodes > MAX_NODES)
        return ns_yaml_fail(place, c->err, "more than %d values", MAX_NODES);
    return NS_OK;
}

static void append(ns_yaml *parent, ns_yaml *child)
{
    assert(child);
    child->next = NULL;
    if (parent->last)
        parent->last->next = child;
    else
        parent->first = child;
    parent->last = child;
    parent->count++;
}

static int check_tag(const composer *c, const yaml_char_t *tag)
{
    if (!tag)
        return NS_OK;
    return ns_yaml_fail(place_of(c, c->event.start_mark), c->err,
                        "the tag %s: tags are not supported", (const char *)tag);
}

static int add_anchor(composer *c, const yaml_char_t *name, anchor **out)
{
    *out = NULL;
    if (!name)
        return NS_OK;
    anchor *a = ns_arena_alloc(c->arena, sizeof *a);
    if (!a)
        return no_memory(c);
    a->name = ns_arena_strdup(c->arena, (const char *)name);
    if (!a->name)
        return no_memory(c);
    a->next = c->anchors;
    c->anchors = a;
    *out = a;
    return NS_OK;
}

static int copy(composer *c, const ns_yaml *from, ns_yaml **out)
{
    int rc = count_node(c, from->place);
    if (rc != NS_OK)
        return rc;
    ns_yaml *node = ns_arena_alloc(c->arena, sizeof *node);
    if (!node)
        return no_memory(c);
    *node = *from;
    node->first = node->last = node->next = NULL;
    node->count = 0;
    for (const ns_yaml *child = from->first; child; child = child->next) {
        ns_yaml *twin;
        if ((rc = copy(c, child, &twin)) != NS_OK)
            return rc;
        append(node, twin);
    }
    *out = node;
    return NS_OK;
}

static int compose_alias(composer *c, ns_yaml **out)
{
    const char *name = (const char *)c->event.data.alias.anchor;
    ns_yaml_place place = place_of(c, c->event.start_mark);
    for (const anchor *a = c->anchors; a; a = a->next) {
        if (strcmp(a->name, name) != 0)
            continue;
        if (!a->node)
            return ns_yaml_fail(place, c->err, "*%s stands inside what it refers to", name);
        return copy(c, a->node, out);
    }
    return ns_yaml_fail(place, c->err, "*%s refers to an anchor that is not defined before it",
                        name);
}

static int compose_scalar(composer *c, ns_yaml **out)
{
    ns_yaml_place place = place_of(c, c->event.start_mark);
    const char *value = (const char *)c->event.data.scalar.value;
    size_t length = c->event.data.scalar.length;
    yaml_scalar_style_t style = c->event.data.scalar.style;
    int rc = check_tag(c, c->event.data.scalar.tag);
    if (rc != NS_OK)
        return rc;
    if (memchr(value, 0, length))
        return ns_yaml_fail(place, c->err, "the text has a NUL character");
    ns_yaml *node = new_node(c, NS_YAML_SCALAR, place);
    if (!node || !(node->text = ns_arena_strndup(c->arena, value, length)))
        return no_memory(c);
    node->quoted =
        style == YAML_SINGLE_QUOTED_SCALAR_STYLE || style == YAML_DOUBLE_QUOTED_SCALAR_STYLE;
    node->block = style == YAML_LITERAL_SCALAR_STYLE;
    *out = node;
    return NS_OK;
}

static int compose_node(composer *c, ns_yaml **out);

static int compose_list(composer *c, ns_yaml **out)
{
    int rc = check_tag(c, c->event.data.sequence_start.tag);
    if (rc != NS_OK)
        return rc;
    ns_yaml *node = new_node(c, NS_YAML_LIST, place_of(c, c->event.start_mark));
    if (!node)
        return no_memory(c);
    for (;;) {
        ns_yaml *item = NULL;
        if ((rc = next_event(c)) != NS_OK)
            return rc;
        if (c->event.type == YAML_SEQUENCE_END_EVENT)
            break;
        if ((rc = compose_node(c, &item)) != NS_OK)
            return rc;
        append(node, item);
    }
    *out = node;
    return NS_OK;
}

static int by_key(const void *a, const void *b)
{
    const ns_yaml *x = *(ns_yaml *const *)a, *y = *(ns_yaml *const *)b;
    int order = strcmp(x->key, y->key);
    if (order != 0)
        return order;
    if (x->key_place.line != y->key_place.line)
        return x->key_place.line < y->key_place.line ? -1 : 1;
    return x->key_place.column < y->key_place.column ? -1
                                                     : x->key_place.column > y->key_place.column;
}

static int check_duplicates(composer *c, const ns_yaml *map)
{
    ns_yaml **sorted = ns_arena_array(c->arena, (size_t)map->count, sizeof(ns_yaml *));
    if (!sorted)
        return no_memory(c);
    int n = 0;
    for (ns_yaml *value = map->first; value; value = value->next)
        sorted[n++] = value;
    qsort(sorted, (size_t)n, sizeof(ns_yaml *), by_key);
    for (int i = 1; i < n; i++)
        if (strcmp(sorted[i - 1]->key, sorted[i]->key) == 0)
            return ns_yaml_fail(sorted[i]->key_place, c->err,
                                "the key \"%s\" is there twice (first in line %d)", sorted[i]->key,
                                sorted[i - 1]->key_place.line);
    return NS_OK;
}

// One key and its value; the event is that of the key.
static int compose_pair(composer *c, ns_yaml *map)
{
    ns_yaml_place place = place_of(c, c->event.start_mark);
    ns_yaml *key, *value;
    int rc;
    if (c->event.type != YAML_SCALAR_EVENT)
        return ns_yaml_fail(place, c->err, "a key must be a plain word");
    if (c->event.data.scalar.anchor)
        return ns_yaml_fail(place, c->err, "an anchor on a key is not supported");
    if ((rc = compose_scalar(c, &key)) != NS_OK)
        return rc;
    if (strcmp(key->text, "<<") == 0 && !key->quoted)
        return ns_yaml_fail(place, c->err, "merge keys (<<) are not supported: write the keys out");
    if ((rc = next_event(c)) != NS_OK || (rc = compose_node(c, &value)) != NS_OK)
        return rc;
    value->key = key->text;
    value->key_place = place;
    append(map, value);
    return NS_OK;
}

static int compose_map(composer *c, ns_yaml **out)
{
    int rc = check_tag(c, c->event.data.mapping_start.tag);
    if (rc != NS_OK)
        return rc;
    ns_yaml *node = new_node(c, NS_YAML_MAP, place_of(c, c->event.start_mark));
    if (!node)
        return no_memory(c);
    for (;;) {
        if ((rc = next_event(c)) != NS_OK)
            return rc;
        if (c->event.type == YAML_MAPPING_END_EVENT)
            break;
        if ((rc = compose_pair(c, node)) != NS_OK)
            return rc;
    }
    *out = node;
    return check_duplicates(c, node);
}

// The value that the current event begins; afterwards the current event is its last.
static int compose_node(composer *c, ns_yaml **out)
{
    ns_yaml_place place = place_of(c, c->event.start_mark);
    const yaml_char_t *name = NULL;
    if (c->event.type == YAML_SCALAR_EVENT)
        name = c->event.data.scalar.anchor;
    else if (c->event.type == YAML_SEQUENCE_START_EVENT)
        name = c->event.data.sequence_start.anchor;
    else if (c->event.type == YAML_MAPPING_START_EVENT)
        name = c->event.data.mapping_start.anchor;

    anchor *anchored;
    int rc = add_anchor(c, name, &anchored);
    if (rc != NS_OK || (rc = count_node(c, place)) != NS_OK)
        return rc;
    if (++c->depth > MAX_DEPTH)
        return ns_yaml_fail(place, c->err, "nested more than %d deep", MAX_DEPTH);
    switch (c->event.type) {
    case YAML_ALIAS_EVENT:
        rc = compose_alias(c, out);
        break;
    case YAML_SCALAR_EVENT:
        rc = compose_scalar(c, out);
        break;
    case YAML_SEQUENCE_START_EVENT:
        rc = compose_list(c, out);
        break;
    default: // the parser gives nothing else where a value must stand
        rc = compose_map(c, out);
        break;
    }
    c->depth--;
    if (rc == NS_OK && anchored)
        anchored->node = *out;
    return rc;
}

static int compose_document(composer *c, ns_yaml **out)
{
    int rc = next_event(c); // stream start
    if (rc != NS_OK || (rc = next_event(c)) != NS_OK)
        return rc;
    if (c->event.type == YAML_STREAM_END_EVENT) {
        *out = ns_yaml_scalar(c->arena, place_of(c, (yaml_mark_t){0}), "");
        return *out ? NS_OK : no_memory(c);
    }
    if ((rc = next_event(c)) != NS_OK || (rc = compose_node(c, out)) != NS_OK)
        return rc;
    if ((rc = next_event(c)) != NS_OK || (rc = next_event(c)) != NS_OK) // document end
        return rc;
    if (c->event.type != YAML_STREAM_END_EVENT)
        return ns_yaml_fail(place_of(c, c->event.start_mark), c->err,
                            "a second document: a file holds one");
    return NS_OK;
}

int ns_yaml_parse(ns_yaml **out, ns_arena *arena, const char *origin, const char *text, size_t len,
                  bool lines, ns_err *err)
{
    composer c = {.arena = arena, .origin = origin, .text = text, .lines = lines, .err = err};
    if (!yaml_parser_initialize(&c.parser))
        return no_memory(&c);
    yaml_parser_set_encoding(&c.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&c.parser, (const unsigned char *)text, len);
    int rc = compose_document(&c, out);
    yaml_event_delete(&c.event);
    yaml_parser_delete(&c.parser);
    return rc;
}

ns_yaml *ns_yaml_get(const ns_yaml *map, const char *key)
{
    for (ns_yaml *value = map->first; value; value = value->next)
        if (value->key && strcmp(value->key, key) == 0)
            return value;
    return NULL;
}

bool ns_yaml_empty(const ns_yaml *node)
{
    return node->kind == NS_YAML_SCALAR && !node->quoted && !node->block &&
           (node->text[0] == '\0' || strcmp(node->text, "~") == 0 ||
            strcmp(node->text, "null") == 0);
}

ns_yaml *ns_yaml_scalar(ns_arena *arena, ns_yaml_place place, const char *text)
{
    ns_yaml *node = ns_arena_alloc(arena, sizeof *node);
    if (node)
        *node = (ns_yaml){.kind = NS_YAML_SCALAR, .place = place, .text = text};
    return node;
}

ns_yaml *ns_yaml_map(ns_arena *arena, ns_yaml_place place)
{
    ns_yaml *node = ns_arena_alloc(arena, sizeof *node);
    if (node)
        *node = (ns_yaml){.kind = NS_YAML_MAP, .place = place};
    return node;
}

void ns_yaml_put(ns_yaml *map, const char *key, ns_yaml_place key_place, ns_yaml *value)
{
    ns_yaml *old = ns_yaml_get(map, key);
    value->key = key;
    value->key_place = key_place;
    if (!old) {
        append(map, value);
        return;
    }
    ns_yaml **link = &map->first;
    while (*link != old)
        link = &(*link)->next;
    *link = value;
    value->next = old->next;
    if (map->last == old)
        map->last = value;
}
