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

static inline const char *jit_slot_name(const ns_slot *slot)
{
    static const char *const names[] = {[NS_SLOT_NONE] = "",
                                        [NS_SLOT_ARITH] = "arithmetic",
                                        [NS_SLOT_COMPARE] = "compare",
                                        [NS_SLOT_LOAD] = "load",
                                        [NS_SLOT_STORE] = "store",
                                        [NS_SLOT_KEYED_LOAD] = "keyed load",
                                        [NS_SLOT_KEYED_STORE] = "keyed store",
                                        [NS_SLOT_CALL] = "call",
                                        [NS_SLOT_LITERAL] = "array literal"};
    return names[slot->kind];
}

static inline const char *jit_slot_state(const ns_slot *slot)
{
    if (slot->kind == NS_SLOT_COMPARE && slot->tags == NS_FB_OBJECT)
        return "Receiver"; // CompareOperationFeedback has it, beside the points above
    if (slot->kind == NS_SLOT_ARITH || slot->kind == NS_SLOT_COMPARE ||
        slot->kind == NS_SLOT_LITERAL)
        return jit_lattice_name(jit_lattice(slot->tags));
    if (slot->ways == 0)
        return "uninitialized";
    // ic/call-site feedback has no polymorphic state: two targets are megamorphic.
    if (slot->megamorphic || (slot->kind == NS_SLOT_CALL && slot->ways > 1))
        return "megamorphic";
    return slot->ways == 1 ? "monomorphic" : "polymorphic";
}

#endif
