// internalBinding('v8'): statistics of the heap model (source: src/node_v8.cc).
#include <stdio.h>
#include <string.h>

#include "node/args.h"
#include "node/heap.h"

// Indices into heapStatisticsBuffer, in the order of v8::HeapStatistics that Node lists.
enum {
    TOTAL_HEAP_SIZE,
    TOTAL_HEAP_SIZE_EXECUTABLE,
    TOTAL_PHYSICAL_SIZE,
    TOTAL_AVAILABLE_SIZE,
    USED_HEAP_SIZE,
    HEAP_SIZE_LIMIT,
    MALLOCED_MEMORY,
    PEAK_MALLOCED_MEMORY,
    DOES_ZAP_GARBAGE,
    NATIVE_CONTEXTS,
    DETACHED_CONTEXTS,
    GLOBAL_HANDLES,
    USED_GLOBAL_HANDLES,
    EXTERNAL_MEMORY,
    HEAP_STATISTICS
};
enum { CODE_STATISTICS = 4, SPACE_STATISTICS = 4 };

static void publish(JSContext *ctx, JSValueConst array, const double *values, size_t count)
{
    uint8_t *data;
    size_t size;
    if (ns_bytes(ctx, array, &data, &size) && size >= count * sizeof *values)
        memcpy(data, values, count * sizeof *values);
}

static JSValue update_heap(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv,
                           int magic, JSValue *data)
{
    ns_heap_stats heap;
    ns_env_heap_stats(ns_env_of(ctx), &heap);
    double values[HEAP_STATISTICS] = {
        [TOTAL_HEAP_SIZE] = (double)heap.committed,
        [TOTAL_HEAP_SIZE_EXECUTABLE] = (double)heap.executable,
        [TOTAL_PHYSICAL_SIZE] = (double)heap.committed,
        [TOTAL_AVAILABLE_SIZE] = (double)heap.available,
        [USED_HEAP_SIZE] = (double)heap.used,
        [HEAP_SIZE_LIMIT] = (double)heap.limit,
        [NATIVE_CONTEXTS] = 1,
        [EXTERNAL_MEMORY] = (double)heap.external,
    };
    publish(ctx, data[0], values, HEAP_STATISTICS);
    return JS_UNDEFINED;
}

// updateHeapSpaceStatisticsBuffer(index of the space)
static JSValue update_space(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv,
                            int magic, JSValue *data)
{
    ns_env *env = ns_env_of(ctx);
    int64_t space = 0;
    if (argc > 0 && !ns_arg_int(ctx, argv[0], &space))
        return JS_EXCEPTION;
    ns_heap_space_stats stats = {0};
    if (env->heap && space >= 0 && space < NS_HEAP_SPACES)
        ns_heap_space_get_stats(env->heap, (ns_heap_space)space, &stats);
    double values[SPACE_STATISTICS] = {(double)stats.size, (double)stats.used,
                                       (double)stats.available, (double)stats.physical};
    publish(ctx, data[0], values, SPACE_STATISTICS);
    return JS_UNDEFINED;
}

static JSValue new_float64_array(JSContext *ctx, int length)
{
    JSValue count = JS_NewInt32(ctx, length);
    return JS_NewTypedArray(ctx, 1, &count, JS_TYPED_ARRAY_FLOAT64);
}

// A Float64Array under `name`, and the function that fills it.
static int set_statistics(JSContext *ctx, JSValueConst target, const char *name, int length,
                          const char *update_name, JSCFunctionData *update)
{
    JSValue array = new_float64_array(ctx, length);
    if (JS_IsException(array))
        return -1;
    int status =
        ns_set(ctx, target, update_name, JS_NewCFunctionData(ctx, update, 0, 0, 1, &array));
    return ns_set(ctx, target, name, array) < 0 ? -1 : status;
}

static int set_indices(JSContext *ctx, JSValueConst target)
{
    static const char *const heap[HEAP_STATISTICS] = {
        "kTotalHeapSizeIndex",
        "kTotalHeapSizeExecutableIndex",
        "kTotalPhysicalSizeIndex",
        "kTotalAvailableSize",
        "kUsedHeapSizeIndex",
        "kHeapSizeLimitIndex",
        "kMallocedMemoryIndex",
        "kPeakMallocedMemoryIndex",
        "kDoesZapGarbageIndex",
        "kNumberOfNativeContextsIndex",
        "kNumberOfDetachedContextsIndex",
        "kTotalGlobalHandlesSizeIndex",
        "kUsedGlobalHandlesSizeIndex",
        "kExternalMemoryIndex",
    };
    static const char *const code[CODE_STATISTICS] = {
        "kCodeAndMetadataSizeIndex", "kBytecodeAndMetadataSizeIndex",
        "kExternalScriptSourceSizeIndex", "kCPUProfilerMetaDataSizeIndex"};
    static const char *const space[SPACE_STATISTICS] = {"kSpaceSizeIndex", "kSpaceUsedSizeIndex",
                                                        "kSpaceAvailableSizeIndex",
                                                        "kPhysicalSpaceSizeIndex"};
    for (int i = 0; i < HEAP_STATISTICS; i++)
        if (ns_set_int(ctx, target, heap[i], i) < 0)
            return -1;
    for (int i = 0; i < CODE_STATISTICS; i++)
        if (ns_set_int(ctx, target, code[i], i) < 0 || ns_set_int(ctx, target, space[i], i) < 0)
            return -1;
    return 0;
}

static int set_spaces(JSContext *ctx, JSValueConst target)
{
    JSValue spaces = JS_NewArray(ctx);
    if (JS_IsException(spaces))
        return -1;
    for (uint32_t i = 0; i < NS_HEAP_SPACES; i++) {
        JSValue name = JS_NewString(ctx, ns_heap_space_name((ns_heap_space)i));
        if (JS_SetPropertyUint32(ctx, spaces, i, name) < 0) {
            JS_FreeValue(ctx, spaces);
            return -1;
        }
    }
    return ns_set(ctx, target, "kHeapSpaces", spaces);
}

// What code caches are checked against, of node v20.20.2.
static JSValue cached_data_version_tag(JSContext *ctx, JSValueConst self, int argc,
                                       JSValueConst *argv)
{
    return JS_NewInt64(ctx, 2208153205);
}

NS_BINDING(v8)
{
    static const char *const missing[] = {"setHeapSnapshotNearHeapLimit",
                                          "updateHeapCodeStatisticsBuffer", "setFlagsFromString",
                                          "GCProfiler"};
    if (set_spaces(ctx, target) < 0 ||
        ns_set_fn(ctx, target, "cachedDataVersionTag", cached_data_version_tag, 0) < 0 ||
        ns_set(ctx, target, "heapCodeStatisticsBuffer", new_float64_array(ctx, CODE_STATISTICS)) <
            0 ||
        set_indices(ctx, target) < 0)
        return -1;
    for (size_t i = 0; i < sizeof missing / sizeof missing[0]; i++) {
        char what[64];
        snprintf(what, sizeof what, "%s (v8)", missing[i]);
        if (ns_set_missing(ctx, target, missing[i], what) < 0)
            return -1;
    }
    if (set_statistics(ctx, target, "heapStatisticsBuffer", HEAP_STATISTICS,
                       "updateHeapStatisticsBuffer", update_heap) < 0)
        return -1;
    return set_statistics(ctx, target, "heapSpaceStatisticsBuffer", SPACE_STATISTICS,
                          "updateHeapSpaceStatisticsBuffer", update_space);
}
