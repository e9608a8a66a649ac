// V8's sizes of objects, in words of 8 bytes (sources: deps/v8/src/objects/*.tq; factory.cc;
// pointer compression is off in Node).
#include <assert.h>

#include "model/heap.h"

enum {
    OBJECT = 3,      // JSObject: map, properties, elements
    FIXED_ARRAY = 2, // map, length
    STRING = 2       // map, hash and length
};

static uint64_t characters(uint64_t bytes)
{
    return STRING + (bytes + 7) / 8;
}

// OrderedHashTable: number of elements, of deleted ones and of buckets; buckets of two entries; the
// entries, with the link of their chain.
static uint64_t table(uint64_t capacity, unsigned entry)
{
    return FIXED_ARRAY + 3 + capacity / 2 + capacity * (entry + 1);
}

// SharedFunctionInfo, UncompiledData's successor BytecodeArray with its constants, handler and
// source position tables, FeedbackMetadata, ScopeInfo: about twice the code and a constant.
static uint64_t bytecode(uint64_t bytes)
{
    return 32 + bytes / 8;
}

uint64_t ns_heap_words(ns_alloc_kind kind, uint64_t count)
{
    switch (kind) {
    case NS_ALLOC_OBJECT:
        return OBJECT + count;
    case NS_ALLOC_ARRAY:
        return OBJECT + 1;
    case NS_ALLOC_ELEMENTS:
        return count ? FIXED_ARRAY + count : 0;
    case NS_ALLOC_ONE_BYTE: // there is one string of each single character
        return count > 1 ? characters(count) : 0;
    case NS_ALLOC_TWO_BYTE:
        return count ? characters(2 * count) : 0;
    case NS_ALLOC_CONS: // first, second
    case NS_ALLOC_SLICED:
        return STRING + 2;
    case NS_ALLOC_FUNCTION: // shared function info, context, feedback cell, code
        return OBJECT + 4 + count;
    case NS_ALLOC_CONTEXT: // scope info, previous
        return FIXED_ARRAY + 2 + count;
    case NS_ALLOC_SLOT:
        return count;
    case NS_ALLOC_PROMISE: // reactions or result, flags; one field of the embedder's
        return OBJECT + 3;
    case NS_ALLOC_REACTION:
        return 6;
    case NS_ALLOC_GENERATOR: // and the FixedArray of parameters and registers
        return OBJECT + 8 + FIXED_ARRAY + count;
    case NS_ALLOC_COLLECTION:
        return OBJECT + 1;
    case NS_ALLOC_MAP_TABLE:
        return table(count, 2);
    case NS_ALLOC_SET_TABLE:
        return table(count, 1);
    case NS_ALLOC_DATE:
        return OBJECT + 9;
    case NS_ALLOC_REGEXP: // data, source, flags, lastIndex
        return OBJECT + 4;
    case NS_ALLOC_ERROR: // three slots; the CallSiteInfos of the stack, and their array
        return OBJECT + 3 + FIXED_ARRAY + count + count * 7;
    case NS_ALLOC_BUFFER: // lengths, store, extension, flags; two fields of the embedder's
        return OBJECT + 7;
    case NS_ALLOC_VIEW:
        return OBJECT + 10;
    case NS_ALLOC_EXTERNAL:
        return (count + 7) / 8;
    case NS_ALLOC_BIGINT:
        return 2 + count;
    case NS_ALLOC_BYTECODE:
        return bytecode(count);
    case NS_ALLOC_INTERNAL:
    case NS_ALLOC_KINDS:
        break;
    }
    assert(!"an allocation of a kind that V8 has");
    return 0;
}
