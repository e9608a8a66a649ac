#include "node/stack_tree.h"

#include <string.h>

#include "base/alloc.h"

static uint32_t hash(uint32_t a, uint32_t b)
{
    uint32_t x = a * 2654435761u ^ b * 2246822519u;
    x ^= x >> 15;
    x *= 2654435761u;
    return x ^ (x >> 13);
}

// The key of an entry of the nodes or of the counts: both begin with it.
static void key_of(const void *entries, size_t size, size_t at, uint32_t key[2])
{
    memcpy(key, (const char *)entries + at * size, 2 * sizeof *key);
}

// Room for one more entry, with an index twice as large as the entries. The capacity is a power of
// two.
static bool reserve(void **entries, uint32_t **index, size_t size, size_t count, size_t *capacity)
{
    if (count < *capacity)
        return true;
    size_t larger = *capacity ? *capacity * 2 : 256;
    void *grown = ns_realloc(*entries, larger * size);
    if (!grown)
        return false;
    *entries = grown;
    uint32_t *fresh = ns_calloc(larger * 2, sizeof *fresh);
    if (!fresh)
        return false;
    for (size_t i = 0; i < count; i++) {
        uint32_t key[2];
        key_of(grown, size, i, key);
        size_t at = hash(key[0], key[1]) & (larger * 2 - 1);
        while (fresh[at])
            at = (at + 1) & (larger * 2 - 1);
        fresh[at] = (uint32_t)i + 1;
    }
    ns_free(*index);
    *index = fresh;
    *capacity = larger;
    return true;
}

// Where the index has the key: an entry's place plus 1, or 0 where it is to be put.
static uint32_t *find(const void *entries, size_t size, uint32_t *index, size_t capacity,
                      uint32_t first, uint32_t second)
{
    size_t mask = capacity * 2 - 1;
    for (size_t at = hash(first, second) & mask;; at = (at + 1) & mask) {
        uint32_t key[2];
        if (index[at])
            key_of(entries, size, index[at] - 1, key);
        if (!index[at] || (key[0] == first && key[1] == second))
            return &index[at];
    }
}

void ns_stack_tree_free(ns_stack_tree *tree)
{
    ns_free(tree->nodes);
    ns_free(tree->counts);
    ns_free(tree->node_index);
    ns_free(tree->count_index);
    *tree = (ns_stack_tree){0};
}

static uint32_t child(ns_stack_tree *tree, uint32_t parent, uint32_t function)
{
    if (!reserve((void **)&tree->nodes, &tree->node_index, sizeof *tree->nodes, tree->node_count,
                 &tree->node_capacity)) {
        tree->failed = true;
        return parent;
    }
    uint32_t *at = find(tree->nodes, sizeof *tree->nodes, tree->node_index, tree->node_capacity,
                        parent, function);
    if (!*at) {
        tree->nodes[tree->node_count++] = (struct ns_stack_node){parent, function};
        *at = (uint32_t)tree->node_count;
    }
    return *at - 1 + NS_STACK_FIRST;
}

uint32_t ns_stack_tree_node(ns_stack_tree *tree, const uint32_t *functions, uint32_t count,
                            uint32_t root)
{
    uint32_t node = count > 0 ? NS_STACK_ROOT : root;
    while (count > 0)
        node = child(tree, node, functions[--count]);
    return node;
}

void ns_stack_tree_add(ns_stack_tree *tree, uint32_t node, uint32_t line, int64_t bytes)
{
    if (!reserve((void **)&tree->counts, &tree->count_index, sizeof *tree->counts,
                 tree->count_count, &tree->count_capacity)) {
        tree->failed = true;
        return;
    }
    uint32_t *at = find(tree->counts, sizeof *tree->counts, tree->count_index, tree->count_capacity,
                        node, line);
    if (!*at) {
        tree->counts[tree->count_count++] = (ns_stack_count){.node = node, .line = line};
        *at = (uint32_t)tree->count_count;
    }
    tree->counts[*at - 1].bytes += bytes;
    tree->counts[*at - 1].samples++;
}

void ns_stack_tree_live(ns_stack_tree *tree, uint32_t node, uint32_t line, int64_t bytes)
{
    if (tree->count_capacity == 0)
        return;
    const uint32_t *at = find(tree->counts, sizeof *tree->counts, tree->count_index,
                              tree->count_capacity, node, line);
    if (*at)
        tree->counts[*at - 1].live_bytes += bytes;
}

static void emit_node(ns_sink *sink, int64_t id, int64_t parent, const char *name,
                      const ns_function *function)
{
    ns_record row = {.type = NS_REC_STACK_NODE};
    row.stack_node =
        (ns_rec_stack_node){.id = id, .parent_id = parent, .name = name ? name : "", .script = ""};
    if (function) {
        row.stack_node.script = function->script ? function->script : "";
        row.stack_node.line = (int32_t)function->line;
        row.stack_node.column = (int32_t)function->column;
    }
    ns_emit(sink, &row);
}

void ns_stack_tree_emit(const ns_stack_tree *tree, const ns_probe *probe, ns_sink *sink)
{
    emit_node(sink, NS_STACK_ROOT, 0, "(root)", NULL);
    emit_node(sink, NS_STACK_PROGRAM, NS_STACK_ROOT, "(program)", NULL);
    emit_node(sink, NS_STACK_IDLE, NS_STACK_ROOT, "(idle)", NULL);
    emit_node(sink, NS_STACK_GC, NS_STACK_ROOT, "(garbage collector)", NULL);
    for (size_t i = 0; i < tree->node_count; i++) {
        const ns_function *function = ns_probe_function(probe, tree->nodes[i].function);
        emit_node(sink, (int64_t)i + NS_STACK_FIRST, tree->nodes[i].parent,
                  function ? function->name : "", function);
    }
    for (size_t i = 0; i < tree->count_count; i++) {
        const ns_stack_count *count = &tree->counts[i];
        ns_record row = {.type = NS_REC_ALLOC_STACK};
        row.alloc_stack = (ns_rec_alloc_stack){.node_id = count->node,
                                               .line = (int32_t)count->line,
                                               .bytes = count->bytes,
                                               .samples = count->samples,
                                               .live_bytes = count->live_bytes};
        ns_emit(sink, &row);
    }
}
