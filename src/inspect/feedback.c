// Feedback slots as data.
#include "inspect/record.h"
#include "model/jit_lattice.h"

static const char *primitive(uint32_t shape)
{
    static const char *const names[] = {
        [NS_SHAPE_SMI] = "Smi",         [NS_SHAPE_NUMBER] = "HeapNumber",
        [NS_SHAPE_STRING] = "String",   [NS_SHAPE_SYMBOL] = "Symbol",
        [NS_SHAPE_BIGINT] = "BigInt",   [NS_SHAPE_BOOLEAN] = "Boolean",
        [NS_SHAPE_NULLISH] = "Oddball", [NS_SHAPE_DICTIONARY] = "dictionary",
    };
    return shape > 0 && shape < sizeof names / sizeof names[0] ? names[shape] : NULL;
}

// A map by its number, or what has no map of the program's; a call's target by name and place.
static cJSON *seen(const ns_probe *probe, const ns_slot *slot, int way)
{
    uint32_t id = slot->seen[way];
    cJSON *row = cJSON_CreateObject();
    if (slot->kind != NS_SLOT_CALL) {
        const char *name = primitive(id);
        if (name)
            cJSON_AddStringToObject(row, "type", name);
        else
            cJSON_AddNumberToObject(row, "map", id);
        return row;
    }
    const ns_function *target = id & NS_TARGET_NATIVE ? NULL : probe->ops->function(probe, id);
    if (!target) {
        cJSON_AddStringToObject(row, "target", "native");
        return row;
    }
    cJSON_AddNumberToObject(row, "target_id", target->id);
    cJSON_AddStringToObject(row, "target", target->name);
    cJSON_AddStringToObject(row, "script", target->script);
    cJSON_AddNumberToObject(row, "line", target->line);
    return row;
}

static void add_slots(const ns_probe *probe, const ns_function *function, cJSON *out)
{
    for (uint32_t i = 1; i < function->slot_count; i++) {
        const ns_slot *slot = &function->slots[i];
        uint32_t line = 0, column = 0;
        probe->ops->position(probe, function, slot->offset, &line, &column);
        cJSON *row = cJSON_CreateObject();
        cJSON_AddNumberToObject(row, "function", function->id);
        cJSON_AddNumberToObject(row, "offset", slot->offset);
        cJSON_AddNumberToObject(row, "line", line);
        cJSON_AddNumberToObject(row, "column", column);
        cJSON_AddStringToObject(row, "kind", jit_slot_name(slot));
        cJSON_AddStringToObject(row, "state", jit_slot_state(slot));
        cJSON_AddNumberToObject(row, "hits", slot->hits);
        bool values = slot->kind == NS_SLOT_ARITH || slot->kind == NS_SLOT_COMPARE ||
                      slot->kind == NS_SLOT_LITERAL;
        cJSON *ways = cJSON_AddArrayToObject(row, "seen");
        for (int way = 0; way < slot->ways && !values; way++)
            cJSON_AddItemToArray(ways, seen(probe, slot, way));
        cJSON_AddItemToArray(out, row);
    }
}

cJSON *ns_inspect_slots(const ns_probe *probe, bool library)
{
    cJSON *out = cJSON_CreateArray();
    uint32_t count = probe->ops->function_count(probe);
    for (uint32_t id = 1; id <= count; id++) {
        const ns_function *function = probe->ops->function(probe, id);
        if (library || !ns_inspect_is_library(function->script))
            add_slots(probe, function, out);
    }
    return out;
}
