// "Did you mean ...?": the name in a list that a mistyped one is close to.
#ifndef NS_BASE_SUGGEST_H
#define NS_BASE_SUGGEST_H

#include <stddef.h>

// The least number of insertions, deletions, substitutions and swaps of neighbours between two
// strings, counted without regard to case. Strings longer than 63 bytes are infinitely far
// (INT_MAX).
int ns_edit_distance(const char *a, const char *b);

// Feed candidates one by one; the nearest one stays in `best`, ties going to the first in byte
// order. Start with {.word = what was typed}.
typedef struct ns_suggest {
    const char *word;
    const char *best; // NULL while no candidate is close enough; borrowed from the candidates
    int distance;     // of `best`
} ns_suggest;
void ns_suggest_offer(ns_suggest *s, const char *candidate);

#endif
