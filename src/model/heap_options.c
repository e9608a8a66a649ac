// Flags of V8's heap and the constants of the profile (source: Heap::ConfigureHeap, flags.cc,
// flag-definitions.h; node's PerIsolatePlatformData and NodePlatform for the number of workers).
#include <stdlib.h>
#include <string.h>

#include "model/heap_internal.h"

enum { POINTER_FACTOR = 2 }; // kPointerMultiplier, kHeapLimitMultiplier: 64 bits, uncompressed

static const int64_t min_semi = 512 * NS_HEAP_KIB * POINTER_FACTOR;
static const int64_t max_semi_default = 8 * NS_HEAP_MIB * POINTER_FACTOR;
static const int64_t min_old_default = 128 * NS_HEAP_MIB * POINTER_FACTOR;
static const int64_t max_old_default = 1024 * NS_HEAP_MIB * POINTER_FACTOR;
static const int64_t initial_old_default = 256 * NS_HEAP_MIB * POINTER_FACTOR;

// The value behind "--name=" of a flag, in which V8 takes '_' for '-'. NULL if it is another flag.
static const char *value_of(const char *flag, const char *name)
{
    if (strncmp(flag, "--", 2) != 0)
        return NULL;
    for (flag += 2; *name; flag++, name++)
        if (*flag != *name && !(*flag == '_' && *name == '-'))
            return NULL;
    return *flag == '=' ? flag + 1 : *flag == '\0' ? flag : NULL;
}

static int read_size(const char *flag, const char *name, const char *unit, int64_t *out,
                     ns_err *err)
{
    const char *value = value_of(flag, name);
    if (!value)
        return NS_OK;
    char *end;
    long long mib = strtoll(value, &end, 10);
    if (end == value || *end || mib < 0 || mib > 1 << 24)
        return ns_fail(err, NS_EINVAL, "found \"%s\", expected --%s=%s", flag, name, unit);
    *out = mib * NS_HEAP_MIB;
    return NS_OK;
}

static void read_switch(const char *flag, const char *name, bool *out)
{
    char negated[64] = "no-";
    strncat(negated, name, sizeof negated - 4);
    if (value_of(flag, name))
        *out = true;
    else if (value_of(flag, negated))
        *out = false;
}

typedef struct sizes {
    int64_t min_semi, max_semi, max_old, initial_old, max_heap, initial_heap, factor, percent,
        task_trigger;
} sizes;

static int read_flag(ns_heap_flags *f, const char *flag, sizes *s, ns_err *err)
{
    struct {
        const char *name, *unit;
        int64_t *out;
    } list[] = {
        {"min-semi-space-size", "MB", &s->min_semi},
        {"max-semi-space-size", "MB", &s->max_semi},
        {"max-old-space-size", "MB", &s->max_old},
        {"initial-old-space-size", "MB", &s->initial_old},
        {"max-heap-size", "MB", &s->max_heap},
        {"initial-heap-size", "MB", &s->initial_heap},
        {"semi-space-growth-factor", "NUMBER", &s->factor},
        {"heap-growing-percent", "NUMBER", &s->percent},
        {"minor-gc-task-trigger", "NUMBER", &s->task_trigger},
        {"v8-pool-size", "NUMBER", NULL},
    };
    for (size_t i = 0; i < sizeof list / sizeof list[0]; i++) {
        int64_t pool = -1;
        int rc =
            read_size(flag, list[i].name, list[i].unit, list[i].out ? list[i].out : &pool, err);
        if (rc != NS_OK)
            return rc;
        if (pool >= 0)
            f->workers = pool / NS_HEAP_MIB < NS_HEAP_WORKERS_MAX ? (int)(pool / NS_HEAP_MIB)
                                                                  : NS_HEAP_WORKERS_MAX;
    }
    bool single = false;
    read_switch(flag, "single-threaded-gc", &single);
    read_switch(flag, "single-threaded", &single);
    if (single)
        f->parallel_scavenge = f->concurrent_marking = f->concurrent_sweeping =
            f->parallel_compaction = f->concurrent_buffers = false;
    read_switch(flag, "parallel-scavenge", &f->parallel_scavenge);
    read_switch(flag, "parallel-compaction", &f->parallel_compaction);
    read_switch(flag, "concurrent-marking", &f->concurrent_marking);
    read_switch(flag, "concurrent-sweeping", &f->concurrent_sweeping);
    read_switch(flag, "concurrent-array-buffer-sweeping", &f->concurrent_buffers);
    read_switch(flag, "incremental-marking", &f->incremental_marking);
    read_switch(flag, "allocation-site-pretenuring", &f->pretenuring);
    read_switch(flag, "minor-gc-task", &f->minor_task);
    return NS_OK;
}

int ns_heap_flag_check(const char *flag, ns_err *err)
{
    ns_heap_flags flags = {0};
    sizes s = {0};
    return read_flag(&flags, flag, &s, err);
}

static int64_t clamp(int64_t value, int64_t low, int64_t high)
{
    return value < low ? low : value > high ? high : value;
}

static int64_t power_of_two(int64_t value)
{
    int64_t power = 1;
    while (power < value)
        power *= 2;
    return power;
}

// Heap::HeapSizeFromPhysicalMemory: half of the memory, at most 2 GiB, or 4 GiB on machines of 15.5
// and more.
static int64_t default_old(int64_t memory)
{
    bool large = (memory + 512 * NS_HEAP_MIB) >> 30 >= 16;
    return clamp(memory / 4 * POINTER_FACTOR, min_old_default,
                 large ? 2 * max_old_default : max_old_default);
}

// Heap::GenerationSizesFromHeapSize, for the sizes that occur: three semi-spaces of the default
// ratio, at least the smallest.
static int64_t young_of_heap(int64_t heap)
{
    return 3 * clamp(heap / 128, min_semi, max_semi_default);
}

static void configure(ns_heap *heap, const sizes *s)
{
    ns_heap_flags *f = &heap->flags;
    int64_t max_semi = max_semi_default;
    if (s->max_semi)
        max_semi = s->max_semi;
    else if (s->max_heap)
        max_semi = (s->max_old ? s->max_heap - s->max_old : young_of_heap(s->max_heap)) / 3;
    max_semi = power_of_two(max_semi);
    f->max_semi = max_semi < min_semi ? min_semi : max_semi;
    int64_t old = default_old(heap->options.memory);
    if (s->max_old)
        old = s->max_old;
    else if (s->max_heap)
        old = s->max_heap > 3 * f->max_semi ? s->max_heap - 3 * f->max_semi : 0;
    // Heap::MinOldGenerationSize: a page for each of the three paged spaces.
    f->max_old = (old > 3 * NS_HEAP_PAGE ? old : 3 * NS_HEAP_PAGE) / NS_HEAP_PAGE * NS_HEAP_PAGE;
    f->initial_semi = min_semi;
    if (s->initial_heap)
        f->initial_semi = young_of_heap(s->initial_heap) / 3;
    if (s->min_semi)
        f->initial_semi = s->min_semi;
    f->initial_semi = clamp(f->initial_semi, NS_HEAP_PAGE, f->max_semi);
    f->initial_semi -= f->initial_semi % NS_HEAP_PAGE;
    f->initial_old = initial_old_default;
    if (s->initial_heap)
        f->initial_old =
            s->initial_heap > 3 * f->initial_semi ? s->initial_heap - 3 * f->initial_semi : 0;
    if (s->initial_old)
        f->initial_old = s->initial_old;
    f->old_configured = s->initial_heap || s->initial_old;
    if (f->initial_old > f->max_old / 2)
        f->initial_old = f->max_old / 2;
    f->growth_factor = s->factor / NS_HEAP_MIB < 2 ? 2 : (int)(s->factor / NS_HEAP_MIB);
    f->growing_percent = (double)s->percent / (double)NS_HEAP_MIB;
    f->task_trigger = (int)(s->task_trigger / NS_HEAP_MIB);
}

static void read_profile(ns_heap *heap)
{
    const ns_profile *profile = heap->options.profile;
    ns_heap_costs *c = &heap->costs;
    const struct {
        const char *name;
        double *out;
    } costs[] = {
        {"heap.scavenge.base", &c->scavenge_base},
        {"heap.scavenge.first", &c->scavenge_first},
        {"heap.scavenge.first_promotion", &c->first_promotion},
        {"heap.scavenge.cold", &c->scavenge_cold},
        {"heap.scavenge.cache", &c->cache},
        {"heap.scavenge.copy_object", &c->copy_object},
        {"heap.scavenge.touch_page", &c->touch_page},
        {"heap.commit_page", &c->commit_page},
        {"heap.commit_pooled", &c->commit_pooled},
        {"heap.page_fault", &c->page_fault},
        {"heap.scavenge.helper_least", &c->helper_least},
        {"heap.scavenge.parallelism", &c->parallelism},
        {"heap.scavenge.copy_byte", &c->copy_byte},
        {"heap.scavenge.promote_byte", &c->promote_byte},
        {"heap.scavenge.sharing", &c->scavenge_sharing},
        {"heap.scavenge.large_byte", &c->large_byte},
        {"heap.mark_compact.base", &c->compact_base},
        {"heap.mark_compact.mark_byte", &c->mark_byte},
        {"heap.mark_compact.evacuate_byte", &c->evacuate_byte},
        {"heap.mark_compact.sharing", &c->mark_sharing},
        {"heap.sweep_byte", &c->sweep_byte},
        {"heap.array_buffers.post_task", &c->post_task},
        {"heap.array_buffers.free_store", &c->free_store},
        {"heap.array_buffers.unmap_byte", &c->unmap_byte},
    };
    for (size_t i = 0; i < sizeof costs / sizeof costs[0]; i++)
        *costs[i].out = ns_profile_get(profile, costs[i].name);
    c->start_marking = ns_profile_ns(profile, "heap.marking.start");
    c->marking_wait = ns_profile_ns(profile, "heap.marking.wait");
    const struct {
        const char *name;
        int64_t *out;
    } bytes[] = {
        {"heap.start.new_used", &heap->new_used},
        {"heap.start.new_live", &heap->start_young_live},
        {"heap.start.old_used", &heap->start_old},
        {"heap.start.code_used", &heap->code_used},
        {"heap.start.large_used", &heap->start_large},
        {"heap.start.external", &heap->start_external},
        {"heap.start.array_buffers", &heap->start_buffers},
        {"heap.start.resident", &heap->resident_base},
        {"heap.site_interval", &heap->sample_bytes},
    };
    for (size_t i = 0; i < sizeof bytes / sizeof bytes[0]; i++)
        *bytes[i].out = (int64_t)ns_profile_get(profile, bytes[i].name);
    heap->flags.workers = (int)ns_profile_get(profile, "heap.workers");
}

int ns_heap_read_options(ns_heap *heap, ns_err *err)
{
    sizes s = {.task_trigger = 80 * NS_HEAP_MIB};
    read_profile(heap);
    heap->flags.parallel_scavenge = heap->flags.concurrent_marking =
        heap->flags.concurrent_sweeping = heap->flags.incremental_marking =
            heap->flags.parallel_compaction = heap->flags.pretenuring = heap->flags.minor_task =
                heap->flags.concurrent_buffers = true;
    for (const char *const *flag = heap->options.flags; flag && *flag; flag++) {
        int rc = read_flag(&heap->flags, *flag, &s, err);
        if (rc != NS_OK)
            return rc;
    }
    configure(heap, &s);
    return NS_OK;
}

const char *ns_heap_flag_at(int index)
{
    static const char *const names[] = {
        "min-semi-space-size",
        "max-semi-space-size",
        "max-old-space-size",
        "initial-old-space-size",
        "max-heap-size",
        "initial-heap-size",
        "semi-space-growth-factor",
        "heap-growing-percent",
        "minor-gc-task-trigger",
        "v8-pool-size",
        "single-threaded-gc",
        "single-threaded",
        "parallel-scavenge",
        "parallel-compaction",
        "concurrent-marking",
        "concurrent-sweeping",
        "concurrent-array-buffer-sweeping",
        "incremental-marking",
        "allocation-site-pretenuring",
        "minor-gc-task",
    };
    return index < (int)(sizeof names / sizeof names[0]) ? names[index] : NULL;
}
