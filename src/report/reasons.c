#include "report/reasons.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

const ns_reason ns_reasons[] = {
    {"Insufficient type feedback for", "this place had not run when the function was optimized",
     "harmless when it happens once; warm up the rare path, or move it into a function of its own"},
    {"not a Smi", "a value came that is no small integer",
     "keep counters, indexes and fields small integers: no fractions, no strings, no undefined"},
    {"not a heap number", "a value came that is no number",
     "keep the variable or field a number: convert what comes from outside first"},
    {"not a Number", "a value came that is no number",
     "convert it with Number() before the arithmetic, or use another function for the other type"},
    {"not a Number or Oddball", "a value came that is no number",
     "convert it with Number() before the arithmetic, or use another function for the other type"},
    {"not a String", "a value came that is no string",
     "convert it with String() before, or use another function for the other type"},
    {"not a BigInt", "a value came that is no BigInt",
     "do not mix numbers and BigInts in one place"},
    {"overflow", "the result left the range of small integers (31 bits and a sign)",
     "harmless when it happens once: the code is made anew for doubles; keep integers small, as "
     "`| 0` does"},
    {"minus zero", "the result was -0, which is no small integer",
     "add 0 to the result, or use `| 0`, where -0 means nothing"},
    {"wrong map", "an object of another shape came, or an array of another elements kind",
     "make objects with the same properties in the same order, and arrays of one kind of elements "
     "without holes: nsim inspect --maps shows where"},
    {"Smi", "a small integer came where objects had come",
     "do not use one variable or field for numbers and objects"},
    {"wrong call target", "another function was called here",
     "harmless when it happens once; call one function at each hot place: others are not inlined"},
    {"wrong value", "another function was called here, or another key used",
     "harmless when it happens once; call one function at each hot place: others are not inlined"},
    {"prepare for on stack replacement (OSR)", "a loop leaves Maglev's code for TurboFan's",
     "nothing: this is how it gets there"},
    {"out of bounds", "an index beyond the array's end",
     "stop loops at the array's length; do not read arr[arr.length]"},
    {"code dependencies", "something changed that the code took for constant",
     "set fields and prototypes up before the hot part, not during it"},
    {"(unknown)", "it returned into code that had been taken back while it was away",
     "look at the change of what the code depended on, just before"},
    {NULL, NULL, NULL}};

// "Smi" is a reason, and the end of another one: only "Insufficient ..." goes on.
const ns_reason *ns_reason_find(const char *reason)
{
    for (const ns_reason *r = ns_reasons; r->reason; r++)
        if (strcmp(r->reason, reason) == 0 ||
            (r == ns_reasons && strncmp(r->reason, reason, strlen(r->reason)) == 0))
            return r;
    return NULL;
}

// "Square{name, s}, then Circle{name, r} came": objects of two classes.
static bool classes_differ(const char *detail)
{
    const char *then = strstr(detail, ", then ");
    const char *other = then ? then + strlen(", then ") : "";
    size_t size = strcspn(detail, "{"), length = strcspn(other, "{");
    return other[length] == '{' && size > 0 && length > 0 && detail + size < then &&
           (size != length || strncmp(detail, other, size) != 0);
}

const char *ns_reason_advice(const char *reason, const char *detail)
{
    static const struct {
        const char *reason, *part, *advice;
    } special[] = {
        {"wrong map", "_ELEMENTS",
         "keep arrays of one elements kind: push to an empty one, leave no holes, do not mix "
         "numbers with other values; nsim inspect --maps shows the lines where kinds change"},
        {"wrong map", "other representations",
         "keep each field of one type: always a small integer, always a fraction, or never a "
         "number; nsim inspect --maps shows how fields are kept"},
        {"wrong map", "{",
         "make objects with the same properties in the same order: nsim inspect --maps shows where "
         "each is made"},
        {NULL, "objects live on",
         "harmless: V8 allocates what this literal makes in old space from now on, as most of it "
         "lives long"},
    };
    const ns_reason *found = ns_reason_find(reason);
    if (found && detail && strcmp(reason, "wrong map") == 0 && classes_differ(detail))
        return "harmless for few classes: each costs one, until there are more than four, and the "
               "place is megamorphic; let the classes share a base class' constructor that makes "
               "what is read here, or give each class a place of its own";
    for (size_t i = 0; found && detail && i < sizeof special / sizeof special[0]; i++)
        if ((!special[i].reason || strcmp(special[i].reason, reason) == 0) &&
            strstr(detail, special[i].part))
            return special[i].advice;
    return found ? found->advice : NULL;
}

const char *ns_reason_remedy(const char *reason, const char *detail)
{
    const char *advice = ns_reason_advice(reason, detail);
    if (advice && strncmp(advice, "harmless", strlen("harmless")) == 0) {
        advice = strchr(advice, ';');
        return advice ? advice + strlen("; ") : NULL;
    }
    return advice && strncmp(advice, "nothing", strlen("nothing")) != 0 ? advice : NULL;
}
