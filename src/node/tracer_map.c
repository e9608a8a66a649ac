// A hash map from addresses to numbers: open addressing, linear probing.
#include "base/alloc.h"
#include "node/tracer_private.h"

static size_t home(const tracer_map *map, uintptr_t key)
{
    return (size_t)((key >> 4) * UINT64_C(0x9e3779b97f4a7c15) >> 20) & (map->capacity - 1);
}

static size_t place_of(const tracer_map *map, uintptr_t key)
{
    size_t at = home(map, key);
    while (map->keys[at] && map->keys[at] != key)
        at = (at + 1) & (map->capacity - 1);
    return at;
}

static bool grow(tracer_map *map)
{
    tracer_map old = *map;
    size_t capacity = old.capacity ? old.capacity * 2 : 1 << 10;
    tracer_map made = {.capacity = capacity, .count = old.count};
    made.keys = ns_calloc(capacity, sizeof *made.keys);
    made.numbers = ns_calloc(capacity, sizeof *made.numbers);
    if (!made.keys || !made.numbers) {
        tracer_free_map(&made);
        return false;
    }
    for (size_t i = 0; i < old.capacity; i++) {
        if (!old.keys[i])
            continue;
        size_t at = place_of(&made, old.keys[i]);
        made.keys[at] = old.keys[i];
        made.numbers[at] = old.numbers[i];
    }
    *map = made;
    tracer_free_map(&old);
    return true;
}

bool tracer_keep(tracer_map *map, uintptr_t key, uint32_t number)
{
    if (map->count * 2 >= map->capacity && !grow(map))
        return false;
    size_t at = place_of(map, key);
    map->count += !map->keys[at];
    map->keys[at] = key;
    map->numbers[at] = number;
    return true;
}

bool tracer_look_up(const tracer_map *map, uintptr_t key, uint32_t *number)
{
    if (!map->capacity)
        return false;
    size_t at = place_of(map, key);
    *number = map->keys[at] ? map->numbers[at] : 0;
    return map->keys[at] != 0;
}

// What lies behind the removed entry moves up, so that it is found from its home.
void tracer_forget(tracer_map *map, uintptr_t key)
{
    size_t mask = map->capacity - 1;
    if (!map->capacity)
        return;
    size_t gap = place_of(map, key);
    if (!map->keys[gap])
        return;
    map->count--;
    for (size_t at = (gap + 1) & mask; map->keys[at]; at = (at + 1) & mask) {
        size_t from_home = (at - home(map, map->keys[at])) & mask;
        if (from_home < ((at - gap) & mask))
            continue;
        map->keys[gap] = map->keys[at];
        map->numbers[gap] = map->numbers[at];
        gap = at;
    }
    map->keys[gap] = 0;
}

void tracer_free_map(tracer_map *map)
{
    ns_free(map->keys);
    ns_free(map->numbers);
}
