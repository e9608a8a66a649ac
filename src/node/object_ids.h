// Ids of objects in the order in which they were first seen.
#ifndef NS_NODE_OBJECT_IDS_H
#define NS_NODE_OBJECT_IDS_H

#include "node/value_serializer.h"

// The id of an object, a new one if it has none; *known tells which. -1 when memory is short.
int64_t ns_object_id(JSContext *ctx, ns_object_ids *ids, JSValueConst object, bool *known);
// The id that it has, or -1.
int64_t ns_object_id_find(const ns_object_ids *ids, JSValueConst object);
void ns_object_ids_free(JSRuntime *rt, ns_object_ids *ids);

#endif
