// V8's lattices of type feedback (src/objects/type-hints.h, src/common/globals.h:
// BinaryOperationFeedback, CompareOperationFeedback), from the tags that the probes gather.
#ifndef NS_MODEL_JIT_LATTICE_H
#define NS_MODEL_JIT_LATTICE_H

#include "engine/probe.h"

typedef enum jit_lattice_point {
    JIT_FB_NONE,
    JIT_FB_SMALL,   // SignedSmall
    JIT_FB_NUMBER,  // Number
    JIT_FB_ODDBALL, // NumberOrOddball
    JIT_FB_STRING,
    JIT_FB_BIGINT,
    JIT_FB_ANY
} jit_lattice_point;

static inline jit_lattice_point jit_lattice(uint32_t tags)
{
    enum {
        numbers = NS_FB_SMI | NS_FB_NUMBER | NS_FB_OVERFLOW | NS_FB_MINUS_ZERO,
    };
    if (tags == 0)
        return JIT_FB_NONE;
    if (tags == NS_FB_SMI)
        return JIT_FB_SMALL;
    if ((tags & ~(uint32_t)numbers) == 0)
        return JIT_FB_NUMBER;
    if ((tags & ~(uint32_t)(numbers | NS_FB_OTHER)) == 0)
        return JIT_FB_ODDBALL;
    if (tags == NS_FB_STRING)
        return JIT_FB_STRING;
    return tags == NS_FB_BIGINT ? JIT_FB_BIGINT : JIT_FB_ANY;
}

static inline const char *jit_lattice_name(jit_lattice_point point)
{
    static const char *const names[] = {"None",   "SignedSmall", "Number", "NumberOrOddball",
                                        "String", "BigInt",      "Any"};
    return names[point];
}

#endif
