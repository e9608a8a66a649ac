// Hidden classes as data.
#include "engine/inspect.h"
#include "inspect/record.h"

typedef struct gatherer {
    const ns_probe *probe;
    cJSON *out;
} gatherer;

static const char *const representations[] = {
    [NS_REP_NONE] = "None",     [NS_REP_SMI] = "Smi",
    [NS_REP_DOUBLE] = "Double", [NS_REP_HEAP_OBJECT] = "HeapObject",
    [NS_REP_TAGGED] = "Tagged",
};

static void gather(void *opaque, const ns_inspect_shape *shape)
{
    const gatherer *g = opaque;
    cJSON *row = cJSON_CreateObject();
    cJSON_AddNumberToObject(row, "id", shape->id);
    cJSON_AddNumberToObject(row, "parent", shape->parent);
    cJSON_AddStringToObject(row, "name", shape->name);
    if (shape->previous)
        cJSON_AddNumberToObject(row, "previous", shape->previous);
    if (shape->elements)
        cJSON_AddStringToObject(row, "elements", shape->elements);
    if (shape->accessor)
        cJSON_AddTrueToObject(row, "accessor");
    if (shape->parent && !shape->elements) {
        cJSON_AddStringToObject(row, "representation", representations[shape->representation]);
        cJSON_AddBoolToObject(row, "constant", shape->constant);
    }
    if (shape->deprecated)
        cJSON_AddTrueToObject(row, "deprecated");
    cJSON_AddBoolToObject(row, "own", shape->own);
    cJSON_AddBoolToObject(row, "seen", shape->seen);
    cJSON_AddBoolToObject(row, "made", shape->made);
    if (shape->parent && !shape->elements && !shape->enumerable)
        cJSON_AddTrueToObject(row, "hidden");
    cJSON_AddNumberToObject(row, "alive", shape->alive);
    const ns_function *function =
        shape->function_id ? g->probe->ops->function(g->probe, shape->function_id) : NULL;
    if (function) {
        cJSON_AddNumberToObject(row, "function_id", function->id);
        cJSON_AddStringToObject(row, "function", function->name);
        cJSON_AddStringToObject(row, "script", function->script);
        cJSON_AddNumberToObject(row, "line", shape->line);
    }
    cJSON_AddItemToArray(g->out, row);
}

static void gather_elements(void *opaque, const ns_inspect_transition *t)
{
    const gatherer *g = opaque;
    const ns_function *function =
        t->function_id ? g->probe->ops->function(g->probe, t->function_id) : NULL;
    cJSON *row = cJSON_CreateObject();
    if (function) {
        cJSON_AddStringToObject(row, "from", t->from);
        cJSON_AddStringToObject(row, "to", t->to);
        cJSON_AddBoolToObject(row, "made", t->made);
        cJSON_AddNumberToObject(row, "function_id", function->id);
        cJSON_AddStringToObject(row, "function", function->name);
        cJSON_AddStringToObject(row, "script", function->script);
        cJSON_AddNumberToObject(row, "line", t->line);
    }
    cJSON_AddNumberToObject(row, "arrays", t->arrays);
    cJSON_AddItemToArray(g->out, row);
}

cJSON *ns_inspect_kinds(JSRuntime *rt, const ns_probe *probe)
{
    gatherer g = {.probe = probe, .out = cJSON_CreateArray()};
    ns_inspect_elements(rt, gather_elements, &g);
    return g.out;
}

cJSON *ns_inspect_maps(JSRuntime *rt, const ns_probe *probe)
{
    gatherer g = {.probe = probe, .out = cJSON_CreateArray()};
    ns_inspect_shapes(rt, gather, &g);
    return g.out;
}
