#include "node/object_ids.h"

#include "base/alloc.h"

// Addresses order nothing here: ids are given in the order of the calls.
static uint32_t hash(JSValueConst object)
{
    uint64_t x = (uint64_t)(uintptr_t)JS_VALUE_GET_PTR(object);
    x = (x >> 4) * 0x9e3779b97f4a7c15u;
    return (uint32_t)(x >> 32);
}

static uint32_t *slot_of(const ns_object_ids *ids, JSValueConst object)
{
    uint32_t mask = ids->slot_count - 1, i = hash(object) & mask;
    while (ids->slots[i] != 0 &&
           JS_VALUE_GET_PTR(ids->objects[ids->slots[i] - 1]) != JS_VALUE_GET_PTR(object))
        i = (i + 1) & mask;
    return &ids->slots[i];
}

static bool grow(ns_object_ids *ids)
{
    uint32_t capacity = ids->capacity ? ids->capacity * 2 : 16;
    JSValue *objects = ns_realloc(ids->objects, capacity * sizeof *objects);
    if (!objects)
        return false;
    ids->objects = objects;
    uint32_t *slots = ns_calloc(capacity * 2, sizeof *slots);
    if (!slots)
        return false;
    ns_free(ids->slots);
    ids->slots = slots;
    ids->slot_count = capacity * 2;
    ids->capacity = capacity;
    for (uint32_t id = 0; id < ids->count; id++)
        *slot_of(ids, ids->objects[id]) = id + 1;
    return true;
}

int64_t ns_object_id_find(const ns_object_ids *ids, JSValueConst object)
{
    return ids->slot_count ? (int64_t)*slot_of(ids, object) - 1 : -1;
}

int64_t ns_object_id(JSContext *ctx, ns_object_ids *ids, JSValueConst object, bool *known)
{
    int64_t id = ns_object_id_find(ids, object);
    *known = id >= 0;
    if (*known)
        return id;
    if (ids->count == ids->capacity && !grow(ids))
        return -1;
    *slot_of(ids, object) = ids->count + 1;
    ids->objects[ids->count] = JS_DupValue(ctx, object);
    return ids->count++;
}

void ns_object_ids_free(JSRuntime *rt, ns_object_ids *ids)
{
    for (uint32_t i = 0; i < ids->count; i++)
        JS_FreeValueRT(rt, ids->objects[i]);
    ns_free(ids->objects);
    ns_free(ids->slots);
    *ids = (ns_object_ids){0};
}
