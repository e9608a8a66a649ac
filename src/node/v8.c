// internalBinding('v8'): statistics of the heap (source: src/node_v8.cc). They are of the engine's
// heap: live bytes, in one space, old_space, that is never fragmented.
#include <stdio.h>
#include <string.h>

#include "node/args.h"

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

static const double page = 262144; // V8's heaps grow by pages of 256 KiB

// v8::internal::Heap::HeapSizeFromPhysicalMemory on 64 bits: half of the memory, at most 2 GiB or,
// on a machine of 15 GiB and more, 4 GiB; and three semi-spaces of 16 MiB.
static double heap_limit(const ns_env *env)
{
    const double gib = 1024.0 * 1024 * 1024;
    double memory = (double)env->workload->machine.memory;
    double most = memory >= 15 * gib ? 4 * gib : 2 * gib;
    double old = memory / 2 < most ? memory / 2 : most;
    return old + 48.0 * 1024 * 1024;
}

static double used_size(const ns_env *env)
{
    return (double)ns_engine_probe(env->engine)->live_bytes;
}

static double whole_pages(double bytes)
{
    int64_t pages = (int64_t)(bytes / page) + 1;
    return (double)pages * page;
}

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
    ns_env *env = ns_env_of(ctx);
    double used = used_size(env), total = whole_pages(used), limit = heap_limit(env);
    double values[HEAP_STATISTICS] = {
        [TOTAL_HEAP_SIZE] = total,
        [TOTAL_PHYSICAL_SIZE] = total,
        [TOTAL_AVAILABLE_SIZE] = limit > used ? limit - used : 0,
        [USED_HEAP_SIZE] = used,
        [HEAP_SIZE_LIMIT] = limit,
        [NATIVE_CONTEXTS] = 1,
    };
    publish(ctx, data[0], values, HEAP_STATISTICS);
    return JS_UNDEFINED;
}

static JSValue update_space(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv,
                            int magic, JSValue *data)
{
    double used = used_size(ns_env_of(ctx)), total = whole_pages(used);
    double values[SPACE_STATISTICS] = {total, used, total - used, total};
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

NS_BINDING(v8)
{
    static const char *const missing[] = {"cachedDataVersionTag", "setHeapSnapshotNearHeapLimit",
                                          "updateHeapCodeStatisticsBuffer", "setFlagsFromString",
                                          "GCProfiler"};
    JSValue spaces = JS_NewArray(ctx);
    if (JS_IsException(spaces) ||
        JS_SetPropertyUint32(ctx, spaces, 0, JS_NewString(ctx, "old_space")) < 0 ||
        ns_set(ctx, target, "kHeapSpaces", spaces) < 0 ||
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
